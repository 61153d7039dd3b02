"""What does a schedule have to know of a platform? Plain values, without database and without engine."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256

type Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A booking that stays where it is; ``material`` decides the cleaning, ``hazard`` what is apart."""

    start: datetime
    end: datetime
    material: str = ""
    hazard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A line over the horizon, all stretches half-open and in order.

    ``open``       by its hours; ``overnight`` whether a run may cross closed ones
    ``shut``       closures, and bookings of other lines that take its machines
    ``fixed``      its own bookings that stay
    ``machines``   what one booking takes, with what is linked to it
    ``ran``        the material that ran last before the horizon
    ``changeover_s``  seconds of cleaning between different materials
    """

    line_id: int
    open: tuple[Span, ...]
    overnight: bool = False
    shut: tuple[Span, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    machines: tuple[int, ...] = ()
    ran: str = ""
    changeover_s: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """An engineer, and when they are on duty, not on leave and not booked already."""

    member_id: int
    on: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A booking that wants a place.

    ``line_ids``  the lines it may run on; ``seconds`` how long it runs
    ``windows``   where it may lie; none: anywhere from ``release`` on
    ``due``       when it could end at the earliest by its wish: later is waiting
    ``people``    who may run it; ``None`` = nobody is asked for
    ``was``       line and start of an allotted slot that may have to move
    """

    booking_id: int
    organisation_id: int
    line_ids: tuple[int, ...]
    seconds: int
    windows: tuple[Span, ...]
    release: datetime
    due: datetime
    weight: int = 1
    material: str = ""
    hazard: str = ""
    people: tuple[int, ...] | None = None
    was: tuple[int, datetime] | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A request that no schedule can help: what stands against it, wherever it lay."""

    booking_id: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a schedule is computed from; ``apart`` are pairs of words for hazards."""

    start: datetime
    end: datetime
    grounds: tuple[Ground, ...]
    people: tuple[Person, ...]
    wanted: tuple[Wanted, ...]
    apart: tuple[tuple[str, str], ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: equal as long as nothing has changed that a schedule depends on."""
        text = json.dumps(asdict(self), default=_plain, sort_keys=True)
        return sha256(text.encode()).hexdigest()

    def instants(self) -> Iterator[datetime]:
        """Where bookings that are fixed or asked for at an exact time begin and end."""
        for ground in self.grounds:
            for one in ground.fixed:
                yield from (one.start, one.end)
        for wish in self.wanted:
            for window in wish.windows:
                yield from window


def _plain(value: object) -> str:
    assert isinstance(value, datetime), value
    return value.astimezone(UTC).isoformat()
