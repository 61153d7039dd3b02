"""Visits to enterprises: what was met there, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pilotharbor.kernel import events
from pilotharbor.kernel.codes import BadCode, normalise_industry
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import LONG, required, tidy
from pilotharbor.leads.models import Problem, Team, Visit
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import commands as technologies


class NotAnEnterprise(Invalid):
    """Visits are paid to an approved enterprise."""

    code = "leads.not_an_enterprise"


class NotYourTeam(Forbidden):
    """Choose a team you belong to."""

    code = "leads.not_your_team"


class BadVisit(Invalid):
    """A visit has a day that is not ahead, and people."""

    code = "leads.bad_visit"


class BadProblem(Invalid):
    """A problem has a title, words, an urgency and, if any, a known code of its trade."""

    code = "leads.bad_problem"


class NotYourVisit(Forbidden):
    """Only who went there goes on with it, and only the visited enterprise makes its needs of it."""

    code = "leads.not_your_visit"


@dataclass(frozen=True, slots=True)
class Difficulty:
    """One line of the problem list as it is written down."""

    title: str
    words: str
    field: str = ""
    urgency: str = Problem.Urgency.NORMAL


@command
def record_visit(
    *,
    enterprise_id: int,
    visit_date: date,
    people: str,
    actor_id: int,
    at: datetime,
    place: str = "",
    summary: str = "",
    team_id: int | None = None,
    problems: Sequence[Difficulty] = (),
) -> Visit:
    """Write down a visit of one's own or of one's team, with the problems met there.

    Raises: NotFound, NotYourRole, NotAnEnterprise, NotYourTeam, BadVisit, BadProblem.
    Source: R-LEAD-11.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.may_visit(actor):
        raise rights.NotYourRole(role=actor.role)
    enterprise = queries.enterprises().filter(pk=enterprise_id).first()
    if enterprise is None:
        raise NotAnEnterprise(problems={"enterprise_id": str(NotAnEnterprise())})
    team = _team(team_id, actor)
    who = tidy(people)
    bad = {"visit_date": visit_date > local_date(at), "people": not 1 <= len(who) <= 500}
    if any(bad.values()):
        raise BadVisit(problems={name: str(BadVisit()) for name, wrong in bad.items() if wrong})
    checked = [_checked(one, f"problems.{n}") for n, one in enumerate(problems)]

    visit = Visit.objects.create(
        enterprise=enterprise, team=team, led_by=actor, visit_date=visit_date,
        place=tidy(place)[:200], people=who, summary=tidy(summary)[:4000], recorded_at=at,
    )  # fmt: skip
    events.record(
        "leads.visit.recorded", visit, actor=actor, at=at, enterprise_id=enterprise.pk,
        team_id=team.pk if team else None, problems=len(checked),
    )  # fmt: skip
    for fields in checked:
        _note(visit, fields, actor, at)
    return visit


def _team(team_id: int | None, actor: Membership) -> Team | None:
    own = queries.in_team(actor)
    if team_id is None:
        if not queries.manages(actor) and not queries.operates(actor):
            raise NotYourTeam(problems={"team_id": str(NotYourTeam())})
        return None
    team = Team.objects.filter(pk=team_id, dissolved_at=None).first()
    if team is None or not (queries.operates(actor) or own.filter(team=team).exists()):
        raise NotYourTeam(problems={"team_id": str(NotYourTeam())})
    return team


def _checked(given: Difficulty, place: str) -> dict[str, Any]:
    wrong = BadProblem(problems={place: str(BadProblem())})
    title, words = tidy(given.title), tidy(given.words)
    if not 1 <= len(title) <= 200 or not 1 <= len(words) <= 4000:
        raise wrong
    if given.urgency not in Problem.Urgency.values:
        raise wrong
    try:
        field = normalise_industry(given.field) if given.field else ""
    except BadCode as exc:
        raise wrong from exc
    return {"title": title, "words": words, "field": field, "urgency": given.urgency}


