"""Small plants with every oddity, drawn by chance; and the cheapest plan of a tiny one, by trying all."""

import itertools

from hypothesis import strategies as st

from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder, decode
from pilotharbor.booking.engine.model import (
    Line,
    Operation,
    Operator,
    Problem,
    Request,
    Taken,
    merged,
)

DAY, FAMILIES, HAZARDS, SKILLS = 24, ("a", "b", "c"), ("", "fire", "air"), ("", "x", "y")


@st.composite
def stretches(draw, days, whole):
    """Open hours of each day, some days closed, or all the time."""
    if whole:
        return ((0, days * DAY),)
    opens, closes = draw(st.integers(0, 8)), draw(st.integers(14, 24))
    closed = draw(st.sets(st.integers(0, days - 1), max_size=days // 3))
    hours = [(d * DAY + opens, d * DAY + closes) for d in range(days) if d not in closed]
    return merged(hours)


@st.composite
def lines(draw, days):
    cleaning = {(a, b): draw(st.integers(0, 3)) for a, b in itertools.permutations(FAMILIES, 2)}
    taken = []
    if draw(st.booleans()):
        start = draw(st.integers(20, days * DAY // 2))
        taken.append(
            Taken(start, start + draw(st.integers(1, 6)), draw(st.sampled_from(FAMILIES)),
                  draw(st.sampled_from(HAZARDS)))
        )  # fmt: skip
    shut = draw(st.lists(st.tuples(st.integers(0, days * DAY), st.integers(1, 20)), max_size=1))
    return Line(
        name="line",
        open=draw(stretches(days, draw(st.booleans()))),
        overnight=draw(st.booleans()),
        shut=tuple((a, a + b) for a, b in shut),
        taken=tuple(taken),
        cleaning=cleaning,
        ran=draw(st.sampled_from(FAMILIES)),
        units=draw(st.frozensets(st.integers(1, 3), max_size=1)),
    )


@st.composite
def problems(draw, requests=4, days=10):
    """A few lines and people, a few requests of one to three steps."""
    there = tuple(draw(st.lists(lines(days), min_size=1, max_size=3)))
    people = tuple(
        Operator(f"p{n}", draw(stretches(days, draw(st.booleans()))),
                 draw(st.frozensets(st.sampled_from(SKILLS[1:]), min_size=1)))
        for n in range(draw(st.integers(1, 2)))
    )  # fmt: skip
    asked = []
    for n in range(draw(st.integers(1, requests))):
        steps = []
        for _ in range(draw(st.integers(1, 3))):
            able = draw(st.sets(st.integers(0, len(there) - 1), min_size=1, max_size=len(there)))
            windows = ()
            if draw(st.integers(0, 5)) == 0:
                first = draw(st.integers(0, days * DAY // 2))
                windows = ((first, first + draw(st.integers(10, 60))),)
            choices = {line: draw(st.integers(1, 9)) for line in sorted(able)}
            steps.append(
                Operation(
                    choices=choices,
                    attended=draw(st.integers(0, min(2, *choices.values()))),
                    skill=draw(st.sampled_from(SKILLS)),
                    family=draw(st.sampled_from(FAMILIES)),
                    hazard=draw(st.sampled_from(HAZARDS)),
                    windows=windows,
                )
            )
        release = draw(st.integers(0, 40))
        asked.append(
            Request(
                name=f"r{n}",
                organisation=draw(st.sampled_from(("one", "other"))),
                operations=tuple(steps),
                release=release,
                due=release + draw(st.integers(0, 60)),
                weight=draw(st.integers(1, 3)),
            )
        )
    return Problem(
        lines=there,
        operators=people,
        requests=tuple(asked),
        horizon=days * DAY,
        apart=frozenset({frozenset({"fire", "air"})}),
        fairness=draw(st.integers(0, 2)),
    )


def best_of_all_orders(problem):
    """The cheapest plan of every order and every choice of lines."""
    decoder = Decoder(problem)
    tokens = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    choices = [[line for line, _ in some] for some in decoder.choices]
    best = None
    for order in set(itertools.permutations(tokens)):
        for told in itertools.product(*choices):
            found = decode(decoder, order, told)
            assert found is not None
            if best is None or found[0] < best[0]:
                best = found
    assert check(problem, best[1])[1].total == best[0]
    return best
