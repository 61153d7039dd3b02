"""Which scenarios may this person see, and which of the answers to them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import CONFIDENTIAL, WATERMARKED, Confidentiality, Role
from pilotharbor.technologies import queries as market
from pilotharbor.technologies.models import Achievement, IpAsset, Scenario, ScenarioAnswer
from pilotharbor.technologies.models import Status as MarketStatus

S = Scenario.Status
# What everybody may find: also what came of it, for a first order is there to be followed.
SHOWN = (S.PUBLISHED, S.UNVEILED, S.TRIED, S.FIRST_ORDER)
# What has ended well or not: kept apart from what can still be answered.
ENDED = (S.FIRST_ORDER, S.CLOSED, S.WITHDRAWN)
A = ScenarioAnswer.Status
CHOOSABLE = (A.OFFERED, A.NOT_CHOSEN)


def takes_part(actor: Membership | None) -> bool:
    """Whether the actor writes results or needs of the own organisation, and so also scenarios.

    Source: R-TECH-12.
    """
    return any(
        Scope.OWN in rights.scopes(actor, Verb.WRITE, kind)
        for kind in (Kind.DEMAND, Kind.ACHIEVEMENT)
    )


def visible_scenarios(*, actor: Membership | None) -> QuerySet[Scenario]:
    """Scenarios the actor may see: title, summary, conditions; not the detail (R-TECH-5)."""
    rows = Scenario.objects.select_related("owner")
    reach = rights.scopes(actor, Verb.READ, Kind.DEMAND)
    if Scope.ALL in reach:
        return rows
    listed = market.listed_levels(actor, Kind.DEMAND)
    shown = Q(status__in=SHOWN, confidentiality__in=listed)
    if actor is not None and takes_part(actor):
        answered = ScenarioAnswer.objects.filter(
            scenario=OuterRef("pk"), organisation_id=actor.organisation_id
        )
        shown |= Q(owner_id=actor.organisation_id) | Q(Exists(answered))
    return rows.filter(shown)


def answered_ids(actor: Membership) -> set[int]:
    """Ids of the scenarios the actor's organisation has answered."""
    rows = ScenarioAnswer.objects.filter(organisation_id=actor.organisation_id)
    return set(rows.values_list("scenario_id", flat=True))


