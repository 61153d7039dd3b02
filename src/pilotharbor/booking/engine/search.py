"""What is the best plan that can be found in so many seconds? Rules first, then two searches at once.

This process anneals: shortly, so that something better is there at once; once slowly, over most of the
time; and in what is left from the best plan there is. A helper does the same from another start, and then
frees some requests of the best plan at a time and lets constraints put them elsewhere. Each hears of what
the other finds. Nothing is offered that the checker objects to.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pilotharbor.booking.engine.anneal import COOLER, HOT, Annealer, order_of
from pilotharbor.booking.engine.apart import Helper
from pilotharbor.booking.engine.bound import alone
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder, decode
from pilotharbor.booking.engine.model import Cost, Plan, Problem
from pilotharbor.booking.engine.rules import RULES, Offer, dispatch

HELPER = "pilotharbor.booking.engine.neighbourhood"
# The helper pays off only where there is time for its library to be loaded.
HELPS_FROM_S = 3.0
# Rounds of annealing: the first, then the long one, then as many as there is time for.
FIRST_PART, LONG_PART, LAST_PARTS = 0.05, 0.65, 2
FIRST_S, SHORTEST_S = 1.0, 0.2
MARGIN_S = 0.05
TELLS_EVERY_S = 1.0


@dataclass(frozen=True)
class Found:
    """The best plan, what it costs, and what no plan can cost less than.

    ``first`` the cost of the first offer and after how many seconds it was there
    """

    plan: Plan
    cost: Cost
    bound: int
    seconds: float
    first: tuple[int, float] = (0, 0.0)
    steps: int = 0

    @property
    def gap(self) -> float:
        """How much of the cost might be saved at most: 0 = nothing."""
        total = self.cost.total
        return (total - self.bound) / total if total > self.bound else 0.0

    @property
    def status(self) -> str:
        """Whether it is known to be the best there is."""
        return "optimal" if self.cost.total <= self.bound else "feasible"


@dataclass
class Search:
    """One search: what it knows so far."""

    problem: Problem
    deadline: float
    began: float
    tell: Callable[[Found], None]
    go_on: Callable[[], bool]
    seed: int = 0
    best: Offer = field(default_factory=lambda: Offer(1 << 60, []))
    bound: int = 0
    first: tuple[int, float] = (0, 0.0)
    helper: Helper | None = None
    heard_at: float = 0.0
    told_at: float = 0.0
    news: bool = False
    over: bool = False
    sent: int = 1 << 60

    def __post_init__(self) -> None:
        self.decoder = Decoder(self.problem)
        self.annealer = Annealer(self.decoder, self.seed)
        self.bound = alone(self.decoder)

    def offer(self, offer: Offer, *, ours: bool = True) -> None:
        """Take a plan if it is better, and let everybody know."""
        if offer.cost >= self.best.cost:
            return
        if not ours and check(self.problem, offer.plan)[0]:
            return
        self.best, self.news = offer, True
        if not self.first[1]:
            self.first = offer.cost, time.perf_counter() - self.began
            self._spread(time.perf_counter())
        if not ours:
            self.sent = offer.cost

    def _spread(self, now: float) -> None:
        """Tell the helper and who asked, but not of every step."""
        if self.helper and self.best.cost < self.sent:
            self.helper.send(self.best.plan)
            self.sent = self.best.cost
        if self.news and now - self.told_at >= TELLS_EVERY_S:
            self.news, self.told_at = False, now
            self.tell(self.found())

    def found(self) -> Found:
        """The result as it is now."""
        wrong, cost = check(self.problem, self.best.plan)
        assert not wrong, wrong
        seconds = time.perf_counter() - self.began
        bound = min(self.bound, cost.total)
        return Found(self.best.plan, cost, bound, seconds, self.first, self.annealer.steps)

    def heard(self) -> bool:
        """Listen to the helper, and say whether to go on."""
        now = time.perf_counter()
        if self.over or now >= self.deadline or self.best.cost <= self.bound:
            return False
        if now - self.heard_at < 0.1:
            return True
        self.heard_at = now
        if self.helper:
            try:
                for kind, what in self.helper.heard():
                    if kind == "bound":
                        self.bound = max(self.bound, what)
                    else:
                        cost, plan = what
                        self.offer(Offer(cost, plan), ours=False)
            except EOFError:
                self.helper.end()
                self.helper = None
        self._spread(now)
        self.over = not self.go_on()
        return not self.over

    def rules(self, was: Plan) -> list[Offer]:
        """The first offers: what was planned before as far as it goes, then each rule's."""
        found = []
        if any(placed is not None for placed in was):
            wrong, cost = check(self.problem, was)
            if not wrong:
                self.offer(Offer(cost.total, was))
            found.append(self._again(was))
        for rank in RULES.values():
            found.append(dispatch(self.decoder, rank))
            self.offer(found[-1])
            if time.perf_counter() >= self.deadline:
                break
        return sorted(found, key=lambda offer: offer.cost)

    def _again(self, plan: Plan) -> Offer:
        """What comes of the order and the lines of a plan that was made in another way."""
        order, lines = order_of(self.decoder, plan)
        made = decode(self.decoder, order, lines)
        assert made is not None, "no limit was set"
        offer = Offer(made[0], made[1], order, lines)
        self.offer(offer)
        return offer

    def rounds(self, starts: list[Offer], *, slowly: bool) -> None:
        """Anneal until the time is up; not ``slowly``, a plan is made better rather than given up."""
        whole = self.deadline - self.began
        self._round(starts[0], min(FIRST_PART * whole, FIRST_S), HOT / COOLER)
        if slowly:
            self._round(starts[0], LONG_PART * whole, HOT)
        while self.heard():
            left = self.deadline - time.perf_counter()
            start = self.best if self.best.order else self._again(self.best.plan)
            self._round(start, max(left / LAST_PARTS, SHORTEST_S), HOT / COOLER)

    def _round(self, start: Offer, seconds: float, hot: float) -> None:
        if self.heard():
            until = min(time.perf_counter() + seconds, self.deadline)
            self.annealer.run(start, until, self.heard, self.offer, hot)


def solve(
    problem: Problem,
    seconds: float,
    *,
    was: Plan | None = None,
    slowly: bool | None = None,
    tell: Callable[[Found], None] = lambda _: None,
    go_on: Callable[[], bool] = lambda: True,
    seed: int = 0,
    began: float | None = None,
) -> Found:
    """The best plan found within ``seconds`` of ``began`` (now, unless told).

    ``was`` is a plan to begin with as well; ``slowly`` looks far from it, too, as is done without one; ``tell`` hears of each better one; ``go_on`` may end it.
    """
    began = time.perf_counter() if began is None else began
    search = Search(problem, began + seconds - MARGIN_S, began, tell, go_on, seed)
    if not problem.operations:
        return Found([], check(problem, [])[1], 0, time.perf_counter() - began)
    if seconds >= HELPS_FROM_S:
        search.helper = Helper(HELPER)
        search.helper.send((problem, seconds, seed))
    try:
        starts = search.rules(was or [])
        search.rounds(starts, slowly=not was if slowly is None else slowly)
    finally:
        if search.helper:
            search.helper.end()
    return replace(search.found(), seconds=time.perf_counter() - began)
