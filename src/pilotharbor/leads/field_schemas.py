"""What visits, teams, managers and figures look like as JSON."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from pilotharbor.leads import queries
from pilotharbor.leads.models import ManagerProfile, Policy, Problem, Qualification, Team, Visit
from pilotharbor.leads.schemas import Short, Strict, Title
from pilotharbor.parties.models import Membership

Code = Annotated[str, StringConstraints(max_length=6)]


class ProblemIn(Strict):
    """One line of the problem list; ``urgency`` is low, normal or urgent."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    words: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    field: Code = ""
    urgency: Annotated[str, StringConstraints(max_length=12)] = "normal"


class VisitIn(Strict):
    """A visit with the problems met there."""

    enterprise_id: int
    visit_date: date
    people: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    place: Title = ""
    summary: Annotated[str, StringConstraints(max_length=4000)] = ""
    team_id: int | None = None
    problems: Annotated[list[ProblemIn], Field(max_length=50)] = []


class AnswerIn(Strict):
    """What is answered, or why it is dropped."""

    words: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class TeamIn(Strict):
    """A dedicated team."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    purpose: Short = ""
    field: Code = ""
    region: Code = ""
    member_ids: Annotated[list[int], Field(max_length=100)] = []


class MemberIn(Strict):
    """Somebody to take in."""

    membership_id: int


class ProfileIn(Strict):
    """What a manager shows of themselves."""

    fields: Annotated[list[Code], Field(max_length=20)] = []
    regions: Annotated[list[Code], Field(max_length=20)] = []
    languages: Annotated[list[str], Field(max_length=20)] = []
    about: Annotated[str, StringConstraints(max_length=2000)] = ""


class LevelIn(Strict):
    """``junior``, ``intermediate``, ``senior`` or empty, and what it rests on."""

    level: Annotated[str, StringConstraints(max_length=16)]
    basis: Title = ""


class QualificationIn(Strict):
    """A ``training`` or ``credential``."""

    kind: Annotated[str, StringConstraints(max_length=12)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    issuer: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    obtained_date: date
    number: Annotated[str, StringConstraints(max_length=80)] = ""
    hours: int | None = None
    expires_date: date | None = None


class ProblemOut(Schema):
    """One line of the problem list."""

    id: int
    title: str
    words: str
    field: str
    urgency: str
    status: str
    demand_id: int | None
    answer: str


class VisitOut(Schema):
    """A visit, without its problems."""

    id: int
    enterprise_id: int
    enterprise: str
    visit_date: date
    team_id: int | None
    led_by_id: int
    people: str
    place: str


class VisitPage(Schema):
    """Some visits and where the next ones begin."""

    items: list[VisitOut]
    next_cursor: str | None


class OneVisitOut(VisitOut):
    """A visit with the problems the reader sees."""

    problems: list[ProblemOut]


class TeamOut(Schema):
    """A team."""

    id: int
    name: str
    purpose: str
    field: str
    region: str
    member_ids: list[int]


class TeamsOut(Schema):
    """The teams there are."""

    items: list[TeamOut]


class QualificationOut(Schema):
    """A training or credential; unconfirmed while ``verified_at`` is empty."""

    id: int
    kind: str
    title: str
    issuer: str
    number: str
    hours: int | None
    obtained_date: date
    expires_date: date | None
    verified_at: datetime | None


class ManagerOut(Schema):
    """A technology manager."""

    id: int
    name: str
    organisation: str
    level: str
    level_basis: str
    fields: list[str]
    regions: list[str]
    languages: list[str]
    about: str
    leads: int


class ManagersOut(Schema):
    """The directory."""

    items: list[ManagerOut]


class OneManagerOut(ManagerOut):
    """A manager with what they have learnt."""

    qualifications: list[QualificationOut]


class PolicyOut(Schema):
    """Times and rules from a day on; ``valid_from_date`` empty: the standing rule of the house."""

    valid_from_date: date | None
    reply_working_days: int
    protection_days: int
    interested_may_carry: bool
    words: str
    source: str


class RepliesOut(Schema):
    """First replies on the leads opened in a period; hours are whole, null without any reply."""

    opened: int
    replied: int
    kept: int
    missed: int
    waiting: int
    late: int
    ended: int
    judged: int
    median_hours: int | None
    p90_hours: int | None


class ReasonCount(Schema):
    """A reason why leads were lost, and how often."""

    reason: str
    count: int


class StatisticsOut(Schema):
    """Replies and results of the leads opened in a period."""

    first: date
    last: date
    replies: RepliesOut
    contacted: int
    signed: int
    lost: int
    reasons: list[ReasonCount]
    need_days: int | None
    needs: int


class CoverOut(Schema):
    """Covered enterprises of all, for a key."""

    key: str
    covered: int
    enterprises: int


class CoverageOut(Schema):
    """Which part of the enterprises has a manager."""

    total: CoverOut
    regions: list[CoverOut]
    trades: list[CoverOut]


class DeedOut(Schema):
    """One line of a manager's record."""

    kind: str
    day: date
    title: str
    parties: str
    state: str
    amount_fen: int | None
    share_bp: int | None


class RecordOut(Schema):
    """What a manager did in a period; ``after`` is the first day that no longer counts."""

    first: date
    after: date
    carried: int
    signed: int
    amount_fen: int
    without_amount: int
    visits: int
    trainings: int
    hours: int
    deeds: list[DeedOut]


def problem_out(problem: Problem) -> dict[str, Any]:
    """A problem as JSON."""
    names = ("id", "title", "words", "field", "urgency", "status", "demand_id", "answer")
    return {name: getattr(problem, name) for name in names}


def visit_out(visit: Visit) -> dict[str, Any]:
    """A visit as JSON."""
    return {
        "id": visit.pk, "enterprise_id": visit.enterprise_id, "enterprise": visit.enterprise.name,
        "visit_date": visit.visit_date, "team_id": visit.team_id, "led_by_id": visit.led_by_id,
        "people": visit.people, "place": visit.place,
    }  # fmt: skip


def one_visit_out(visit: Visit, actor: Membership) -> dict[str, Any]:
    """A visit with the problems the actor sees."""
    rows = queries.problems_of(visit, actor=actor)
    return visit_out(visit) | {"problems": [problem_out(row) for row in rows]}


def team_out(team: Team) -> dict[str, Any]:
    """A team as JSON."""
    return {
        "id": team.pk, "name": team.name, "purpose": team.purpose, "field": team.field,
        "region": team.region,
        "member_ids": [row.membership_id for row in queries.members_of(team)],
    }  # fmt: skip


def manager_out(manager: Membership, profile: ManagerProfile | None, leads: int) -> dict[str, Any]:
    """A manager as JSON."""
    shown = profile or ManagerProfile()
    return {
        "id": manager.pk, "name": manager.person.name, "organisation": manager.organisation.name,
        "level": shown.level, "level_basis": shown.level_basis, "fields": shown.fields,
        "regions": shown.regions, "languages": shown.languages, "about": shown.about,
        "leads": leads,
    }  # fmt: skip


def qualification_out(row: Qualification) -> dict[str, Any]:
    """A qualification as JSON."""
    names = (
        "id", "kind", "title", "issuer", "number", "hours", "obtained_date", "expires_date",
        "verified_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def policy_out(row: Policy) -> dict[str, Any]:
    """A rule as JSON."""
    names = (
        "valid_from_date", "reply_working_days", "protection_days", "interested_may_carry",
        "words", "source",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