def scenario(*, scenario_id: int, actor: Membership | None) -> Scenario:
    """One scenario.

    Raises: NotFound.
    """
    found = (
        visible_scenarios(actor=actor)
        .select_related("owner", "posted_by", "submitted_by", "chosen__organisation")
        .filter(pk=scenario_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def concerning(rows: QuerySet[Scenario], actor: Membership) -> QuerySet[Scenario]:
    """What the actor's organisation has written down or answered."""
    answered = ScenarioAnswer.objects.filter(
        scenario=OuterRef("pk"), organisation_id=actor.organisation_id
    )
    return rows.filter(Q(owner_id=actor.organisation_id) | Q(Exists(answered)))


def may_write(*, entry: Scenario, actor: Membership | None) -> bool:
    """Whether the actor may change this scenario, choose an answer and say what became of it."""
    if actor is None or not takes_part(actor) or entry.owner_id != actor.organisation_id:
        return False
    return not rights.acts_as(actor, Role.RESEARCHER) or entry.posted_by_id == actor.pk


def may_approve(*, actor: Membership | None) -> bool:
    """Whether publishing and returning scenarios is the actor's business: the platform's operators."""
    return Scope.ALL in rights.scopes(actor, Verb.APPROVE, Kind.DEMAND)


def may_answer(*, entry: Scenario, actor: Membership | None, at: datetime) -> bool:
    """Whether the actor's organisation may answer it now, and has not done so."""
    if actor is None or not takes_part(actor) or entry.owner_id == actor.organisation_id:
        return False
    if entry.status != S.PUBLISHED or is_over(entry, at):
        return False
    live = entry.answers.filter(organisation_id=actor.organisation_id).exclude(status=A.WITHDRAWN)
    return not live.exists()


def is_over(entry: Scenario, at: datetime) -> bool:
    """Whether the last day for answers has passed."""
    return entry.answers_until_date is not None and local_date(at) > entry.answers_until_date


def visible_answers(*, entry: Scenario, actor: Membership | None) -> QuerySet[ScenarioAnswer]:
    """The answers the actor may read: all for the owner and auditors, else the organisation's own.

    Source: R-TECH-13.
    """
    rows = entry.answers.select_related("organisation", "achievement", "ip_asset").order_by("pk")
    if actor is None:
        return rows.none()
    own = takes_part(actor) and entry.owner_id == actor.organisation_id
    if own or rights.audits(actor):
        return rows
    return rows.filter(organisation_id=actor.organisation_id) if takes_part(actor) else rows.none()


def answer(*, answer_id: int, actor: Membership | None) -> ScenarioAnswer:
    """One answer.

    Raises: NotFound.
    """
    found = ScenarioAnswer.objects.select_related("scenario").filter(pk=answer_id).first()
    if found is None or not visible_scenarios(actor=actor).filter(pk=found.scenario_id).exists():
        raise NotFound
    if not visible_answers(entry=found.scenario, actor=actor).filter(pk=answer_id).exists():
        raise NotFound
    return found


def offerable_achievements(actor: Membership) -> QuerySet[Achievement]:
    """The published results of the actor's organisation that an answer may rest on."""
    return Achievement.objects.filter(
        owner_id=actor.organisation_id, status=MarketStatus.PUBLISHED
    ).order_by("-pk")


def offerable_rights(actor: Membership) -> QuerySet[IpAsset]:
    """The rights of the actor's organisation that an answer may rest on."""
    return (
        IpAsset.objects.filter(achievement__in=offerable_achievements(actor))
        .select_related("achievement")
        .order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of one scenario one person may read.

    ``recorded``  reading the detail leaves a trace; ``watermarked`` the page names its reader
    """

    detail: bool
    level: str
    wants_nda: bool = False

    @property
    def recorded(self) -> bool:
        """Whether reading the detail is recorded."""
        return self.detail and self.level in CONFIDENTIAL

    @property
    def watermarked(self) -> bool:
        """Whether the page carries a watermark."""
        return self.detail and self.level in WATERMARKED


def reading(*, entry: Scenario, actor: Membership | None) -> Reading:
    """How much of a scenario the actor may read that he may see at all.

    Source: R-TECH-6, R-TECH-12.
    """
    level = entry.confidentiality
    if level == Confidentiality.PUBLIC or (actor is not None and _detail_open(entry, actor)):
        return Reading(detail=True, level=level)
    member = market.counts_as_member(actor, Kind.DEMAND)
    return Reading(detail=False, level=level, wants_nda=member and level == Confidentiality.NDA)


def _detail_open(entry: Scenario, actor: Membership) -> bool:
    """From the widest level to the narrowest; the chosen one stands where a project's team does."""
    level = entry.confidentiality
    if not market.counts_as_member(actor, Kind.DEMAND):
        return False
    if level == Confidentiality.MEMBERS or entry.posted_by_id == actor.pk:
        return True
    if level == Confidentiality.CORE:
        return False
    chosen = entry.chosen is not None and entry.chosen.organisation_id == actor.organisation_id
    if rights.audits(actor) or (chosen and takes_part(actor)):
        return True
    own = entry.owner_id == actor.organisation_id and takes_part(actor)
    if level == Confidentiality.NDA:
        return own or parties.nda_owners(actor).filter(owner_id=entry.owner_id).exists()
    return own


def to_review(*, actor: Membership) -> QuerySet[Scenario]:
    """Scenarios waiting for the actor's review, longest waiting first."""
    rows = visible_scenarios(actor=actor).select_related("submitted_by__person")
    if not may_approve(actor=actor):
        return rows.none()
    return rows.filter(status=S.SUBMITTED).order_by("pk")


def takers(entry: Scenario, *statuses: str) -> Sequence[ScenarioAnswer]:
    """Its answers in these states, for those who have to be told."""
    return list(entry.answers.filter(status__in=statuses).order_by("pk"))
