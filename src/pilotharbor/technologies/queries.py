"""What is offered, what is wanted, and how much of it may this person read?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import CONFIDENTIAL, WATERMARKED, Confidentiality, Role
from pilotharbor.technologies.models import (
    Achievement,
    Cooperation,
    Demand,
    Direction,
    Frontier,
    Inventor,
    Reader,
    Scenario,
    Status,
)

type Entry = Achievement | Demand

# Members of the platform see that these exist; core entries are not even listed for them.
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
    ways = _ways(entry, actor)
    if Reader.Via.BLIND in ways and not ways & set(LET_IN):
        return Reading(detail=level == Confidentiality.PUBLIC, blind=True, level=level)
    if _detail_open(entry, actor, ways):
        return Reading(detail=True, level=level)
    if _glass_open(actor, type(entry), entry.pk, at):
        return Reading(detail=True, by_glass=True, level=level)
    member = counts_as_member(actor, kind_of(entry))
    return Reading(detail=False, wants_nda=member and level == Confidentiality.NDA, level=level)


def _ways(entry: Entry, actor: Membership | None) -> set[str]:
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


def may_write(*, entry: Entry, actor: Membership | None) -> bool:
    """Whether the actor may change this entry: its author, its transfer office, its manager."""
    if actor is None:
        return False
    kind = kind_of(entry)
    reach = rights.scopes(actor, Verb.WRITE, kind)
    own = Scope.OWN in reach and entry.owner_id == actor.organisation_id
    if own and (actor.role != Role.RESEARCHER or wrote(entry, actor)):
        return True
    if Scope.ASSIGNED not in reach:
        return False
    return Reader.Via.PROJECT in _ways(entry, actor)


def may_approve(*, entry: Entry, actor: Membership | None) -> bool:
    """Whether publishing or returning this entry is the actor's business."""
    if actor is None:
        return False
    reach = rights.scopes(actor, Verb.APPROVE, kind_of(entry))
    return Scope.ALL in reach or (Scope.OWN in reach and entry.owner_id == actor.organisation_id)


def submitter(entry: Entry) -> Membership:
    """Who put the entry up for review; who wrote it, when it came in by a file."""
    if entry.submitted_by:
        return entry.submitted_by
    return entry.disclosed_by if isinstance(entry, Achievement) else entry.posted_by


def to_review(*, actor: Membership, kind: Kind) -> QuerySet[Any]:
    """Entries waiting for the actor's review, longest waiting first."""
    rows: QuerySet[Any] = (
        visible_achievements(actor=actor)
        if kind is Kind.ACHIEVEMENT
        else visible_demands(actor=actor)
    )
    reach = rights.scopes(actor, Verb.APPROVE, kind)
    rows = rows.filter(status=Status.SUBMITTED).order_by("id")
    if Scope.ALL in reach:
        return rows
    return rows.filter(owner_id=actor.organisation_id) if reach else rows.none()


def owned_by[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], owner_id: int, *, actor: Membership | None
) -> QuerySet[E]:
    """The rows of an owner, but for those whose owner the actor must not learn."""
    return _without_blind(rows.filter(owner_id=owner_id), actor)


