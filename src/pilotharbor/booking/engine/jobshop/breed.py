"""How are good schedules had from good ones? A few are kept, two are mixed, the mixture is searched."""

import random
import time
from collections.abc import Callable

from pilotharbor.booking.engine.jobshop.fjs import Shop
from pilotharbor.booking.engine.jobshop.graph import Graph, Schedule, Ways, between, construct
from pilotharbor.booking.engine.jobshop.tabu import NEVER, Tabu

KEPT = 8
PATIENCE, FIRST_PATIENCE = 800, 300
FRESH_AFTER = 60


class Breeder:
    """A pool of schedules that gets better until the deadline."""

    def __init__(self, shop: Shop, seed: int) -> None:
        """An empty pool; the same seed gives the same search, as far as time allows it."""
        self.chance = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.graph = Graph(shop, self.chance)
        self.tabu = Tabu(self.graph)
        self.pool: list[Schedule] = []
        self.best: Schedule | None = None
        self.barren = 0

    @property
    def makespan(self) -> int:
        """The shortest yet."""
        return self.best.makespan if self.best else NEVER

    def first(self, deadline: float, tell: Callable[[Schedule], None]) -> None:
        """Fill the pool."""
        for n in range(KEPT):
            self.keep(self._search(construct(self.graph, 0.1 * n), deadline, FIRST_PATIENCE), tell)
            if time.perf_counter() > deadline:
                return

    def go_on(self, deadline: float, tell: Callable[[Schedule], None]) -> None:
        """One more child."""
        one, other = self.chance.sample(self.pool, 2) if len(self.pool) > 1 else self.pool * 2
        share = 0.3 + 0.4 * self.chance.random()
        ways = between(self.graph, one, other, share)
        before = self.makespan
        self.keep(self._search(ways, deadline, PATIENCE), tell)
        self.barren = 0 if self.makespan < before else self.barren + 1
        if self.barren >= FRESH_AFTER:
            self._refresh(deadline, tell)

    def keep(self, found: Schedule, tell: Callable[[Schedule], None]) -> None:
        """Take a schedule into the pool if there is none like it and it is good enough."""
        if found.makespan < self.makespan:
            self.best = found
            tell(found)
        self.pool.sort(key=lambda s: s.makespan)
        for n, other in enumerate(self.pool):
            if found.like(other):
                self.pool[n] = found
                return
        if len(self.pool) < KEPT:
            self.pool.append(found)
        elif found.makespan <= self.pool[-1].makespan:
            self.pool[-1] = found

    def adopt(self, ways: Ways, tell: Callable[[Schedule], None]) -> None:
        """Take in a schedule that was found elsewhere."""
        self.graph.load(ways)
        self.keep(Schedule(self.graph.makespan, ways, self.graph.head[:-1]), tell)

    def _search(self, ways: Ways, deadline: float, patience: int) -> Schedule:
        self.graph.load(ways)
        return self.tabu.run(deadline, patience, self.makespan)

    def _refresh(self, deadline: float, tell: Callable[[Schedule], None]) -> None:
        """Nothing new has come for long: keep the best, and begin again beside it."""
        self.barren = 0
        assert self.best is not None, "nothing is refreshed before it was filled"
        self.pool = [self.best]
        for n in range(KEPT - 1):
            ways = construct(self.graph, 0.3 + 0.1 * n)
            self.keep(self._search(ways, deadline, FIRST_PATIENCE), tell)
