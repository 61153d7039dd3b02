"""Which results can go to the register, what is missing for it, and what would be sent?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies.models import Achievement, Status
from pilotharbor.technologies.registration.content import BRIEF, CHOICES, KEYWORDS, Proof

# What a result is on the register's own column: state secrets never enter this system (R-TECH-8).
OPEN = _("Not classified")


def registers(actor: Membership | None) -> bool:
    """Whether the actor brings results of the own organisation to the register: its office."""
    return Scope.OWN in rights.scopes(actor, Verb.APPROVE, Kind.ACHIEVEMENT)


def registrable(*, actor: Membership) -> QuerySet[Achievement]:
    """The results of the actor's organisation that were not withdrawn, latest first.

    Raises: NotFound for who does not bring results to the register.
    """
    if not registers(actor):
        raise NotFound
    rows = Achievement.objects.filter(owner_id=actor.organisation_id)
    return (
        rows.exclude(status=Status.WITHDRAWN)
        .select_related("owner")
        .prefetch_related("ip_assets", "inventors__membership__person")
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the register: its name, what a result says there, and whether it is needed."""

    name: str
    label: str | Promise
    said: Callable[[Achievement], str]
    needed: bool = True
    step: str = "registration"


def _kept(name: str) -> Callable[[Achievement], str]:
    return lambda entry: str(entry.registration.get(name, ""))


def _chosen(name: str) -> Callable[[Achievement], str]:
    def said(entry: Achievement) -> str:
        value = entry.registration.get(name)
        return str(CHOICES[name](value).label) if value else ""

    return said


def keywords_of(entry: Achievement) -> list[str]:
    """The up to three keywords for the register: its own, else those of the result if so few."""
    own: list[str] = list(entry.registration.get("keywords", ()))
    return own or (entry.keywords if len(entry.keywords) <= KEYWORDS else [])


def brief_of(entry: Achievement) -> str:
    """The account for the register: its own, else the summary where it fits."""
    own = str(entry.registration.get("brief", ""))
    return own or (entry.summary if len(entry.summary) <= BRIEF else "")


def _rights(entry: Achievement) -> str:
    return "；".join(
        " ".join(filter(None, (str(r.get_kind_display()), r.application_no)))
        for r in sorted(entry.ip_assets.all(), key=lambda right: right.pk)
    )


def _inventors(entry: Achievement) -> str:
    people = sorted(entry.inventors.all(), key=lambda one: one.position)
    return "、".join(one.membership.person.name for one in people)


def _proofs(entry: Achievement) -> str:
    return "、".join(str(Proof(one).label) for one in entry.registration.get("proofs", ()))


COLUMNS = (
    Column("number", _("Registration number"), _kept("number"), needed=False),
    Column("title", _("Name of the result"), lambda entry: entry.title, step="words"),
    Column("category", _("Kind of result"), _chosen("category")),
    Column("keywords", _("Keywords (three at most)"), lambda e: "、".join(keywords_of(e))),
    Column("recommended_by", _("Recommending body"), _kept("recommended_by")),
    Column("owner", _("Registering body"), lambda entry: entry.owner.name, step="words"),
    Column("registered_on", _("Day of registration"), _kept("registered_on"), needed=False),
    Column("research_from", _("Research began in"), _kept("research_from")),
    Column("research_to", _("Research ended in"), _kept("research_to")),
    Column("secrecy", _("Secrecy"), lambda _entry: str(OPEN)),
    Column("attribute", _("Attribute of the result"), _chosen("attribute")),
    Column("form", _("Embodied in"), _chosen("form")),
    Column("level", _("Level of the result"), _chosen("level")),
    Column("stage", _("Stage"), _chosen("stage")),
    Column("brief", _("Account (2,000 characters at most)"), brief_of),
    Column("inventors", _("Inventors"), _inventors, step="inventors"),
    Column("rights", _("Intellectual property"), _rights, needed=False, step="rights"),
    Column("proofs", _("Enclosed"), _proofs),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the register wants that is not there: its name, what helps, and where."""

    name: str
    label: str
    remedy: str
    url: str


def gaps(entry: Achievement) -> list[Gap]:
    """What is missing for the register, in the order of its columns.

    Source: R-TECH-60.
    """
    return [_gap(entry, column) for column in COLUMNS if column.needed and not column.said(entry)]


def _gap(entry: Achievement, column: Column) -> Gap:
    if column.step == "registration":
        url = reverse("registration", args=[entry.pk])
    else:
        url = reverse("achievement_edit", args=[entry.pk, column.step])
    label = str(column.label)
    remedies = {
        "keywords": translate("Choose at most three of the result's keywords."),
        "brief": translate("Write an account of at most 2,000 characters; the summary is longer."),
        "inventors": translate("Name who made it, in the order of contribution."),
        "level": translate("Choose the level, or “not judged”."),
        "proofs": translate("Say what is enclosed."),
    }
    remedy = remedies.get(column.name, translate("Fill in “{name}”.").format(name=label))
    return Gap(column.name, label, remedy, url)


def headings() -> list[str]:
    """The names of the columns, in the language that is spoken now."""
    return [str(column.label) for column in COLUMNS]


def lines(entries: Sequence[Achievement]) -> list[list[Any]]:
    """One line a result, in the order of the columns."""
    return [[column.said(entry) for column in COLUMNS] for entry in entries]
