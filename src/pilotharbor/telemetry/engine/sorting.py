"""What was found in messages: which of it is samples of tags, and which is refused, how often?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pilotharbor.telemetry.engine import series
from pilotharbor.telemetry.engine.reading import Found, Unusable
from pilotharbor.telemetry.engine.series import Series


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
    tags: list[int] = []
    times: list[int] = []
    values: list[float] = []
    done = Sorted(series.of([], [], []))
    for one in found:
        if isinstance(one, Unusable):
            done.refuse(one)
            continue
        place = places.get(one.place)
        if place is None:
            done.refuse(Unusable(one.place, "unregistered", f"{one.value:.12g}"))
        elif not place.active:
            done.refuse(Unusable(one.place, "retired", f"{one.value:.12g}"))
        elif one.at > newest:
            done.refuse(Unusable(one.place, "ahead", f"{one.value:.12g}"))
        elif one.at < oldest:
            done.refuse(Unusable(one.place, "too_old", f"{one.value:.12g}"))
        else:
            tags.append(place.tag_id)
            times.append(one.at)
            values.append(one.value)
    done.samples = series.of(tags, times, values)
    return done
