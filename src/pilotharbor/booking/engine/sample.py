"""A pilot plant as it might be: for benchmarks, tests and whoever wants to see the scheduler at work.

Six lines of three kinds, five operators on shifts with leave, four families of material whose order
decides how long is cleaned, two hazards that may not meet. A tick is a quarter of an hour.
"""

import random
from collections.abc import Sequence

from pilotharbor.booking.engine.model import Line, Operation, Operator, Problem, Request, without

HOUR, DAY = 4, 96
FAMILIES = ("water", "solvent", "polymer", "protein")
KINDS = ("reactor", "separation", "drying")
# Lines of a kind; those of separation run overnight, those of drying never close.
LINES = (("R1", 0), ("R2", 0), ("R3", 0), ("S1", 1), ("S2", 1), ("D1", 2))
HAZARDS = ("", "", "", "flammable", "oxidising")
ORGANISATIONS = 8
ROUTES = ((0,), (0, 1), (0, 1), (0, 1, 2), (0, 1, 2), (1, 2), (0, 0, 1), (0, 1, 0, 2), (0, 2))
# Days that a plant of six lines needs for so many requests, as its people would plan it.
REQUESTS_A_DAY = 2.5


def plant(seed: int, requests: int = 30) -> Problem:
    """A problem of so many requests, about 2.4 operations each; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a sample, not a secret
    days = 21 + int(2 * requests / REQUESTS_A_DAY)
    lines = tuple(_line(name, kind, days, chance) for name, kind in LINES)
    operators = _operators(days, chance)
    asked = tuple(_request(n, requests, chance) for n in range(requests))
    return Problem(
        lines=lines,
        operators=operators,
        requests=asked,
        horizon=days * DAY,
        apart=frozenset({frozenset({"flammable", "oxidising"})}),
    )


def _line(name: str, kind: int, days: int, chance: random.Random) -> Line:
    """Reactors are open by day, Monday to Saturday; separation runs on over night; drying always."""
    if KINDS[kind] == "drying":
        hours = [(0, days * DAY)]
    else:
        hours = [
            (day * DAY + 7 * HOUR, day * DAY + 21 * HOUR) for day in range(days) if day % 7 != 6
        ]
    shut = []
    if chance.random() < 0.5:
        day = chance.randrange(2, days - 2)
        shut.append((day * DAY, day * DAY + DAY))
    cleaning = {
        (before, after): HOUR * chance.choice((1, 1, 2, 3)) + (HOUR if after == "protein" else 0)
        for before in FAMILIES
        for after in FAMILIES
        if before != after
    }
    return Line(
        name=name,
        open=tuple(hours),
        overnight=KINDS[kind] != "reactor",
        shut=tuple(shut),
        cleaning=cleaning,
        ran=chance.choice(FAMILIES),
    )


def _operators(days: int, chance: random.Random) -> tuple[Operator, ...]:
    """Three by day, two in the evening, five days of seven, each with two days of leave."""
    found = []
    skills: Sequence[frozenset[str]] = (
        frozenset(KINDS), frozenset(KINDS[:2]), frozenset({KINDS[0]}),
        frozenset(KINDS), frozenset(KINDS[1:]),
    )  # fmt: skip
    for number, known in enumerate(skills):
        begin = (7, 8, 9, 13, 13)[number] * HOUR
        rest = chance.randrange(7)
        on = [
            (day * DAY + begin, day * DAY + begin + 8 * HOUR)
            for day in range(days)
            if (day - rest) % 7 not in {0, 1}
        ]
        away = chance.randrange(days - 2)
        gone = [(away * DAY, (away + 2) * DAY)]
        found.append(Operator(f"E{number + 1}", without(on, gone), known))
    return tuple(found)


def _request(number: int, requests: int, chance: random.Random) -> Request:
    family, hazard = chance.choice(FAMILIES), chance.choice(HAZARDS)
    operations = []
    for kind in chance.choice(ROUTES):
        able = [n for n, (_, k) in enumerate(LINES) if k == kind]
        ticks = HOUR * chance.choice((3, 4, 6, 8, 10) if kind == 0 else (4, 6, 8, 12, 16))
        some = chance.sample(able, k=max(1, min(len(able), chance.choice((1, 2, 3)))))
        operations.append(
            Operation(
                choices={n: ticks + chance.choice((0, 0, HOUR)) for n in sorted(some)},
                attended=chance.choice((2, 4)),
                skill=KINDS[kind],
                family=family,
                hazard=hazard,
            )
        )
    span = int(requests / REQUESTS_A_DAY * DAY)
    release = chance.randrange(3 * span // 4) // DAY * DAY
    work = sum(min(o.choices.values()) for o in operations)
    due = release + int(work * chance.uniform(2.0, 4.0)) + chance.randrange(1, 5) * DAY
    return Request(
        name=f"Q{number + 1}",
        organisation=f"org-{chance.randrange(ORGANISATIONS)}",
        operations=tuple(operations),
        release=release,
        due=due,
        weight=chance.choice((1, 1, 2, 4)),
    )
