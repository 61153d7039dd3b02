"""How does the engine's model say what a schedule has to know, and how is its plan read back? Pure.

Time becomes ticks of five or fifteen minutes from the beginning of the horizon. Whatever does not lie
on a tick is rounded to the safe side: open hours and duty inwards, what is taken or shut outwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pilotharbor.booking.engine.model import (
    NOBODY,
    Line,
    Operation,
    Operator,
    Placement,
    Plan,
    Problem,
    Request,
    Taken,
    merged,
)
from pilotharbor.scheduling.facts import Ground, Situation, Span, Wanted

FINE_S, COARSE_S = 300, 900
# Where no one shift covers a run, somebody attends its first hours.
START_S = 7200


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Where a booking is put; ``member_id`` who runs all of it, where one person does."""

    booking_id: int
    line_id: int
    start: datetime
    end: datetime
    member_id: int | None


@dataclass(frozen=True)
class Translation:
    """A problem for the engine, and what its numbers stand for.

    ``relays``  requests that no one shift covers: somebody attends their start, nobody all of them
    """

    situation: Situation
    problem: Problem
    tick_s: int
    relays: frozenset[int] = field(default_factory=frozenset)

    def instant(self, tick: int) -> datetime:
        """The moment a tick begins."""
        return self.situation.start + timedelta(seconds=tick * self.tick_s)

    def put(self, number: int, placed: Placement) -> Put:
        """A placement of the engine as a place for a booking; exact wishes keep their own minutes."""
        wish = self.situation.wanted[number]
        ground = self.situation.grounds[placed.line]
        start = self.instant(placed.start)
        if len(wish.windows) == 1 and _length(wish.windows[0]) == wish.seconds:
            start = wish.windows[0][0]
        if wish.was is not None and ground.line_id == wish.was[0]:
            # Where it stays it stays to the minute.
            stays = self.problem.was[number]
            start = wish.was[1] if stays is not None and stays.start == placed.start else start
        whole = placed.operator != NOBODY and number not in self.relays
        return Put(
            booking_id=wish.booking_id,
            line_id=ground.line_id,
            start=start,
            end=start + timedelta(seconds=wish.seconds),
            member_id=self.situation.people[placed.operator].member_id if whole else None,
        )

    def waits_s(self, plan: Plan) -> int:
        """Seconds by which what has a place ends later than it could have by its wish, in all."""
        found = 0
        for number, placed in enumerate(plan):
            if placed is not None:
                late = self.put(number, placed).end - self.situation.wanted[number].due
                found += max(int(late.total_seconds()), 0)
        return found

    def placed(self, plan: Plan) -> int:
        """How many have a place."""
        return sum(one is not None for one in plan)


def translate(situation: Situation) -> Translation:
    """The problem of a situation; operation and request of the same number are one booking."""
    return _Translator(situation).done()


