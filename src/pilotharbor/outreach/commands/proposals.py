"""方案: a result offered to a need, brought together with it, intended, signed."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.money import LARGEST_FEN
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.matching import queries as matching
from pilotharbor.outreach.commands.roadshows import reason_given
from pilotharbor.outreach.models import Challenge, Need, Proposal
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

C, P = Challenge.Status, Proposal.Status
TAKING = (C.PROPOSING, C.MATCHING)
CARRYING = (C.PROPOSING, C.MATCHING, C.SIGNING)


class NotTaking(Conflict):
    """This challenge takes no proposals at this time."""

    code = "outreach.not_taking_proposals"


class CannotBeOffered(Invalid):
    """Offer a published result of your own organisation that was not offered to this need yet."""

    code = "outreach.cannot_be_offered"


class ProposalIncomplete(Invalid):
    """Some of it is missing; see the fields."""

    code = "outreach.proposal_incomplete"


class OfferedAlready(Conflict):
    """This result was offered to this need already."""

    code = "outreach.offered_already"


class OwnNeed(Conflict):
    """This need is of your own organisation."""

    code = "outreach.own_need"


class NotYourProposal(Forbidden):
    """The organiser and whoever has the need take a proposal further."""

    code = "outreach.not_your_proposal"


class ChallengeNotCarrying(Conflict):
    """Proposals are taken further while the challenge is open for them or signs."""

    code = "outreach.challenge_not_carrying"


@command
def offer(
    *, need_id: int, achievement_id: int, words: str, actor_id: int, at: datetime
) -> Proposal:
    """Offer a result of one's own as the answer to a need.

    Raises: NotFound, OwnNeed, CannotBeOffered, ProposalIncomplete, NotTaking, OfferedAlready.
    Source: R-OUT-11.
    """
    actor = parties.actor(actor_id=actor_id)
    need = queries.visible_needs(actor=actor).filter(pk=need_id).first()
    if need is None:
        raise NotFound
    if need.organisation_id == actor.organisation_id:
        raise OwnNeed
    result = queries.offerable(need=need, actor=actor).filter(pk=achievement_id).first()
    if result is None or not matching.speaks_for(result, actor):
        raise CannotBeOffered(problems={"achievement_id": str(CannotBeOffered())})
    words = words.strip()
    if not 1 <= len(words) <= 4000:
        said = _("Between 1 and {most} characters.").format(most=4000)
        raise ProposalIncomplete(problems={"words": said})
    # Closing the step waits for this lock.
    challenge = Challenge.objects.select_for_update(no_key=True).get(pk=need.challenge_id)
    if challenge.status not in TAKING or need.status != Need.Status.PUBLISHED:
        raise NotTaking
    with refusing(outreach_proposal_once=OfferedAlready()):
        proposal = Proposal.objects.create(
            need=need, achievement=result, words=words, offered_by=actor, offered_at=at
        )
    _record("offered", proposal, actor, at)
    return proposal


@command
def take_on(
    *,
    proposal_id: int,
    to: str,
    words: str = "",
    signed_fen: int | None = None,
    signed_date: date | None = None,
    actor_id: int,
    at: datetime,
) -> Proposal:
    """Take a proposal one step further: brought together, intended, signed, or declined.

    ``words`` are what is intended, or why it is declined.

    Raises: NotFound, NotYourProposal, ChallengeNotCarrying, ProposalIncomplete, ReasonMissing,
    MoveNotAllowed.
    Source: R-OUT-11.
    """
    actor = parties.actor(actor_id=actor_id)
    proposal = (
        queries.visible_proposals(actor=actor)
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound
    if not queries.carries(proposal, actor):
        raise NotYourProposal
    if to not in P.values:
        raise ProposalIncomplete(problems={"to": _("Choose one of the list.")})
    if proposal.need.challenge.status not in CARRYING:
        raise ChallengeNotCarrying
    require_move(proposal, to)
    advance(proposal, to, **_changes(to, words.strip(), signed_fen, signed_date, at))
    _record(to, proposal, actor, at)
    return proposal


def _changes(
    to: str,
    words: str,
    signed_fen: int | None,
    signed_date: date | None,
    at: datetime,
) -> dict[str, object]:
    if to == P.DECLINED:
        return {"declined_reason": reason_given(words)}
    if to == P.MATCHED:
        return {"matched_at": at}
    if to == P.INTENDED:
        if not 1 <= len(words) <= 1000:
            said = _("Between 1 and {most} characters.").format(most=1000)
            raise ProposalIncomplete(problems={"words": said})
        return {"intended_at": at, "intent_words": words}
    problems = {}
    if signed_fen is None or not 0 <= signed_fen <= LARGEST_FEN:
        problems["signed_fen"] = _("What was signed has an amount, which may be zero.")
    if signed_date is None:
        problems["signed_date"] = _("Say when it was signed.")
    if problems:
        raise ProposalIncomplete(problems=problems)
    return {"signed_fen": signed_fen, "signed_date": signed_date}


def _record(verb: str, proposal: Proposal, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.proposal.{verb}",
        proposal,
        actor=actor,
        at=at,
        need_id=proposal.need_id,
        achievement_id=proposal.achievement_id,
    )
