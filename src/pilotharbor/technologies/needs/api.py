"""Needs that are asked question by question, over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from pilotharbor.kernel import clock
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands import DemandContent, needs
from pilotharbor.technologies.commands.rules import require_writer
from pilotharbor.technologies.models import Demand
from pilotharbor.technologies.needs.answers import Answers
from pilotharbor.technologies.schemas import Level, Line, Strict, Text, Ways

router = Router()
Number = Annotated[str, Field(max_length=20)]
Answer = Annotated[str, Field(max_length=1000)]


class FigureIn(Strict):
    """A figure to be reached; ``upper`` only with ``between``."""

    name: Annotated[str, Field(max_length=60)]
    bound: Literal["at_least", "at_most", "between"]
    value: Number
    upper: Number = ""
    unit: Annotated[str, Field(max_length=40)] = ""


class AnswersIn(Strict):
    """What was answered; questions left out stay as they are."""

    problem: Answer | None = None
    purpose: Answer | None = None
    tried: Answer | None = None
    figures: Annotated[list[FigureIn], Field(max_length=50)] | None = None
    conditions: Answer | None = None
    equipment: Answer | None = None
    needed_by: date | None = None


class FactsIn(Strict):
    """What of a need is no text."""

    industry: Line | None = None
    region: Line | None = None
    budget_fen: int | None = None
    cooperation: Ways | None = None
    trl_wanted: int | None = None
    confidentiality: Level | None = None
    detail: Text | None = None


class AnswerIn(Strict):
    """Answers, and facts beside them."""

    answers: AnswersIn
    facts: FactsIn = FactsIn()


class NeedOut(Schema):
    """The answers and the text they became; ``edited`` once somebody has changed the text."""

    id: int
    status: str
    title: str
    summary: str
    answers: dict[str, Any]
    edited: bool


def _out(demand: Demand) -> dict[str, Any]:
    answers = {k: v for k, v in demand.answers.items() if k != needs.TEXT}
    return {
        "id": demand.pk, "status": demand.status, "title": demand.title,
        "summary": demand.summary, "answers": answers, "edited": not needs.follows(demand),
    }  # fmt: skip


def _answers(said: AnswersIn) -> Answers:
    given = said.dict(exclude_unset=True)
    if "needed_by" in given:
        given["needed_by"] = given["needed_by"].isoformat() if given["needed_by"] else ""
    return cast("Answers", {k: v for k, v in given.items() if v is not None})


@router.post("/needs", response={201: NeedOut})
def begin_need(request: ActorRequest, body: AnswersIn) -> Status[Any]:
    """Make a draft of the first answers; the text is in the language of ``Accept-Language``."""
    made = needs.begin_need(answers=_answers(body), actor_id=request.auth.pk, at=clock.now(request))
    return Status(201, _out(made))


@router.get("/needs/{demand_id}", response=NeedOut)
def get_need(request: ActorRequest, demand_id: int) -> dict[str, Any]:
    """The answers behind a need, for those who may write it."""
    return _out(_written(request, request.auth, demand_id))


@router.patch("/needs/{demand_id}", response=NeedOut)
def answer_need(request: ActorRequest, demand_id: int, body: AnswerIn) -> dict[str, Any]:
    """Answer further questions; the text follows as long as nobody has edited it."""
    made = needs.answer_need(
        demand_id=demand_id,
        answers=_answers(body.answers),
        content=cast("DemandContent", body.facts.dict(exclude_unset=True)),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return _out(made)


@router.post("/needs/{demand_id}/text", response=NeedOut)
def rewrite_need(request: ActorRequest, demand_id: int) -> dict[str, Any]:
    """Give an edited text up for the one that the answers become."""
    made = needs.rewrite_need(demand_id=demand_id, actor_id=request.auth.pk, at=clock.now(request))
    return _out(made)


def _written(request: HttpRequest, actor: Membership, demand_id: int) -> Demand:
    demand = queries.demand(demand_id=demand_id, actor=actor, at=clock.now(request))
    require_writer(demand, actor)
    return demand