class _Translator:
    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.start, self.end = situation.start, situation.end
        offsets = [int((at - self.start).total_seconds()) for at in situation.instants()]
        coarse = all(not one % COARSE_S for one in offsets) and all(
            not one.seconds % COARSE_S for one in situation.wanted
        )
        self.tick_s = COARSE_S if coarse else FINE_S
        self.index = {ground.line_id: n for n, ground in enumerate(situation.grounds)}
        self.duty = {one.member_id: one.on for one in situation.people}
        materials = {one.material for one in situation.wanted}
        materials |= {f.material for g in situation.grounds for f in g.fixed}
        self.materials = sorted(materials | {g.ran for g in situation.grounds})

    def done(self) -> Translation:
        situation = self.situation
        horizon = self._floor(self.end)
        relays, requests, was = set(), [], []
        for number, wish in enumerate(situation.wanted):
            operation, relay = self._operation(wish)
            if relay:
                relays.add(number)
            requests.append(
                Request(
                    name=str(wish.booking_id),
                    organisation=str(wish.organisation_id),
                    operations=(operation,),
                    release=max(
                        self._floor(wish.release) if wish.windows else self._ceil(wish.release), 0
                    ),
                    due=max(self._ceil(wish.due), 0),
                    weight=wish.weight,
                )
            )
            was.append(self._was(wish))
        problem = Problem(
            lines=tuple(self._line(ground) for ground in situation.grounds),
            operators=tuple(
                Operator(str(one.member_id), self._inward(one.on), self._skills(one.member_id))
                for one in situation.people
            ),
            requests=tuple(requests),
            horizon=horizon,
            apart=self._apart(),
            was=tuple(was) if any(was) else (),
        )
        return Translation(situation, problem, self.tick_s, frozenset(relays))

    def _floor(self, at: datetime) -> int:
        return int((at - self.start).total_seconds()) // self.tick_s

    def _ceil(self, at: datetime) -> int:
        return -(-int((at - self.start).total_seconds()) // self.tick_s)

    def _inward(self, spans: Iterable[Span]) -> tuple[tuple[int, int], ...]:
        return merged((self._ceil(a), self._floor(b)) for a, b in spans)

    def _outward(self, spans: Iterable[Span]) -> tuple[tuple[int, int], ...]:
        return merged((max(self._floor(a), 0), self._ceil(b)) for a, b in spans)

    def _line(self, ground: Ground) -> Line:
        taken = [
            Taken(
                max(self._floor(f.start), 0), self._ceil(f.end), f.material, self._hazard(f.hazard)
            )
            for f in ground.fixed
        ]
        cleaning = {}
        if ground.changeover_s:
            ticks = -(-ground.changeover_s // self.tick_s)
            cleaning = {(a, b): ticks for a in self.materials for b in self.materials if a != b}
        return Line(
            name=str(ground.line_id),
            open=self._inward(ground.open),
            overnight=ground.overnight,
            shut=self._outward(ground.shut),
            taken=tuple(sorted(taken, key=lambda one: (one.start, one.end))),
            cleaning=cleaning,
            ran=ground.ran,
            units=frozenset(ground.machines),
        )

    def _operation(self, wish: Wanted) -> tuple[Operation, bool]:
        ticks = -(-wish.seconds // self.tick_s)
        exact = len(wish.windows) == 1 and _length(wish.windows[0]) == wish.seconds
        if exact:
            # The minutes it really takes, rounded outwards at both ends.
            window = self._floor(wish.windows[0][0]), self._ceil(wish.windows[0][1])
            windows: tuple[tuple[int, int], ...] = (window,)
            ticks = window[1] - window[0]
        else:
            windows = self._inward(wish.windows)
        attended, relay = self._attended(wish, ticks)
        return Operation(
            choices={self.index[pk]: ticks for pk in wish.line_ids if pk in self.index},
            attended=attended,
            skill=str(wish.booking_id) if attended else "",
            family=wish.material,
            hazard=self._hazard(wish.hazard),
            windows=windows,
        ), relay

    def _attended(self, wish: Wanted, ticks: int) -> tuple[int, bool]:
        """Ticks that somebody has to be there for, and whether that is not all of them."""
        if wish.people is None:
            return 0, False
        least = timedelta(seconds=wish.seconds)
        covers = any(b - a >= least for p in wish.people for a, b in self.duty.get(p, ()))
        grounds = [
            self.situation.grounds[self.index[pk]] for pk in wish.line_ids if pk in self.index
        ]
        within = all(any(b - a >= least for a, b in ground.open) for ground in grounds)
        if covers and within:
            return ticks, False
        return min(ticks, -(-START_S // self.tick_s)), bool(wish.people)

    def _skills(self, member: int) -> frozenset[str]:
        return frozenset(
            str(one.booking_id) for one in self.situation.wanted if member in (one.people or ())
        )

    def _was(self, wish: Wanted) -> Placement | None:
        if wish.was is None or wish.was[0] not in self.index:
            return None
        who = NOBODY
        if wish.people:
            who = next(
                n for n, one in enumerate(self.situation.people) if one.member_id == wish.people[0]
            )
        return Placement(self.index[wish.was[0]], self._floor(wish.was[1]), who)

    def _hazard(self, text: str) -> str:
        """The class of a hazard: which of the words that matter it names."""
        words = {word for pair in self.situation.apart for word in pair}
        return "|".join(sorted(word for word in words if word.casefold() in text.casefold()))

    def _apart(self) -> frozenset[frozenset[str]]:
        pairs = {frozenset(pair) for pair in self.situation.apart}
        texts = [one.hazard for one in self.situation.wanted]
        texts += [f.hazard for ground in self.situation.grounds for f in ground.fixed]
        classes = sorted({self._hazard(text) for text in texts} - {""})
        return frozenset(
            frozenset({a, b})
            for a in classes
            for b in classes
            if _meet(a.split("|"), b.split("|"), pairs)
        )


def _meet(one: Sequence[str], other: Sequence[str], pairs: set[frozenset[str]]) -> bool:
    return any(frozenset({a, b}) in pairs for a in one for b in other)


def _length(span: Span) -> int:
    return int((span[1] - span[0]).total_seconds())
