"""Who has passed what, side by side; and what is one's own?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from pilotharbor.crew.models import (
    Course,
    CourseTarget,
    Enrolment,
    Examination,
    UserQualification,
)
from pilotharbor.crew.problems import Missing
from pilotharbor.crew.queries.visible import visible_courses
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.time import DAY, local_date, start_of
from pilotharbor.parties.models import Membership, Person

# When a qualification that runs out begins to look like it.
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands with one course.

    ``state``  valid, soon (runs out within 60 days), expired, withdrawn, failed, asked or none
    ``last``   the last valid day, where there is one
    ``one``    the qualification it is about
    """

    course: Course
    state: str
    last: date | None = None
    one: UserQualification | None = None
    enrolment: Enrolment | None = None
    examination: Examination | None = None

    @property
    def holds(self) -> bool:
        """Whether the person may run what the course opens, as far as this course goes."""
        return self.state in {"valid", "soon"}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person's line of the matrix."""

    person: Person
    cells: tuple[Standing, ...]


def standing_of(
    course: Course,
    *,
    passed: Iterable[UserQualification],
    examinations: Iterable[Examination] = (),
    enrolments: Iterable[Enrolment] = (),
    on: date,
) -> Standing:
    """How somebody stands with a course on a day, of their own records; the best of them counts."""
    mine = [one for one in passed if one.course_id == course.pk]
    asked = next((e for e in enrolments if e.course_id == course.pk), None)
    granted = [one for one in mine if one.status == UserQualification.Status.GRANTED]
    holding = [one for one in granted if on in one.validity]
    if holding:
        best = max(holding, key=lambda one: (one.validity.upper is None, one.validity.upper or on))
        last = best.validity.upper - DAY if best.validity.upper else None
        state = "soon" if last is not None and last - on <= SOON else "valid"
        return Standing(course, state, last, best, asked)
    over = [one for one in granted if one.validity.upper is not None and one.validity.upper <= on]
    if over:
        best = max(over, key=lambda one: one.validity.upper)
        return Standing(course, "expired", best.validity.upper - DAY, best, asked)
    gone = [one for one in mine if one.status == UserQualification.Status.WITHDRAWN]
    if gone:
        best = max(gone, key=lambda one: one.pk)
        return Standing(course, "withdrawn", None, best, asked)
    sat = [one for one in examinations if one.course_id == course.pk and not one.passed]
    if sat:
        last_one = max(sat, key=lambda one: (one.held_date, one.pk))
        return Standing(course, "failed", None, None, asked, last_one)
    return Standing(course, "asked" if asked else "none", enrolment=asked)


def people_of(*, platform_id: int) -> QuerySet[Person]:
    """Everybody who has to do with the courses of a platform, by name."""
    mine = {"person_id": OuterRef("pk"), "course__platform_id": platform_id}
    return Person.objects.filter(
        Exists(Examination.objects.filter(**mine))
        | Exists(Enrolment.objects.filter(**mine, status=Enrolment.Status.ASKED))
    )


def matrix(*, people: Iterable[Person], courses: Iterable[Course], on: date) -> list[PersonLine]:
    """These people × these courses; three queries however many they are."""
    people, courses = list(people), list(courses)
    about = {"person__in": people, "course__in": courses}
    passed = list(UserQualification.objects.filter(**about))
    sat = list(Examination.objects.filter(**about, passed=False, corrected_by__isnull=True))
    asked = list(Enrolment.objects.filter(**about, status=Enrolment.Status.ASKED))
    return [
        PersonLine(
            person,
            tuple(
                standing_of(
                    course,
                    passed=[one for one in passed if one.person_id == person.pk],
                    examinations=[one for one in sat if one.person_id == person.pk],
                    enrolments=[one for one in asked if one.person_id == person.pk],
                    on=on,
                )
                for course in courses
            ),
        )
        for person in people
    ]


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line that asks for courses, and what of them one lacks."""

    line: Line
    asked: tuple[Standing, ...]
    missing: tuple[Missing, ...]

    @property
    def may_run(self) -> bool:
        """Whether one runs it without an engineer."""
        return not self.missing


def lines_for(*, actor: Membership, on: date) -> list[LineStanding]:
    """The lines the actor sees that ask for courses on that day, each with what is missing.

    The same answer as ``unqualified`` for each line, in a constant number of queries.
    """
    courses = {c.pk: c for c in visible_courses(actor=actor).filter(status=Course.Status.OPEN)}
    targets = list(
        CourseTarget.objects.filter(course__in=courses, course__required_date__lte=on)
        .select_related("line", "equipment")
        .order_by("course_id", "pk")
    )
    platforms = {courses[target.course_id].platform_id for target in targets}
    lines = list(
        facilities.visible_lines(actor=actor)
        .filter(platform_id__in=platforms)
        .order_by("platform__name", "name", "pk")
    )
    plans = facilities.plans_of(
        line_ids=[line.pk for line in lines], start=start_of(on), end=start_of(on) + DAY
    )
    (mine,) = matrix(people=[actor.person], courses=courses.values(), on=on)
    standing = {cell.course.pk: cell for cell in mine.cells}
    found = []
    for line in lines:
        machines = {machine.pk for machine in plans[line.pk].machines}
        asked: dict[int, CourseTarget] = {}
        for target in targets:
            if target.line_id == line.pk or target.equipment_id in machines:
                asked.setdefault(target.course_id, target)
        if asked:
            missing = tuple(
                Missing(
                    pk, courses[pk].name, str(target.line or target.equipment), since(standing[pk])
                )
                for pk, target in asked.items()
                if not standing[pk].holds
            )
            cells = tuple(standing[pk] for pk in asked)
            found.append(LineStanding(line, cells, missing))
    return found


def since(cell: Standing) -> date | None:
    """Since when what was passed no longer holds; ``None`` where nothing ever was."""
    if cell.state == "expired" and cell.last is not None:
        return cell.last + DAY
    if cell.state == "withdrawn" and cell.one is not None and cell.one.withdrawn_at is not None:
        return local_date(cell.one.withdrawn_at)
    return None
