"""A challenge from the call for needs to its end."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from pilotharbor.kernel import codes, events
from pilotharbor.kernel.codes import BadCode
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command
from pilotharbor.outreach.commands.roadshows import NotYourEvent, organiser
from pilotharbor.outreach.models import Challenge, Need
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.queries.roadshows import organises
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

DATES = ("collect_date", "publish_date", "propose_date", "match_date", "sign_date", "close_date")


class Call(TypedDict):
    """What is said about a challenge; the days come in this order."""

    title: str
    field: str
    region: str
    rules: str
    collect_date: date
    publish_date: date
    propose_date: date
    match_date: date
    sign_date: date
    close_date: date


class CallWrong(Invalid):
    """Some of it is missing or does not hold together; see the fields."""

    code = "outreach.call_wrong"


class ChallengeOver(Conflict):
    """This challenge is closed."""

    code = "outreach.challenge_over"


class NothingPublished(Conflict):
    """Choose the needs to publish first."""

    code = "outreach.nothing_published"


def locked_challenge(challenge_id: int, actor_id: int) -> tuple[Membership, Challenge]:
    """The challenge, locked, for the people of its organiser.

    Raises: NotFound, NotYourEvent.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = queries.challenge(challenge_id=challenge_id)
    if not organises(actor, seen.organiser_id):
        raise NotYourEvent
    return actor, lock_challenge(challenge_id)


def lock_challenge(challenge_id: int) -> Challenge:
    """The challenge, locked: its needs are numbered and counted one after another."""
    return Challenge.objects.select_for_update(no_key=True).get(pk=challenge_id)


@command
def open_challenge(*, content: Call, actor_id: int, at: datetime) -> Challenge:
    """Call for needs.

    Raises: NotFound, NotAnOrganiser, CallWrong.
    Source: R-OUT-9.
    """
    actor = organiser(actor_id)
    fields = _cleaned(content)
    challenge = Challenge.objects.create(
        **fields, organiser_id=actor.organisation_id, opened_by=actor, opened_at=at
    )
    events.record("outreach.challenge.opened", challenge, actor=actor, at=at)
    return challenge


@command
def revise_challenge(*, challenge_id: int, content: Call, actor_id: int, at: datetime) -> Challenge:
    """Change title, rules or days of a challenge that is not closed.

    Raises: NotFound, NotYourEvent, ChallengeOver, CallWrong.
    """
    actor, challenge = locked_challenge(challenge_id, actor_id)
    if challenge.status == Challenge.Status.CLOSED:
        raise ChallengeOver
    fields = _cleaned(content)
    changed = sorted(name for name, value in fields.items() if getattr(challenge, name) != value)
    for name, value in fields.items():
        setattr(challenge, name, value)
    challenge.save(update_fields=list(fields))
    events.record("outreach.challenge.revised", challenge, actor=actor, at=at, fields=changed)
    return challenge


@command
def go_on(*, challenge_id: int, to: str, actor_id: int, at: datetime) -> Challenge:
    """Take a challenge to its next step, or close it.

    Raises: NotFound, NotYourEvent, NothingPublished, MoveNotAllowed.
    Source: R-OUT-9.
    """
    actor, challenge = locked_challenge(challenge_id, actor_id)
    if to not in Challenge.Status.values:
        raise CallWrong(problems={"to": _("Choose one of the list.")})
    require_move(challenge, to)
    chosen = challenge.needs.filter(status=Need.Status.PUBLISHED)
    if to == Challenge.Status.PUBLISHED and not chosen.exists():
        raise NothingPublished
    advance(challenge, to)
    events.record("outreach.challenge.went_on", challenge, actor=actor, at=at, status=to)
    return challenge


def _cleaned(content: Call) -> dict[str, Any]:
    fields: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in content.items()}
    problems = {
        name: _("Between 1 and {most} characters.").format(most=most)
        for name, most in (("title", 200), ("rules", 8000))
        if not 1 <= len(fields[name]) <= most
    }
    if len(fields["field"]) > 120:
        problems["field"] = _("At most {most} characters.").format(most=120)
    if fields["region"]:
        try:
            fields["region"] = codes.normalise_region(fields["region"])
        except BadCode as doubt:
            problems["region"] = str(doubt)
    for earlier, later in pairwise(DATES):
        if fields[later] < fields[earlier]:
            problems[later] = _("This day comes before the step it follows.")
    if problems:
        raise CallWrong(problems=problems)
    return fields
