"""Which order of the requests, and which lines, make the cheapest plan? Simulated annealing over both.

A step gives one operation another place in the row of its line, or a row of another line, or moves a
whole request; the plan that follows is made anew from there on, and broken off once it costs more than
could be accepted (Kirkpatrick, Gelatt and Vecchi 1983). Places are drawn from rows, because most other
changes of an order change no plan.
"""

import math
import random
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

from pilotharbor.booking.engine.decode import ANY, Decoder, Trail, decode
from pilotharbor.booking.engine.model import Plan
from pilotharbor.booking.engine.rules import Offer

# Temperatures at the beginning and at the end of a round, as parts of the cost.
HOT, COLD = 0.03, 0.001
# A round from a plan that is good begins so much cooler.
COOLER = 4
# Places in a row, in the order, and of a whole request.
NEAR, FAR_OFF = 3, 20
LOOK_EVERY = 31
# What a person cannot know matters as little to a search: half a tick.
LEAST = 0.5
# How often an operation of a late request is looked at, and each kind of step, one added to the other.
LATE, ROW, ELSE, WHOLE = 0.4, 0.5, 0.7, 0.85

Genes = tuple[list[int], list[int]]


class Way:
    """Where a search is: an order, lines, the plan of both, and what stands where in it."""

    __slots__ = ("at", "cost", "late", "lines", "order", "plan", "rows", "starts", "trail")

    def __init__(self, decoder: Decoder, cost: int, plan: Plan, genes: Genes, trail: Trail) -> None:
        """Number the places of the order, and line operations up by their starts."""
        self.cost, self.plan, self.trail = cost, plan, trail
        self.order, self.lines = genes
        following = list(decoder.first)
        self.at = [0] * len(plan)
        for place, request in enumerate(self.order):
            self.at[following[request]] = place
            following[request] += 1
        placed = sorted((p.start, n) for n, p in enumerate(plan) if p is not None)
        self.rows: list[list[int]] = [[] for _ in decoder.clean]
        self.starts: list[list[int]] = [[] for _ in decoder.clean]
        for start, number in placed:
            line = plan[number].line  # type: ignore[union-attr]  # only what is placed
            self.rows[line].append(number)
            self.starts[line].append(start)
        self.late = decoder.lateness(plan)


