"""What happened on this voyage, told in sentences that each open the thing they speak of."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as translate

from pilotharbor.kernel import money
from pilotharbor.kernel.models import Event
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Verb
from pilotharbor.projects.models import Project
from pilotharbor.projects.sentences import (
    DETAILED,
    FALLBACK,
    NAMELESS,
    NEEDS,
    QUIET,
    SENTENCES,
    TURNED,
)

# Where the thing of an event opens: model label → name of its page.
PAGES = {
    "projects.project": "project_detail",
    "technologies.achievement": "achievement_detail",
    "technologies.demand": "demand_detail",
    "matching.match": "match_detail",
    "assessment.panel": "panel_detail",
    "booking.booking": "booking_detail",
    "booking.series": "booking_series_detail",
    "booking.quote": "quote_detail",
    "agreements.agreement": "agreement_detail",
    "campaigns.campaign": "campaign_detail",
    "campaigns.batch": "batch_detail",
    "documents.document": "document_detail",
}
# What has no page of its own stands on a page of its project: page and the place on it.
ON_THE_PROJECT = {
    "assessment.trlstatement": ("project_detail", "#assess"),
    "assessment.pilotdecision": ("project_detail", "#assess"),
    "projects.plan": ("project_detail", "#design"),
    "projects.task": ("project_detail", "#after"),
    "finance.decision": ("project_detail", "#decide"),
    "finance.invoice": ("project_money", ""),
    "finance.revenuereport": ("project_money", ""),
    "ledger.journalentry": ("project_money", ""),
}
# Where the thing itself has no page, what it belongs to has one.
BEHIND = {
    "batch_id": "batch_detail",
    "booking_id": "booking_detail",
    "agreement_id": "agreement_detail",
    "campaign_id": "campaign_detail",
    "panel_id": "panel_detail",
    "document_id": "document_detail",
}


class Named(NamedTuple):
    """A name in a sentence and the page it opens, if the reader may open one."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One event as one reader is told it; ``who`` is empty for the system and for the nameless.

    ``parts``  the sentence in pieces, each with the page it opens
    ``quiet``  housekeeping of papers and books, which a page folds away
    """

    id: int
    name: str
    at: datetime
    sentence: str
    who: str
    url: str
    parts: Sequence[Named] = ()
    quiet: bool = False

    def for_api(self) -> dict[str, Any]:
        """What a program gets."""
        return {
            "id": self.id,
            "name": self.name,
            "at": self.at,
            "sentence": self.sentence,
            "url": self.url,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What the page knows of an event beyond its facts, because the thing is open to the reader.

    ``facts``  names and amounts the detailed sentence wants; ``url`` where the thing opens
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


def events_of(project: Project, *, actor: Membership) -> QuerySet[Event]:
    """The project's events that the actor may be told, in no order.

    Source: R-PROJ-9.
    """
    closed = Q()
    for domain, kind in NEEDS.items():
        if not rights.may(actor, Verb.READ, kind):
            closed |= Q(name__startswith=f"{domain}.")
    found = Event.objects.filter(project_id=project.pk)
    return found.exclude(closed) if closed else found


def loud(events: QuerySet[Event]) -> QuerySet[Event]:
    """The events without the housekeeping of papers and books."""
    quiet = Q()
    for start in QUIET:
        quiet |= Q(name__startswith=start)
    return events.exclude(quiet)


def steps_of(project: Project, events: Iterable[Event]) -> dict[int, str]:
    """The step each event happened on: event → status of the project at that moment."""
    moves = Event.objects.filter(
        project_id=project.pk, name__in=["projects.project.started", "projects.gate.passed"]
    ).order_by("id")
    ends, names = [], [str(Project.Status.PROPOSED)]
    for move in moves:
        # What opens a gate still belongs to the step before it.
        ends.append(move.pk)
        names.append(move.facts.get("to") or str(Project.Status.ASSESSMENT))
    return {event.pk: names[bisect_left(ends, event.pk)] for event in events}


def told(
    events: Iterable[Event],
    *,
    actor: Membership,
    known: Mapping[int, Known] | None = None,
    people: Mapping[int, str] | None = None,
) -> list[Told]:
    """The sentences of these events in the reader's language, in their order.

    ``known`` holds, by event, what the caller found open to the reader; ``people`` the page of who
    acted. Without them the plain sentences are told, which name nothing the reader might not know.
    """
    del actor
    rows = list(events)
    names = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    more, pages = known or {}, people or {}
    return [
        _tell(row, names.get(row.person_id or 0), more.get(row.pk), pages.get(row.pk, ""))
        for row in rows
    ]


def _tell(event: Event, person: Person | None, known: Known | None, page: str) -> Told:
    who = "" if event.name in NAMELESS or person is None else person.name
    url = _url(event) if known is None or known.url is None else known.url
    facts = Spoken({**event.facts, **(known.facts if known else {})})
    facts["who"] = Named(who or translate("The harbour"), page if who else "")
    pieces = _pieces(translate(_said(event, known)).format_map(facts), facts, url)
    return Told(
        id=event.pk,
        name=event.name,
        at=event.at,
        sentence="".join(piece.text for piece in pieces),
        who=who,
        url=url,
        parts=pieces,
        quiet=event.name.startswith(QUIET),
    )


def _said(event: Event, known: Known | None) -> str:
    """The sentence of an event: turned by a fact, with its details where they are known, or plain."""
    for (name, fact, value), sentence in TURNED.items():
        if name == event.name and event.facts.get(fact) == value:
            return sentence
    if known is not None and known.facts and event.name in DETAILED:
        return DETAILED[event.name]
    domain = event.name.split(".", 1)[0]
    return SENTENCES.get(event.name) or FALLBACK.get(domain) or FALLBACK["projects"]


_MARK = re.compile("\x00([a-z_]+)\x00")


def _pieces(said: str, facts: "Spoken", url: str) -> list[Named]:
    """The sentence cut at its names; what lies between opens the thing."""
    found = []
    for i, piece in enumerate(_MARK.split(said)):
        if i % 2:
            found.append(facts.names[piece])
        elif piece:
            found.append(Named(piece, url))
    return found


class Spoken(dict[str, Any]):
    """Facts as a sentence says them: states by their word, fen as money, the unknown as a dash."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names: dict[str, Named] = {}

    def __getitem__(self, key: str) -> Any:
        value = super().get(key)
        if isinstance(value, Named):
            self.names[key] = value
            return f"\x00{key}\x00"
        if key in {"left", "to"} and value in Project.Status.values:
            return Project.Status(value).label
        if key.endswith("_fen") and isinstance(value, int):
            return money.format_cny(value)
        return "—" if value is None else value

    def __missing__(self, key: str) -> str:
        del key
        return "—"


def _url(event: Event) -> str:
    if event.subject_type in ON_THE_PROJECT and event.project_id:
        page, place = ON_THE_PROJECT[event.subject_type]
        found = _page(page, event.project_id)
        return found + place if found else ""
    page, pk = PAGES.get(event.subject_type, ""), event.subject_id
    if not page:
        for fact, behind in BEHIND.items():
            if event.facts.get(fact):
                page, pk = behind, event.facts[fact]
                break
    return _page(page, pk) if page else ""


def _page(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
