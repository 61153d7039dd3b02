"""Which events does this reader ask for, and how is each told?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import parse_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation, Person

ASKED = ("name", "person", "organisation", "subject", "number", "project", "since", "until")
PAGES = {
    "parties.organisation": "organisation_detail",
    "projects.project": "project_detail",
    "technologies.achievement": "achievement_detail",
    "technologies.demand": "demand_detail",
    "assessment.panel": "panel_detail",
    "booking.booking": "booking_detail",
    "scheduling.proposal": "proposal",
    "agreements.agreement": "agreement_detail",
    "campaigns.campaign": "campaign_detail",
    "documents.document": "document_detail",
}

KINDS: dict[str, str | Promise] = {
    "parties.organisation": _("Organisation"),
    "parties.membership": _("Person"),
    "technologies.achievement": _("Research result"),
    "technologies.demand": _("Need"),
    "projects.project": _("Project"),
    "agreements.agreement": _("Agreement"),
    "documents.document": _("Document"),
}


def choices(known: Mapping[str, str | Promise], chosen: str) -> list[tuple[str, str | Promise]]:
    """What a filter offers: what is known by a word, and whatever the address asks for."""
    listed = list(known.items())
    return listed if not chosen or chosen in known else [*listed, (chosen, chosen)]


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it is read: who did what to what, and with which facts."""

    event: Event
    who: str
    for_whom: str
    url: str
    facts: str


def asked_for(asked: Mapping[str, str]) -> tuple[QuerySet[Event], list[str]]:
    """The events that fit the filters, and the filters that could not be read."""
    rows, unread = _by_words(Event.objects.all(), asked), []
    for field, column in (("number", "subject_id"), ("project", "project_id")):
        if (number := id_in(asked[field])) is not None:
            rows = rows.filter(**{column: number})
        elif asked[field]:
            unread.append(field)
    for field, lookup, later in (("since", "at__gte", 0), ("until", "at__lt", 1)):
        day = _day(asked[field])
        if day is not None:
            rows = rows.filter(**{lookup: day + timedelta(days=later)})
        elif asked[field]:
            unread.append(field)
    return rows, unread


def _by_words(rows: QuerySet[Event], asked: Mapping[str, str]) -> QuerySet[Event]:
    if person := asked["person"]:
        people = Person.objects.filter(Q(name__icontains=person) | Q(email__iexact=person))
        rows = rows.filter(person_id__in=people.values("pk"))
    if organisation := asked["organisation"]:
        named = Organisation.objects.filter(name__icontains=organisation)
        rows = rows.filter(organisation_id__in=named.values("pk"))
    return rows.filter(name__startswith=asked["name"], subject_type__startswith=asked["subject"])


def _day(text: str) -> datetime | None:
    try:
        return start_of(parse_date(text)) if text else None
    except DomainError:
        return None


def told(events: Iterable[Event], *, actor: Membership) -> list[Line]:
    """Events as this reader may know them: the system administrator sees names and numbers only."""
    rows = list(events)
    people = Person.objects.in_bulk({e.person_id for e in rows if e.person_id})
    bodies = Organisation.objects.in_bulk({e.organisation_id for e in rows if e.organisation_id})
    plain = rights.only_configures(actor)
    return [
        Line(
            event=event,
            who=getattr(people.get(event.person_id or 0), "name", ""),
            for_whom=getattr(bodies.get(event.organisation_id or 0), "name", ""),
            url="" if plain else _url(event),
            facts="" if plain else _facts(event.facts),
        )
        for event in rows
    ]


def _facts(facts: dict[str, Any]) -> str:
    said = {n: ", ".join(map(str, v)) if isinstance(v, list) else v for n, v in facts.items()}
    return " · ".join(
        f"{name}: {value}" for name, value in said.items() if value is not None and value != ""
    )


def _url(event: Event) -> str:
    page = PAGES.get(event.subject_type)
    try:
        return reverse(page, args=[event.subject_id]) if page else ""
    except NoReverseMatch:
        return ""
