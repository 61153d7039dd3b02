"""Which schedule does the engine find, what is it worth, and why is everything where it is?

The one place that calls ``pilotharbor.booking.engine``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pilotharbor.booking.engine import replan, rules, search
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder
from pilotharbor.booking.engine.explain import Explainer, Reason
from pilotharbor.booking.engine.model import Plan, Problem
from pilotharbor.scheduling.facts import Situation
from pilotharbor.scheduling.translating import Put, Translation, translate

# A search that is sent off with less than that finds what the first rules find.
SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one booking: where it is put, or nothing; and the reasons, for a JSON column."""

    booking_id: int
    put: Put | None
    reasons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A schedule in words of the harbour; ``cost`` and ``bound`` in ticks of ``tick_s`` seconds."""

    answers: tuple[Answer, ...]
    tick_s: int
    cost: int
    bound: int
    gap_bp: int
    took_ms: int
    waits_s: int
    first_come_waits_s: int
    first_come_placed: int


def find(
    situation: Situation,
    seconds: float,
    *,
    tell: Callable[[int], None] = lambda _cost: None,
    go_on: Callable[[], bool] = lambda: True,
) -> Result:
    """Search for so many seconds; ``tell`` hears the cost of each better schedule, ``go_on`` may end it.

    With slots that were allotted already, what moves least at no more cost is looked for.
    """
    known = translate(situation)
    problem, limit = known.problem, max(seconds, SHORTEST_S)

    def heard(found: search.Found) -> None:
        tell(found.cost.plain)

    if problem.was:
        found = replan.replan(problem, limit, tell=heard, go_on=go_on)
        plan = _calmed(problem, found.plan, found.cost.plain)
        cost = check(problem, plan)[1].plain
    else:
        found = search.solve(problem, limit, tell=heard, go_on=go_on)
        plan, cost = found.plan, found.cost.total
    first = rules.first_come(Decoder(problem)).plan if problem.operations else []
    bound = max(min(found.bound, cost), 0)
    return Result(
        answers=tuple(_answers(known, plan)),
        tick_s=known.tick_s,
        cost=cost,
        bound=bound,
        gap_bp=round(10_000 * (cost - bound) / cost) if cost else 0,
        took_ms=round(1000 * found.seconds),
        waits_s=known.waits_s(plan),
        first_come_waits_s=known.waits_s(first),
        first_come_placed=known.placed(first),
    )


def _calmed(problem: Problem, plan: Plan, cost: int) -> Plan:
    """Put whatever may lie where it lay back there, as long as nothing gets dearer by it.

    A short search may leave moves in a schedule that gain nothing (R-SCHED-15).
    """
    calm = list(plan)
    for number, was in enumerate(problem.was):
        if was is None or calm[number] == was:
            continue
        tried = [*calm[:number], was, *calm[number + 1 :]]
        wrong, now = check(problem, tried)
        if not wrong and now.plain <= cost:
            calm, cost = tried, now.plain
    return calm


def _answers(known: Translation, plan: Plan) -> list[Answer]:
    why = Explainer(known.problem, plan)
    found = []
    for number, (wish, placed) in enumerate(zip(known.situation.wanted, plan, strict=True)):
        if placed is None:
            reasons = [_told(known, one) for one in why.refusal(number)]
            found.append(Answer(wish.booking_id, None, reasons))
            continue
        reasons = [_told(known, one) for one in why.place(number)]
        if number in known.relays:
            reasons.append({"kind": "relay"})
        found.append(Answer(wish.booking_id, known.put(number, placed), reasons))
    return found


def _told(known: Translation, reason: Reason) -> dict[str, Any]:
    """A reason with the booking that stands in the way, if it is one, and minutes of cleaning."""
    told: dict[str, Any] = {"kind": reason.kind}
    if reason.request >= 0:
        told["booking_id"] = known.situation.wanted[reason.request].booking_id
    if reason.ticks:
        told["minutes"] = reason.ticks * known.tick_s // 60
    return told