def _note(visit: Visit, fields: dict[str, Any], actor: Membership, at: datetime) -> Problem:
    problem = Problem.objects.create(visit=visit, noted_at=at, **fields)
    _told("noted", problem, actor, at, visit_id=visit.pk)
    return problem


def _told(verb: str, problem: Problem, actor: Membership, at: datetime, **facts: Fact) -> None:
    record: Any = events.record
    record(f"leads.problem.{verb}", problem, actor=actor, at=at, **facts)


@command
def note_problem(*, visit_id: int, problem: Difficulty, actor_id: int, at: datetime) -> Problem:
    """Add a line to the problem list of a visit.

    Raises: NotFound, NotYourVisit, BadProblem.
    Source: R-LEAD-11.
    """
    actor = parties.actor(actor_id=actor_id)
    visit = queries.visible_visit(actor=actor, visit_id=visit_id)
    if not queries.keeps_visit(visit, actor):
        raise NotYourVisit
    return _note(visit, _checked(problem, "problem"), actor, at)


def _locked(problem_id: int, actor_id: int) -> tuple[Membership, Problem]:
    actor = parties.actor(actor_id=actor_id)
    row = Problem.objects.select_for_update(no_key=True).filter(pk=problem_id).first()
    if row is None:
        raise NotFound
    visit = queries.visible_visit(actor=actor, visit_id=row.visit_id)
    if not queries.problems_of(visit, actor=actor).filter(pk=problem_id).exists():
        raise NotFound
    return actor, row


def _kept(problem_id: int, actor_id: int) -> tuple[Membership, Problem]:
    actor, problem = _locked(problem_id, actor_id)
    if not queries.keeps_visit(problem.visit, actor):
        raise NotYourVisit
    return actor, problem


@command
def offer_problem(*, problem_id: int, actor_id: int, at: datetime) -> Problem:
    """Show a problem to the enterprise, so that it can make a need of it.

    Raises: NotFound, NotYourVisit, MoveNotAllowed.
    Source: R-LEAD-11.
    """
    actor, problem = _kept(problem_id, actor_id)
    advance(problem, Problem.Status.OFFERED)
    _told("offered", problem, actor, at)
    return problem


@command
def take_problem(*, problem_id: int, actor_id: int, at: datetime) -> Problem:
    """Make a need of a problem, as a draft of the visited enterprise, for one of its members.

    Raises: NotFound, NotYourVisit, MoveNotAllowed, ContentWrong.
    Source: R-LEAD-11.
    """
    actor, problem = _locked(problem_id, actor_id)
    if not queries.hosts_visit(problem.visit, actor):
        raise NotYourVisit
    require_move(problem, Problem.Status.TAKEN)
    demand = technologies.post(
        content={
            "title": problem.title, "summary": problem.words, "industry": problem.field,
            "region": problem.visit.enterprise.region,
        },
        actor_id=actor.pk, at=at,
    )  # fmt: skip
    advance(problem, Problem.Status.TAKEN, demand=demand, settled_by=actor, settled_at=at)
    _told("taken", problem, actor, at, demand_id=demand.pk)
    return problem


@command
def answer_problem(*, problem_id: int, answer: str, actor_id: int, at: datetime) -> Problem:
    """Answer a problem; the enterprise reads it.

    Raises: NotFound, NotYourVisit, WordsMissing, MoveNotAllowed.
    """
    return _settle(problem_id, Problem.Status.ANSWERED, answer, actor_id, at)


@command
def drop_problem(*, problem_id: int, reason: str, actor_id: int, at: datetime) -> Problem:
    """Leave a problem, with the reason.

    Raises: NotFound, NotYourVisit, WordsMissing, MoveNotAllowed.
    """
    return _settle(problem_id, Problem.Status.DROPPED, reason, actor_id, at)


def _settle(problem_id: int, to: str, words: str, actor_id: int, at: datetime) -> Problem:
    actor, problem = _kept(problem_id, actor_id)
    said = required("words", words, most=LONG)
    advance(problem, to, answer=said, settled_by=actor, settled_at=at)
    _told(str(to), problem, actor, at)
    return problem