class Annealer:
    """A search that can be asked for one round after the other."""

    def __init__(self, decoder: Decoder, seed: int) -> None:
        """The same seed searches in the same way, as far as time allows it."""
        self.decoder = decoder
        self.chance = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.steps = 0

    def run(
        self,
        offer: Offer,
        until: float,
        heard: Callable[[], bool],
        tell: Callable[[Offer], None],
        hot: float = HOT,
    ) -> None:
        """One round, from hot to cold; ``tell`` hears of its first plan and of each that beats its best.

        ``heard`` is asked now and then whether to go on.
        """
        order = list(offer.order)
        way = self._way(order, list(offer.lines) or [ANY] * len(self.decoder.choices))
        best, began = way.cost, time.perf_counter()
        # What follows from the order and lines may be better than what they were read from.
        tell(Offer(best, way.plan, way.order, way.lines))
        first, last = max(best * hot, LEAST), max(best * COLD, LEAST / 2)
        temperature, chance = first, self.chance.random
        for step in range(1 << 40):
            if not step & LOOK_EVERY:
                part = (time.perf_counter() - began) / max(until - began, 1e-3)
                if part >= 1 or not heard():
                    return
                temperature = first * (last / first) ** part
            moved = self._neighbour(way)
            if moved is None:
                continue
            self.steps += 1
            limit = way.cost - temperature * math.log(1 - chance())
            found = decode(self.decoder, *moved, int(limit) + 1, way.trail)
            if found is None:
                continue
            # Another order of the same plan is taken as well: it has other neighbours.
            way = self._way(*moved, way.trail)
            if way.cost < best:
                best = way.cost
                tell(Offer(best, way.plan, way.order, way.lines))

    def _way(self, order: list[int], lines: list[int], trail: Trail | None = None) -> Way:
        """Go there, and leave a trail."""
        laid = Trail(order, lines)
        found = decode(self.decoder, order, lines, trail=trail, onto=laid)
        assert found is not None, "no limit was set"
        return Way(self.decoder, *found, (order, lines), laid)

    def _neighbour(self, way: Way) -> Genes | None:
        """A slightly different order or choice of lines; nothing when the draw changes nothing."""
        draw = self.chance.random()
        if draw < ROW:
            return self._in_row(way)
        if draw < ELSE:
            return self._elsewhere(way)
        if draw < WHOLE:
            return self._whole(way), way.lines
        return self._anywhere(way)

    def _some(self, way: Way) -> int:
        """An operation; as often as not one of a request that is late."""
        chance, first = self.chance, self.decoder.first
        if way.late and chance.random() < LATE:
            request = chance.choice(way.late)
            return chance.randrange(first[request], first[request + 1])
        return chance.randrange(len(way.plan))

    def _in_row(self, way: Way) -> Genes | None:
        """One operation some places earlier or later on its line."""
        number = self._some(way)
        placed = way.plan[number]
        if placed is None:
            return None
        row = way.rows[placed.line]
        here = row.index(number)
        there = here + self._few()
        if not 0 <= there < len(row) or there == here:
            return None
        return _moved(way.order, way.at[number], way.at[row[there]]), way.lines

    def _elsewhere(self, way: Way) -> Genes | None:
        """One operation on another line, beside what stands there at about its time."""
        chance = self.chance
        number = self._some(way)
        placed, choices = way.plan[number], self.decoder.choices[number]
        if placed is None or (len(choices) < 2 and not self.decoder.moves):
            return None
        line = chance.choice(choices)[0]
        if line == placed.line and (line == way.lines[number] or not self.decoder.moves):
            # Not told, it goes wherever it ends first, or stays where it was before.
            line = ANY
        if line == way.lines[number]:
            return None
        lines = way.lines[:]
        lines[number] = line
        if line == ANY or chance.random() < 0.5:
            return way.order, lines
        row = way.rows[line]
        there = bisect_left(way.starts[line], placed.start) + chance.randint(-2, 1)
        if not 0 <= there < len(row):
            return way.order, lines
        return _moved(way.order, way.at[number], way.at[row[there]]), lines

    def _few(self) -> int:
        """So many places to one side; mostly few."""
        chance = self.chance
        return chance.choice((-1, 1)) * (1 + int(NEAR * chance.random() ** 2))

    def _anywhere(self, way: Way) -> Genes | None:
        """A place in the order for any other."""
        chance, size = self.chance, len(way.order)
        one, other = chance.randrange(size), chance.randrange(size)
        return (
            None
            if way.order[one] == way.order[other]
            else (_moved(way.order, one, other), way.lines)
        )

    def _whole(self, way: Way) -> list[int]:
        """Every operation of a request earlier or later by as much."""
        request = self.decoder.owner[self._some(way)]
        shift = self.chance.randint(-FAR_OFF, FAR_OFF)
        moved = [r for r in way.order if r != request]
        for n, r in enumerate(way.order):
            if r == request:
                moved.insert(max(0, min(len(moved), n + shift)), request)
        return moved


def _moved(order: Sequence[int], one: int, there: int) -> list[int]:
    """With one place given to ``there``; what lies between closes up."""
    moved = list(order)
    moved.insert(there, moved.pop(one))
    return moved


def order_of(decoder: Decoder, plan: Plan) -> tuple[list[int], list[int]]:
    """An order and lines that come close to a plan made in another way.

    What is where it was before is not told its line, and stays.
    """
    owner, moves = decoder.owner, decoder.moves or [None] * len(plan)
    placed = sorted((p.start, n) for n, p in enumerate(plan) if p is not None)
    order = [owner[n] for _, n in placed]
    order += [owner[n] for n, p in enumerate(plan) if p is None]
    stays = [p and was and p[:2] == was[:2] for p, was in zip(plan, moves, strict=True)]
    return order, [
        ANY if p is None or there else p.line for p, there in zip(plan, stays, strict=True)
    ]
