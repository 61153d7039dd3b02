"""What was found in messages: which of it is samples of tags, and which is refused, how often?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

import numpy as np

from pilotharbor.telemetry.engine import series
from pilotharbor.telemetry.engine.reading import Found, Reading, Unusable
from pilotharbor.telemetry.engine.series import Series

# The number of no tag.
NOBODY = 0


class Place(NamedTuple):
    """What stands behind the name of a place."""

    tag_id: int
    active: bool


@dataclass(slots=True)
class Count:
    """How often something was refused, and what it looked like the last time."""

    number: int = 0
    example: str = ""


@dataclass(slots=True)
class Sorted:
    """Samples of tags, and what is refused by place and reason."""

    samples: Series
    refused: dict[tuple[str, str], Count] = field(default_factory=dict)

    def refuse(self, one: Unusable) -> None:
        """Count one more."""
        count = self.refused.setdefault((one.place, one.reason), Count())
        count.number += 1
        count.example = one.example


def sort_out(
    found: Iterable[Found], places: Mapping[str, Place], *, oldest: int, newest: int
) -> Sorted:
    """Part readings into samples, in order and each once, and refusals; ``[oldest, newest]`` may be stored."""
    told = list(found)
    readings = [one for one in told if isinstance(one, Reading)]
    done = Sorted(series.of([], [], []))
    if len(readings) < len(told):
        for one in told:
            if isinstance(one, Unusable):
                done.refuse(one)
    if not readings:
        return done
    # Column by column: thousands of readings at once, and hardly ever one that is refused.
    names, times, values = zip(*readings, strict=True)
    known = {name: place.tag_id for name, place in places.items() if place.active}
    tag = np.fromiter(map(known.get, names, repeat(NOBODY)), np.int64, len(names))
    at, value = np.array(times, dtype=np.int64), np.array(values, dtype=np.float64)
    fit = (tag != NOBODY) & (at >= oldest) & (at <= newest)
    done.samples = Series(tag, at, value)
    if not bool(fit.all()):
        for i in np.flatnonzero(~fit).tolist():
            one = readings[i]
            reason = _reason(one, places, newest)
            done.refuse(Unusable(one.place, reason, f"{one.value:.12g}"))
        done.samples = done.samples.only(fit)
    return done


def _reason(one: Reading, places: Mapping[str, Place], newest: int) -> str:
    """Why a reading that cannot be stored is refused."""
    place = places.get(one.place)
    if place is None:
        return "unregistered"
    if not place.active:
        return "retired"
    return "ahead" if one.at > newest else "too_old"
