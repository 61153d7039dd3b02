"""Who has passed what a machine asks for?"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from pilotharbor.crew.models import Course, CourseTarget, UserQualification
from pilotharbor.crew.problems import Missing
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.time import local_date


def asked_on(on: date) -> QuerySet[CourseTarget]:
    """What open courses ask of whoever runs a line or machine alone on that day."""
    return CourseTarget.objects.filter(
        course__status=Course.Status.OPEN, course__required_date__lte=on
    )


def unqualified(*, person_id: int, line_id: int, on: date) -> list[Missing]:
    """The courses this person would have to pass to run the line alone on that day; one query.

    Source: R-CREW-8.
    """
    earned = UserQualification.objects.filter(person_id=person_id, course_id=OuterRef("course_id"))
    holds = earned.filter(status=UserQualification.Status.GRANTED, validity__contains=on)
    last = earned.order_by("-validity__endswith", "-id")
    rows = (
        asked_on(on)
        .filter(
            Q(line_id=line_id) | Q(equipment__in=facilities.taken_by(line_id=line_id)),
            ~Exists(holds),
        )
        .select_related("course", "line", "equipment")
        .annotate(
            lapsed=Subquery(last.values("validity__endswith")[:1]),
            taken=Subquery(last.values("withdrawn_at")[:1]),
        )
        .order_by("course_id", "id")
    )
    found: dict[int, Missing] = {}
    for row in rows:
        since = local_date(row.taken) if row.taken else row.lapsed
        target = row.line or row.equipment
        found.setdefault(row.course_id, Missing(row.course_id, row.course.name, str(target), since))
    return list(found.values())
