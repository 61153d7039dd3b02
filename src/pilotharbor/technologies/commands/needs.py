"""Needs that are asked question by question: the answers are kept, the text is made of them."""

from datetime import datetime
from typing import Any, cast

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies.commands.achievements import save
from pilotharbor.technologies.commands.demands import post, revise_demand
from pilotharbor.technologies.commands.rules import (
    acting,
    locked_demand,
    require_open,
    require_writer,
)
from pilotharbor.technologies.content import DemandContent
from pilotharbor.technologies.models import Demand
from pilotharbor.technologies.needs.answers import (
    Answers,
    Composed,
    cleaned,
    composed,
    texts_of,
)
from pilotharbor.technologies.secrecy import refuse_state_secrets

# Where the answers remember the text they have become, to tell it from one somebody has edited.
TEXT = "text"


class NoAnswers(Conflict):
    """This need was written as a text; there are no answers to make one of."""

    code = "technologies.no_answers"


@command
def begin_need(*, answers: Answers, actor_id: int, at: datetime) -> Demand:
    """Make a draft of the first answers, with the text they become so far.

    Raises: NotYourRole, NotYourEntry, StateSecretRefused, ContentWrong.
    Source: R-TECH-15.
    """
    refuse_state_secrets(texts_of(answers))
    said = cleaned(answers, {})
    text = composed(said)
    demand = post(content=cast("DemandContent", text), actor_id=actor_id, at=at)
    save(demand, {"answers": {**said, TEXT: text}})
    return demand


@command
def answer_need(
    *,
    demand_id: int,
    answers: Answers,
    actor_id: int,
    at: datetime,
    content: DemandContent | None = None,
) -> Demand:
    """Answer further questions; the text follows as long as nobody has edited it.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, StateSecretRefused, ContentWrong.
    Source: R-TECH-15.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.DEMAND)
    refuse_state_secrets(texts_of(answers))
    demand = locked_demand(demand_id, actor)
    require_writer(demand, actor)
    require_open(demand, actor)
    said = cleaned(answers, demand.answers)
    text = composed(said)
    fields: dict[str, Any] = {**(content or {}), **(text if follows(demand) else {})}

    changed = any(demand.answers.get(name) != value for name, value in said.items())
    demand = revise_demand(
        demand_id=demand_id, content=cast("DemandContent", fields), actor_id=actor_id, at=at
    )
    kept = text if follows(demand, text) else demand.answers.get(TEXT, {})
    save(demand, {"answers": {**said, TEXT: kept}})
    if changed:
        events.record("technologies.demand.answered", demand, actor=actor, at=at)
    return demand


@command
def rewrite_need(*, demand_id: int, actor_id: int, at: datetime) -> Demand:
    """Give an edited text up for the one that the answers become.

    Raises: NotFound, NotYourRole, NotYourEntry, NotOpenForChange, NoAnswers, ContentWrong.
    Source: R-TECH-15.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.DEMAND)
    demand = locked_demand(demand_id, actor)
    require_writer(demand, actor)
    require_open(demand, actor)
    if not demand.answers:
        raise NoAnswers
    said = cleaned({}, demand.answers)
    text = composed(said)
    demand = revise_demand(
        demand_id=demand_id, content=cast("DemandContent", text), actor_id=actor_id, at=at
    )
    save(demand, {"answers": {**said, TEXT: text}})
    return demand


def follows(demand: Demand, text: Composed | None = None) -> bool:
    """Whether the need still says what its answers became, and nobody has edited it."""
    became = demand.answers.get(TEXT) if text is None else text
    return bool(became) and (demand.title, demand.summary) == (became["title"], became["summary"])
