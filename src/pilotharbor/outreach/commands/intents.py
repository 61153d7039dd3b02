"""What people want of a pitch, and what comes of it."""

from datetime import datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.money import LARGEST_FEN
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import commands as leads
from pilotharbor.leads import queries as lead_queries
from pilotharbor.outreach.models import Intent, Pitch, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Status as Entry

TALKING = (Roadshow.Status.RUNNING, Roadshow.Status.CLOSED)


class NotPresentedYet(Conflict):
    """Intents are declared once the event is under way."""

    code = "outreach.not_presented_yet"


class OwnPitch(Forbidden):
    """This is a result of your own organisation."""

    code = "outreach.own_pitch"


class IntentIncomplete(Invalid):
    """Say what you want of it, in at most 1,000 characters."""

    code = "outreach.intent_incomplete"


class IntentOpen(Conflict):
    """You have declared this already; it is being followed up."""

    code = "outreach.intent_open"


class NotYoursToFollow(Forbidden):
    """The organiser and the owner of the result follow intents up."""

    code = "outreach.not_yours_to_follow"


class NotOfferedToManagers(Conflict):
    """Who declared this has not agreed to be approached by a technology manager; ask them to agree on
    their page of intents.
    """  # noqa: D205 - the sentence is what the user reads

    code = "outreach.not_offered_to_managers"


class NothingToCarry(Conflict):
    """No published result stands behind this pitch; a lead begins from what is on the market."""

    code = "outreach.nothing_to_carry"


class CarriedAlready(Conflict):
    """This intent is carried on as a lead already."""

    code = "outreach.carried_already"


class IntentOver(Conflict):
    """This intent has come to its end; nothing more is made of it."""

    code = "outreach.intent_over"


class NotYourIntent(Forbidden):
    """Only who declared the intent says who may approach them."""

    code = "outreach.not_your_intent"


class AmountMissing(Invalid):
    """What was signed has an amount, which may be zero."""

    code = "outreach.amount_missing"


@command
def declare(
    *,
    pitch_id: int,
    kind: str,
    words: str,
    approachable: bool = False,
    actor_id: int,
    at: datetime,
) -> Intent:
    """Say what one wants of a pitch; the organiser and the result's owner hear of it.

    ``approachable`` lets a technology manager carry it on as a lead.

    Raises: NotFound, NotYourRole, OwnPitch, IntentIncomplete, NotPresentedYet, IntentOpen.
    Source: R-OUT-8.
    """
    actor = parties.actor(actor_id=actor_id)
    pitch = (
        Pitch.objects.select_related("roadshow", "achievement")
        .filter(pk=pitch_id, roadshow__in=queries.visible_roadshows(actor=actor))
        .first()
    )
    if pitch is None:
        raise NotFound
    if not rights.trusted(actor):
        raise rights.NotYourRole(role=actor.role)
    if queries.belongs(actor, pitch):
        raise OwnPitch
    words = words.strip()
    if kind not in Intent.Kind.values:
        raise IntentIncomplete(problems={"kind": _("Choose one of the list.")})
    if not 1 <= len(words) <= 1000:
        raise IntentIncomplete(problems={"words": str(IntentIncomplete())})
    if pitch.roadshow.status not in TALKING:
        raise NotPresentedYet
    with refusing(outreach_intent_open_once=IntentOpen()):
        intent = Intent.objects.create(
            pitch=pitch, declared_by=actor, declared_at=at, kind=kind, words=words,
            approachable=approachable, lead_id=_lead(pitch, actor, words, at),
        )  # fmt: skip
    _record("declared", intent, pitch, actor, at)
    return intent


def _lead(pitch: Pitch, actor: Membership, words: str, at: datetime) -> int | None:
    """The lead that an intent begins or joins, where who declares it can be one of its sides."""
    if pitch.achievement_id is None:
        return None
    seen = technologies.visible_achievements(actor=actor)
    result = seen.filter(pk=pitch.achievement_id, status=Entry.PUBLISHED).first()
    if result is None or not rights.acts_as(actor, *lead_queries.SPEAKERS):
        return None
    return leads.ask(achievement_id=result.pk, words=words, actor_id=actor.pk, at=at).pk


