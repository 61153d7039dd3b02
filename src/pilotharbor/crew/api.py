"""Rosters, leave, skills, courses and qualifications for programs."""

from datetime import date, datetime
from typing import Annotated, Any, cast

from ninja import Query, Router, Status

from pilotharbor.crew import commands, queries
from pilotharbor.crew.models import (
    Course,
    EngineerSkill,
    Examination,
    Leave,
    Pattern,
    Shift,
    UserQualification,
)
from pilotharbor.crew.schemas import (
    ApproveIn,
    CourseIn,
    ExaminationIn,
    FromDayIn,
    GrantIn,
    LeaveIn,
    LineSkillsIn,
    PatternChangeIn,
    PatternIn,
    ReasonIn,
    ShiftIn,
    SkillIn,
)
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, IdempotencyKey, Limit
from pilotharbor.kernel.ids import LARGEST
from pilotharbor.kernel.time import period
from pilotharbor.parties.auth import ActorRequest

router = Router()


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"actor_id": request.auth.pk, "at": clock.now(request)}


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.pk,
        "membership_id": shift.membership_id,
        "start": shift.period.lower,
        "end": shift.period.upper,
        "note": shift.note,
        "pattern_id": shift.pattern_id,
        "status": "withdrawn" if shift.withdrawn_at else "planned",
    }


def _pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "id": pattern.pk,
        "membership_id": pattern.membership_id,
        "weekdays": pattern.weekdays,
        "starts": pattern.starts,
        "ends": pattern.ends,
        "first": pattern.days.lower,
        "after": pattern.days.upper,
        "by_calendar": pattern.by_calendar,
        "shifts": queries.shifts().filter(pattern=pattern).count(),
        "status": "planned",
    }


def _leave(leave: Leave) -> dict[str, Any]:
    return {
        "id": leave.pk,
        "membership_id": leave.membership_id,
        "kind": leave.kind,
        "start": leave.period.lower,
        "end": leave.period.upper,
        "reason": leave.reason,
        "status": leave.status,
        "decision_reason": leave.decision_reason,
    }


def _grant(grant: EngineerSkill) -> dict[str, Any]:
    return {
        "id": grant.pk,
        "membership_id": grant.membership_id,
        "skill_id": grant.skill_id,
        "valid_from": grant.validity.lower,
        "valid_to": grant.validity.upper,
        "certificate_no": grant.certificate_no,
        "status": "withdrawn" if grant.withdrawn_at else "granted",
    }


def _course(course: Course) -> dict[str, Any]:
    targets = list(course.targets.all())
    return {
        "id": course.pk,
        "platform_id": course.platform_id,
        "name": course.name,
        "description": course.description,
        "months_valid": course.months_valid,
        "pass_mark": course.pass_mark,
        "required_date": course.required_date,
        "status": course.status,
        "line_ids": [t.line_id for t in targets if t.line_id],
        "equipment_ids": [t.equipment_id for t in targets if t.equipment_id],
    }


def _examination(one: Examination) -> dict[str, Any]:
    return {
        "id": one.pk,
        "course_id": one.course_id,
        "person_id": one.person_id,
        "held_date": one.held_date,
        "mark": one.mark,
        "passed": one.passed,
        "corrects_id": one.corrects_id,
        "status": "passed" if one.passed else "failed",
    }


def _qualification(one: UserQualification) -> dict[str, Any]:
    return {
        "id": one.pk,
        "course_id": one.course_id,
        "person_id": one.person_id,
        "valid_from": one.validity.lower,
        "valid_to": one.validity.upper,
        "status": one.status,
        "withdrawn_reason": one.withdrawn_reason,
    }


def _page(rows: Any, shown: Any, cursor: str | None, limit: int) -> dict[str, Any]:
    page = pages.page(rows, by="id", cursor=cursor, limit=limit)
    return {"items": [shown(row) for row in page.items], "next_cursor": page.next_cursor}


# --- shifts ---------------------------------------------------------------------------------


