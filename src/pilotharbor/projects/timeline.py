"""What happened on this voyage, told in sentences that each open the thing they speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as translate

from pilotharbor.kernel.models import Event
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Verb
from pilotharbor.projects.models import Project
from pilotharbor.projects.sentences import FALLBACK, NAMELESS, NEEDS, SENTENCES

# Where the thing of an event opens: model label → name of its page.
PAGES = {
    "projects.project": "project_detail",
    "technologies.achievement": "achievement_detail",
    "technologies.demand": "demand_detail",
    "matching.match": "match_detail",
    "assessment.panel": "panel_detail",
    "booking.booking": "booking_detail",
    "agreements.agreement": "agreement_detail",
    "campaigns.campaign": "campaign_detail",
    "campaigns.batch": "batch_detail",
    "documents.document": "document_detail",
    "finance.invoice": "invoice_detail",
    "finance.decision": "decision_detail",
}
# Where the thing itself has no page, what it belongs to has one.
BEHIND = {
    "batch_id": "batch_detail",
    "booking_id": "booking_detail",
    "agreement_id": "agreement_detail",
    "campaign_id": "campaign_detail",
    "invoice_id": "invoice_detail",
    "panel_id": "panel_detail",
    "document_id": "document_detail",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as one reader is told it; ``who`` is empty for the system and for the nameless."""

    id: int
    name: str
    at: datetime
    sentence: str
    who: str
    url: str

    def for_api(self) -> dict[str, Any]:
        """What a program gets."""
        return {
            "id": self.id,
            "name": self.name,
            "at": self.at,
            "sentence": self.sentence,
            "url": self.url,
        }


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


def told(events: Iterable[Event], *, actor: Membership) -> list[Told]:
    """The sentences of these events in the reader's language, in their order."""
    del actor
    rows = list(events)
    people = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    return [_tell(row, people.get(row.person_id or 0)) for row in rows]


def _tell(event: Event, person: Person | None) -> Told:
    who = "" if event.name in NAMELESS or person is None else person.name
    domain = event.name.split(".", 1)[0]
    said = SENTENCES.get(event.name) or FALLBACK.get(domain) or FALLBACK["projects"]
    facts = Spoken({**event.facts, "who": who or translate("The harbour")})
    return Told(
        id=event.pk,
        name=event.name,
        at=event.at,
        sentence=translate(said).format_map(facts),
        who=who,
        url=_url(event),
    )


class Spoken(dict[str, Any]):
    """Facts as a sentence says them: states by their word, what is not known as a dash."""

    def __getitem__(self, key: str) -> Any:
        value = super().get(key)
        if key in {"left", "to"} and value in Project.Status.values:
            return Project.Status(value).label
        return "—" if value is None else value

    def __missing__(self, key: str) -> str:
        del key
        return "—"


def _url(event: Event) -> str:
    page, pk = PAGES.get(event.subject_type), event.subject_id
    if page is None:
        for fact, behind in BEHIND.items():
            if event.facts.get(fact):
                page, pk = behind, event.facts[fact]
                break
    try:
        return reverse(page, args=[pk]) if page else ""
    except NoReverseMatch:
        return ""
