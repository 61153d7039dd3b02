"""The helper of a search: frees some requests of the best plan and lets constraints put them elsewhere.

Large neighbourhood search (Shaw 1998), once annealing from another start than the search itself has found
what it can. Run as a program by ``search``; it alone loads the library of constraints.
"""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from ortools.sat.python import cp_model

from pilotharbor.booking.engine.anneal import Annealer, order_of
from pilotharbor.booking.engine.apart import caller
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.cpmodel import Model
from pilotharbor.booking.engine.decode import Decoder
from pilotharbor.booking.engine.model import Plan, Problem
from pilotharbor.booking.engine.rules import Offer

FIRST_SIZE, SMALLEST = 7, 3
LIMIT_S = 2.5
# The whole problem is looked at once, for a bound: a part of the time, and never long.
WHOLE_PART, WHOLE_S = 0.15, 8.0
OPERATIONS_FOR_WHOLE = 40
# The part of the time that goes into annealing, where there is enough for constraints.
ANNEALS_PART = 0.7


class Neighbourhoods:
    """The best plan known here, and how many requests are freed at a time."""

    def __init__(self, line: Connection, problem: Problem, seed: int) -> None:
        """Wait for a plan to come."""
        self.line, self.problem = line, problem
        self.chance = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.plan: Plan = []
        self.cost = 1 << 60
        self.size = FIRST_SIZE

    def listen(self) -> None:
        """Take what has come, if it is better."""
        while self.line.poll() or not self.plan:
            plan = self.line.recv()
            _, cost = check(self.problem, plan)
            if cost.total < self.cost:
                self.plan, self.cost = plan, cost.total

    def whole(self, seconds: float) -> None:
        """All requests at once: a bound, and perhaps a better plan."""
        status, solver, model = self._solve(None, seconds)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            self.take(model, solver)
        self.line.send(("bound", _rounded(solver.best_objective_bound)))

    def anneal(self, seconds: float) -> None:
        """One slow round; what comes from elsewhere meanwhile is heard of afterwards."""
        decoder = Decoder(self.problem)
        found = Annealer(decoder, self.chance.randrange(1 << 20))
        order, lines = order_of(decoder, self.plan)
        until = time.perf_counter() + seconds
        found.run(Offer(self.cost, [], order, lines), until, lambda: True, self.hear)

    def hear(self, offer: Offer) -> None:
        """Keep a plan that annealing has found, and tell of it."""
        if offer.cost < self.cost:
            self.line.send(("plan", (offer.cost, offer.plan)))
            self.plan, self.cost = offer.plan, offer.cost

    def step(self, left: float) -> None:
        """Free some requests, and keep what comes out if it is no worse."""
        free = self._related(min(self.size, len(self.problem.requests)))
        limit = min(LIMIT_S, left)
        status, solver, model = self._solve(free, limit)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            self.take(model, solver)
        if status == cp_model.OPTIMAL and solver.wall_time < limit / 3:
            self.size += 1
            if len(free) == len(self.problem.requests):
                self.line.send(("bound", _rounded(solver.best_objective_bound)))
        elif status != cp_model.OPTIMAL:
            self.size = max(SMALLEST, self.size - 1)

    def take(self, model: Model, solver: cp_model.CpSolver) -> None:
        """Keep a plan that costs no more; tell of it when it costs less."""
        plan = model.read(lambda v: v if isinstance(v, int) else solver.value(v))
        wrong, cost = check(self.problem, plan)
        if wrong or cost.total > self.cost:
            return
        if cost.total < self.cost:
            self.line.send(("plan", (cost.total, plan)))
        self.plan, self.cost = plan, cost.total

    def _solve(
        self, free: Sequence[int] | None, seconds: float
    ) -> tuple[object, cp_model.CpSolver, Model]:
        model = Model(self.problem, self.plan, free)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = max(seconds, 0.1)
        solver.parameters.random_seed = self.chance.randrange(1 << 20)
        # Looking ahead for long does not pay for so short a search.
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.max_presolve_iterations = 1
        return solver.solve(model.model), solver, model

    def _related(self, size: int) -> list[int]:
        """Requests that stand in each other's way, around one that waits; or just some."""
        problem, chance = self.problem, self.chance
        every = [r for r in range(len(problem.requests)) if len(problem.of(r))]
        if chance.random() < 0.2:
            return chance.sample(every, min(size, len(every)))
        waits = [self._wait(r) for r in every]
        most = max(waits) + 1
        seed = chance.choices(every, [0.3 + w / most for w in waits])[0]
        wanted = {line for n in problem.of(seed) for line in problem.operations[n].choices}
        near = {r: self._distance(seed, r, wanted) * (0.5 + chance.random()) for r in every}
        near[seed] = -1
        return sorted(every, key=near.__getitem__)[:size]

    def _wait(self, request: int) -> int:
        """What is wrong with the place of a request: that it is late, or, if only that counts, moved."""
        problem = self.problem
        if problem.cap >= 0:
            return sum(
                1
                for n in problem.of(request)
                if (was := problem.was[n]) and ((now := self.plan[n]) is None or now[:2] != was[:2])
            )
        last = problem.first[request + 1] - 1
        placed = self.plan[last]
        asked = problem.requests[request]
        if placed is None:
            return problem.horizon * asked.weight
        end = placed.start + problem.operations[last].choices[placed.line]
        return asked.weight * max(end - asked.due, 0)

    def _distance(self, seed: int, other: int, wanted: set[int]) -> float:
        """In time; more where they want none of the same lines."""
        problem = self.problem
        here = [p.start for n in problem.of(seed) if (p := self.plan[n])]
        there = [p for n in problem.of(other) if (p := self.plan[n])]
        if not here or not there:
            return 0
        apart = min(abs(p.start - at) for p in there for at in here)
        return apart + (0 if {p.line for p in there} & wanted else 300)


def _rounded(bound: float) -> int:
    """Costs are whole; a bound of 7.0001 is one of 8."""
    return int(-(-(bound - 1e-6) // 1))


def serve(line: Connection) -> None:
    """Search until whoever asked hangs up, or the time is over."""
    problem, seconds, seed = line.recv()
    deadline = time.perf_counter() + seconds
    work = Neighbourhoods(line, problem, seed)
    work.listen()
    if len(problem.operations) <= OPERATIONS_FOR_WHOLE:
        work.whole(min(WHOLE_PART * seconds, WHOLE_S))
    elif problem.cap < 0:
        work.anneal(ANNEALS_PART * seconds)
    while (left := deadline - time.perf_counter()) > 0.1:
        work.listen()
        work.step(left)


if __name__ == "__main__":
    with suppress(EOFError, OSError):
        serve(caller())
