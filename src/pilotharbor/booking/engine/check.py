"""Does a plan keep every rule, and what does it cost? Found by looking at each pair and each tick.

This shares nothing with the ways plans are made, so that a mistake there is seen here.
"""

from collections import defaultdict
from itertools import combinations

from pilotharbor.booking.engine.model import NOBODY, Cost, Plan, Problem


class Run:
    """One thing on a line: an operation that was placed, or something fixed."""

    def __init__(
        self, name: str, line: int, start: int, end: int, family: str, hazard: str
    ) -> None:
        self.name, self.line, self.start, self.end = name, line, start, end
        self.family, self.hazard = family, hazard
        self.cleaning = 0
        self.fixed = False


def check(problem: Problem, plan: Plan) -> tuple[list[str], Cost]:
    """Every rule the plan breaks, in words for a programmer, and its cost."""
    wrong: list[str] = []
    runs: dict[int, Run] = {}
    if len(plan) != len(problem.operations):
        return [f"{len(plan)} places for {len(problem.operations)} operations"], Cost()
    for number, placed in enumerate(plan):
        if placed is None:
            continue
        asked = problem.operations[number]
        if placed.line not in asked.choices:
            wrong.append(f"operation {number}: line {placed.line} cannot run it")
            continue
        end = placed.start + asked.choices[placed.line]
        runs[number] = Run(str(number), placed.line, placed.start, end, asked.family, asked.hazard)
    on_lines = _lines(problem, runs, wrong)
    for number, run in runs.items():
        wrong += _hours(problem, number, run)
        wrong += _attendance(problem, plan, number, run)
    wrong += _operators(problem, plan, runs)
    wrong += _hazards(problem, [run for runs_there in on_lines.values() for run in runs_there])
    wrong += _shared(problem, on_lines)
    wrong += _routes(problem, plan, runs)
    return wrong, _cost(problem, plan, runs, on_lines)


def _lines(problem: Problem, runs: dict[int, Run], wrong: list[str]) -> dict[int, list[Run]]:
    """The runs of each line in order, with the cleaning before each; one at a time."""
    found: dict[int, list[Run]] = {}
    for number, line in enumerate(problem.lines):
        there = [run for run in runs.values() if run.line == number]
        for taken in line.taken:
            fixed = Run("fixed", number, taken.start, taken.end, taken.family, taken.hazard)
            fixed.fixed = True
            there.append(fixed)
        there.sort(key=lambda run: (run.start, run.end))
        before, until, given = line.ran, -(10**9), True
        for run in there:
            run.cleaning = line.cleaning.get((before, run.family), 0)
            # Between two fixed ones nobody can do anything about it.
            if run.start - run.cleaning < until and not (given and run.fixed):
                wrong.append(f"{line.name}: {run.name} begins (cleaned) before {until}")
            before, until, given = run.family, run.end, run.fixed
        found[number] = there
    return found


def _inside(first: int, last: int, stretches: tuple[tuple[int, int], ...]) -> bool:
    """Whether each tick of ``[first, last)`` lies in the stretches."""
    return all(any(a <= tick < b for a, b in stretches) for tick in range(first, last))


def _hours(problem: Problem, number: int, run: Run) -> list[str]:
    asked, line = problem.operations[number], problem.lines[run.line]
    begin = run.start - run.cleaning
    wrong = []
    if begin < 0 or run.end > problem.horizon:
        wrong.append(f"operation {number} leaves the horizon")
    if any(a < run.end and b > begin for a, b in line.shut):
        wrong.append(f"operation {number} lies on what is shut")
    if line.overnight:
        first = _inside(begin, run.start + max(asked.attended, 1), line.open)
        if not (first and _inside(run.end - 1, run.end, line.open)):
            wrong.append(f"operation {number} begins or ends in closed hours")
    elif not any(a <= begin and run.end <= b for a, b in line.open):
        wrong.append(f"operation {number} crosses closed hours")
    if asked.windows and not any(a <= run.start and run.end <= b for a, b in asked.windows):
        wrong.append(f"operation {number} is outside its windows")
    return wrong


