"""Who has passed what a machine asks for?"""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from pilotharbor.crew.models import Course, CourseTarget, UserQualification
from pilotharbor.crew.problems import Missing
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.time import local_date


def targets_on(*, line_ids: Collection[int], on: date) -> QuerySet[CourseTarget]:
    """What is asked of whoever runs these lines alone on that day, for the line or one of its machines."""
    return CourseTarget.objects.filter(
        Q(line_id__in=line_ids)
        | Q(
            equipment__line_id__in=line_ids,
            equipment__status=Equipment.Status.IN_SERVICE,
        ),
        course__status=Course.Status.OPEN,
        course__required_date__lte=on,
    )


def unqualified(*, person_id: int, line_id: int, on: date) -> list[Missing]:
    """The courses this person would have to pass to run the line alone on that day; one query.

    Source: R-CREW-8.
    """
    earned = UserQualification.objects.filter(person_id=person_id, course_id=OuterRef("course_id"))
    holds = earned.filter(status=UserQualification.Status.GRANTED, validity__contains=on)
    last = earned.order_by("-validity__endswith", "-id")
    rows = (
        targets_on(line_ids=[line_id], on=on)
        .filter(~Exists(holds))
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