def _without_blind[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], actor: Membership | None
) -> QuerySet[E]:
    """What tells an owner must not tell it of what the actor reviews blindly (R-TECH-6)."""
    if actor is None or rows.model is not Achievement:
        return rows
    return rows.exclude(pk__in=blind_ids(actor, admitted_ids(actor, Kind.ACHIEVEMENT)))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty one does not narrow.

    ``industry``      a GB/T 4754 code and everything below it; ``region`` a GB/T 2260 code likewise
    ``discipline``    a GB/T 13745 code and everything below it, or words
    ``trl_from/to``   on the nine-level scale: where a result stands, what a need asks for
    ``fen_from/to``   the asking price of a result, the budget of a need or scenario, in fen
    ``direction``, ``frontier``, ``domestic``  of scenarios only
    """

    q: str = ""
    industry: str = ""
    region: str = ""
    discipline: str = ""
    trl_from: int | None = None
    trl_to: int | None = None
    cooperation: str = ""
    fen_from: int | None = None
    fen_to: int | None = None
    confidentiality: str = ""
    owner: int | None = None
    status: str = ""
    direction: str = ""
    frontier: str = ""
    domestic: bool = False


def filtered[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters, *, actor: Membership | None
) -> QuerySet[E]:
    """The rows a list shows; words of ``q`` must all stand in the title, summary or keywords.

    What a blind reviewer does not see does not narrow: asking for an owner finds no blind entry.
    Source: R-TECH-6, R-TECH-16.
    """
    for word in wanted.q.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(keywords__icontains=word)
        )
    rows = _of_maturity(_of_amount(_of_place(rows, wanted, actor), wanted), wanted)
    if wanted.cooperation in Cooperation.values:
        rows = rows.filter(cooperation__contains=[wanted.cooperation])
    if wanted.confidentiality in Confidentiality.values:
        rows = rows.filter(confidentiality=wanted.confidentiality)
    if wanted.owner is not None and 0 < wanted.owner < 2**63:
        rows = owned_by(rows, wanted.owner, actor=actor)
    states = Scenario.Status.values if rows.model is Scenario else Status.values
    if wanted.status in states:
        rows = rows.filter(status=wanted.status)
    return _of_scenarios(rows, wanted)


def region_prefix(code: str) -> str:
    """The digits every code inside a region begins with: ``330000`` is all of ``33``.

    Source: GB/T 2260.
    """
    digits = code if code.isdecimal() and code.isascii() else ""
    while digits.endswith("00"):
        digits = digits[:-2]
    return digits


def _of_place[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters, actor: Membership | None
) -> QuerySet[E]:
    if wanted.industry:
        rows = rows.filter(industry__startswith=wanted.industry.replace("\x00", "").upper())
    if prefix := region_prefix(wanted.region):
        rows = _without_blind(rows.filter(region__startswith=prefix), actor)
    said = wanted.discipline.replace("\x00", "").strip()
    if said and rows.model is Achievement:
        within = "discipline__startswith" if said.isdecimal() else "discipline__icontains"
        rows = rows.filter(**{within: said})
    return rows


def _of_amount[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    """What names an amount in these bounds; what is to be negotiated names none and is left out."""
    field = "price_fen" if rows.model is Achievement else "budget_fen"
    for bound, fen in (("gte", wanted.fen_from), ("lte", wanted.fen_to)):
        if fen is not None and 0 <= fen < 2**63:
            rows = rows.filter(**{f"{field}__{bound}": fen})
    return rows


def _of_maturity[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    fields: dict[Any, str] = {Achievement: "trl_level", Demand: "trl_wanted"}
    field = fields.get(rows.model)
    bounds = (("gte", wanted.trl_from), ("lte", wanted.trl_to))
    for bound, level in bounds if field else ():
        if level is not None:
            rows = rows.filter(**{f"{field}__{bound}": min(max(level, 0), 99)})
            if rows.model is Achievement:
                rows = rows.filter(trl_scale="TRL-9")
    return rows


def _of_scenarios[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    if rows.model is not Scenario:
        return rows
    if wanted.direction in Direction.values:
        rows = rows.filter(direction=wanted.direction)
    if wanted.frontier in Frontier.values:
        rows = rows.filter(frontier=wanted.frontier)
    return rows.filter(domestic_substitution=True) if wanted.domestic else rows


def possible_inventors(entry: Entry | None) -> QuerySet[Membership]:
    """Who may be named as an inventor: active members of the owner, and who is named already.

    Source: R-TECH-9.
    """
    if not isinstance(entry, Achievement):
        return Membership.objects.none()
    named = entry.inventors.values("membership")
    return (
        Membership.objects.filter(organisation_id=entry.owner_id)
        .filter(Q(status=Membership.Status.ACTIVE) | Q(pk__in=named))
        .select_related("person")
        .order_by("person__name", "pk")
    )