@command
def let_approach(*, intent_id: int, actor_id: int, at: datetime) -> Intent:
    """Agree, as who declared it, to be approached by a technology manager.

    Raises: NotFound, NotYourIntent, IntentOver.
    Source: R-OUT-17.
    """
    actor = parties.actor(actor_id=actor_id)
    intent = _locked(intent_id, actor)
    if intent.declared_by_id != actor.pk:
        raise NotYourIntent
    if not intent.approachable:
        _require_open(intent)
        intent.approachable = True
        intent.save(update_fields=["approachable"])
        _record("offered", intent, intent.pitch, actor, at)
    return intent


@command
def carry(*, intent_id: int, actor_id: int, at: datetime) -> Intent:
    """Make a lead of an intent: a technology manager carries it, an operator's waits in the pool.

    Only with the consent of who declared it, once, and only from a published result. A live lead of
    the result with the same organisation that the actor sees is joined.

    Raises: NotFound, NotYourRole, CarriedAlready, IntentOver, NotOfferedToManagers, NothingToCarry,
    and what ``leads.open_lead`` raises.
    Source: R-OUT-17, R-LEAD-1, R-LEAD-7.
    """
    actor = parties.actor(actor_id=actor_id)
    if not lead_queries.manages(actor) and not lead_queries.operates(actor):
        raise rights.NotYourRole(role=actor.role)
    intent = _locked(intent_id, actor)
    if intent.lead_id is not None:
        raise CarriedAlready(lead_id=intent.lead_id)
    _require_open(intent)
    if not intent.approachable:
        raise NotOfferedToManagers
    pitch, declarer = intent.pitch, intent.declared_by
    if pitch.achievement_id is None:
        raise NothingToCarry
    there = lead_queries.live_of_result(
        achievement_id=pitch.achievement_id, enterprise_id=declarer.organisation_id
    )
    seen = lead_queries.visible_leads(actor=actor)
    if there is None or not seen.filter(pk=there.pk).exists():
        there = leads.open_lead(
            achievement_id=pitch.achievement_id,
            enterprise_id=declarer.organisation_id,
            enterprise_contact_id=declarer.pk,
            words=_("Intent at “{roadshow}” ({kind}): {words}").format(
                roadshow=pitch.roadshow.title, kind=intent.get_kind_display(), words=intent.words
            ),
            actor_id=actor.pk,
            at=at,
        )
    intent.lead_id = there.pk
    intent.save(update_fields=["lead_id"])
    _record("carried", intent, pitch, actor, at)
    return intent


def _locked(intent_id: int, actor: Membership) -> Intent:
    """The intent, locked, which the actor may read.

    Raises: NotFound.
    """
    rows = queries.visible_intents(actor=actor).select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=intent_id).first()
    if found is None:
        raise NotFound
    return found


def _require_open(intent: Intent) -> None:
    """Refuse what was signed or came to nothing.

    Raises: IntentOver.
    """
    if not intent.MOVES[Intent.Status(intent.status)]:
        raise IntentOver


@command
def follow(
    *,
    intent_id: int,
    to: str,
    note: str = "",
    signed_fen: int | None = None,
    actor_id: int,
    at: datetime,
) -> Intent:
    """Write down how an intent went on: talks, a signature with its amount, or nothing.

    Raises: NotFound, NotYoursToFollow, AmountMissing, IntentIncomplete, MoveNotAllowed.
    """
    actor = parties.actor(actor_id=actor_id)
    intent = _locked(intent_id, actor)
    organiser = queries.organises(actor, intent.pitch.roadshow.organiser_id)
    if not organiser and not queries.belongs(actor, intent.pitch):
        raise NotYoursToFollow
    if to not in Intent.Status.values:
        raise IntentIncomplete(problems={"to": _("Choose one of the list.")})
    note = note.strip()
    if len(note) > 500:
        raise IntentIncomplete(problems={"note": _("At most {most} characters.").format(most=500)})
    signed = to == Intent.Status.SIGNED
    if signed and (signed_fen is None or not 0 <= signed_fen <= LARGEST_FEN):
        raise AmountMissing(problems={"signed_fen": str(AmountMissing())})
    advance(intent, to, note=note, signed_fen=signed_fen if signed else None)
    _record("followed", intent, intent.pitch, actor, at)
    return intent


def _record(verb: str, intent: Intent, pitch: Pitch, actor: Membership, at: datetime) -> None:
    events.record(
        f"outreach.intent.{verb}",
        intent,
        actor=actor,
        at=at,
        pitch_id=pitch.pk,
        roadshow_id=pitch.roadshow_id,
        achievement_id=pitch.achievement_id,
        kind=intent.kind,
        status=intent.status,
        lead_id=intent.lead_id,
    )
