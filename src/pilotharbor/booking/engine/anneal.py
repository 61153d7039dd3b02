"""Which order of the requests, and which lines, make the cheapest plan? Simulated annealing over both.

A step moves one operation in the order, or two, or a whole request, or tells one its line; the plan
that follows is made anew and broken off once it costs more than could be accepted.
"""

import math
import random
import time
from collections.abc import Callable

from pilotharbor.booking.engine.decode import ANY, Decoder, Trail, decode
from pilotharbor.booking.engine.model import Plan
from pilotharbor.booking.engine.rules import Offer

# Temperatures at the beginning and at the end of a round, as parts of the cost.
HOT, COLD = 0.05, 0.001
NEAR, FAR_OFF = 12, 20
LOOK_EVERY = 31
# What a person cannot know matters as little to a search: half a tick.
LEAST = 0.5


class Annealer:
    """A search that can be asked for one round after the other."""

    def __init__(self, decoder: Decoder, seed: int) -> None:
        """The same seed searches in the same way, as far as time allows it."""
        self.decoder = decoder
        self.chance = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.flexible = [n for n, some in enumerate(decoder.choices) if len(some) > 1]
        self.steps = 0

    def run(
        self,
        offer: Offer,
        until: float,
        heard: Callable[[], bool],
        tell: Callable[[Offer], None],
        hot: float = HOT,
    ) -> None:
        """One round, from hot to cold; ``tell`` hears of each plan that beats the round's best.

        ``heard`` is asked now and then whether to go on.
        """
        cost, order = offer.cost, list(offer.order)
        told = list(offer.lines) or [ANY] * len(self.decoder.choices)
        best, began = cost, time.perf_counter()
        first, last = max(cost * hot, LEAST), max(cost * COLD, LEAST / 2)
        temperature, chance = first, self.chance.random
        trail = Trail(order, told)
        for step in range(1 << 40):
            if not step & LOOK_EVERY:
                part = (time.perf_counter() - began) / max(until - began, 1e-3)
                if part >= 1 or not heard():
                    return
                temperature = first * (last / first) ** part
            moved = self._neighbour(order, told)
            if moved is None:
                continue
            self.steps += 1
            limit = cost - temperature * math.log(1 - chance())
            path = Trail(*moved)
            found = decode(self.decoder, *moved, int(limit) + 1, trail, path)
            if found is None:
                continue
            cost, (order, told), trail = found[0], moved, path
            if cost < best:
                best = cost
                tell(Offer(cost, found[1], order, told))

    def _neighbour(self, order: list[int], told: list[int]) -> tuple[list[int], list[int]] | None:
        """A slightly different order or choice of lines; nothing when the draw changes nothing."""
        draw, chance, size = self.chance.random(), self.chance, len(order)
        if draw < 0.5:
            one = chance.randrange(size)
            other = chance.randrange(size) if chance.random() < 0.2 else self._near(one, size)
            moved = order[:]
            moved.insert(other, moved.pop(one))
            return (moved, told) if moved != order else None
        if draw < 0.65:
            one = chance.randrange(size)
            other = self._near(one, size)
            if order[one] == order[other]:
                return None
            moved = order[:]
            moved[one], moved[other] = moved[other], moved[one]
            return moved, told
        if draw < 0.88 and self.flexible:
            number = chance.choice(self.flexible)
            line = ANY if chance.random() < 0.3 else chance.choice(self.decoder.choices[number])[0]
            if line == told[number]:
                return None
            lines = told[:]
            lines[number] = line
            return order, lines
        return self._whole(order), told

    def _near(self, one: int, size: int) -> int:
        return max(0, min(size - 1, one + self.chance.randint(-NEAR, NEAR)))

    def _whole(self, order: list[int]) -> list[int]:
        """Every operation of a request earlier or later by as much."""
        request = self.chance.choice(order)
        shift = self.chance.randint(-FAR_OFF, FAR_OFF)
        moved = [r for r in order if r != request]
        for n, r in enumerate(order):
            if r == request:
                moved.insert(max(0, min(len(moved), n + shift)), request)
        return moved


def order_of(decoder: Decoder, plan: Plan) -> tuple[list[int], list[int]]:
    """An order and lines that come close to a plan made in another way."""
    owner = decoder.owner
    placed = sorted((p.start, n) for n, p in enumerate(plan) if p is not None)
    order = [owner[n] for _, n in placed]
    order += [owner[n] for n, p in enumerate(plan) if p is None]
    return order, [ANY if p is None else p.line for p in plan]
