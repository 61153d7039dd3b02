"""All needs of a challenge against the whole market, and what is done with what was found."""

from datetime import datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import commands as leads
from pilotharbor.outreach import batch
from pilotharbor.outreach.commands.challenges import locked_challenge
from pilotharbor.outreach.commands.proposals import TAKING, NotTaking
from pilotharbor.outreach.commands.roadshows import NotYourEvent, reason_given
from pilotharbor.outreach.models import Candidate, MatchRun, Need
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.queries.roadshows import organises
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

# As many needs go to the finder at once; then the worker tells how far it is.
AT_ONCE = 20
MOST_PER_NEED = 50
W = Candidate.Status


class RunOpen(Conflict):
    """This challenge is being matched already; wait until it is done."""

    code = "outreach.run_open"


class NothingToMatch(Conflict):
    """There is no need to match yet."""

    code = "outreach.nothing_to_match"


class BadDepth(Invalid):
    """Between 1 and {most} results are kept for each need."""

    code = "outreach.bad_depth"


class NoSides(Conflict):
    """A lead needs an organisation that has the need; this row of the list names none known here."""

    code = "outreach.no_sides"


@command
def ask_run(*, challenge_id: int, per_need: int, actor_id: int, at: datetime) -> MatchRun:
    """Order a matching of all needs that were not left out; the worker carries it out.

    Raises: NotFound, NotYourEvent, BadDepth, NothingToMatch, RunOpen.
    Source: R-OUT-12.
    """
    if not 1 <= per_need <= MOST_PER_NEED:
        refusal = BadDepth(most=MOST_PER_NEED)
        refusal.problems["per_need"] = str(refusal)
        raise refusal
    actor, challenge = locked_challenge(challenge_id, actor_id)
    needs = queries.visible_needs(actor=actor).filter(challenge=challenge)
    ids = list(
        needs.exclude(status=Need.Status.LEFT_OUT).order_by("number").values_list("pk", flat=True)
    )
    if not ids:
        raise NothingToMatch
    newest, when = batch.index_state()
    with refusing(outreach_match_run_one_at_a_time=RunOpen()):
        run = MatchRun.objects.create(
            challenge=challenge, per_need=per_need, need_ids=ids, total=len(ids),
            index_event_id=newest, index_at=when, asked_by=actor, asked_at=at,
        )  # fmt: skip
    events.record("outreach.run.asked", run, actor=actor, at=at, needs=len(ids))
    return run


@command
def match_some(*, run_id: int, actor_id: int, at: datetime) -> MatchRun:
    """Match the next needs of a run and keep the results; the last ones end it.

    What is found is what the actor may see. Where a worker broke off, another goes on.

    Raises: NotFound, NotYourEvent.
    Source: R-OUT-12.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_run(actor=actor, run_id=run_id)
    if not organises(actor, seen.challenge.organiser_id):
        raise NotYourEvent
    run = MatchRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.status == MatchRun.Status.DONE:
        return run
    ids = run.need_ids[run.done : run.done + AT_ONCE]
    needs = {n.pk: n for n in Need.objects.filter(pk__in=ids).select_related("demand")}
    ordered = [needs[pk] for pk in ids if pk in needs]
    texts = [_text(need) for need in ordered]
    answers = batch.find(texts, actor=actor, limit=run.per_need)
    Candidate.objects.bulk_create(
        Candidate(
            run=run, need=need, achievement_id=found.achievement_id, rank=rank,
            score_bp=found.score_bp, standing_bp=found.standing_bp, reasons=found.reasons,
        )
        for need, answer in zip(ordered, answers, strict=True)
        for rank, found in enumerate(answer, 1)
    )  # fmt: skip
    run.done += len(ids)
    if run.done >= run.total:
        advance(run, MatchRun.Status.DONE, done=run.done)
        kept = run.candidates.count()
        events.record("outreach.run.done", run, actor=actor, at=at, candidates=kept)
    elif run.status == MatchRun.Status.WAITING:
        advance(run, MatchRun.Status.RUNNING, done=run.done)
    else:
        run.save(update_fields=["done"])
    return run


def _text(need: Need) -> str:
    keywords = need.demand.keywords if need.demand else []
    return "\n".join([need.title, *keywords, need.words])


def _locked(candidate_id: int, actor_id: int) -> tuple[Membership, Candidate]:
    actor = parties.actor(actor_id=actor_id)
    seen = Candidate.objects.select_related("run__challenge").filter(pk=candidate_id).first()
    if seen is None or not queries.sees_all(actor, seen.run.challenge):
        raise NotFound
    if not queries.worksheet(run=seen.run, actor=actor).filter(pk=candidate_id).exists():
        raise NotFound
    if not organises(actor, seen.run.challenge.organiser_id):
        raise NotYourEvent
    row = (
        Candidate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("run__challenge", "need", "achievement")
        .get(pk=candidate_id)
    )
    return actor, row


@command
def dismiss(*, candidate_id: int, reason: str, actor_id: int, at: datetime) -> Candidate:
    """Say that a result does not answer the need, and why.

    Raises: NotFound, NotYourEvent, ReasonMissing, MoveNotAllowed.
    """
    said = reason_given(reason)
    actor, row = _locked(candidate_id, actor_id)
    advance(row, W.DISMISSED, dismissed_reason=said, decided_by=actor, decided_at=at)
    _record("dismissed", row, actor, at)
    return row


@command
def take_back(*, candidate_id: int, actor_id: int, at: datetime) -> Candidate:
    """Look at a dismissed row once more.

    Raises: NotFound, NotYourEvent, MoveNotAllowed.
    """
    actor, row = _locked(candidate_id, actor_id)
    advance(row, W.OPEN, dismissed_reason="", decided_by=None, decided_at=None)
    _record("reopened", row, actor, at)
    return row


@command
def invite(*, candidate_id: int, actor_id: int, at: datetime) -> Candidate:
    """Ask the owner of a result to make a proposal to the need; they are told.

    Raises: NotFound, NotYourEvent, NotTaking, MoveNotAllowed.
    """
    actor, row = _locked(candidate_id, actor_id)
    require_move(row, W.INVITED)
    published = row.need.status == Need.Status.PUBLISHED
    if row.run.challenge.status not in TAKING or not published:
        raise NotTaking
    advance(row, W.INVITED, decided_by=actor, decided_at=at)
    _record("invited", row, actor, at)
    return row


@command
def make_lead(*, candidate_id: int, actor_id: int, at: datetime) -> Candidate:
    """Make a lead of a row, for a technology manager to carry.

    Raises: NotFound, NotYourEvent, NoSides, MoveNotAllowed, and what ``leads.open_lead`` raises.
    """
    actor, row = _locked(candidate_id, actor_id)
    require_move(row, W.LED)
    demand = row.need.demand if row.need.demand and row.need.demand.status == "published" else None
    if demand is None and row.need.organisation_id is None:
        raise NoSides
    lead = leads.open_lead(
        achievement_id=row.achievement_id,
        demand_id=demand.pk if demand else None,
        enterprise_id=None if demand else row.need.organisation_id,
        words=_("From “{challenge}”, need {number}: {title}").format(
            challenge=row.run.challenge.title, number=row.need.number, title=row.need.title
        )[:500],
        actor_id=actor.pk,
        at=at,
    )
    advance(row, W.LED, decided_by=actor, decided_at=at, lead_id=lead.pk)
    _record("led", row, actor, at)
    return row


def _record(verb: str, row: Candidate, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.candidate.{verb}",
        row,
        actor=actor,
        at=at,
        need_id=row.need_id,
        achievement_id=row.achievement_id,
        lead_id=row.lead_id,
    )
