"""A seat: taken, waited for, given back, and shown at the door."""

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands.roadshows import NotYourEvent, locked
from pilotharbor.outreach.commands.seats import fill_from_queue
from pilotharbor.outreach.models import Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership

R = Registration.Status
OPEN = (Roadshow.Status.OPEN, Roadshow.Status.RUNNING)
# Which text a guest agrees to (templates/outreach/_consent.html); a new text gets a new name.
CONSENT = "2026-11"


class RegistrationClosed(Conflict):
    """Registration for this event is closed."""

    code = "outreach.registration_closed"


class AlreadyRegistered(Conflict):
    """You have registered for this event already."""

    code = "outreach.already_registered"


class GuestIncomplete(Invalid):
    """We need a name, an organisation and your consent; see the fields."""

    code = "outreach.guest_incomplete"


class NoSuchTicket(NotFound):
    """No seat belongs to this code."""

    code = "outreach.no_such_ticket"


class CheckedInAlready(Conflict):
    """“{name}” was checked in already, at {when}."""

    code = "outreach.checked_in_already"


class NoSeat(Conflict):
    """“{name}” has no seat: on the waiting list, or withdrawn."""

    code = "outreach.no_seat"


class NotTheDay(Conflict):
    """The door opens once the event is under way."""

    code = "outreach.not_the_day"


class NotAJuror(Invalid):
    """Call an active person of an approved organisation who judges, invests or advises."""

    code = "outreach.not_a_juror"


@command
def register(*, roadshow_id: int, actor_id: int, at: datetime) -> Registration:
    """Take a seat for oneself, or the next place in the queue when all are taken.

    Raises: NotFound, RegistrationClosed, AlreadyRegistered.
    Source: R-OUT-5.
    """
    actor = parties.actor(actor_id=actor_id)
    roadshow = _open_for(actor, roadshow_id, at)
    with refusing(outreach_registration_once=AlreadyRegistered()):
        return _seat(roadshow, actor=actor, at=at, membership=actor)


@command
def register_guest(
    *,
    roadshow_id: int,
    name: str,
    organisation: str,
    consent: bool,
    form_key: str = "",
    actor_id: int | None,
    at: datetime,
) -> Registration:
    """Give a seat to somebody without an account, who comes along or was invited by the organiser.

    Only name and organisation are kept; ``consent`` is theirs, as the organiser was told it.

    Raises: NotFound, NotYourEvent, GuestIncomplete, RegistrationClosed.
    Source: R-OUT-3, R-OUT-5.
    """
    name, organisation = name.strip(), organisation.strip()
    problems = {}
    if not 1 <= len(name) <= 80:
        problems["name"] = _("Between 1 and {most} characters.").format(most=80)
    if not 1 <= len(organisation) <= 120:
        problems["organisation"] = _("Between 1 and {most} characters.").format(most=120)
    if not consent:
        problems["consent"] = _("Without consent we may not keep your name.")
    if problems:
        raise GuestIncomplete(problems=problems)
    actor = None
    if actor_id is None:
        roadshow = _open_for(None, roadshow_id, at)
    else:
        actor, roadshow = locked(roadshow_id, actor_id)
        _require_open(roadshow, at)
    if form_key:
        again = roadshow.registrations.filter(form_key=form_key[:64]).first()
        if again is not None:
            return again
    return _seat(
        roadshow, actor=actor, at=at, guest_name=name, guest_organisation=organisation,
        consent=CONSENT, form_key=form_key[:64],
    )  # fmt: skip


def _open_for(actor: Membership | None, roadshow_id: int, at: datetime) -> Roadshow:
    queries.visible_roadshow(actor=actor, roadshow_id=roadshow_id)
    # Everybody who wants one of the last seats queues here.
    roadshow = _locked_row(roadshow_id)
    _require_open(roadshow, at)
    return roadshow


def _locked_row(roadshow_id: int) -> Roadshow:
    return Roadshow.objects.select_for_update(no_key=True).get(pk=roadshow_id)


def _require_open(roadshow: Roadshow, at: datetime) -> None:
    if roadshow.status not in OPEN or at >= roadshow.register_until_at:
        raise RegistrationClosed


def _seat(
    roadshow: Roadshow, *, actor: Membership | None, at: datetime, **who: object
) -> Registration:
    free = roadshow.seats_taken < roadshow.capacity
    registration = Registration.objects.create(
        roadshow=roadshow,
        nonce=secrets.token_urlsafe(18),
        status=R.REGISTERED if free else R.WAITLISTED,
        registered_at=at,
        **who,
    )
    if free:
        roadshow.seats_taken += 1
        roadshow.save(update_fields=["seats_taken"])
    _record("made" if free else "waitlisted", registration, actor, at)
    return registration


