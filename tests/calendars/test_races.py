"""Secrets and PINs when several people press at the same instant, each on a connection of their own."""

import threading
from functools import partial

import pytest
from django.db.models import QuerySet

from pilotharbor.calendars import commands, secrets
from pilotharbor.calendars.models import FeedAddress, Kiosk, KioskPin, Showing
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from tests.factories.calendars import NOW, dock
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
PIN, WRONG = "482915", "000001"
AT_ONCE = 8


def tablet(d) -> Kiosk:
    commands.set_pin(pin=PIN, actor_id=d.engineer.pk, at=NOW)
    return commands.make_kiosk(line_id=d.line.pk, name="东门", actor_id=d.operator.pk, at=NOW).kiosk


def wrong_ones(d, kiosk, number=AT_ONCE):
    tried = partial(
        commands.try_pin,
        kiosk_id=kiosk.pk, pin=WRONG, actor_id=d.engineer.pk, booking_id=1, at=NOW,
    )  # fmt: skip
    return race(*[tried] * number)


def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_kwargs: self)


def test_wrong_pins_at_once_count_all_and_the_fifth_locks_it():
    d = dock()
    kiosk = tablet(d)

    outcomes = wrong_ones(d, kiosk)

    assert sorted(outcomes) == [commands.Tried.LOCKED] * 4 + [commands.Tried.WRONG] * 4
    chosen = KioskPin.objects.get()
    assert (chosen.failures, Kiosk.objects.get().failures) == (5, 5)
    assert chosen.locked_until_at is not None
    assert Event.objects.filter(name="calendars.pin.refused").count() == 5


def test_a_right_pin_among_wrong_ones_never_takes_their_count_away_unseen():
    d = dock()
    kiosk = tablet(d)
    one = partial(commands.try_pin, kiosk_id=kiosk.pk, actor_id=d.engineer.pk, booking_id=1, at=NOW)

    outcomes = race(*[partial(one, pin=WRONG)] * 3, partial(one, pin=PIN))

    assert outcomes == [commands.Tried.WRONG] * 3 + [commands.Tried.ACCEPTED]
    # Those that came after the right one are still counted.
    told = list(Event.objects.filter(name__startswith="calendars.pin.").order_by("id"))
    names = [one.name.rsplit(".", 1)[1] for one in told if one.name != "calendars.pin.set"]
    after = len(names) - 1 - names.index("accepted")
    assert KioskPin.objects.get().failures == after


def test_control_without_the_locks_wrong_pins_are_lost(monkeypatch):
    without_locks(monkeypatch)
    lost = 0
    for _ in range(5):
        d = dock()
        wrong_ones(d, tablet(d), number=4)
        lost += 4 - KioskPin.objects.get(person=d.engineer.person).failures

    assert lost > 0


def test_of_two_renewals_at_once_one_gets_the_new_address():
    d = dock()
    old = commands.make_address(actor_id=d.buyer.pk, at=NOW)
    renew = partial(commands.renew_address, address_id=old.address.pk, actor_id=d.buyer.pk, at=NOW)

    outcomes = race(renew, renew)

    new = [one for one in outcomes if isinstance(one, commands.IssuedAddress)]
    assert [type(one) for one in outcomes if one not in new] == [NotFound]
    assert [a.pk for a in FeedAddress.objects.filter(revoked_at=None)] == [new[0].address.pk]
    assert secrets.feed_of(secret=old.secret, at=NOW) is None
    assert secrets.feed_of(secret=new[0].secret, at=NOW) == new[0].address


def test_control_without_the_lock_both_renewals_leave_an_address(monkeypatch):
    without_locks(monkeypatch)
    left = []
    for _ in range(10):
        d = dock()
        old = commands.make_address(actor_id=d.buyer.pk, at=NOW)
        renew = partial(
            commands.renew_address, address_id=old.address.pk, actor_id=d.buyer.pk, at=NOW
        )
        race(renew, renew)
        left.append(FeedAddress.objects.filter(membership=d.buyer, revoked_at=None).count())

    assert max(left) == 2


def test_an_address_that_is_revoked_while_it_is_read_stays_revoked(monkeypatch):
    """The reader notes its use after it has found the address; that must not bring it back."""
    d = dock()
    issued = commands.make_address(actor_id=d.buyer.pk, at=NOW)
    found, revoked = threading.Event(), threading.Event()
    note = secrets._note_use

    def late(*args):
        found.set()
        assert revoked.wait(30)
        note(*args)

    monkeypatch.setattr(secrets, "_note_use", late)

    def revoke():
        assert found.wait(30)
        commands.revoke_address(address_id=issued.address.pk, actor_id=d.buyer.pk, at=NOW)
        revoked.set()

    read, gone = race(partial(secrets.feed_of, secret=issued.secret, at=NOW), revoke)

    assert (read, gone) == (issued.address, None)
    kept = FeedAddress.objects.get()
    assert (kept.revoked_at, kept.last_used_at) == (NOW, NOW)
    assert secrets.feed_of(secret=issued.secret, at=NOW) is None


def test_two_who_tell_the_industries_at_once_leave_one_answer():
    d = dock()
    tell = partial(commands.tell_industries, line_id=d.line.pk, actor_id=d.operator.pk, at=NOW)

    outcomes = race(partial(tell, industries=["C26"]), partial(tell, industries=["C27"]))

    assert [type(one) for one in outcomes] == [Showing, Showing]
    assert Showing.objects.get().industries in (["C26"], ["C27"])
