"""Which challenges are there, whose needs and proposals may one see, and how far are they?"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from pilotharbor.kernel.errors import NotFound
from pilotharbor.outreach.models import Candidate, Challenge, MatchRun, Need, Proposal
from pilotharbor.outreach.queries.roadshows import may_organise, organises
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.models import Status as Entry

N, P, C = Need.Status, Proposal.Status, Challenge.Status


def challenges() -> QuerySet[Challenge]:
    """Every challenge: all of them are held in public."""
    return Challenge.objects.select_related("organiser")


def challenge(*, challenge_id: int) -> Challenge:
    """One challenge.

    Raises: NotFound.
    """
    found = challenges().filter(pk=challenge_id).first()
    if found is None:
        raise NotFound
    return found


def sees_all(actor: Membership | None, of: Challenge) -> bool:
    """Whether the actor reads what is not published yet: the organiser and auditors."""
    return organises(actor, of.organiser_id) or rights.audits(actor)


def _demand_seen(actor: Membership | None) -> Q:
    """A need from a list, or one whose demand the reader may see.

    Source: R-OUT-10.
    """
    return Q(from_list=True) | Q(demand__in=technologies.visible_demands(actor=actor).values("pk"))


def visible_needs(*, actor: Membership | None) -> QuerySet[Need]:
    """Needs one may see: published ones of challenges that are out, one's own, as organiser all.

    Source: R-OUT-10.
    """
    rows = Need.objects.select_related("challenge", "demand__owner", "organisation")
    shown = Q(status=N.PUBLISHED) & ~Q(challenge__status=C.COLLECTING)
    if actor is None:
        return rows.filter(shown & _demand_seen(actor))
    if rights.audits(actor):
        return rows
    if may_organise(actor):
        shown |= Q(challenge__organiser_id=actor.organisation_id)
    shown &= _demand_seen(actor)
    if _speaks_for_needs(actor):
        shown |= Q(organisation_id=actor.organisation_id)
    return rows.filter(shown)


def _speaks_for_needs(actor: Membership) -> bool:
    return Scope.OWN in rights.scopes(actor, Verb.WRITE, Kind.DEMAND)


def is_theirs(need: Need, actor: Membership | None) -> bool:
    """Whether the actor speaks for whoever has the need."""
    if actor is None or need.organisation_id != actor.organisation_id:
        return False
    return _speaks_for_needs(actor)


def can_be_put_in(*, of: Challenge, actor: Membership) -> QuerySet[Demand]:
    """Published demands of one's own organisation that are not in this challenge yet.

    Source: R-OUT-9.
    """
    if not _speaks_for_needs(actor):
        return Demand.objects.none()
    there = of.needs.exclude(status=N.LEFT_OUT).filter(demand__isnull=False)
    return (
        technologies.visible_demands(actor=actor)
        .filter(
            owner_id=actor.organisation_id,
            status=Entry.PUBLISHED,
            confidentiality__in=technologies.LISTED_FOR_MEMBERS,
        )
        .exclude(pk__in=there.values("demand_id"))
        .order_by("-id")
    )


def offerable(*, need: Need, actor: Membership) -> QuerySet[Achievement]:
    """Published results of one's own organisation that were not offered to this need yet.

    Source: R-OUT-11.
    """
    if Scope.OWN not in rights.scopes(actor, Verb.WRITE, Kind.ACHIEVEMENT):
        return Achievement.objects.none()
    there = need.proposals.exclude(status=P.DECLINED)
    return (
        technologies.visible_achievements(actor=actor)
        .filter(
            owner_id=actor.organisation_id,
            status=Entry.PUBLISHED,
            confidentiality__in=technologies.LISTED_FOR_MEMBERS,
        )
        .exclude(pk__in=there.values("achievement_id"))
        .order_by("title", "pk")
    )


def invited(*, need: Need, actor: Membership) -> set[int]:
    """Results of the actor's organisation that the organiser asked a proposal of for this need."""
    rows = Candidate.objects.filter(need=need, status=Candidate.Status.INVITED)
    mine = rows.filter(achievement__owner_id=actor.organisation_id)
    return set(mine.values_list("achievement_id", flat=True))


def proposals_asked_for(*, actor: Membership) -> QuerySet[Candidate]:
    """Results of one's own that a proposal is asked of and that nobody has proposed yet."""
    rows = Candidate.objects.select_related("need__challenge", "achievement")
    if Scope.OWN not in rights.scopes(actor, Verb.WRITE, Kind.ACHIEVEMENT):
        return rows.none()
    made = Proposal.objects.filter(need=OuterRef("need"), achievement=OuterRef("achievement"))
    return rows.filter(
        ~Exists(made),
        status=Candidate.Status.INVITED,
        achievement__owner_id=actor.organisation_id,
        need__status=N.PUBLISHED,
        need__challenge__status__in=[C.PROPOSING, C.MATCHING],
        need__in=visible_needs(actor=actor).values("pk"),
    ).order_by("decided_at", "pk")


