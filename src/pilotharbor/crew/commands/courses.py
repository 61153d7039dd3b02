"""What one must have passed to run a machine alone, and who asks to be trained."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TypedDict

from pilotharbor.crew import queries
from pilotharbor.crew.commands.standing import keeper, require_own
from pilotharbor.crew.models import Course, CourseTarget, Enrolment
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership


class CourseFields(TypedDict, total=False):
    """What one may say about a course; ``months_valid`` and ``pass_mark`` may be ``None``."""

    name: str
    description: str
    months_valid: int | None
    pass_mark: int | None
    required_date: date


class CourseNameTaken(Conflict):
    """Your platform already has an open course called “{name}”."""

    code = "crew.course_name_taken"


class CourseUnsound(Invalid):
    """A course needs a name; it is valid for 1 to 120 months or without end, and the pass mark lies between 1 and 100."""

    code = "crew.course_unsound"


class NoTarget(Invalid):
    """Choose at least one line or machine of your platform that the course opens."""

    code = "crew.no_target"


class CourseClosed(Conflict):
    """This course is closed; nobody is examined in it now."""

    code = "crew.course_closed"


class AlreadyAsked(Conflict):
    """You have asked for a place in this course already."""

    code = "crew.already_asked"


class NotYourEnrolment(Forbidden):
    """Only the person who asked for the place gives it back."""

    code = "crew.not_your_enrolment"


class OnlyTrusted(Forbidden):
    """Only people of an approved organisation are trained here."""

    code = "crew.only_trusted"


@command
def open_course(
    *,
    fields: CourseFields,
    line_ids: Collection[int] = (),
    equipment_ids: Collection[int] = (),
    actor_id: int,
    at: datetime,
) -> Course:
    """Ask for a course from a day on of whoever runs these lines or machines alone.

    Raises: NotYourRole, CrewOfPlatformsOnly, CourseUnsound, NoTarget, CourseNameTaken. Source: R-CREW-8.
    """
    actor = keeper(actor_id=actor_id)
    _require_sound(fields)
    with refusing(crew_course_name_once=_taken(fields["name"])):
        course = Course.objects.create(platform_id=actor.organisation_id, **fields)
    _set_targets(course, line_ids, equipment_ids)
    events.record(
        "crew.course.opened",
        course,
        actor=actor,
        at=at,
        line_ids=sorted(line_ids),
        equipment_ids=sorted(equipment_ids),
    )
    return course


@command
def revise_course(
    *,
    course_id: int,
    fields: CourseFields,
    line_ids: Collection[int],
    equipment_ids: Collection[int],
    actor_id: int,
    at: datetime,
) -> Course:
    """Change a course; what was passed before holds as it was given.

    Raises: NotYourRole, NotFound, NotYourCrew, CourseUnsound, NoTarget, CourseNameTaken. Source: R-CREW-8.
    """
    actor, course = _own(course_id, actor_id)
    fields = {"name": course.name, **fields}
    _require_sound(fields)
    changed = [name for name, value in fields.items() if getattr(course, name) != value]
    for name in changed:
        setattr(course, name, fields[name])  # type: ignore[literal-required]
    with refusing(crew_course_name_once=_taken(course.name)):
        course.save(update_fields=changed)
    _set_targets(course, line_ids, equipment_ids)
    events.record(
        "crew.course.revised", course, actor=actor, at=at, fields=changed,
        line_ids=sorted(line_ids), equipment_ids=sorted(equipment_ids),
    )  # fmt: skip
    return course


@command
def close_course(*, course_id: int, actor_id: int, at: datetime) -> Course:
    """Ask for a course no longer; what was passed stays on record.

    Raises: NotYourRole, NotFound, NotYourCrew, MoveNotAllowed.
    """
    actor, course = _own(course_id, actor_id)
    advance(course, Course.Status.CLOSED)
    events.record("crew.course.closed", course, actor=actor, at=at)
    return course


@command
def reopen_course(*, course_id: int, actor_id: int, at: datetime) -> Course:
    """Ask for a course again.

    Raises: NotYourRole, NotFound, NotYourCrew, MoveNotAllowed, CourseNameTaken.
    """
    actor, course = _own(course_id, actor_id)
    with refusing(crew_course_name_once=_taken(course.name)):
        advance(course, Course.Status.OPEN)
    events.record("crew.course.reopened", course, actor=actor, at=at)
    return course


@command
def ask_for_place(*, course_id: int, actor_id: int, at: datetime) -> Enrolment:
    """Ask to be trained, for oneself.

    Raises: NotFound, OnlyTrusted, CourseClosed, AlreadyAsked. Source: R-CREW-12.
    """
    actor = parties.actor(actor_id=actor_id)
    if not rights.trusted(actor):
        raise OnlyTrusted
    course = queries.visible_courses(actor=actor).filter(pk=course_id).first()
    if course is None:
        raise NotFound
    if course.status != Course.Status.OPEN:
        raise CourseClosed
    with refusing(crew_enrolment_once=AlreadyAsked()):
        enrolment = Enrolment.objects.create(
            course=course, person_id=actor.person_id, membership=actor, asked_at=at
        )
    events.record(
        "crew.enrolment.asked", enrolment, actor=actor, at=at, course_id=course.pk,
        platform_id=course.platform_id,
    )  # fmt: skip
    return enrolment


@command
def give_place_back(*, enrolment_id: int, actor_id: int, at: datetime) -> Enrolment:
    """Do without the training asked for.

    Raises: NotFound, NotYourEnrolment, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    found = queries.visible_enrolments(actor=actor).filter(pk=enrolment_id).first()
    if found is None:
        raise NotFound
    if found.person_id != actor.person_id:
        raise NotYourEnrolment
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment_id)
    advance(enrolment, Enrolment.Status.WITHDRAWN)
    events.record(
        "crew.enrolment.withdrawn", enrolment, actor=actor, at=at, course_id=enrolment.course_id
    )
    return enrolment


