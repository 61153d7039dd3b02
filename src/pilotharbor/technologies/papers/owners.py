"""A result, a need and a scenario have files alike; how each is found and read stands here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries
from pilotharbor.technologies.models import Achievement, Attachment, Demand, Scenario
from pilotharbor.technologies.scenarios import queries as scenarios

type Owner = Achievement | Demand | Scenario


class Reads(Protocol):
    """How much of an entry somebody reads."""

    @property
    def detail(self) -> bool:
        """Whether the detail is open."""

    @property
    def recorded(self) -> bool:
        """Whether reading it is recorded."""


@dataclass(frozen=True, slots=True)
class Market:
    """One of the three: its look-ups and who may write it."""

    noun: str
    model: type[Owner]
    one: Callable[[int, Membership | None, datetime], Any]
    reading: Callable[[Any, Membership | None, datetime], Reads]
    writes: Callable[[Any, Membership | None], bool]
    approves: Callable[[Any, Membership | None], bool]


MARKETS = {
    "achievement": Market(
        "achievement", Achievement,
        lambda pk, actor, at: queries.achievement(achievement_id=pk, actor=actor, at=at),
        lambda entry, actor, at: queries.reading(entry=entry, actor=actor, at=at),
        lambda entry, actor: queries.may_write(entry=entry, actor=actor),
        lambda entry, actor: queries.may_approve(entry=entry, actor=actor),
    ),
    "demand": Market(
        "demand", Demand,
        lambda pk, actor, at: queries.demand(demand_id=pk, actor=actor, at=at),
        lambda entry, actor, at: queries.reading(entry=entry, actor=actor, at=at),
        lambda entry, actor: queries.may_write(entry=entry, actor=actor),
        lambda entry, actor: queries.may_approve(entry=entry, actor=actor),
    ),
    "scenario": Market(
        "scenario", Scenario,
        lambda pk, actor, _at: scenarios.scenario(scenario_id=pk, actor=actor),
        lambda entry, actor, _at: scenarios.reading(entry=entry, actor=actor),
        lambda entry, actor: scenarios.may_write(entry=entry, actor=actor),
        lambda _entry, actor: scenarios.may_approve(actor=actor),
    ),
}  # fmt: skip
OPEN = frozenset({"draft", "returned"})


def market(noun: str) -> Market:
    """The market of this noun.

    Raises: NotFound.
    """
    if noun not in MARKETS:
        raise NotFound
    return MARKETS[noun]


def of(attachment: Attachment) -> tuple[Market, int]:
    """Whose file it is."""
    for noun, found in MARKETS.items():
        if pk := getattr(attachment, f"{noun}_id"):
            return found, pk
    raise NotFound


def may_change(found: Market, entry: Any, actor: Membership | None) -> bool:
    """Whether the actor may change the files: who may write it, and once published, approve it."""
    if actor is None or not found.writes(entry, actor):
        return False
    if entry.status in OPEN:
        return True
    return entry.status == "published" and found.approves(entry, actor)
