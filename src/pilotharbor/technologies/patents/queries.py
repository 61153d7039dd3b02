"""Which rights may somebody see, and which of them has nobody touched for years?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import (
    CharField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Greatest, Replace

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.content import PATENTS
from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.patents import terms

L = IpAsset.LegalStatus
# What its owner can still license.
ALIVE = (L.GRANTED, L.IN_FORCE, L.REINSTATED)
MOST_YEARS = 20


def visible_rights(*, actor: Membership | None) -> QuerySet[IpAsset]:
    """The rights of the results one may see; none of those one sees blind: numbers tell names.

    Source: R-TECH-40.
    """
    seen = queries.visible_achievements(actor=actor).order_by().values("pk")
    rows = IpAsset.objects.select_related("achievement__owner").filter(achievement__in=seen)
    if actor is None:
        return rows
    blind = queries.blind_ids(actor, queries.admitted_ids(actor, Kind.ACHIEVEMENT))
    return rows.exclude(achievement_id__in=blind) if blind else rows


def right(*, right_id: int, actor: Membership | None) -> IpAsset:
    """One right.

    Raises: NotFound.
    """
    found = visible_rights(actor=actor).filter(pk=right_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of rights is narrowed to; an empty field does not narrow."""

    q: str = ""
    kind: str = ""
    status: str = ""
    ipc: str = ""
    owner: int | None = None
    cpc: str = ""
    family: str = ""


def filtered(rows: QuerySet[IpAsset], wanted: Wanted) -> QuerySet[IpAsset]:
    """The rows a list shows; ``ipc`` and ``cpc`` are beginnings of symbols, blanks or not."""
    for word in wanted.q.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(abstract__icontains=word)
            | Q(application_no__icontains=word)
            | Q(publication_no__icontains=word)
            | Q(applicant__icontains=word)
            | Q(right_holder__icontains=word)
            | Q(achievement__title__icontains=word)
        )
    if wanted.kind in IpAsset.Kind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.status in L.values:
        rows = rows.filter(legal_status=wanted.status)
    if wanted.owner is not None and 0 < wanted.owner < 2**63:
        rows = rows.filter(achievement__owner_id=wanted.owner)
    if wanted.family:
        rows = rows.filter(family_key=wanted.family.replace("\x00", ""))
    return _classed(_classed(rows, "ipc", wanted.ipc), "cpc", wanted.cpc)


def _classed(rows: QuerySet[IpAsset], field: str, said: str) -> QuerySet[IpAsset]:
    prefix = "".join(said.replace("\x00", "").split()).upper()
    if not prefix:
        return rows
    joined = Func(field, Value(","), function="array_to_string", output_field=CharField())
    begins = Q(**{f"said_{field}__startswith": prefix})
    rows = rows.annotate(**{f"said_{field}": Replace(joined, Value(" "), Value(""))})
    return rows.filter(begins | Q(**{f"said_{field}__contains": f",{prefix}"}))


def years_asleep(said: str = "") -> int:
    """After how many years without anything a right counts as asleep: as asked, else as set up."""
    asked = int(said) if said.isascii() and said.isdigit() and len(said) <= 2 else 0
    return asked if 1 <= asked <= MOST_YEARS else settings.DORMANT_YEARS


def wakes(actor: Membership | None) -> bool:
    """Whether the list of sleeping rights is for the actor: an owner's office, or who sees all."""
    if actor is None:
        return False
    own = Scope.OWN in rights.scopes(actor, Verb.APPROVE, Kind.ACHIEVEMENT)
    return own or Scope.ALL in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT)


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def dormant(*, actor: Membership | None, at: datetime, years: int) -> QuerySet[IpAsset]:
    """Patents in force that nobody has done anything with for so many years, longest first.

    ``last_at`` is when somebody last did: disclosed, published, revised or read the result, let
    somebody in, gave notice, or did what a domain above tells of; a grant counts as well.
    An office sees its own, whoever reads every result sees all.

    Raises: NotFound for whom the list is not.
    Source: R-TECH-42.
    """
    if not wakes(actor) or actor is None:
        raise NotFound
    today = local_date(at)
    lasting = Q(pk__in=[])
    for kind in PATENTS:
        since = terms.filed_since(kind, today)
        lasting |= Q(kind=kind) & (Q(filing_date__isnull=True) | Q(filing_date__gte=since))
    rows = visible_rights(actor=actor).filter(lasting, legal_status__in=ALIVE)
    if Scope.ALL not in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
        rows = rows.filter(achievement__owner_id=actor.organisation_id)
    granted = ExpressionWrapper(F("grant_date"), output_field=DateTimeField())
    rows = rows.annotate(
        last_at=Greatest(
            "achievement__disclosed_at", "achievement__published_at", "achievement__active_at",
            granted,
        )
    )  # fmt: skip
    rows = rows.filter(last_at__lt=start_of(_years_before(today, years)))
    return rows.order_by("last_at", "pk")