def _own(course_id: int, actor_id: int) -> tuple[Membership, Course]:
    """The actor and a course of their platform, locked."""
    actor = keeper(actor_id=actor_id)
    course = Course.objects.select_for_update(no_key=True).filter(pk=course_id).first()
    if course is None:
        raise NotFound
    require_own(actor, platform_id=course.platform_id)
    return actor, course


def _require_sound(fields: CourseFields) -> None:
    said = str(CourseUnsound())
    problems = {}
    if not 1 <= len(fields["name"].strip()) <= 120:
        problems["name"] = said
    months, mark = fields.get("months_valid"), fields.get("pass_mark")
    if months is not None and not 1 <= months <= 120:
        problems["months_valid"] = said
    if mark is not None and not 1 <= mark <= 100:
        problems["pass_mark"] = said
    if problems:
        raise CourseUnsound(problems=problems)


def _set_targets(course: Course, line_ids: Collection[int], equipment_ids: Collection[int]) -> None:
    lines = Line.objects.filter(pk__in=line_ids, platform_id=course.platform_id)
    machines = Equipment.objects.filter(pk__in=equipment_ids, platform_id=course.platform_id)
    wanted_lines = set(lines.values_list("pk", flat=True))
    wanted_machines = set(machines.values_list("pk", flat=True))
    complete = (wanted_lines, wanted_machines) == (set(line_ids), set(equipment_ids))
    if not complete or not (wanted_lines or wanted_machines):
        raise NoTarget(problems={"line_ids": str(NoTarget())})
    kept = set()
    for target in course.targets.all():
        if target.line_id in wanted_lines or target.equipment_id in wanted_machines:
            kept.add((target.line_id, target.equipment_id))
        else:
            target.delete()
    wanted = [(pk, None) for pk in sorted(wanted_lines)]
    wanted_too = [(None, pk) for pk in sorted(wanted_machines)]
    CourseTarget.objects.bulk_create(
        CourseTarget(course=course, line_id=line, equipment_id=machine)
        for line, machine in [*wanted, *wanted_too]
        if (line, machine) not in kept
    )


def _taken(name: str) -> CourseNameTaken:
    error = CourseNameTaken(name=name)
    error.problems["name"] = str(error)
    return error