@router.get("/shifts")
def shifts(
    request: ActorRequest,
    start: Annotated[datetime, Query()],
    end: Annotated[datetime, Query()],
    membership_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The shifts of one's platform that touch ``[start, end)`` and count, by id."""
    rows = queries.visible_shifts(actor=request.auth).filter(
        withdrawn_at=None, period__overlap=period(start, end)
    )
    if membership_id is not None:
        rows = rows.filter(membership_id=membership_id)
    return _page(rows, _shift, cursor, limit)


@router.post("/shifts", response={201: Any})
def plan_shift(request: ActorRequest, body: ShiftIn) -> Status[Any]:
    """Put an engineer on duty. 409 ``crew.shift_overlaps``, ``crew.shift_on_leave``."""
    return Status(201, _shift(commands.plan_shift(**body.dict(), **_by(request))))


@router.post("/shifts/{int:shift_id}/withdraw")
def withdraw_shift(request: ActorRequest, shift_id: int) -> dict[str, Any]:
    """Take an engineer off a shift that has not begun."""
    return _shift(commands.withdraw_shift(shift_id=shift_id, **_by(request)))


@router.post("/rhythms", response={201: Any})
def plan_pattern(request: ActorRequest, body: PatternIn) -> Status[Any]:
    """Put an engineer on duty week after week, all shifts or none."""
    return Status(201, _pattern(commands.plan_pattern(**body.dict(), **_by(request))))


@router.post("/rhythms/{int:pattern_id}/change", response={201: Any})
def change_pattern(request: ActorRequest, pattern_id: int, body: PatternChangeIn) -> Status[Any]:
    """Go on in another rhythm from a day on."""
    pattern = commands.change_pattern(pattern_id=pattern_id, **body.dict(), **_by(request))
    return Status(201, _pattern(pattern))


@router.post("/rhythms/{int:pattern_id}/end")
def end_pattern(request: ActorRequest, pattern_id: int, body: FromDayIn) -> dict[str, Any]:
    """Withdraw its shifts from a day on."""
    gone = commands.end_pattern(pattern_id=pattern_id, from_day=body.from_day, **_by(request))
    return {"id": pattern_id, "withdrawn": len(gone), "status": "ended"}


@router.get("/free-engineers")
def free_engineers(
    request: ActorRequest,
    line_id: Annotated[int, Query(ge=1, le=LARGEST)],
    start: Annotated[datetime, Query()],
    end: Annotated[datetime, Query()],
) -> dict[str, Any]:
    """Engineers of a line of one's platform who are on duty then with every skill it asks for."""
    period(start, end)
    if not queries.sees_roster(request.auth):
        raise NotFound
    seen = queries.platforms_seen(actor=request.auth)
    found = queries.free_engineers(line_id=line_id, start=start, end=end)
    rows = found.filter(organisation__in=seen)
    return {"items": [{"membership_id": one.pk, "name": one.person.name} for one in rows]}


# --- leave ----------------------------------------------------------------------------------


@router.get("/leave")
def leave(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own leave; for operators, that of their platform; by id."""
    return _page(queries.visible_leave(actor=request.auth), _leave, cursor, limit)


@router.post("/leave", response={201: Any})
def ask_leave(request: ActorRequest, body: LeaveIn) -> Status[Any]:
    """Ask for leave. 409 ``crew.leave_overlaps``."""
    return Status(201, _leave(commands.ask_leave(**body.dict(), **_by(request))))


@router.post("/leave/{int:leave_id}/approve")
def approve_leave(request: ActorRequest, leave_id: int, body: ApproveIn) -> dict[str, Any]:
    """Grant it. 409 ``crew.leave_meets_shifts`` names them, unless ``take_shifts``."""
    return _leave(commands.approve_leave(leave_id=leave_id, **body.dict(), **_by(request)))


@router.post("/leave/{int:leave_id}/refuse")
def refuse_leave(request: ActorRequest, leave_id: int, body: ReasonIn) -> dict[str, Any]:
    """Refuse it."""
    return _leave(commands.refuse_leave(leave_id=leave_id, reason=body.reason, **_by(request)))


@router.post("/leave/{int:leave_id}/withdraw")
def withdraw_leave(request: ActorRequest, leave_id: int) -> dict[str, Any]:
    """Take it back; shifts it had taken count again."""
    return _leave(commands.withdraw_leave(leave_id=leave_id, **_by(request)))


# --- skills ---------------------------------------------------------------------------------


@router.get("/skills")
def skills(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """The skills of one's platform, by id."""
    return _page(
        queries.visible_skills(actor=request.auth),
        lambda one: {
            "id": one.pk,
            "name": one.name,
            "description": one.description,
            "status": "retired" if one.retired_at else "defined",
        },
        cursor,
        limit,
    )


@router.post("/skills", response={201: Any})
def define_skill(request: ActorRequest, body: SkillIn) -> Status[Any]:
    """Define a skill."""
    one = commands.define_skill(**body.dict(), **_by(request))
    return Status(201, {"id": one.pk, "name": one.name, "status": "defined"})


@router.post("/skills/{int:skill_id}/retire")
def retire_skill(request: ActorRequest, skill_id: int) -> dict[str, Any]:
    """Ask nobody for it any more."""
    one = commands.retire_skill(skill_id=skill_id, **_by(request))
    return {"id": one.pk, "name": one.name, "status": "retired"}


@router.put("/lines/{int:line_id}/skills")
def set_line_skills(request: ActorRequest, line_id: int, body: LineSkillsIn) -> dict[str, Any]:
    """Say which skills a line asks for."""
    asked = commands.set_line_skills(line_id=line_id, skill_ids=body.skill_ids, **_by(request))
    return {"line_id": line_id, "skill_ids": asked}


@router.get("/skill-grants")
def grants(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Who has which skill on one's platform, by id."""
    return _page(queries.visible_grants(actor=request.auth), _grant, cursor, limit)


@router.post("/skill-grants", response={201: Any})
def grant_skill(request: ActorRequest, body: GrantIn) -> Status[Any]:
    """Grant an engineer a skill."""
    return Status(201, _grant(commands.grant_skill(**body.dict(), **_by(request))))


@router.post("/skill-grants/{int:grant_id}/withdraw")
def withdraw_skill(request: ActorRequest, grant_id: int, body: ReasonIn) -> dict[str, Any]:
    """Take a skill back."""
    return _grant(commands.withdraw_skill(grant_id=grant_id, reason=body.reason, **_by(request)))


# --- courses --------------------------------------------------------------------------------


@router.get("/courses")
def courses(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Courses one may see, by id."""
    rows = queries.visible_courses(actor=request.auth).prefetch_related("targets")
    return _page(rows, _course, cursor, limit)


def _fields(body: CourseIn) -> dict[str, Any]:
    said = body.dict()
    lines, machines = said.pop("line_ids"), said.pop("equipment_ids")
    fields = cast("commands.CourseFields", said)
    return {"fields": fields, "line_ids": lines, "equipment_ids": machines}


@router.post("/courses", response={201: Any})
def open_course(request: ActorRequest, body: CourseIn) -> Status[Any]:
    """Open a course."""
    return Status(201, _course(commands.open_course(**_fields(body), **_by(request))))


@router.put("/courses/{int:course_id}")
def revise_course(request: ActorRequest, course_id: int, body: CourseIn) -> dict[str, Any]:
    """Change a course; what was passed before holds as it was given."""
    return _course(commands.revise_course(course_id=course_id, **_fields(body), **_by(request)))


@router.post("/courses/{int:course_id}/close")
def close_course(request: ActorRequest, course_id: int) -> dict[str, Any]:
    """Ask for a course no longer."""
    return _course(commands.close_course(course_id=course_id, **_by(request)))


@router.post("/courses/{int:course_id}/reopen")
def reopen_course(request: ActorRequest, course_id: int) -> dict[str, Any]:
    """Ask for a course again."""
    return _course(commands.reopen_course(course_id=course_id, **_by(request)))


@router.post("/courses/{int:course_id}/places", response={201: Any})
def ask_for_place(request: ActorRequest, course_id: int) -> Status[Any]:
    """Ask to be trained, for oneself."""
    place = commands.ask_for_place(course_id=course_id, **_by(request))
    return Status(201, {"id": place.pk, "course_id": course_id, "status": place.status})


@router.post("/places/{int:enrolment_id}/back")
def give_place_back(request: ActorRequest, enrolment_id: int) -> dict[str, Any]:
    """Do without it."""
    place = commands.give_place_back(enrolment_id=enrolment_id, **_by(request))
    return {"id": place.pk, "course_id": place.course_id, "status": place.status}


@router.get("/examinations")
def examinations(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own, and those of the courses of one's platform, by id."""
    return _page(queries.visible_examinations(actor=request.auth), _examination, cursor, limit)


@router.post("/courses/{int:course_id}/examinations", response={201: Any})
def record_examination(
    request: ActorRequest, course_id: int, body: ExaminationIn, idempotency_key: IdempotencyKey
) -> Status[Any]:
    """Record that a person was examined; who passes is qualified from that day."""
    del idempotency_key
    one = commands.record_examination(course_id=course_id, **body.dict(), **_by(request))
    return Status(201, _examination(one))


@router.get("/qualifications")
def qualifications(
    request: ActorRequest, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """One's own, and those of the courses of one's platform, by id."""
    return _page(queries.visible_qualifications(actor=request.auth), _qualification, cursor, limit)


@router.post("/qualifications/{int:qualification_id}/withdraw")
def withdraw_qualification(
    request: ActorRequest, qualification_id: int, body: ReasonIn
) -> dict[str, Any]:
    """Take a qualification away."""
    one = commands.withdraw_qualification(
        qualification_id=qualification_id, reason=body.reason, **_by(request)
    )
    return _qualification(one)


@router.get("/lines/{int:line_id}/missing-courses")
def missing_courses(
    request: ActorRequest, line_id: int, on: Annotated[date, Query()]
) -> dict[str, Any]:
    """What one would have to pass to run the line without an engineer on that day."""
    if not facilities.visible_lines(actor=request.auth).filter(pk=line_id).exists():
        raise NotFound
    found = queries.unqualified(person_id=request.auth.person_id, line_id=line_id, on=on)
    items = [
        {"course_id": one.course_id, "course": one.course, "target": one.target, "since": one.since}
        for one in found
    ]
    return {"items": items, "may_run": not items}
