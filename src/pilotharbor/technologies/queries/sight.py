"""Which entries may this person see, and how much of each may they read?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import CONFIDENTIAL, WATERMARKED, Confidentiality, Role
from pilotharbor.technologies.models import (
    Achievement,
    Demand,
    Inventor,
    Reader,
    Scenario,
    Status,
)

type Entry = Achievement | Demand


LISTED_FOR_MEMBERS = (
    Confidentiality.PUBLIC,
    Confidentiality.MEMBERS,
    Confidentiality.NDA,
    Confidentiality.PROJECT,
)


LET_IN = (Reader.Via.NAMED, Reader.Via.PROJECT)


def kind_of(entry: Entry | type[Entry]) -> Kind:
    """The column of the rights matrix an entry belongs to."""
    model = entry if isinstance(entry, type) else type(entry)
    return Kind.ACHIEVEMENT if model is Achievement else Kind.DEMAND


def counts_as_member(actor: Membership | None, kind: Kind) -> bool:
    """Whether the matrix gives the role more than the public has (or a blind pack) over this kind.

    People of an organisation that still awaits approval count as the public.
    """
    if not rights.trusted(actor):
        return False
    cell = rights.MATRIX[Role(actor.role)].get(kind, rights.NOTHING)
    return any(grant.scope != Scope.BLIND for grant in cell)


def listed_levels(actor: Membership | None, kind: Kind) -> tuple[Confidentiality, ...]:
    """Levels whose published entries the actor may find without any further reason."""
    if counts_as_member(actor, kind):
        return LISTED_FOR_MEMBERS
    return (Confidentiality.PUBLIC,)


def admitted_ways(actor: Membership, kind: Kind) -> list[Reader.Via]:
    """The ways of having been let in that count for the actor's role."""
    ways: list[Reader.Via] = list(LET_IN) if counts_as_member(actor, kind) else []
    if Scope.BLIND in rights.scopes(actor, Verb.READ, kind):
        ways.append(Reader.Via.BLIND)
    return ways


def admitted_ids(actor: Membership, kind: Kind) -> set[int]:
    """Ids of the entries of this kind the actor was let into."""
    field = kind.value
    rows = Reader.objects.filter(
        membership=actor, via__in=admitted_ways(actor, kind), **{f"{field}__isnull": False}
    )
    return set(rows.values_list(f"{field}_id", flat=True))


def _visible(actor: Membership | None, kind: Kind) -> Q | None:
    """What the actor may see of the entries of a kind; ``None`` when that is every row."""
    reach = rights.scopes(actor, Verb.READ, kind)
    if Scope.ALL in reach:
        return None
    shown = Q(status=Status.PUBLISHED, confidentiality__in=listed_levels(actor, kind))
    if actor is None:
        return shown
    if Scope.OWN in reach:
        shown |= Q(owner_id=actor.organisation_id)
    admitted = Reader.objects.filter(
        membership=actor, via__in=admitted_ways(actor, kind), **{kind.value: OuterRef("pk")}
    )
    return shown | Q(Exists(admitted))


def visible_achievements(*, actor: Membership | None) -> QuerySet[Achievement]:
    """Entries the actor may see (R-TECH-5): title, summary, keywords, maturity; not the detail."""
    shown = _visible(actor, Kind.ACHIEVEMENT)
    rows = Achievement.objects.select_related("owner")
    return rows if shown is None else rows.filter(shown)


def visible_demands(*, actor: Membership | None) -> QuerySet[Demand]:
    """Entries of needs the actor may see (R-TECH-5)."""
    shown = _visible(actor, Kind.DEMAND)
    rows = Demand.objects.select_related("owner")
    return rows if shown is None else rows.filter(shown)


def achievement(*, achievement_id: int, actor: Membership | None, at: datetime) -> Achievement:
    """One entry, also through an open emergency reading.

    Raises: NotFound.
    """
    found = visible_achievements(actor=actor).filter(pk=achievement_id).first()
    if found is None and _glass_open(actor, Achievement, achievement_id, at):
        found = Achievement.objects.select_related("owner").filter(pk=achievement_id).first()
    if found is None:
        raise NotFound
    return found


def demand(*, demand_id: int, actor: Membership | None, at: datetime) -> Demand:
    """One need, also through an open emergency reading.

    Raises: NotFound.
    """
    found = visible_demands(actor=actor).filter(pk=demand_id).first()
    if found is None and _glass_open(actor, Demand, demand_id, at):
        found = Demand.objects.select_related("owner").filter(pk=demand_id).first()
    if found is None:
        raise NotFound
    return found


