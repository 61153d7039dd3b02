"""Needs of a challenge: put in by their owners or from a list, confirmed, chosen, left out."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.outreach.commands.challenges import lock_challenge, locked_challenge
from pilotharbor.outreach.commands.roadshows import reason_given
from pilotharbor.outreach.models import Challenge, Need
from pilotharbor.outreach.needlist import MOST_ROWS, ListedNeed
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.queries.roadshows import organises
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.models import Demand

C = Challenge.Status


class NotCollecting(Conflict):
    """This challenge does not collect needs any more."""

    code = "outreach.not_collecting"


class CannotBePutIn(Invalid):
    """Put in a published need of your own organisation that is not in this challenge yet."""

    code = "outreach.cannot_be_put_in"


class NeedThere(Conflict):
    """This need is in the challenge already."""

    code = "outreach.need_there"


class BadList(Invalid):
    """A list holds between 1 and {most} needs, each with a title and words of its own."""

    code = "outreach.bad_list"


class NotYourNeed(Forbidden):
    """Whoever has the need confirms it."""

    code = "outreach.not_your_need"


class ConfirmedAlready(Conflict):
    """This need is confirmed already."""

    code = "outreach.confirmed_already"


class NotOfThisChallenge(Invalid):
    """Choose needs of this challenge that are still open."""

    code = "outreach.not_of_this_challenge"


@command
def put_in(*, challenge_id: int, demand_id: int, actor_id: int, at: datetime) -> Need:
    """Put a need of one's own organisation into a challenge.

    Raises: NotFound, NotCollecting, CannotBePutIn, NeedThere.
    Source: R-OUT-9.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = queries.challenge(challenge_id=challenge_id)
    demand = queries.can_be_put_in(of=seen, actor=actor).filter(pk=demand_id).first()
    if demand is None:
        raise CannotBePutIn(problems={"demand_id": str(CannotBePutIn())})
    challenge = lock_challenge(challenge_id)
    if challenge.status != C.COLLECTING:
        raise NotCollecting
    with refusing(outreach_need_demand_once=NeedThere()):
        need = Need.objects.create(
            challenge=challenge, number=_last_number(challenge) + 1, demand=demand,
            title=demand.title, words=demand.summary, organisation_id=demand.owner_id,
            organisation_name=demand.owner.name, put_in_by=actor, put_in_at=at, confirmed_at=at,
        )  # fmt: skip
    _record("put_in", need, actor, at)
    return need


def _last_number(challenge: Challenge) -> int:
    return challenge.needs.aggregate(last=Max("number"))["last"] or 0


@command
def load(
    *, challenge_id: int, rows: Sequence[ListedNeed], actor_id: int, at: datetime
) -> list[Need]:
    """Take a list of needs in, as the organiser: all of it or nothing.

    They have no demand behind them until whoever has the need confirms it.

    Raises: NotFound, NotYourEvent, NotCollecting, BadList.
    Source: R-OUT-9.
    """
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadList(most=MOST_ROWS)
    if any(not 1 <= len(r.title) <= 200 or not 1 <= len(r.words) <= 4000 for r in rows):
        raise BadList(most=MOST_ROWS)
    actor, challenge = locked_challenge(challenge_id, actor_id)
    if challenge.status != C.COLLECTING:
        raise NotCollecting
    there = {_plain(t) for t in challenge.needs.values_list("title", flat=True)}
    if len({_plain(r.title) for r in rows} - there) != len(rows):
        raise BadList(most=MOST_ROWS)
    known = {
        body.uscc: body
        for body in Organisation.objects.filter(uscc__in=[r.uscc for r in rows if r.uscc])
    }
    last = _last_number(challenge)
    made = Need.objects.bulk_create(
        Need(
            challenge=challenge, number=number, title=row.title, words=row.words,
            organisation=known.get(row.uscc), from_list=True, put_in_by=actor, put_in_at=at,
            organisation_name=row.organisation or getattr(known.get(row.uscc), "name", ""),
        )
        for number, row in enumerate(rows, last + 1)
    )  # fmt: skip
    events.record(
        "outreach.challenge.list_loaded", challenge, actor=actor, at=at, needs=len(made),
        organisation_ids=sorted({n.organisation_id for n in made if n.organisation_id}),
    )  # fmt: skip
    return made


