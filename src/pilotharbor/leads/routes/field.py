"""Visits, the problems met there, and teams, for programs."""

from typing import Any

from ninja import Status

from pilotharbor.kernel import pages
from pilotharbor.kernel.http import Cursor, Limit, NamedRouter
from pilotharbor.leads import commands, queries
from pilotharbor.leads import field_schemas as fields
from pilotharbor.leads.field_schemas import (
    one_visit_out,
    problem_out,
    team_out,
    visit_out,
)
from pilotharbor.leads.routes import shown
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.leads.api")


@router.get("/visits", response=fields.VisitPage)
def list_visits(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Visits one may see, newest first."""
    rows = queries.visible_visits(actor=request.auth)
    page = pages.page(rows, by="-visit_date", cursor=cursor, limit=limit)
    return {"items": [visit_out(row) for row in page.items], "next_cursor": page.next_cursor}


@router.post("/visits", response={201: fields.OneVisitOut})
def record_visit(request: ActorRequest, body: fields.VisitIn) -> Status[Any]:
    """Write a visit down, with the problems met there."""
    given = body.dict()
    problems = [commands.Difficulty(**one) for one in given.pop("problems")]
    visit = commands.record_visit(**given, problems=problems, **shown.who(request))
    return Status(201, one_visit_out(visit, request.auth))


@router.get("/visits/{visit_id}", response=fields.OneVisitOut)
def get_visit(request: ActorRequest, visit_id: int) -> dict[str, Any]:
    """One visit and its problem list."""
    visit = queries.visible_visit(actor=request.auth, visit_id=visit_id)
    return one_visit_out(visit, request.auth)


@router.post("/visits/{visit_id}/problems", response={201: fields.ProblemOut})
def note_problem(request: ActorRequest, visit_id: int, body: fields.ProblemIn) -> Status[Any]:
    """Add a line to the problem list."""
    problem = commands.Difficulty(**body.dict())
    row = commands.note_problem(visit_id=visit_id, problem=problem, **shown.who(request))
    return Status(201, problem_out(row))


@router.post("/problems/{problem_id}/offer", response=fields.ProblemOut)
def offer_problem(request: ActorRequest, problem_id: int) -> dict[str, Any]:
    """Show a problem to the enterprise."""
    return problem_out(commands.offer_problem(problem_id=problem_id, **shown.who(request)))


@router.post("/problems/{problem_id}/take", response=fields.ProblemOut)
def take_problem(request: ActorRequest, problem_id: int) -> dict[str, Any]:
    """Make a draft need of a problem, for members of the visited enterprise."""
    return problem_out(commands.take_problem(problem_id=problem_id, **shown.who(request)))


@router.post("/problems/{problem_id}/answer", response=fields.ProblemOut)
def answer_problem(request: ActorRequest, problem_id: int, body: fields.AnswerIn) -> dict[str, Any]:
    """Answer a problem; the enterprise reads it."""
    row = commands.answer_problem(problem_id=problem_id, answer=body.words, **shown.who(request))
    return problem_out(row)


@router.post("/problems/{problem_id}/drop", response=fields.ProblemOut)
def drop_problem(request: ActorRequest, problem_id: int, body: fields.AnswerIn) -> dict[str, Any]:
    """Leave a problem, with the reason."""
    row = commands.drop_problem(problem_id=problem_id, reason=body.words, **shown.who(request))
    return problem_out(row)


@router.get("/teams", response=fields.TeamsOut)
def list_teams(request: ActorRequest) -> dict[str, Any]:
    """The dedicated teams, by name."""
    rows = queries.visible_teams(actor=request.auth).filter(dissolved_at=None)
    return {"items": [team_out(row) for row in rows.order_by("name")[:200]]}


@router.post("/teams", response={201: fields.TeamOut})
def form_team(request: ActorRequest, body: fields.TeamIn) -> Status[Any]:
    """Form a team, for operators and officials."""
    return Status(201, team_out(commands.form_team(**body.dict(), **shown.who(request))))


@router.post("/teams/{team_id}/members", response=fields.TeamOut)
def join_team(request: ActorRequest, team_id: int, body: fields.MemberIn) -> dict[str, Any]:
    """Take somebody into a team."""
    return team_out(commands.join_team(team_id=team_id, **body.dict(), **shown.who(request)))


@router.post("/teams/{team_id}/members/{membership_id}/leave", response=fields.TeamOut)
def leave_team(request: ActorRequest, team_id: int, membership_id: int) -> dict[str, Any]:
    """Let somebody go from a team."""
    return team_out(
        commands.leave_team(team_id=team_id, membership_id=membership_id, **shown.who(request))
    )


@router.post("/teams/{team_id}/dissolve", response=fields.TeamOut)
def dissolve_team(request: ActorRequest, team_id: int) -> dict[str, Any]:
    """End a team."""
    return team_out(commands.dissolve_team(team_id=team_id, **shown.who(request)))