def _attendance(problem: Problem, plan: Plan, number: int, run: Run) -> list[str]:
    placed, asked = plan[number], problem.operations[number]
    assert placed is not None
    if not asked.attended:
        return [] if placed.operator == NOBODY else [f"operation {number} needs nobody"]
    if not 0 <= placed.operator < len(problem.operators):
        return [f"operation {number} is attended by nobody"]
    operator = problem.operators[placed.operator]
    wrong = []
    if asked.skill and asked.skill not in operator.skills:
        wrong.append(f"{operator.name} lacks {asked.skill}")
    if not _inside(run.start - run.cleaning, run.start + asked.attended, operator.on):
        wrong.append(f"{operator.name} is not on duty for operation {number}")
    return wrong


def _operators(problem: Problem, plan: Plan, runs: dict[int, Run]) -> list[str]:
    """Nobody is at two starts at once."""
    wrong = []
    for (one, a), (other, b) in combinations(runs.items(), 2):
        here, there = plan[one], plan[other]
        assert here is not None
        assert there is not None
        if here.operator == NOBODY or here.operator != there.operator:
            continue
        until_a = a.start + problem.operations[one].attended
        until_b = b.start + problem.operations[other].attended
        if a.start - a.cleaning < until_b and b.start - b.cleaning < until_a:
            name = problem.operators[here.operator].name
            wrong.append(f"{name} attends {one} and {other} at once")
    return wrong


def _hazards(problem: Problem, runs: list[Run]) -> list[str]:
    return [
        f"{one.name} ({one.hazard}) beside {other.name} ({other.hazard})"
        for one, other in combinations(runs, 2)
        if problem.forbids(one.hazard, other.hazard)
        and one.start < other.end
        and other.start < one.end
        and not (one.fixed and other.fixed)
    ]


def _shared(problem: Problem, on_lines: dict[int, list[Run]]) -> list[str]:
    """Lines with a machine in common never run at once."""
    wrong = []
    for one, other in combinations(range(len(problem.lines)), 2):
        if not problem.lines[one].units & problem.lines[other].units:
            continue
        wrong += [
            f"{a.name} and {b.name} share a machine"
            for a in on_lines[one]
            for b in on_lines[other]
            if a.start - a.cleaning < b.end
            and b.start - b.cleaning < a.end
            and not (a.fixed and b.fixed)
        ]
    return wrong


def _routes(problem: Problem, plan: Plan, runs: dict[int, Run]) -> list[str]:
    wrong = []
    for number, request in enumerate(problem.requests):
        steps = list(problem.of(number))
        placed = [step for step in steps if plan[step] is not None]
        if placed and len(placed) < len(steps):
            wrong.append(f"{request.name} is placed in part")
        at = request.release
        for step in steps:
            if step in runs:
                if runs[step].start < at:
                    wrong.append(f"operation {step} begins before {at}")
                at = runs[step].end
    return wrong


def _cost(
    problem: Problem, plan: Plan, runs: dict[int, Run], on_lines: dict[int, list[Run]]
) -> Cost:
    waits: dict[str, int] = defaultdict(int)
    unplaced = 0
    for number, request in enumerate(problem.requests):
        last = problem.first[number + 1] - 1
        if last in runs:
            late = max(runs[last].end - request.due, 0)
            waits[request.organisation] += request.weight * late
        else:
            unplaced += problem.price_of_absence(number)
    moved = sum(
        1
        for before, now in zip(problem.was, plan, strict=False)
        if before is not None and now is not None and before[:2] != now[:2]
    )
    return Cost(
        tardiness=sum(waits.values()),
        cleaning=sum(run.cleaning for there in on_lines.values() for run in there),
        unfairness=problem.fairness * max(waits.values(), default=0),
        unplaced=unplaced,
        moves=problem.keep * moved,
        cap=problem.cap,
    )