def needs_to_confirm(*, actor: Membership) -> QuerySet[Need]:
    """Rows of lists that name the actor's organisation and that it has not confirmed yet."""
    rows = Need.objects.select_related("challenge")
    if not _speaks_for_needs(actor):
        return rows.none()
    mine = rows.filter(organisation_id=actor.organisation_id, demand__isnull=True)
    return mine.exclude(status=N.LEFT_OUT).exclude(challenge__status=C.CLOSED).order_by("pk")


def proposals_to_take_on(*, actor: Membership) -> QuerySet[Proposal]:
    """Proposals at the actor's own challenges that nobody has taken further yet."""
    rows = Proposal.objects.select_related("need__challenge", "achievement")
    if not may_organise(actor):
        return rows.none()
    mine = rows.filter(need__challenge__organiser_id=actor.organisation_id, status=P.OFFERED)
    return mine.exclude(need__challenge__status=C.CLOSED).order_by("offered_at", "pk")


def visible_proposals(*, actor: Membership | None) -> QuerySet[Proposal]:
    """Proposals to one's needs, of one's results, and those at one's own challenges.

    Source: R-OUT-11.
    """
    rows = Proposal.objects.select_related(
        "need__challenge", "need__organisation", "achievement__owner", "offered_by__person",
        "offered_by__organisation",
    )  # fmt: skip
    if actor is None:
        return rows.none()
    if rights.audits(actor):
        return rows
    shown = Q(offered_by=actor)
    if may_organise(actor):
        shown |= Q(need__challenge__organiser_id=actor.organisation_id)
    if _speaks_for_needs(actor):
        shown |= Q(need__organisation_id=actor.organisation_id)
    if rights.may(actor, Verb.WRITE, Kind.ACHIEVEMENT):
        shown |= Q(achievement__owner_id=actor.organisation_id)
    return rows.filter(shown)


def carries(proposal: Proposal, actor: Membership | None) -> bool:
    """Whether taking this proposal on is the actor's business: the organiser's and the need's."""
    return organises(actor, proposal.need.challenge.organiser_id) or is_theirs(proposal.need, actor)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many needs and proposals came how far; each step is a part of the one before it.

    ``answered``    published needs that have a proposal
    ``signed_fen``  what was signed together, in fen
    """

    collected: int
    published: int
    answered: int
    proposals: int
    matched: int
    intended: int
    signed: int
    signed_fen: int


def funnel(of: Challenge) -> Funnel:
    """The figures of a challenge, counted anew each time.

    Source: R-OUT-13.
    """
    needs = of.needs.aggregate(
        collected=Count("pk"), published=Count("pk", filter=Q(status=N.PUBLISHED))
    )
    rows = Proposal.objects.filter(need__challenge=of)
    counted = rows.aggregate(
        proposals=Count("pk"),
        matched=Count("pk", filter=Q(matched_at__isnull=False)),
        intended=Count("pk", filter=Q(intended_at__isnull=False)),
        signed=Count("pk", filter=Q(status=P.SIGNED)),
        signed_fen=Sum("signed_fen"),
    )
    answered = of.needs.filter(status=N.PUBLISHED, proposals__isnull=False).distinct().count()
    return Funnel(**needs, answered=answered, **{k: int(v or 0) for k, v in counted.items()})


def visible_runs(*, actor: Membership | None, of: Challenge) -> QuerySet[MatchRun]:
    """The runs of a challenge, for its organiser and auditors."""
    rows = of.runs.select_related("asked_by__person").order_by("-id")
    return rows if sees_all(actor, of) else rows.none()


def visible_run(*, actor: Membership | None, run_id: int) -> MatchRun:
    """One run.

    Raises: NotFound.
    """
    found = MatchRun.objects.select_related("challenge__organiser").filter(pk=run_id).first()
    if found is None or not sees_all(actor, found.challenge):
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worksheet is narrowed to; an empty one does not narrow.

    ``best``      only the first so many of each need; ``least_bp`` how far a row stands out at least
    ``patented``  only results with a numbered right
    """

    status: str = ""
    need: int | None = None
    best: int | None = None
    least_bp: int | None = None
    patented: bool = False


def worksheet(
    *, run: MatchRun, actor: Membership | None, wanted: Wanted | None = None
) -> QuerySet[Candidate]:
    """The rows of a run that the reader may see today, need by need, best first.

    What has left the market since, or was never for this reader, is not there.

    Source: R-OUT-12.
    """
    results = technologies.visible_achievements(actor=actor).filter(status=Entry.PUBLISHED)
    needs = visible_needs(actor=actor).filter(challenge_id=run.challenge_id)
    rows = run.candidates.filter(
        achievement__in=results.values("pk"), need__in=needs.values("pk")
    ).select_related("need", "achievement__owner")
    wanted = wanted or Wanted()
    if wanted.status in Candidate.Status.values:
        rows = rows.filter(status=wanted.status)
    if wanted.need is not None:
        rows = rows.filter(need__number=wanted.need)
    if wanted.best is not None:
        rows = rows.filter(rank__lte=wanted.best)
    if wanted.least_bp is not None:
        rows = rows.filter(standing_bp__gte=wanted.least_bp)
    if wanted.patented:
        numbered = ~Q(ip_assets__application_no="") & Q(ip_assets__isnull=False)
        patented = Achievement.objects.filter(numbered)
        rows = rows.filter(achievement__in=patented.values("pk"))
    return rows
