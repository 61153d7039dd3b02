"""Why is an operation where it is, and why has a request found no place?

An operation is looked at one tick earlier: whatever rule that would break is a reason. A request
without a place is put into an empty plant: if it finds none there either, the plant is the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pilotharbor.booking.engine.decode import Decoder, put_next
from pilotharbor.booking.engine.model import NOBODY, Plan, Problem, without

# Reasons for a place.
RELEASE, WINDOW, ROUTE, LINE, FIXED = "release", "window", "route", "line", "fixed"
HOURS, SHUT, PEOPLE, HAZARD, SLACK, KEPT = "hours", "shut", "people", "hazard", "slack", "kept"
# Reasons for none.
NO_SKILL, NO_ROOM, CROWDED = "no_skill", "no_room", "crowded"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and the request that stands in the way, if it is one; cleaning in ticks."""

    kind: str
    request: int = -1
    ticks: int = 0


class Explainer:
    """A plan with everything it takes to say why."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Sort the runs of each line."""
        self.problem, self.plan = problem, plan
        self.owner = problem.owner
        self.cleaning: dict[int, int] = {}
        self.ahead: dict[int, tuple[int, int]] = {}
        for number, line in enumerate(problem.lines):
            runs = [
                (p.start, p.start + self._ticks(n), n, problem.operations[n].family)
                for n, p in enumerate(plan)
                if p is not None and p.line == number
            ]
            runs += [(t.start, t.end, -1, t.family) for t in line.taken]
            before, last = line.ran, (-1, -1)
            for _, end, n, family in sorted(runs):
                if n >= 0:
                    self.cleaning[n] = line.cleaning.get((before, family), 0)
                    self.ahead[n] = last
                before, last = family, (end, n)

    def _ticks(self, number: int) -> int:
        placed = self.plan[number]
        return self.problem.operations[number].choices[placed.line] if placed else 0

    def place(self, number: int) -> list[Reason]:
        """Why an operation does not begin a tick earlier; ``SLACK`` when it might as well."""
        placed = self.plan[number]
        assert placed is not None, "only what has a place is explained by it"
        was = self.problem.was[number] if self.problem.was else None
        if was is not None and was[:2] == placed[:2]:
            return [Reason(KEPT)]
        found = [
            *self._asked(number), *self._route(number), *self._on_line(number),
            *self._attended(number), *self._hazards(number),
        ]  # fmt: skip
        return found or [Reason(SLACK)]

    def _start(self, number: int) -> int:
        placed = self.plan[number]
        assert placed is not None
        return placed.start

    def _asked(self, number: int) -> Iterator[Reason]:
        start = self._start(number)
        request = self.owner[number]
        if (
            number == self.problem.first[request]
            and start == self.problem.requests[request].release
        ):
            yield Reason(RELEASE)
        if any(start == first for first, _ in self.problem.operations[number].windows):
            yield Reason(WINDOW)

    def _route(self, number: int) -> Iterator[Reason]:
        if number > self.problem.first[self.owner[number]] and self.plan[number - 1] is not None:
            end = self._start(number - 1) + self._ticks(number - 1)
            if self._start(number) == end:
                yield Reason(ROUTE, self.owner[number])

    def _on_line(self, number: int) -> Iterator[Reason]:
        placed = self.plan[number]
        assert placed is not None
        line = self.problem.lines[placed.line]
        cleaning = self.cleaning[number]
        begin = placed.start - cleaning
        end, other = self.ahead[number]
        if end == begin:
            yield Reason(
                FIXED if other < 0 else LINE, self.owner[other] if other >= 0 else -1, cleaning
            )
        if any(last == begin for _, last in line.shut):
            yield Reason(SHUT)
        hours = without(line.open, ())
        if any(first == begin for first, _ in hours):
            yield Reason(HOURS)
        last = placed.start + self._ticks(number)
        if line.overnight and any(first == last - 1 for first, _ in hours):
            yield Reason(HOURS)

    def _attended(self, number: int) -> Iterator[Reason]:
        """Somebody else could not have come earlier either."""
        placed = self.plan[number]
        assert placed is not None
        if placed.operator == NOBODY:
            return
        begin = placed.start - self.cleaning[number]
        until = placed.start + self.problem.operations[number].attended
        busy: dict[int, int] = {}
        for person in self.problem.skilled(number):
            rival = self._rival(person, begin - 1, until - 1, number)
            if rival is None:
                return
            busy[person] = rival
        yield Reason(PEOPLE, busy[placed.operator])

    def _rival(self, person: int, begin: int, until: int, number: int) -> int | None:
        """Who keeps a person busy in that time: a request, -1 when off duty; nothing if free."""
        for other, placed in enumerate(self.plan):
            if placed is None or placed.operator != person or other == number:
                continue
            first = placed.start - self.cleaning[other]
            last = placed.start + self.problem.operations[other].attended
            if first < until and last > begin:
                return self.owner[other]
        inside = any(a <= begin and until <= b for a, b in self.problem.operators[person].on)
        return None if inside else -1

    def _hazards(self, number: int) -> Iterator[Reason]:
        start, hazard = self._start(number), self.problem.operations[number].hazard
        if not hazard:
            return
        for other, placed in enumerate(self.plan):
            if placed is None or placed.start + self._ticks(other) != start:
                continue
            if self.problem.forbids(hazard, self.problem.operations[other].hazard):
                yield Reason(HAZARD, self.owner[other])
        for line in self.problem.lines:
            for taken in line.taken:
                if taken.end == start and self.problem.forbids(hazard, taken.hazard):
                    yield Reason(HAZARD)

    def refusal(self, request: int) -> list[Reason]:
        """Why a request has no place."""
        problem = self.problem
        for number in problem.of(request):
            if problem.operations[number].attended and not problem.skilled(number):
                return [Reason(NO_SKILL)]
        alone = replace(problem, requests=(problem.requests[request],), was=(), keep=0, cap=-1)
        board = Decoder(alone).empty()
        if all(put_next(board, 0) for _ in alone.of(0)):
            return [Reason(CROWDED, other) for other in self._rivals(request)] or [Reason(CROWDED)]
        return [Reason(NO_ROOM)]

    def _rivals(self, request: int) -> list[int]:
        """Whoever stands on the lines it could take."""
        problem = self.problem
        wanted = {line for n in problem.of(request) for line in problem.operations[n].choices}
        return sorted(
            {self.owner[n] for n, p in enumerate(self.plan) if p is not None and p.line in wanted}
        )
