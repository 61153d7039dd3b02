"""The helper of a job-shop search: proves how short no schedule can be, then breeds as well.

Run as a program by ``search``; it alone loads the library of constraints.
"""

import time
from contextlib import suppress
from multiprocessing.connection import Connection

from ortools.sat.python import cp_model

from pilotharbor.booking.engine.apart import caller
from pilotharbor.booking.engine.jobshop.breed import Breeder
from pilotharbor.booking.engine.jobshop.fjs import Shop
from pilotharbor.booking.engine.jobshop.graph import Schedule, Ways

# Each way of looking gets this part of the time, and no more than so many seconds.
PART, MOST_S = 0.15, 10.0


class Prover:
    """The shop as constraints: nothing but schedules shorter than the best one known."""

    def __init__(self, shop: Shop, best: int, bound: int, ways: Ways) -> None:
        """Ask for a makespan below ``best`` and not below ``bound``; hints from a schedule."""
        self.shop = shop
        self.model = cp_model.CpModel()
        self.makespan = self.model.new_int_var(bound, max(best - 1, bound), "")
        self.starts: list[cp_model.IntVar] = []
        self.there: list[dict[int, cp_model.IntVar]] = []
        on_machine: list[list[cp_model.IntervalVar]] = [[] for _ in range(shop.machines)]
        for job in shop.jobs:
            at: cp_model.LinearExprT = 0
            for operation in job:
                at = self._operation(operation, at, best, on_machine, ways[0][len(self.starts)])
            self.model.add(self.makespan >= at)
        for intervals in on_machine:
            self.model.add_no_overlap(intervals)
        self.model.minimize(self.makespan)

    def _operation(
        self,
        choices: dict[int, int],
        at: cp_model.LinearExprT,
        best: int,
        on_machine: list[list[cp_model.IntervalVar]],
        hint: int,
    ) -> cp_model.LinearExprT:
        """One operation behind what came before it in its job; when it ends."""
        model = self.model
        start = model.new_int_var(0, best, "")
        model.add(start >= at)
        self.starts.append(start)
        if len(choices) == 1:
            ((machine, ticks),) = choices.items()
            on_machine[machine].append(model.new_fixed_size_interval_var(start, ticks, ""))
            self.there.append({})
            return start + ticks
        there = {machine: model.new_bool_var("") for machine in choices}
        for machine, ticks in choices.items():
            run = model.new_optional_fixed_size_interval_var(start, ticks, there[machine], "")
            on_machine[machine].append(run)
            model.add_hint(there[machine], machine == hint)
        model.add_exactly_one(there.values())
        self.there.append(there)
        return start + sum(ticks * there[machine] for machine, ticks in choices.items())

    def read(self, solver: cp_model.CpSolver) -> Ways:
        """The schedule of a solution."""
        machine = []
        for there, operation in zip(self.there, self.shop.operations, strict=True):
            chosen = [k for k, literal in there.items() if solver.boolean_value(literal)]
            machine.append(chosen[0] if chosen else next(iter(operation)))
        orders: list[list[int]] = [[] for _ in range(self.shop.machines)]
        starts = [solver.value(start) for start in self.starts]
        for n in sorted(range(len(starts)), key=starts.__getitem__):
            orders[machine[n]].append(n)
        return machine, orders


def attempt(line: Connection, breeder: Breeder, bound: int, seconds: float, probing: bool) -> int:
    """Look for something shorter, or for the reason why there is none; the bound known then."""
    assert breeder.best is not None, "there is a schedule to begin with"
    if breeder.makespan <= bound:
        return bound
    prover = Prover(breeder.graph.shop, breeder.makespan, bound, breeder.best.ways)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = max(seconds, 0.1)
    # The full linear relaxation is what proves these shops; from below where it does not at once.
    solver.parameters.linearization_level = 2
    solver.parameters.use_objective_lb_search = probing
    status = solver.solve(prover.model)
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        breeder.adopt(prover.read(solver), lambda found: say(line, found))
    if status == cp_model.INFEASIBLE:
        bound = breeder.makespan
    else:
        bound = max(bound, int(-(-(solver.best_objective_bound - 1e-6) // 1)))
    line.send(("bound", bound))
    return bound


def say(line: Connection, found: Schedule) -> None:
    """Tell of a schedule."""
    line.send(("ways", found.ways))


def serve(line: Connection) -> None:
    """Prove for a while, then breed, until whoever asked hangs up or the time is over."""
    shop, seconds, bound = line.recv()
    deadline = time.perf_counter() + seconds
    breeder = Breeder(shop, 1)

    def listen(wait: float | None = 0) -> None:
        while line.poll(wait):
            breeder.adopt(line.recv(), lambda _: None)
            wait = 0

    listen(None)
    for probing in (False, True):
        part = min(PART * seconds, MOST_S, deadline - time.perf_counter())
        bound = attempt(line, breeder, bound, part, probing)
        listen()
    breeder.first(deadline, lambda found: say(line, found))
    while time.perf_counter() < deadline and breeder.makespan > bound:
        breeder.go_on(deadline, lambda found: say(line, found))
        listen()


if __name__ == "__main__":
    with suppress(EOFError, OSError):
        serve(caller())
