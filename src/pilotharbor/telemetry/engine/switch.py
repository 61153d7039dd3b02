"""When does something turn on, and off again, without fluttering at the limit?"""

from dataclasses import dataclass

import numpy as np

from pilotharbor.telemetry.engine.series import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Switch:
    """On from ``up`` upwards, off from ``down`` downwards; between them it stays as it is.

    With ``inverted`` it is on from ``up`` downwards. Either must hold for its delay (microseconds).
    """

    up: float
    down: float
    delay_on: int = 0
    delay_off: int = 0
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a switch stands: on since when, and since when it seems to be turning."""

    on_since: int | None = None
    turning_since: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """It turned ``on`` or off: it held since ``since`` and was believed at ``at``."""

    on: bool
    since: int
    at: int


class _Places:
    """Where a condition holds and where not, quick to ask from any place on."""

    def __init__(self, holds: Bools) -> None:
        self._holds, self._not = np.flatnonzero(holds), np.flatnonzero(~holds)

    def next(self, place: int) -> int | None:
        return _from(self._holds, place)

    def next_not(self, place: int) -> int | None:
        return _from(self._not, place)


def _from(places: Ints, place: int) -> int | None:
    found = int(np.searchsorted(places, place))
    return int(places[found]) if found < len(places) else None


def turns(
    switch: Switch, standing: Standing, at: Ints, value: Floats
) -> tuple[list[Turn], Standing]:
    """Every turn over a series of one tag, and how the switch stands after it."""
    on_since, turning = standing.on_since, standing.turning_since
    sign = -1.0 if switch.inverted else 1.0
    up = _Places(sign * value >= sign * switch.up)
    down = _Places(sign * value <= sign * switch.down)
    found: list[Turn] = []
    place = 0
    while place < len(at):
        wanted = up if on_since is None else down
        if turning is None:
            first = wanted.next(place)
            if first is None:
                break
            place, turning = first, int(at[first])
        broken = wanted.next_not(place)
        delay = switch.delay_on if on_since is None else switch.delay_off
        believed = max(place, int(np.searchsorted(at, turning + delay)))
        if believed < (len(at) if broken is None else broken):
            found.append(Turn(on_since is None, turning, int(at[believed])))
            on_since = turning if on_since is None else None
            turning, place = None, believed + 1
        elif broken is None:
            break
        else:
            turning, place = None, broken
    return found, Standing(on_since, turning)
