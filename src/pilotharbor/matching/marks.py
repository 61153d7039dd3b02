"""By what can finds be narrowed, and how is that said to the engine?

A mark is ``facet/value``. A code has one for itself and one for each code it lies under, so that
asking for a division finds everything below it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, RIGHT
from pilotharbor.technologies.models import Achievement, Demand, TrlScale

REGION_LEVELS = (2, 4, 6)
# What a person narrows by; a right takes these from its result.
NARROWING = ("industry/", "region/", "way/", "trl/")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What finds are narrowed to; what is empty does not narrow.

    ``direction``             of a scenario, who looks for whom

    ``industry``, ``region``  a code and everything below it
    ``trl_from``, ``trl_to``  on the nine-level scale, both included
    ``cooperation``           any of these ways; ``levels`` any of these confidentiality levels
    ``owner``                 the organisation whose it is
    """

    industry: str = ""
    region: str = ""
    trl_from: int | None = None
    trl_to: int | None = None
    cooperation: tuple[str, ...] = field(default=())
    levels: tuple[str, ...] = field(default=())
    direction: str = ""
    owner: int | None = None

    @property
    def tells_whose(self) -> bool:
        """Whether what is found by it shows whose an entry is: a blind reviewer must not ask so."""
        return bool(self.region) or self.owner is not None

    def groups(self) -> Iterator[frozenset[str]]:
        """One group of marks for each thing that narrows."""
        if self.industry:
            yield frozenset({f"industry/{self.industry.upper()}"})
        if code := region_stem(self.region):
            yield frozenset({f"region/{code}"})
        if self.trl_from is not None or self.trl_to is not None:
            low, high = self.trl_from or 1, self.trl_to or 9
            yield frozenset(f"trl/{level}" for level in range(max(low, 1), min(high, 9) + 1))
        if self.cooperation:
            yield frozenset(f"way/{way}" for way in self.cooperation)
        if self.direction:
            yield frozenset({f"direction/{self.direction}"})
        if self.owner is not None:
            yield frozenset(f"own/{kind}/{self.owner}" for kind in (ACHIEVEMENT, DEMAND, RIGHT))
        if self.levels:
            yield frozenset(f"level/{level}" for level in self.levels)


def region_stem(code: str) -> str:
    """The part of a GB/T 2260 code that says something: 330000 is 33, 330200 is 3302."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def of(kind: str, entry: Any, level: str, *, owner_id: int | None = None) -> list[str]:
    """The marks of an entry. Who may find it is in ``see``, ``own`` and ``id``, by kind.

    ``level``  who may find it without further reason; ``owner_id`` where the entry has none of its own
    """
    owner = entry.owner_id if owner_id is None else owner_id
    region = getattr(entry, "region", "")
    found = [
        f"kind/{kind}",
        f"see/{kind}/{level}",
        f"own/{kind}/{owner}",
        f"id/{kind}/{entry.pk}",
        f"level/{level}",
        *(f"industry/{code}" for code in _industries(getattr(entry, "industry", ""))),
        *(f"region/{region[:size]}" for size in REGION_LEVELS if len(region) >= size),
        *(f"way/{way}" for way in getattr(entry, "cooperation", ())),
    ]
    if (readiness := _trl(entry)) is not None:
        found.append(f"trl/{readiness}")
    return list(dict.fromkeys(found))


def _trl(entry: Any) -> int | None:
    if isinstance(entry, Demand):
        return entry.trl_wanted
    if isinstance(entry, Achievement) and entry.trl_scale == TrlScale.TRL_9:
        return entry.trl_level
    return None


def _industries(code: str) -> Iterable[str]:
    """C2614 lies in C261, C26 and C."""
    return [code[:size] for size in (1, 3, 4, 5) if len(code) >= size]


def narrowed(visible: frozenset[str], wanted: Narrowing) -> Wanted:
    """What may be seen and is wanted, as the engine takes it."""
    return Wanted((visible, *wanted.groups()))
