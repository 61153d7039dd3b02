"""A person chooses a PIN for kiosks, and is known by it or not."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password

from pilotharbor.calendars import queries
from pilotharbor.calendars.models import Kiosk, KioskPin
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Kind, Verb

SIX_DIGITS = re.compile(r"[0-9]{6}")
# Wrong ones in a row: every fifth locks the PIN for a while, the fifteenth takes it away. That is
# at most fifteen guesses of a million; a tablet takes twenty, of whomever, and then rests.
LOCKS_AT, TAKEN_AWAY_AT, KIOSK_LOCKS_AT = 5, 15, 20
LOCKED = timedelta(minutes=15)


class PinNotSixDigits(Invalid):
    """A PIN has six digits."""

    code = "calendars.pin_not_six_digits"


class PinTooSimple(Invalid):
    """Choose another one: anybody would try this PIN first."""

    code = "calendars.pin_too_simple"


class NotWithoutLines(Forbidden):
    """A PIN is for people who run lines: engineers and operators of a platform."""

    code = "calendars.not_without_lines"


class Tried(StrEnum):
    """What came of trying a PIN."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    LOCKED = "locked"
    KIOSK_LOCKED = "kiosk_locked"
    TAKEN_AWAY = "taken_away"


@command
def set_pin(*, pin: str, actor_id: int, at: datetime) -> KioskPin:
    """Choose one's PIN, in place of the one before; nobody can read it afterwards.

    Raises: NotYourRole, NotWithoutLines, PinNotSixDigits, PinTooSimple. Source: R-CAL-31.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not queries.may_have_pin(actor):
        raise NotWithoutLines
    if not SIX_DIGITS.fullmatch(pin):
        raise PinNotSixDigits(problems={"pin": str(PinNotSixDigits())})
    if _simple(pin):
        raise PinTooSimple(problems={"pin": str(PinTooSimple())})
    Person.objects.select_for_update(no_key=True).get(pk=actor.person_id)
    chosen, _ = KioskPin.objects.update_or_create(
        person_id=actor.person_id,
        defaults={
            "pin_hash": make_password(pin), "set_at": at, "failures": 0, "locked_until_at": None,
        },
    )  # fmt: skip
    events.record("calendars.pin.set", chosen, actor=actor, at=at)
    return chosen


@command
def drop_pin(*, actor_id: int, at: datetime) -> None:
    """Give one's PIN up.

    Raises: NotFound where there is none.
    """
    actor = parties.actor(actor_id=actor_id)
    chosen = KioskPin.objects.select_for_update(no_key=True).filter(person=actor.person_id).first()
    if chosen is None or not chosen.pin_hash:
        raise NotFound
    chosen.pin_hash = ""
    chosen.save(update_fields=["pin_hash"])
    events.record("calendars.pin.dropped", chosen, actor=actor, at=at)


@command
def try_pin(*, kiosk_id: int, pin: str, actor_id: int, booking_id: int, at: datetime) -> Tried:
    """Whether the person of this membership stands at the kiosk, as far as a PIN can tell.

    It refuses nothing by raising, so that a wrong one is counted. ``booking_id`` is what it is
    wanted for, kept in the event.

    Source: R-CAL-31.
    """
    kiosk = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk_id)
    staff = queries.staff_of(line_id=kiosk.line_id).filter(pk=actor_id).first()
    if staff is None or kiosk.revoked_at is not None:
        return Tried.WRONG
    chosen = KioskPin.objects.select_for_update(no_key=True).filter(person=staff.person_id).first()
    if chosen is None or not chosen.pin_hash:
        return Tried.TAKEN_AWAY
    if kiosk.locked_until_at is not None and at < kiosk.locked_until_at:
        return Tried.KIOSK_LOCKED
    if chosen.locked_until_at is not None and at < chosen.locked_until_at:
        return Tried.LOCKED
    right = check_password(pin, chosen.pin_hash)
    done = _right(kiosk, chosen) if right else _wrong(kiosk, chosen, at)
    _record(kiosk, chosen, staff, done, booking_id, at)
    return done


def _right(kiosk: Kiosk, chosen: KioskPin) -> Tried:
    for row in (kiosk, chosen):
        if row.failures or row.locked_until_at is not None:
            row.failures, row.locked_until_at = 0, None
            row.save(update_fields=["failures", "locked_until_at"])
    return Tried.ACCEPTED


def _wrong(kiosk: Kiosk, chosen: KioskPin, at: datetime) -> Tried:
    kiosk.failures += 1
    if kiosk.failures % KIOSK_LOCKS_AT == 0:
        kiosk.locked_until_at = at + LOCKED
    kiosk.save(update_fields=["failures", "locked_until_at"])
    chosen.failures += 1
    if chosen.failures >= TAKEN_AWAY_AT:
        chosen.pin_hash = ""
    elif chosen.failures % LOCKS_AT == 0:
        chosen.locked_until_at = at + LOCKED
    chosen.save(update_fields=["failures", "locked_until_at", "pin_hash"])
    if not chosen.pin_hash:
        return Tried.TAKEN_AWAY
    return Tried.LOCKED if chosen.failures % LOCKS_AT == 0 else Tried.WRONG


def _record(
    kiosk: Kiosk, chosen: KioskPin, staff: Membership, done: Tried, booking_id: int, at: datetime
) -> None:
    # Who it was is just what is not known when it was wrong: then the event names whose PIN only.
    names = {Tried.ACCEPTED: "accepted", Tried.TAKEN_AWAY: "taken_away"}
    events.record(
        f"calendars.pin.{names.get(done, 'refused')}", chosen,
        actor=staff if done is Tried.ACCEPTED else None, at=at,
        kiosk_id=kiosk.pk, line_id=kiosk.line_id, booking_id=booking_id,
        membership_id=staff.pk, failures=chosen.failures,
    )  # fmt: skip


def _simple(pin: str) -> bool:
    """One digit six times, steps up or down, or a pattern of two or three repeated."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return (len(steps) == 1 and steps <= {0, 1, 9}) or pin in {pin[:2] * 3, pin[:3] * 2}
