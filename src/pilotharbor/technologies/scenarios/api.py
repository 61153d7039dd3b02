"""Scenarios and answers over HTTP."""

from typing import Any, cast

from django.http import HttpRequest
from ninja import Query, Router, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as market
from pilotharbor.technologies.commands import scenario_answers, scenarios
from pilotharbor.technologies.scenarios import queries
from pilotharbor.technologies.scenarios import schemas as s
from pilotharbor.technologies.scenarios.content import ScenarioContent
from pilotharbor.technologies.schemas import NoteIn, Page

router = Router()
ONE = "/scenarios/{scenario_id}"
EMPTIED = frozenset({"budget_fen", "answers_until_date"})


def _full(request: HttpRequest, actor: Membership | None, pk: int) -> dict[str, Any]:
    entry = queries.scenario(scenario_id=pk, actor=actor)
    reading = queries.reading(entry=entry, actor=actor)
    if reading.recorded and actor:
        scenarios.view_scenario_detail(scenario_id=pk, actor_id=actor.pk, at=clock.now(request))
    insider = queries.may_write(entry=entry, actor=actor) or queries.may_approve(actor=actor)
    answers = list(queries.visible_answers(entry=entry, actor=actor))
    return s.scenario_full(entry, reading, answers, insider=insider)


def _who(request: ActorRequest) -> dict[str, Any]:
    return {"actor_id": request.auth.pk, "at": clock.now(request)}


@router.post("/scenarios", response={201: s.ScenarioFull})
def post_scenario(request: ActorRequest, body: s.ScenarioIn) -> Status[Any]:
    """Write down a scenario of one's organisation, as a draft."""
    content = cast("ScenarioContent", body.dict())
    made = scenarios.post_scenario(content=content, **_who(request))
    return Status(201, _full(request, request.auth, made.pk))


@router.get("/scenarios", response=Page[s.ScenarioOut], auth=ANYONE)
def list_scenarios(
    request: HttpRequest,
    wanted: Query[s.ScenarioFilters],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Scenarios one may see, newest first."""
    actor = actor_of(request)
    rows = market.filtered(queries.visible_scenarios(actor=actor), wanted.given(), actor=actor)
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    return {"items": [s.scenario_out(row) for row in page.items], "next_cursor": page.next_cursor}


@router.get(ONE, response=s.ScenarioFull, auth=ANYONE)
def get_scenario(request: HttpRequest, scenario_id: int) -> dict[str, Any]:
    """One scenario with the answers one may read; reading a confidential detail is recorded."""
    return _full(request, actor_of(request), scenario_id)


@router.patch(ONE, response=s.ScenarioFull)
def revise_scenario(
    request: ActorRequest, scenario_id: int, body: s.ScenarioChanges
) -> dict[str, Any]:
    """Change what is given and leave the rest."""
    said = body.dict(exclude_unset=True)
    changes = {k: v for k, v in said.items() if v is not None or k in EMPTIED}
    scenarios.revise_scenario(
        scenario_id=scenario_id, content=cast("ScenarioContent", changes), **_who(request)
    )
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/submit", response=s.ScenarioFull)
def submit_scenario(request: ActorRequest, scenario_id: int) -> dict[str, Any]:
    """Put it up for review by the platform's operators."""
    scenarios.submit_scenario(scenario_id=scenario_id, **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/publish", response=s.ScenarioFull)
def publish_scenario(request: ActorRequest, scenario_id: int) -> dict[str, Any]:
    """Let it be answered."""
    scenarios.publish_scenario(scenario_id=scenario_id, **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/return", response=s.ScenarioFull)
def return_scenario(request: ActorRequest, scenario_id: int, body: NoteIn) -> dict[str, Any]:
    """Send it back with what should be changed."""
    scenarios.return_scenario(scenario_id=scenario_id, note=body.note, **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/withdraw", response=s.ScenarioFull)
def withdraw_scenario(request: ActorRequest, scenario_id: int) -> dict[str, Any]:
    """Take it back before anybody has answered. 409 ``technologies.answers_waiting`` after that."""
    scenarios.withdraw_scenario(scenario_id=scenario_id, **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/close", response=s.ScenarioFull)
def close_scenario(request: ActorRequest, scenario_id: int, body: s.ReasonIn) -> dict[str, Any]:
    """End it without an order, with a reason."""
    scenarios.close_scenario(scenario_id=scenario_id, reason=body.reason, **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/answers", response={201: s.ScenarioFull})
def answer_scenario(request: ActorRequest, scenario_id: int, body: s.AnswerIn) -> Status[Any]:
    """Answer it for one's organisation; one live answer an organisation."""
    scenario_answers.answer_scenario(scenario_id=scenario_id, **body.dict(), **_who(request))
    return Status(201, _full(request, request.auth, scenario_id))


@router.post(f"{ONE}/trial", response=s.ScenarioFull)
def record_trial(request: ActorRequest, scenario_id: int, body: s.TrialIn) -> dict[str, Any]:
    """Say how the trial of the chosen answer went."""
    scenario_answers.record_trial(scenario_id=scenario_id, **body.dict(), **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post(f"{ONE}/order", response=s.ScenarioFull)
def order_first(request: ActorRequest, scenario_id: int, body: s.OrderIn) -> dict[str, Any]:
    """Record the first order after a passed trial."""
    scenarios.order_first(scenario_id=scenario_id, **body.dict(), **_who(request))
    return _full(request, request.auth, scenario_id)


@router.post("/scenario-answers/{answer_id}/choose", response=s.ScenarioFull)
def choose(request: ActorRequest, answer_id: int, body: s.ReasonIn) -> dict[str, Any]:
    """Choose this answer; the reason goes to those who were not chosen."""
    done = scenario_answers.choose(answer_id=answer_id, reason=body.reason, **_who(request))
    return _full(request, request.auth, done.pk)


@router.post("/scenario-answers/{answer_id}/withdraw", response=s.ScenarioFull)
def withdraw_answer(request: ActorRequest, answer_id: int) -> dict[str, Any]:
    """Take the own answer back while it is not chosen."""
    done = scenario_answers.withdraw_answer(answer_id=answer_id, **_who(request))
    return _full(request, request.auth, done.scenario_id)
