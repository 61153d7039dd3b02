"""What programs send about rosters, leave, skills, courses and examinations."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from ninja import Field, Schema

from pilotharbor.kernel.ids import LARGEST

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Remark = Annotated[str, Field(max_length=500)]
Weekdays = Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
Ids = Annotated[list[Id], Field(max_length=500)]


class ShiftIn(Schema):
    """One shift over ``[start, end)``."""

    membership_id: Id
    start: datetime
    end: datetime
    note: Annotated[str, Field(max_length=200)] = ""


class PatternIn(Schema):
    """A weekly rhythm by Shanghai's clock; 0 is Monday, ``last`` is counted."""

    membership_id: Id
    weekdays: Weekdays
    starts: time
    ends: time
    first: date
    last: date
    by_calendar: bool = False


class PatternChangeIn(Schema):
    """How a rhythm goes on from a day on."""

    from_day: date
    weekdays: Weekdays
    starts: time
    ends: time
    last: date
    by_calendar: bool = False


class FromDayIn(Schema):
    """From when on."""

    from_day: date


class LeaveIn(Schema):
    """Time off; ``membership_id`` only where an operator enters it for an engineer."""

    kind: Literal["annual", "sick", "personal", "training", "other"] = "annual"
    start: datetime
    end: datetime
    reason: Remark = ""
    membership_id: Id | None = None


class ApproveIn(Schema):
    """Whether the shifts it meets are taken away."""

    take_shifts: bool = False
    reason: Remark = ""


class ReasonIn(Schema):
    """Why."""

    reason: Reason


class SkillIn(Schema):
    """A new skill."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: Remark = ""


class LineSkillsIn(Schema):
    """All skills a line asks for."""

    skill_ids: Ids


class GrantIn(Schema):
    """A skill from ``valid_from`` until before ``valid_to``."""

    membership_id: Id
    skill_id: Id
    valid_from: date
    valid_to: date | None = None
    certificate_no: Annotated[str, Field(max_length=80)] = ""


class CourseIn(Schema):
    """A course and what it opens."""

    name: Name
    description: Annotated[str, Field(max_length=4000)] = ""
    months_valid: Annotated[int, Field(ge=1, le=120)] | None = None
    pass_mark: Annotated[int, Field(ge=1, le=100)] | None = None
    required_date: date
    line_ids: Ids = []
    equipment_ids: Ids = []


class ExaminationIn(Schema):
    """Who was examined, when, with which mark; ``corrects_id`` names the wrong record it replaces."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    held_date: date
    mark: Annotated[int, Field(ge=0, le=100)] | None = None
    note: Remark = ""
    corrects_id: Id | None = None
