"""What is to be put where and when? Lines, people, requests and the plan that joins them.

Time is counted in ticks from the beginning of the horizon; how long a tick lasts is the caller's
business. Every stretch is half-open ``(first, last)``. Lines, operators and operations are named by
their place in their tuple.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

Stretch = tuple[int, int]
NOBODY = -1
# What a tick of an unplaced request weighs beside a tick of lateness.
UNPLACED = 3
# What a tick above the cap weighs beside a move of weight 1.
OVER = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """Something on a line that stays where it is; ``family`` decides what is cleaned around it."""

    start: int
    end: int
    family: str = ""
    hazard: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that runs one thing at a time.

    ``open``      when its site is open, sorted, apart from each other
    ``overnight`` whether a run may cross closed hours, as long as it begins and ends in open ones
    ``shut``      closures, and whatever else nothing may lie on
    ``taken``     what is fixed, sorted
    ``cleaning``  (family before, family after) → ticks; what is not named needs none
    ``ran``       the family that ran last before the horizon
    ``units``     machines; two lines that share one never run at a time
    """

    name: str
    open: tuple[Stretch, ...]
    overnight: bool = False
    shut: tuple[Stretch, ...] = ()
    taken: tuple[Taken, ...] = ()
    cleaning: Mapping[tuple[str, str], int] = field(default_factory=dict)
    ran: str = ""
    units: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who can attend starts while ``on`` duty and not on leave or taken elsewhere."""

    name: str
    on: tuple[Stretch, ...]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a request.

    ``choices``   line → ticks it runs there
    ``attended``  ticks at its start (behind the cleaning, which they do as well) somebody attends;
                  no more than it runs
    ``skill``     what they must be able to do; "" = anybody
    ``family``    of the material, for cleaning
    ``hazard``    class of hazard, for what may not run side by side
    ``windows``   if any: the run, without its cleaning, lies inside one of them
    """

    choices: Mapping[int, int]
    attended: int = 0
    skill: str = ""
    family: str = ""
    hazard: str = ""
    windows: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Operations in order, of an organisation; late by whatever its last one ends after ``due``."""

    name: str
    organisation: str
    operations: tuple[Operation, ...]
    release: int = 0
    due: int = 0
    weight: int = 1


class Placement(NamedTuple):
    """Where an operation runs: from ``start`` without its cleaning; attended by ``operator``."""

    line: int
    start: int
    operator: int = NOBODY


Plan = list[Placement | None]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, in ticks.

    ``tardiness``  of each request by its weight
    ``cleaning``   of all lines
    ``unfairness`` the weighted tardiness of the organisation that waits most
    ``unplaced``   for what finds no place at all
    ``moves``      for what is not where it was, when a plan is made anew
    ``cap``        what all but the moves may cost without anybody minding; -1 = every tick counts
    """

    tardiness: int = 0
    cleaning: int = 0
    unfairness: int = 0
    unplaced: int = 0
    moves: int = 0
    cap: int = -1

    @property
    def plain(self) -> int:
        """All of it but the moves."""
        return self.tardiness + self.cleaning + self.unfairness + self.unplaced

    @property
    def total(self) -> int:
        """What a search makes small."""
        return weighed(self.plain, self.moves, self.cap)


def weighed(plain: int, moves: int, cap: int) -> int:
    """A cost and its moves as one number; below the cap only moves count, above it little else."""
    if cap < 0:
        return plain + moves
    return OVER * max(plain - cap, 0) + moves


@dataclass(frozen=True)
class Problem:
    """Everything that is asked for and everything there is.

    ``apart``    pairs of hazard classes that may not run at the same time
    ``horizon``  nothing ends after it
    ``fairness`` what a tick of ``Cost.unfairness`` weighs; 0 = nobody looks
    ``was``      where operations were before, when a plan is made anew
    ``keep``     what it costs to move an operation away from there
    ``cap``      a cost that is good enough: below it only moves are counted; -1 = there is none
    """

    lines: tuple[Line, ...]
    operators: tuple[Operator, ...]
    requests: tuple[Request, ...]
    horizon: int
    apart: frozenset[frozenset[str]] = frozenset()
    fairness: int = 1
    was: tuple[Placement | None, ...] = ()
    keep: int = 0
    cap: int = -1

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, request by request; a plan has a place for each."""
        return tuple(o for request in self.requests for o in request.operations)

    @cached_property
    def first(self) -> tuple[int, ...]:
        """The number of the first operation of each request, and how many there are in all."""
        starts = [0]
        for request in self.requests:
            starts.append(starts[-1] + len(request.operations))
        return tuple(starts)

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """The request of each operation."""
        return tuple(r for r, request in enumerate(self.requests) for _ in request.operations)

    @cached_property
    def families(self) -> frozenset[str]:
        """Every family of material that occurs."""
        found = {operation.family for operation in self.operations}
        for line in self.lines:
            found |= {line.ran, *(taken.family for taken in line.taken)}
        return frozenset(found)

    def longest_cleaning(self, line: int, family: str) -> int:
        """The most that is ever cleaned on a line before a family."""
        cleaning = self.lines[line].cleaning
        return max((cleaning.get((before, family), 0) for before in self.families), default=0)

    def of(self, request: int) -> range:
        """The operations of a request."""
        return range(self.first[request], self.first[request + 1])

    def skilled(self, operation: int) -> tuple[int, ...]:
        """Who may attend an operation; nobody where it needs nobody."""
        asked = self.operations[operation]
        if not asked.attended:
            return ()
        return tuple(
            p
            for p, operator in enumerate(self.operators)
            if not asked.skill or asked.skill in operator.skills
        )

    def price_of_absence(self, request: int) -> int:
        """What it costs to leave a request out: more than to have it as late as can be."""
        asked = self.requests[request]
        late = max(self.horizon - asked.due, 0) + self.horizon
        return UNPLACED * (asked.weight + self.fairness) * late

    def forbids(self, one: str, other: str) -> bool:
        """Whether two hazards may not run side by side."""
        return bool(one and other) and frozenset((one, other)) in self.apart


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same time as sorted stretches that neither overlap nor touch."""
    found: list[list[int]] = []
    for first, last in sorted(s for s in stretches if s[0] < s[1]):
        if found and first <= found[-1][1]:
            found[-1][1] = max(found[-1][1], last)
        else:
            found.append([first, last])
    return tuple((first, last) for first, last in found)


def without(stretches: Sequence[Stretch], gone: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """What is left of some stretches, in order, when others are taken away."""
    left = []
    for first, last in merged(stretches):
        at = first
        for begin, end in merged(gone):
            if begin < last and end > at:
                if begin > at:
                    left.append((at, begin))
                at = max(at, end)
        if at < last:
            left.append((at, last))
    return tuple(left)