@command
def call_juror(
    *, roadshow_id: int, membership_id: int, actor_id: int, at: datetime
) -> Registration:
    """Call somebody to the jury; jurors take no seat of the audience.

    Raises: NotFound, NotYourEvent, RegistrationClosed, NotAJuror, AlreadyRegistered.
    Source: R-OUT-7.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    if roadshow.status in {Roadshow.Status.CLOSED, Roadshow.Status.CANCELLED}:
        raise RegistrationClosed
    taken = roadshow.registrations.filter(membership_id=membership_id)
    if taken.exclude(status=R.CANCELLED).exists():
        raise AlreadyRegistered
    juror = queries.callable_jurors(roadshow).filter(pk=membership_id).first()
    if juror is None:
        raise NotAJuror(problems={"membership_id": str(NotAJuror())})
    with refusing(outreach_registration_once=AlreadyRegistered()):
        registration = Registration.objects.create(
            roadshow=roadshow,
            part=Registration.Part.JURY,
            membership=juror,
            nonce=secrets.token_urlsafe(18),
            registered_at=at,
        )
    _record("called", registration, actor, at)
    return registration


@command
def withdraw(
    *, registration_id: int, ticket: str = "", actor_id: int | None, at: datetime
) -> Registration:
    """Give a seat back: its holder, who shows the ticket of a guest, or the organiser.

    The longest waiting moves up.

    Raises: NotFound, MoveNotAllowed.
    Source: R-OUT-5.
    """
    actor = parties.actor(actor_id=actor_id) if actor_id else None
    seen = Registration.objects.select_related("roadshow").filter(pk=registration_id).first()
    if seen is None or not _may_withdraw(seen, ticket, actor):
        raise NotFound
    roadshow = _locked_row(seen.roadshow_id)
    registration = Registration.objects.select_for_update(no_key=True).get(pk=registration_id)
    had_seat = registration.status == R.REGISTERED
    advance(registration, R.CANCELLED)
    _record("withdrawn", registration, actor, at)
    if had_seat and registration.part == Registration.Part.AUDIENCE:
        roadshow.seats_taken -= 1
        roadshow.save(update_fields=["seats_taken"])
        fill_from_queue(roadshow, actor=actor, at=at)
    return registration


def _may_withdraw(registration: Registration, ticket: str, actor: Membership | None) -> bool:
    if ticket and secrets.compare_digest(ticket, tickets.ticket_of(registration)):
        return True
    if actor is None:
        return False
    own = registration.membership_id == actor.pk
    return own or queries.organises(actor, registration.roadshow.organiser_id)


@command
def check_in(*, ticket: str, actor_id: int, at: datetime) -> Registration:
    """Let the holder of a ticket in, once; at the door, by the people of the organiser.

    Raises: NoSuchTicket, NotYourEvent, NotTheDay, NoSeat, CheckedInAlready.
    Source: R-OUT-6.
    """
    actor = parties.actor(actor_id=actor_id)
    seen = tickets.registration_of(ticket)
    if seen is None or not rights.trusted(actor):
        raise NoSuchTicket
    if not queries.organises(actor, seen.roadshow.organiser_id):
        raise NotYourEvent
    if seen.roadshow.status != Roadshow.Status.RUNNING:
        raise NotTheDay
    registration = Registration.objects.select_for_update(no_key=True).get(pk=seen.pk)
    name = seen.membership.person.name if seen.membership else seen.guest_name
    if registration.status == R.ATTENDED:
        came = registration.checked_in_at
        when = f"{came.astimezone(SHANGHAI):%H:%M}" if came else ""
        raise CheckedInAlready(name=name, when=when)
    if registration.status != R.REGISTERED:
        raise NoSeat(name=name)
    advance(registration, R.ATTENDED, checked_in_at=at, checked_in_by=actor)
    _record("checked_in", registration, actor, at)
    return registration


NOBODY = "—"


@command
def forget_guests(*, before: datetime, actor_id: int | None, at: datetime) -> int:
    """Delete the names of guests of events that were over before an instant; how many there were.

    Source: R-OUT-3.
    """
    del actor_id
    rows = Registration.objects.filter(membership=None, roadshow__period__endswith__lt=before)
    rows = rows.exclude(guest_name=NOBODY)
    over = set(rows.values_list("roadshow_id", flat=True))
    gone = rows.update(guest_name=NOBODY, guest_organisation=NOBODY)
    for roadshow in Roadshow.objects.filter(pk__in=over).order_by("pk"):
        events.record("outreach.roadshow.guests_forgotten", roadshow, at=at)
    return gone


def _record(verb: str, registration: Registration, actor: Membership | None, at: datetime) -> None:
    events.record(
        f"outreach.registration.{verb}",
        registration,
        actor=actor,
        at=at,
        roadshow_id=registration.roadshow_id,
        membership_id=registration.membership_id,
    )
