"""Outcomes of leads that follow a rule the test knows, or none at all."""

from dataclasses import replace

import numpy as np

from pilotharbor.matching.engine.learning import Example
from pilotharbor.matching.engine.rerank import NAMES, Signals, seen_at

ORGANISATIONS, NEEDS, FINDS = 8, 10, 8
# What the planted people go by, beside the base: figures met, a neighbour, ripeness.
WISHES = {"base": 3.0, "met": 4.0, "same_city": 2.0, "readiness_gap": -3.0}


def signals(random):
    """Numbers as searching makes them: shares that add up, places within places."""
    met = random.random()
    city, section = random.random() < 0.2, random.random() < 0.5
    return Signals(
        base=random.random(),
        words=random.random(),
        meaning=random.random(),
        met=met,
        unmet=(1 - met) * random.random(),
        readiness_gap=random.integers(9) / 8,
        same_city=float(city),
        same_province=float(city or random.random() < 0.3),
        same_section=float(section),
        same_division=float(section and random.random() < 0.5),
        cooperation=random.random(),
        within_budget=random.choice([0.0, 0.5, 1.0]),
        age=random.random(),
    )


def outcomes(seed, wishes=WISHES, organisations=ORGANISATIONS, needs=NEEDS, finds=FINDS, drawn=0.0):
    """Examples whose grades follow the wishes with some chance in it.

    ``drawn``  how much they go by where a find stands, the best by the base first
    """
    random = np.random.default_rng(seed)
    made = []
    for organisation in range(organisations):
        for need in range(needs):
            some = [signals(random) for _ in range(finds)]
            if drawn:
                some = placed(some)
            scores = [
                liking(one, wishes) + drawn * one.shown + 0.5 * random.logistic() for one in some
            ]
            places = np.argsort(np.argsort(scores))
            grades = np.clip(places - (finds - 5), 0, 4)
            number = 1000 * organisation + need
            made += [
                Example(number, organisation, one, int(grade))
                for one, grade in zip(some, grades, strict=True)
            ]
    return made


def placed(some):
    """The same finds, each with how much it meets the eye where the base puts it."""
    order = sorted(some, key=lambda one: -one.base)
    return [replace(one, shown=seen_at(order.index(one))) for one in some]


def liking(one, wishes):
    """How much they like it, before chance."""
    return sum(weight * getattr(one, name) for name, weight in wishes.items() if name in NAMES)
