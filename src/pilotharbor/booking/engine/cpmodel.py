"""The problem as constraints for CP-SAT: all of it, or some requests while the others keep their order.

On a line the cleaning and the run are one interval, on a person the cleaning and the attended start;
arcs of a circuit say what runs after what, and so what is cleaned. Every variable is hinted from a
plan. This module and those above it are imported only in a process of its own: the library is large.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.model import (
    NOBODY,
    OVER,
    Placement,
    Plan,
    Problem,
    Stretch,
    merged,
    without,
)

# Nodes of a line's circuit: its depot, then operations by number, and what is fixed from -2 downwards.
DEPOT, DEPOT_KEY, FIRST_FIXED = 0, -1, -2


@dataclass(slots=True)
class Step:
    """The variables of one operation."""

    number: int
    start: Any
    begin: Any
    cleaning: Any
    ticks: Any
    there: dict[int, Any] = field(default_factory=dict)
    people: dict[int, Any] = field(default_factory=dict)
    incoming: list[tuple[int, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """Something that stands on a line; ``begin`` with its cleaning, but without it where fixed."""

    key: int
    family: str
    begin: Any
    end: Any
    step: Step | None = None


class Model:
    """A model with the plan it was hinted from."""

    def __init__(
        self, problem: Problem, plan: Plan, free: Collection[int] | None = None, reach: int = 0
    ) -> None:
        """Requests in ``free`` may go anywhere (``None`` = all); others keep line, person and order.

        ``reach`` bounds how far those others may shift, in ticks; 0 = as far as they like.
        """
        self.problem, self.plan = problem, plan
        self.model = cp_model.CpModel()
        self.reach = reach
        every = range(len(problem.requests))
        self.free = set(every if free is None else free)
        placed = [r for r in every if plan[problem.first[r]] is not None]
        self.present: dict[int, Any] = dict.fromkeys(placed, True)
        self.steps: dict[int, Step] = {}
        self.cleanings = _cleanings(problem, plan)
        self.owed: list[Any] = []
        self.on_line: dict[int, list[Any]] = defaultdict(list)
        self.on_person: dict[int, list[Any]] = defaultdict(list)
        for request in every:
            if request in self.present or request in self.free:
                self._request(request)
        self._lines()
        self._people()
        self._hazards()
        self._rivals()
        self._order()
        self._objective()

    # --- variables, each with its hint ---------------------------------------------------------

    def _int(self, low: int, high: int, hint: int) -> Any:
        if low >= high:
            return low
        variable = self.model.new_int_var(low, high, "")
        self.model.add_hint(variable, min(max(hint, low), high))
        return variable

    def _bool(self, hint: bool) -> Any:
        variable = self.model.new_bool_var("")
        self.model.add_hint(variable, hint)
        return variable

    def _request(self, request: int) -> None:
        problem = self.problem
        if request not in self.present:
            self.present[request] = self._bool(False)
        present = self.present[request]
        at: Any = problem.requests[request].release
        for number in problem.of(request):
            step = self._step(request, number, present)
            self.steps[number] = step
            self.model.add(step.start >= at)
            at = step.start + step.ticks

    def _step(self, request: int, number: int, present: Any) -> Step:
        problem, placed = self.problem, self.plan[number]
        asked = problem.operations[number]
        hint = placed.start if placed else problem.requests[request].release
        low, high = 0, problem.horizon
        choices = asked.choices
        if request not in self.free and placed:
            choices = {placed.line: asked.choices[placed.line]}
            if self.reach:
                low, high = max(0, hint - self.reach), min(high, hint + self.reach)
        start = self._int(low, high, hint)
        longest = max(problem.longest_cleaning(line, asked.family) for line in choices)
        clean = self.cleanings.get(number, 0)
        cleaning = self._int(0, longest, clean)
        begin = self._int(0, high, hint - clean) if longest else start
        if longest:
            self.model.add(begin + cleaning == start)
        there: dict[int, Any] = {}
        if len(choices) == 1:
            there = dict.fromkeys(choices, present)
        else:
            there = {k: self._bool(placed is not None and placed.line == k) for k in choices}
            self.model.add(sum(there.values()) == present)
        ticks: Any = sum(t * there[k] for k, t in choices.items())
        if present is True and len(set(choices.values())) == 1:
            ticks = next(iter(choices.values()))
        step = Step(number, start, begin, cleaning, ticks, there)
        for line, length in choices.items():
            self._runs(step, line, length)
        if asked.attended:
            self._attended(step, request, present)
        return step

    def _inside(self, expression: Any, stretches: Collection[Stretch], when: Any) -> None:
        """Closed stretches, both ends included."""
        domain = cp_model.Domain.from_intervals([list(s) for s in stretches if s[0] <= s[1]])
        rule = self.model.add_linear_expression_in_domain(expression, domain)
        if when is not True:
            rule.only_enforce_if(when)

    def _interval(self, begin: Any, size: Any, end: Any, when: Any) -> Any:
        if when is True:
            return self.model.new_interval_var(begin, size, end, "")
        return self.model.new_optional_interval_var(begin, size, end, when, "")

    def _runs(self, step: Step, line: int, length: int) -> None:
        when, model = step.there[line], self.model
        end = step.start + length
        self.on_line[line].append(self._interval(step.begin, step.cleaning + length, end, when))
        room = self.problem.lines[line]
        last = model.add(end <= self.problem.horizon)
        if when is not True:
            last.only_enforce_if(when)
        if windows := self.problem.operations[step.number].windows:
            self._inside(step.start, [(a, b - length) for a, b in windows], when)
        opened = merged(room.open)
        if room.overnight:
            attended = max(self.problem.operations[step.number].attended, 1)
            self._inside(end - 1, [(a, b - 1) for a, b in opened], when)
            self._inside(step.begin, [(a, b - 1) for a, b in opened], when)
            begins = self._interval(
                step.begin, step.cleaning + attended, step.start + attended, when
            )
            self.on_line[-1 - line].append(begins)

    def _attended(self, step: Step, request: int, present: Any) -> None:
        problem, placed = self.problem, self.plan[step.number]
        asked = problem.operations[step.number]
        people = problem.skilled(step.number)
        if request not in self.free and placed:
            people = (placed.operator,)
        if len(people) == 1:
            step.people = {people[0]: present}
        else:
            step.people = {
                p: self._bool(placed is not None and placed.operator == p) for p in people
            }
            self.model.add(sum(step.people.values()) == present)
        until = step.start + asked.attended
        for person, when in step.people.items():
            self.on_person[person].append(
                self._interval(step.begin, step.cleaning + asked.attended, until, when)
            )

    # --- resources -----------------------------------------------------------------------------

    def _fixed(self, first: int, last: int) -> Any:
        return self.model.new_fixed_size_interval_var(first, last - first, "")

    def _lines(self) -> None:
        problem, whole = self.problem, ((0, self.problem.horizon),)
        for number, line in enumerate(problem.lines):
            steps = [s for s in self.steps.values() if number in s.there]
            taken = self._circuit(number, steps)
            if not steps:
                continue
            closed = without(whole, line.open)
            gone = list(line.shut) if line.overnight else list(merged([*line.shut, *closed]))
            runs = self.on_line[number] + taken
            # What is fixed may lie in closed hours; there nothing else could be anyway.
            own = [(t.start, t.end) for t in line.taken]
            runs += [self._fixed(a, b) for a, b in without(gone, own)]
            self.model.add_no_overlap(runs)
            if line.overnight and closed:
                begins = self.on_line[-1 - number]
                self.model.add_no_overlap([*begins, *(self._fixed(a, b) for a, b in closed)])

    def _circuit(self, number: int, steps: list[Step]) -> list[Any]:
        """Arcs of what runs after what on a line; the intervals of what is fixed there."""
        line = self.problem.lines[number]
        taken = sorted(line.taken, key=lambda t: t.start)
        follows = self._followers(number)
        nodes = [Node(DEPOT_KEY, line.ran, 0, 0)]
        for step in steps:
            asked = self.problem.operations[step.number]
            end = step.start + asked.choices[number]
            nodes.append(Node(step.number, asked.family, step.begin, end, step))
        nodes += [Node(-2 - n, t.family, t.start, t.end) for n, t in enumerate(taken)]
        arcs: list[tuple[int, int, Any]] = []
        owed: dict[int, list[Any]] = defaultdict(list)
        for i, one in enumerate(nodes):
            if one.step is not None and one.step.there[number] is not True:
                arcs.append((i, i, ~one.step.there[number]))
            elif i == DEPOT:
                arcs.append((i, i, self._bool(not follows)))
            for j, other in enumerate(nodes):
                fixed = one.key <= FIRST_FIXED and other.key <= FIRST_FIXED
                if i == j or (fixed and other.key != one.key - 1):
                    continue
                if not self._may_follow(one.key, other.key, follows):
                    continue
                literal = self._bool(follows.get(one.key) == other.key)
                arcs.append((i, j, literal))
                if j != DEPOT:
                    cleaning = line.cleaning.get((one.family, other.family), 0)
                    self._follow(one, other, literal, cleaning, owed[other.key])
        self.model.add_circuit(arcs)
        self.owed += [sum(terms) for key, terms in owed.items() if key <= FIRST_FIXED]
        return [self._fixed(t.start, t.end) for t in taken]

    def _follow(self, one: Node, other: Node, literal: Any, cleaning: int, owed: list[Any]) -> None:
        """What an arc means: cleaning in between, and one after the other."""
        if other.step is not None:
            other.step.incoming.append((cleaning, literal))
            if one.key != DEPOT_KEY:
                self.model.add(other.begin >= one.end).only_enforce_if(literal)
            return
        owed.append(cleaning * literal)
        if one.step is not None:
            self.model.add(other.begin - cleaning >= one.end).only_enforce_if(literal)

    def _may_follow(self, one: int, other: int, follows: dict[int, int]) -> bool:
        """What keeps its order follows only what it follows now; free ones go in between."""
        owner = self.problem.owner
        if one >= 0 and other >= 0 and owner[one] == owner[other]:
            return one < other
        if any(n >= 0 and owner[n] in self.free for n in (one, other)):
            return True
        at = follows.get(one)
        while at is not None and at >= 0 and owner[at] in self.free:
            at = follows.get(at)
        return at == other

    def _followers(self, number: int) -> dict[int, int]:
        """What follows what on a line in the plan: operations, ``~n`` for fixed ones, -1 around."""
        problem = self.problem
        rows = [
            (placed.start, n)
            for n, placed in enumerate(self.plan)
            if placed is not None and placed.line == number and n in self.steps
        ]
        taken = sorted(problem.lines[number].taken, key=lambda t: t.start)
        # ``~0`` is -1, which stands for the depot.
        rows += [(t.start, -2 - n) for n, t in enumerate(taken)]
        chain = [-1, *(n for _, n in sorted(rows)), -1]
        return dict(pairwise(chain)) if rows else {}

    def _people(self) -> None:
        whole = ((0, self.problem.horizon),)
        for person, intervals in self.on_person.items():
            off = without(whole, self.problem.operators[person].on)
            self.model.add_no_overlap([*intervals, *(self._fixed(a, b) for a, b in off)])

    def _hazards(self) -> None:
        problem = self.problem
        dangerous = [s for s in self.steps.values() if problem.operations[s.number].hazard]
        fixed = [t for line in problem.lines for t in line.taken if t.hazard]
        for n, one in enumerate(dangerous):
            hazard = problem.operations[one.number].hazard
            for other in dangerous[n + 1 :]:
                if problem.owner[one.number] != problem.owner[other.number] and problem.forbids(
                    hazard, problem.operations[other.number].hazard
                ):
                    self._apart(one, other.start, other.start + other.ticks, other)
            for taken in fixed:
                if problem.forbids(hazard, taken.hazard):
                    self._apart(one, taken.start, taken.end, None)

    def _apart(self, one: Step, begin: Any, end: Any, other: Step | None) -> None:
        """One of two runs is over before the other begins."""
        owner, present = self.problem.owner, self.present
        here = self.plan[one.number]
        there = self.plan[other.number] if other else None
        at = there.start if there else (begin if other is None else 0)
        first = self._bool(here is not None and here.start < at)
        needs = [present[owner[one.number]]]
        if other:
            needs.append(present[owner[other.number]])
        needs = [n for n in needs if n is not True]
        self.model.add(one.start + one.ticks <= begin).only_enforce_if([first, *needs])
        self.model.add(end <= one.start).only_enforce_if([~first, *needs])

    def _rivals(self) -> None:
        """Lines that share a machine."""
        lines = self.problem.lines
        for one, line in enumerate(lines):
            for other in range(one + 1, len(lines)):
                if not line.units & lines[other].units:
                    continue
                if self.on_line[one] and self.on_line[other]:
                    self.model.add_no_overlap([*self.on_line[one], *self.on_line[other]])
                for here, there in ((one, other), (other, one)):
                    # Fixed things may lie on each other: that was decided elsewhere.
                    spans = merged(
                        (t.start - self.problem.longest_cleaning(there, t.family), t.end)
                        for t in lines[there].taken
                    )
                    if spans and self.on_line[here]:
                        fixed = [self._fixed(a, b) for a, b in spans]
                        self.model.add_no_overlap([*self.on_line[here], *fixed])

    def _order(self) -> None:
        """Each operation is cleaned for by whatever came before it; people keep their order."""
        for step in self.steps.values():
            if isinstance(step.cleaning, int):
                continue
            self.model.add(step.cleaning == sum(c * a for c, a in step.incoming))
        if len(self.free) == len(self.problem.requests):
            return
        owner = self.problem.owner
        attended: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, placed in enumerate(self.plan):
            if placed and placed.operator != NOBODY and owner[number] not in self.free:
                attended[placed.operator].append((placed.start, number))
        for rows in attended.values():
            rows.sort()
            for (_, one), (_, other) in pairwise(rows):
                first, last = self.steps[one], self.steps[other]
                length = self.problem.operations[one].attended
                self.model.add(first.start + length <= last.begin)

    # --- what it costs -------------------------------------------------------------------------

    def _objective(self) -> None:
        problem = self.problem
        waits: dict[str, list[Any]] = defaultdict(list)
        now: dict[str, int] = defaultdict(int)
        cost: list[Any] = list(self.owed)
        for request, present in self.present.items():
            asked, last = problem.requests[request], problem.first[request + 1] - 1
            step, placed = self.steps[last], self.plan[last]
            late = 0
            if placed:
                end = placed.start + problem.operations[last].choices[placed.line]
                late = max(end - asked.due, 0)
            tardy = self._int(0, max(problem.horizon - asked.due, 0), late)
            self.model.add(tardy >= step.start + step.ticks - asked.due)
            waits[asked.organisation].append(asked.weight * tardy)
            now[asked.organisation] += asked.weight * late
            cost.append(asked.weight * tardy)
            if present is not True:
                cost.append(problem.price_of_absence(request) * (1 - present))
        # Who is out and not looked at now stays out.
        out = set(range(len(problem.requests))) - set(self.present)
        cost += [problem.price_of_absence(request) for request in sorted(out)]
        cost += [step.cleaning for step in self.steps.values()]
        if problem.fairness and waits:
            worst = self._int(0, 1 << 30, max(now.values()))
            for rows in waits.values():
                self.model.add(worst >= sum(rows))
            cost.append(problem.fairness * worst)
        if problem.cap >= 0:
            over = self._int(0, 1 << 30, max(self._plain() - problem.cap, 0))
            self.model.add(over >= sum(cost) - problem.cap)
            cost = [OVER * over]
        self.model.minimize(sum(cost + self._moves()))

    def _plain(self) -> int:
        """What the plan that hints come from costs without its moves."""
        return check(self.problem, self.plan)[1].plain

    def _moves(self) -> list[Any]:
        problem = self.problem
        if not problem.keep:
            return []
        found = []
        for number, step in self.steps.items():
            was = problem.was[number]
            if was is None or was.line not in step.there:
                continue
            placed = self.plan[number]
            stays = self._bool(placed is not None and placed[:2] == was[:2])
            self.model.add(step.start == was.start).only_enforce_if(stays)
            if step.there[was.line] is not True:
                self.model.add_implication(stays, step.there[was.line])
            present = self.present[problem.owner[number]]
            found.append(problem.keep * (present - stays if present is not True else 1 - stays))
        return found

    def read(self, value: Any) -> Plan:
        """The plan of a solution; ``value`` tells what a variable is."""
        plan: Plan = list(self.plan)
        for number, step in self.steps.items():
            lines = [k for k, v in step.there.items() if v is True or value(v)]
            people = [p for p, v in step.people.items() if v is True or value(v)]
            plan[number] = (
                Placement(lines[0], value(step.start), people[0] if people else NOBODY)
                if lines
                else None
            )
        return plan


def _cleanings(problem: Problem, plan: Plan) -> dict[int, int]:
    """How long is cleaned before each operation of a plan."""
    found = {}
    for number, line in enumerate(problem.lines):
        rows: list[tuple[int, int, str]] = [
            (placed.start, n, problem.operations[n].family)
            for n, placed in enumerate(plan)
            if placed is not None and placed.line == number
        ]
        rows += [(t.start, -1, t.family) for t in line.taken]
        before = line.ran
        for _, n, family in sorted(rows):
            if n >= 0:
                found[n] = line.cleaning.get((before, family), 0)
            before = family
    return found