def _plain(title: str) -> str:
    return "".join(title.split()).casefold()


@command
def confirm(*, need_id: int, demand_id: int | None = None, actor_id: int, at: datetime) -> Need:
    """Confirm a need from a list as one's own: with a demand that is there, or a new draft of it.

    Raises: NotFound, NotYourNeed, ConfirmedAlready, CannotBePutIn, NeedThere.
    Source: R-OUT-9.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_needs(actor=actor).filter(pk=need_id).first()
    if seen is None:
        raise NotFound
    if not queries.is_theirs(seen, actor):
        raise NotYourNeed
    need = Need.objects.select_for_update(no_key=True).get(pk=need_id)
    if need.demand_id is not None:
        raise ConfirmedAlready
    need.demand = _behind(need, seen.challenge, demand_id, actor, at)
    need.confirmed_at = at
    with refusing(outreach_need_demand_once=NeedThere()):
        need.save(update_fields=["demand", "confirmed_at"])
    _record("confirmed", need, actor, at)
    return need


def _behind(
    need: Need, challenge: Challenge, demand_id: int | None, actor: Membership, at: datetime
) -> Demand:
    if demand_id is None:
        content: technologies.DemandContent = {"title": need.title, "summary": need.words}
        return technologies.post(content=content, actor_id=actor.pk, at=at)
    found = queries.can_be_put_in(of=challenge, actor=actor).filter(pk=demand_id).first()
    if found is None:
        raise CannotBePutIn(problems={"demand_id": str(CannotBePutIn())})
    return found


@command
def choose(
    *, challenge_id: int, need_ids: Sequence[int], actor_id: int, at: datetime
) -> list[Need]:
    """Choose collected needs to be published; they come out with the challenge.

    Raises: NotFound, NotYourEvent, NotOfThisChallenge.
    Source: R-OUT-10.
    """
    actor, challenge = locked_challenge(challenge_id, actor_id)
    rows = queries.visible_needs(actor=actor).filter(
        challenge=challenge, status=Need.Status.COLLECTED, pk__in=list(need_ids)
    )
    chosen = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if not need_ids or len(chosen) != len(set(need_ids)):
        raise NotOfThisChallenge(problems={"need_ids": str(NotOfThisChallenge())})
    for need in chosen:
        advance(need, Need.Status.PUBLISHED)
        _record("published", need, actor, at)
    return chosen


@command
def choose_all(*, challenge_id: int, actor_id: int, at: datetime) -> list[Need]:
    """Choose everything that was collected and that the organiser may see.

    Raises: NotFound, NotYourEvent, NotOfThisChallenge.
    Source: R-OUT-10.
    """
    actor, challenge = locked_challenge(challenge_id, actor_id)
    rows = queries.visible_needs(actor=actor).filter(
        challenge=challenge, status=Need.Status.COLLECTED
    )
    ids = list(rows.values_list("pk", flat=True))
    return choose(challenge_id=challenge_id, need_ids=ids, actor_id=actor_id, at=at)


@command
def leave_out(*, need_id: int, reason: str, actor_id: int, at: datetime) -> Need:
    """Leave a need out, with the reason; by the organiser, or by whoever has it.

    Raises: NotFound, NotYourNeed, ReasonMissing, MoveNotAllowed.
    """
    said = reason_given(reason)
    actor = parties.actor(actor_id=actor_id)
    seen = queries.visible_needs(actor=actor).filter(pk=need_id).first()
    if seen is None:
        raise NotFound
    if not organises(actor, seen.challenge.organiser_id) and not queries.is_theirs(seen, actor):
        raise NotYourNeed
    need = Need.objects.select_for_update(no_key=True).get(pk=need_id)
    advance(need, Need.Status.LEFT_OUT, left_out_reason=said)
    _record("left_out", need, actor, at)
    return need


def _record(verb: str, need: Need, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.need.{verb}",
        need,
        actor=actor,
        at=at,
        challenge_id=need.challenge_id,
        demand_id=need.demand_id,
        number=need.number,
    )
