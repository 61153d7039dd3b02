"""Who was examined, what they passed, and what was taken from them again."""

from calendar import monthrange
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.crew.commands.courses import CourseClosed
from pilotharbor.crew.commands.standing import keeper, require_own, said
from pilotharbor.crew.models import Course, Enrolment, Examination, UserQualification
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Person


class NobodyThere(Invalid):
    """Nobody who acts for an organisation here has the address “{email}”; let them register and ask for a place first."""

    code = "crew.nobody_there"


class HeldLater(Invalid):
    """An examination is recorded once it has been held; this day is still to come."""

    code = "crew.held_later"


class MarkWanted(Invalid):
    """This course has a pass mark: give the mark, a whole number from 0 to 100."""

    code = "crew.mark_wanted"


class MarkNotWanted(Invalid):
    """In this course taking part is enough; leave the mark empty."""

    code = "crew.mark_not_wanted"


class ExaminedOneself(Forbidden):
    """Nobody records their own examination; ask another operator."""

    code = "crew.examined_oneself"


class RecordedAlready(Conflict):
    """An examination of {person} on that day is on record; if it is wrong, correct it."""

    code = "crew.recorded_already"


class CorrectedAlready(Conflict):
    """This record has been corrected already; correct the newer one."""

    code = "crew.corrected_already"


class NotTheSame(Invalid):
    """A correction is about the same person in the same course."""

    code = "crew.not_the_same"


class QualificationGone(Conflict):
    """This qualification has been withdrawn already."""

    code = "crew.qualification_gone"


