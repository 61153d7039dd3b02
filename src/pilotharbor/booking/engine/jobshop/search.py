"""How short can the makespan be made in so many seconds, and how short can it not be?

This process breeds schedules; a helper proves bounds and then breeds as well. Each hears of what the
other finds, and both stop when nothing shorter can exist.
"""

import time
from dataclasses import dataclass

from pilotharbor.booking.engine.apart import Helper
from pilotharbor.booking.engine.jobshop.breed import Breeder
from pilotharbor.booking.engine.jobshop.fjs import Shop
from pilotharbor.booking.engine.jobshop.graph import Schedule, Ways

HELPER = "pilotharbor.booking.engine.jobshop.prove"
HELPS_FROM_S = 2.0
MARGIN_S = 0.05


@dataclass(frozen=True)
class Found:
    """The schedule: machine and start of each operation, its makespan, and the bound."""

    makespan: int
    bound: int
    seconds: float
    machines: list[int]
    starts: list[int]
    steps: int = 0

    @property
    def gap(self) -> float:
        """How much of the makespan might be saved at most."""
        return (self.makespan - self.bound) / self.makespan

    @property
    def status(self) -> str:
        """Whether nothing shorter exists, as far as is known."""
        return "optimal" if self.makespan <= self.bound else "feasible"


class Search:
    """One search and its helper."""

    def __init__(self, shop: Shop, deadline: float, seed: int) -> None:
        """Nothing is known but what the numbers alone say."""
        self.deadline, self.bound = deadline, shop.bound
        self.breeder = Breeder(shop, seed)
        self.helper: Helper | None = None

    def help_with(self, shop: Shop) -> None:
        """Start the helper; it loads its library while the first schedules are made."""
        self.helper = Helper(HELPER)
        self.helper.send((shop, self.deadline - time.perf_counter(), self.bound))

    def tell(self, found: Schedule) -> None:
        """Let the helper know."""
        if self.helper:
            self.helper.send(found.ways)

    def listen(self) -> None:
        """Hear what the helper has."""
        if not self.helper:
            return
        try:
            for kind, what in self.helper.heard():
                if kind == "bound":
                    self.bound = max(self.bound, what)
                else:
                    self._adopt(what)
        except EOFError:
            self.helper.end()
            self.helper = None

    def _adopt(self, ways: Ways) -> None:
        self.breeder.adopt(ways, lambda _: None)

    @property
    def goes_on(self) -> bool:
        """Whether there is time, and something to gain."""
        return time.perf_counter() < self.deadline and self.breeder.makespan > self.bound


def solve(shop: Shop, seconds: float, *, seed: int = 0, began: float | None = None) -> Found:
    """The shortest schedule found within ``seconds`` of ``began`` (now, unless told)."""
    began = time.perf_counter() if began is None else began
    search = Search(shop, began + seconds - MARGIN_S, seed)
    breeder = search.breeder
    if seconds >= HELPS_FROM_S:
        search.help_with(shop)
    try:
        breeder.first(search.deadline, search.tell)
        while search.goes_on:
            breeder.go_on(search.deadline, search.tell)
            search.listen()
    finally:
        if search.helper:
            search.helper.end()
    assert breeder.best is not None, "the first schedule takes no time"
    breeder.graph.load(breeder.best.ways)
    return Found(
        makespan=breeder.makespan,
        bound=min(search.bound, breeder.makespan),
        seconds=time.perf_counter() - began,
        machines=breeder.graph.machine,
        starts=[int(head) for head in breeder.graph.head[:-1]],
        steps=breeder.tabu.steps,
    )
