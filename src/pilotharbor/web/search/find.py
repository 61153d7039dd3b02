"""What answers these words, among everything this person may see?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.documents import queries as documents
from pilotharbor.facilities import queries as facilities
from pilotharbor.matching import queries as matching
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, RIGHT, SCENARIO
from pilotharbor.matching.queries import Finds
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects import queries as projects

WORDS = 6
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found: where it opens, what it is called, a line about it, words in common."""

    title: str
    url: str
    text: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind; ``found`` says how results and needs were looked for."""

    key: str
    label: str | Promise
    icon: str
    items: list[Found]
    found: Finds | None = None


def find(text: str, actor: Membership | None, *, each: int, meaning: bool = True) -> list[Group]:
    """Up to ``each`` of every kind, kinds without any left out.

    ``meaning``  whether what is on the market is looked for by meaning too
    """
    return asked(text, actor, each=each, meaning=meaning)[0]


def asked(
    text: str, actor: Membership | None, *, each: int, meaning: bool = True
) -> tuple[list[Group], Finds | None]:
    """The same, and how results were looked for, also where there are none."""
    text = text.replace("\x00", " ").strip()
    if not text:
        return [], None
    groups = []
    for key, label, icon, look in _KINDS:
        if key in ENTRIES:
            kind, page = ENTRIES[key]
            found = matching.find(text=text, actor=actor, kind=kind, limit=each, meaning=meaning)
            groups.append(Group(key, label, icon, _entries(page, found), found))
        else:
            groups.append(Group(key, label, icon, look(text, actor, each)))
    return [group for group in groups if group.items], groups[0].found


def _entries(page: str, found: Finds) -> list[Found]:
    return [
        Found(hit.title, _url(page, hit.entry.pk), hit.snippet, tuple(hit.phrases))
        for hit in matching.worth_showing(found.hits)
    ]


def _holding(rows: QuerySet[Any], text: str, *fields: str) -> QuerySet[Any]:
    """Rows that have every word in one of the fields."""
    for word in text[:LONGEST].split()[:WORDS]:
        any_field = Q()
        for field in fields:
            any_field |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(any_field)
    return rows.order_by("-pk")


def _projects(text: str, actor: Membership | None, each: int) -> list[Found]:
    rows = _holding(projects.visible_projects(actor=actor), text, "title")
    return _listed(
        (p.title, _url("project_detail", p.pk), p.get_status_display()) for p in rows[:each]
    )


def _lines(text: str, actor: Membership | None, each: int) -> list[Found]:
    rows = _holding(facilities.visible_lines(actor=actor), text, "name", "description")
    page = "line_detail" if actor else "service_detail"
    return _listed((line.name, _url(page, line.pk), line.site) for line in rows[:each])


def _organisations(text: str, actor: Membership | None, each: int) -> list[Found]:
    rows = _holding(parties.visible_organisations(actor=actor), text, "name", "name_en", "uscc")
    return _listed(
        (o.name, _url("organisation_detail", o.pk), o.get_kind_display()) for o in rows[:each]
    )


def _people(text: str, actor: Membership | None, each: int) -> list[Found]:
    """People of one's own organisation only."""
    if actor is None:
        return []
    rows = parties.people_of(organisation_id=actor.organisation_id)
    found = _holding(rows, text, "person__name", "person__email")
    return _listed((m.person.name, _url("people"), m.get_role_display()) for m in found[:each])


def _documents(text: str, actor: Membership | None, each: int) -> list[Found]:
    if actor is None:
        return []
    rows = _holding(documents.visible_documents(actor=actor), text, "title")
    return _listed((d.title, _url("document_detail", d.pk), "") for d in rows[:each])


def _listed(rows: Iterable[tuple[str, str, str]]) -> list[Found]:
    return [Found(title, url, str(text)) for title, url, text in rows if url]


def _url(name: str, *args: int) -> str:
    """The page, or nothing while its domain has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


type Look = Callable[[str, Membership | None, int], list[Found]]


def _nothing(_text: str, _actor: Membership | None, _each: int) -> list[Found]:
    return []


# What the engine finds: its kind and its page.
ENTRIES = {
    "achievement": (ACHIEVEMENT, "achievement_detail"),
    "demand": (DEMAND, "demand_detail"),
    "scenario": (SCENARIO, "scenario_detail"),
    "right": (RIGHT, "right_detail"),
}
_KINDS: tuple[tuple[str, str | Promise, str, Look], ...] = (
    ("achievement", pgettext_lazy("navigation", "Results"), "bulb", _nothing),
    ("demand", pgettext_lazy("navigation", "Needs"), "target", _nothing),
    ("scenario", _("Scenarios"), "target", _nothing),
    ("right", _("Patents and other rights"), "paper", _nothing),
    ("project", _("Projects"), "ship", _projects),
    ("line", _("Lines and equipment"), "factory", _lines),
    ("organisation", _("Organisations"), "building", _organisations),
    ("person", pgettext_lazy("navigation", "People"), "people", _people),
    ("document", _("Papers"), "paper", _documents),
)