def _glass_open(actor: Membership | None, model: type[Entry], entry_id: int, at: datetime) -> bool:
    if actor is None:
        return False
    label = model._meta.label_lower  # noqa: SLF001
    opened = parties.break_glass_open(actor=actor, subject_type=label, subject_id=entry_id, at=at)
    return opened is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of one entry one person may read.

    ``detail``       the technical detail; ``recorded`` when reading it leaves a trace
    ``blind``        without owner, inventors and numbers of rights
    ``wants_nda``    an NDA with the owner would open the detail
    ``watermarked``  the page names its reader
    ``by_glass``     only through an open emergency reading
    """

    detail: bool
    blind: bool = False
    wants_nda: bool = False
    by_glass: bool = False
    level: str = Confidentiality.PUBLIC

    @property
    def recorded(self) -> bool:
        """Whether reading the detail is recorded."""
        return self.detail and (self.level in CONFIDENTIAL or self.by_glass)

    @property
    def watermarked(self) -> bool:
        """Whether the page carries a watermark."""
        return self.detail and (self.level in WATERMARKED or self.by_glass)


def reading(*, entry: Entry, actor: Membership | None, at: datetime) -> Reading:
    """How much of an entry the actor may read that he may see at all.

    Source: R-TECH-6.
    """
    level = entry.confidentiality
    ways = ways_in(entry, actor)
    if Reader.Via.BLIND in ways and not ways & set(LET_IN):
        return Reading(detail=level == Confidentiality.PUBLIC, blind=True, level=level)
    if _detail_open(entry, actor, ways):
        return Reading(detail=True, level=level)
    if _glass_open(actor, type(entry), entry.pk, at):
        return Reading(detail=True, by_glass=True, level=level)
    member = counts_as_member(actor, kind_of(entry))
    return Reading(detail=False, wants_nda=member and level == Confidentiality.NDA, level=level)


def ways_in(entry: Entry, actor: Membership | None) -> set[str]:
    """In which ways the actor was let into an entry."""
    if actor is None:
        return set()
    kind = kind_of(entry)
    rows = Reader.objects.filter(
        membership=actor, via__in=admitted_ways(actor, kind), **{kind.value: entry}
    )
    return set(rows.values_list("via", flat=True))


def _detail_open(entry: Entry, actor: Membership | None, ways: set[str]) -> bool:
    """R-TECH-6, from the widest level to the narrowest."""
    level = entry.confidentiality
    if level == Confidentiality.PUBLIC:
        return True
    if actor is None or not counts_as_member(actor, kind_of(entry)):
        return False
    named = level == Confidentiality.MEMBERS or wrote(entry, actor) or Reader.Via.NAMED in ways
    if named or level == Confidentiality.CORE:
        return named
    # An auditor reads what is there, and each reading is on record (domain.md §7.1, R留痕).
    if Reader.Via.PROJECT in ways or rights.audits(actor):
        return True
    own = entry.owner_id == actor.organisation_id
    if level == Confidentiality.NDA:
        return own or parties.nda_owners(actor).filter(owner_id=entry.owner_id).exists()
    return own and rights.acts_as(actor, Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER)


def wrote(entry: Entry, actor: Membership) -> bool:
    """Whether the actor disclosed or invented it, or posted it."""
    if isinstance(entry, Demand):
        return entry.posted_by_id == actor.pk
    if entry.disclosed_by_id == actor.pk:
        return True
    return Inventor.objects.filter(achievement=entry, membership=actor).exists()


def blind_ids(actor: Membership | None, ids: Iterable[int]) -> set[int]:
    """Which of these achievements the actor sees without owner and names."""
    if actor is None:
        return set()
    ways_that_count = admitted_ways(actor, Kind.ACHIEVEMENT)
    rows = Reader.objects.filter(
        membership=actor, achievement_id__in=list(ids), via__in=ways_that_count
    )
    ways: dict[int, set[str]] = {}
    for pk, via in rows.values_list("achievement_id", "via"):
        ways.setdefault(pk or 0, set()).add(via)
    return {pk for pk, via in ways.items() if via == {Reader.Via.BLIND}}


def without_blind[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], actor: Membership | None
) -> QuerySet[E]:
    """What tells an owner must not tell it of what the actor reviews blindly (R-TECH-6)."""
    if actor is None or rows.model is not Achievement:
        return rows
    return rows.exclude(pk__in=blind_ids(actor, admitted_ids(actor, Kind.ACHIEVEMENT)))
