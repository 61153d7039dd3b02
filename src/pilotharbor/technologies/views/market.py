"""Results and needs have the same pages; what differs between them stands here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind
from pilotharbor.technologies import commands, queries
from pilotharbor.technologies.queries import Entry


@dataclass(frozen=True, slots=True)
class Market:
    """One of the two: its words, its look-ups and its commands."""

    noun: str
    kind: Kind
    name: str | Promise
    visible: Callable[..., QuerySet[Any]]
    submit: Callable[..., Any]
    publish: Callable[..., Any]
    return_: Callable[..., Any]
    withdraw: Callable[..., Any]
    view_detail: Callable[..., str]

    @property
    def list_name(self) -> str:
        """The URL name of the list."""
        return f"{self.noun}s"

    def one(self, pk: int, actor: Membership | None, at: datetime) -> Entry:
        """The entry, if the actor may see it."""
        if self.kind is Kind.ACHIEVEMENT:
            return queries.achievement(achievement_id=pk, actor=actor, at=at)
        return queries.demand(demand_id=pk, actor=actor, at=at)

    def of(self, pk: int) -> dict[str, int]:
        """The key as commands take it."""
        return {f"{self.noun}_id": pk}

    def url(self, pk: int) -> str:
        """The page of an entry."""
        return reverse(f"{self.noun}_detail", args=[pk])


MARKETS = {
    "achievement": Market(
        "achievement", Kind.ACHIEVEMENT, _("Results"), queries.visible_achievements,
        commands.submit, commands.publish, commands.return_, commands.withdraw,
        commands.view_detail,
    ),
    "demand": Market(
        "demand", Kind.DEMAND, _("Needs"), queries.visible_demands,
        commands.submit_demand, commands.publish_demand, commands.return_demand,
        commands.withdraw_demand, commands.view_demand_detail,
    ),
}  # fmt: skip


def actor_of(request: HttpRequest) -> Membership | None:
    """Who acts on a page that is also public."""
    return getattr(request, "actor", None)
