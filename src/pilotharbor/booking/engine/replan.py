"""A line breaks down: what is planned anew, and how much of it can stay where it was?

What has begun stays. Of the rest first the cheapest plan is looked for, beginning with the old one;
then, at no more cost, the one that moves least.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pilotharbor.booking.engine import search
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.model import (
    Line,
    Plan,
    Problem,
    Request,
    Stretch,
    Taken,
    without,
)
from pilotharbor.booking.engine.search import Found

# Of the time, for the cheapest plan; the rest goes into moving less.
CHEAP_PART = 0.6
# While it is looked for, a move weighs as much as some hours of delay: the search finds plans as cheap
# near the old one as it does anywhere, and what would gain little stays.
TIE = 15


@dataclass(frozen=True)
class Anew:
    """What is open after a breakdown: the problem, where things were, and their old numbers."""

    problem: Problem
    numbers: tuple[int, ...]

    @property
    def was(self) -> Plan:
        """The old plan of what is open."""
        return list(self.problem.was)


def after(problem: Problem, plan: Plan, *, now: int, line: int, until: int) -> Anew:
    """The problem that is left when a line breaks down at ``now`` and stands still ``until`` then.

    What has begun elsewhere stays and is fixed; what was running on the line is to be run again.
    """
    begun = set()
    for request in range(len(problem.requests)):
        for number in problem.of(request):
            placed = plan[number]
            if placed is None or placed.start >= now:
                break
            ticks = problem.operations[number].choices[placed.line]
            if placed.line == line and placed.start + ticks > now:
                break
            begun.add(number)
    lines = [_with(problem, plan, n, begun) for n in range(len(problem.lines))]
    lines[line] = replace(lines[line], shut=(*lines[line].shut, (now, until)))
    lines = [replace(one, open=_ahead(one.open, now)) for one in lines]
    operators = tuple(
        replace(person, on=_ahead(without(person.on, _attends(problem, plan, p, begun)), now))
        for p, person in enumerate(problem.operators)
    )
    requests, numbers = _open(problem, plan, begun, now)
    return Anew(
        replace(
            problem,
            lines=tuple(lines),
            operators=operators,
            requests=requests,
            was=tuple(plan[n] for n in numbers),
        ),
        numbers,
    )


def _ahead(stretches: tuple[Stretch, ...], now: int) -> tuple[Stretch, ...]:
    return tuple((max(a, now), b) for a, b in stretches if b > now)


def _with(problem: Problem, plan: Plan, number: int, begun: set[int]) -> Line:
    """A line with what has begun on it."""
    line = problem.lines[number]
    runs = []
    for n in begun:
        placed, asked = plan[n], problem.operations[n]
        if placed is not None and placed.line == number:
            end = placed.start + asked.choices[number]
            runs.append(Taken(placed.start, end, asked.family, asked.hazard))
    taken = sorted([*line.taken, *runs], key=lambda t: t.start)
    return replace(line, taken=tuple(taken))


def _attends(problem: Problem, plan: Plan, person: int, begun: set[int]) -> list[Stretch]:
    found = []
    for n in begun:
        placed = plan[n]
        if placed is not None and placed.operator == person:
            found.append((placed.start, placed.start + problem.operations[n].attended))
    return found


def _open(
    problem: Problem, plan: Plan, begun: set[int], now: int
) -> tuple[tuple[Request, ...], tuple[int, ...]]:
    """What is left of each request; it cannot begin before what has begun is over."""
    requests, numbers = [], []
    for r, request in enumerate(problem.requests):
        left = [n for n in problem.of(r) if n not in begun]
        if not left:
            continue
        ends = [
            placed.start + problem.operations[n].choices[placed.line]
            for n in problem.of(r)
            if n in begun and (placed := plan[n]) is not None
        ]
        release = max([request.release, now, *ends])
        operations = tuple(problem.operations[n] for n in left)
        requests.append(replace(request, operations=operations, release=release))
        numbers += left
    return tuple(requests), tuple(numbers)


def replan(
    problem: Problem,
    seconds: float,
    *,
    tell: Callable[[Found], None] = lambda _: None,
    go_on: Callable[[], bool] = lambda: True,
    seed: int = 0,
) -> Found:
    """The cheapest plan found that moves as little as possible of where things were (``was``)."""
    began = time.perf_counter()
    was = list(problem.was)
    cheap = search.solve(
        replace(problem, keep=TIE), seconds * CHEAP_PART, was=was, slowly=True,
        tell=tell, go_on=go_on, seed=seed,
    )  # fmt: skip
    cap = cheap.cost.plain
    left = seconds - (time.perf_counter() - began)
    calm = search.solve(
        replace(problem, keep=1, cap=cap), left, was=cheap.plan, go_on=go_on, seed=seed
    )
    plan = calm.plan if calm.cost.plain <= cap else cheap.plan
    _, cost = check(replace(problem, keep=1), plan)
    bound = min(cheap.bound, cost.plain)
    spent = time.perf_counter() - began
    return Found(plan, cost, bound, spent, cheap.first, cheap.steps + calm.steps)


def moved(problem: Problem, plan: Plan) -> int:
    """How many operations are not where they were."""
    return sum(
        1
        for before, now in zip(problem.was, plan, strict=True)
        if before is not None and (now is None or before[:2] != now[:2])
    )