def after_months(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    over, month = divmod(day.month - 1 + months, 12)
    year = day.year + over
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@command
def record_examination(
    *,
    course_id: int,
    email: str,
    held_date: date,
    mark: int | None = None,
    note: str = "",
    corrects_id: int | None = None,
    actor_id: int,
    at: datetime,
) -> Examination:
    """Record that a person was examined; who passes is qualified from that day.

    With ``corrects_id`` it takes the place of a wrong record, whose qualification is withdrawn with
    ``note`` as the reason.

    Raises: NotYourRole, CrewOfPlatformsOnly, HeldLater, NotFound, NotYourCrew, CourseClosed, MarkWanted, MarkNotWanted,
    NobodyThere, ExaminedOneself, RecordedAlready, WhyMissing, NotTheSame, CorrectedAlready. Source: R-CREW-9.
    """
    actor = keeper(actor_id=actor_id)
    if held_date > local_date(at):
        raise HeldLater(problems={"held_date": str(HeldLater())})
    # Whoever examines in the same course queues here.
    course = Course.objects.select_for_update(no_key=True).filter(pk=course_id).first()
    if course is None:
        raise NotFound
    require_own(actor, platform_id=course.platform_id)
    if course.status != Course.Status.OPEN:
        raise CourseClosed
    require_mark(course, mark)
    person = _person(email)
    if person.pk == actor.person_id:
        raise ExaminedOneself
    corrected = _corrected(corrects_id, course, person, note) if corrects_id else None
    recorded = RecordedAlready(person=person.name)
    recorded.problems["held_date"] = str(recorded)
    with refusing(crew_examination_once_a_day=recorded):
        examination = Examination.objects.create(
            course=course, person=person, held_date=held_date, mark=mark,
            passed=passes(course, mark), note=note.strip()[:500], recorded_by=actor, recorded_at=at,
            corrects=corrected,
        )  # fmt: skip
    events.record(
        "crew.examination.recorded", examination, actor=actor, at=at, course_id=course.pk,
        of_person_id=person.pk, passed=examination.passed, corrects_id=corrects_id,
    )  # fmt: skip
    if corrected is not None:
        for wrong in UserQualification.objects.filter(
            examination=corrected, status=UserQualification.Status.GRANTED
        ):
            _take(wrong, note.strip(), actor, at)
    if examination.passed:
        qualify(examination, course, actor=actor, at=at)
    settle_enrolments([examination])
    return examination


@command
def withdraw_qualification(
    *, qualification_id: int, reason: str, actor_id: int, at: datetime
) -> UserQualification:
    """Take a qualification away, with a reason its holder reads.

    Raises: NotYourRole, WhyMissing, NotFound, NotYourCrew, QualificationGone. Source: R-CREW-10.
    """
    actor = keeper(actor_id=actor_id)
    reason = said(reason)
    found = UserQualification.objects.select_related("course").filter(pk=qualification_id).first()
    if found is None:
        raise NotFound
    require_own(actor, platform_id=found.course.platform_id)
    one = UserQualification.objects.select_for_update(no_key=True).get(pk=qualification_id)
    if one.status == UserQualification.Status.WITHDRAWN:
        raise QualificationGone
    _take(one, reason, actor, at)
    return one


def passes(course: Course, mark: int | None) -> bool:
    """Whether this mark is enough; taking part is where there is none to reach."""
    return course.pass_mark is None or (mark is not None and mark >= course.pass_mark)


def require_mark(course: Course, mark: int | None) -> None:
    """Refuse a missing, impossible or needless mark.

    Raises: MarkWanted, MarkNotWanted.
    """
    if course.pass_mark is None:
        if mark is not None:
            raise MarkNotWanted(problems={"mark": str(MarkNotWanted())})
    elif mark is None or not 0 <= mark <= 100:
        raise MarkWanted(problems={"mark": str(MarkWanted())})


def qualify(
    examination: Examination, course: Course, *, actor: Membership, at: datetime
) -> UserQualification:
    """What a passed examination gives: from its day for the months the course says."""
    first = examination.held_date
    after = after_months(first, course.months_valid) if course.months_valid else None
    one = UserQualification.objects.create(
        course=course, person_id=examination.person_id, examination=examination,
        validity=DateRange(first, after, "[)"),
    )  # fmt: skip
    events.record(
        "crew.qualification.granted", one, actor=actor, at=at, course_id=course.pk,
        of_person_id=examination.person_id, valid_from=first.isoformat(),
        valid_to=after.isoformat() if after else None,
    )  # fmt: skip
    return one


def settle_enrolments(examinations: list[Examination]) -> None:
    """Whoever waited for a place has had it."""
    for examination in examinations:
        waiting = Enrolment.objects.select_for_update(no_key=True).filter(
            course_id=examination.course_id, person_id=examination.person_id,
            status=Enrolment.Status.ASKED,
        )  # fmt: skip
        for enrolment in waiting:
            advance(enrolment, Enrolment.Status.EXAMINED)


def _take(one: UserQualification, reason: str, actor: Membership, at: datetime) -> None:
    advance(
        one, UserQualification.Status.WITHDRAWN, withdrawn_at=at, withdrawn_by=actor,
        withdrawn_reason=reason,
    )  # fmt: skip
    events.record(
        "crew.qualification.withdrawn", one, actor=actor, at=at, course_id=one.course_id,
        of_person_id=one.person_id,
    )  # fmt: skip


def _person(email: str) -> Person:
    member = parties.standing().filter(person__email__iexact=email.strip()).first()
    if member is None:
        error = NobodyThere(email=email.strip())
        error.problems["email"] = str(error)
        raise error
    return Person.objects.get(pk=member.person_id)


def _corrected(corrects_id: int, course: Course, person: Person, note: str) -> Examination:
    """The wrong record; nobody else corrects it, for the course is locked.

    Raises: WhyMissing, NotFound, NotTheSame, CorrectedAlready.
    """
    said(note)
    wrong = Examination.objects.filter(
        pk=corrects_id, course__platform_id=course.platform_id
    ).first()
    if wrong is None:
        raise NotFound
    if (wrong.course_id, wrong.person_id) != (course.pk, person.pk):
        raise NotTheSame
    if Examination.objects.filter(corrects=wrong).exists():
        raise CorrectedAlready
    return wrong
