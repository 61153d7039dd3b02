"""The tablet: what it shows to everybody, and that nobody acts there without being known."""

from datetime import timedelta

import pytest
from django.test import Client

from pilotharbor.booking.models import Booking
from pilotharbor.calendars import commands
from pilotharbor.calendars.models import Kiosk, KioskPin
from pilotharbor.calendars.views import kiosk as views
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from tests.factories.calendars import NOW, dock, on, row
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
PIN = "482915"


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def tablet(d, *, at=NOW):
    issued = commands.make_kiosk(line_id=d.line.pk, name="东门", actor_id=d.operator.pk, at=at)
    client = Client(headers={"X-Harbor-Time": at.isoformat()})
    answer = client.get(f"/kiosk/open/{issued.secret}")
    assert (answer.status_code, answer["Location"]) == (302, "/kiosk")
    return client, issued


def attempt(d, kiosk, pin, *, at=NOW, who=None):
    return commands.try_pin(
        kiosk_id=kiosk.pk, pin=pin, actor_id=(who or d.engineer).pk, booking_id=1, at=at
    )


def test_the_secret_leaves_the_address_and_no_name_is_on_the_screen():
    d = dock()
    row(d, on(1, 12), 5, engineer=d.engineer, batch_no=3)
    client, issued = tablet(d)

    page = client.get("/kiosk")

    text = page.content.decode()
    assert page.status_code == 200
    cookie = client.cookies["harbor_kiosk"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/kiosk")
    for kept in (issued.secret, d.project.title, d.engineer.person.name, d.buyer.person.name):
        assert kept not in text


def test_a_revoked_or_guessed_secret_shows_nothing():
    d = dock()
    client, issued = tablet(d)

    commands.revoke_kiosk(kiosk_id=issued.kiosk.pk, actor_id=d.operator.pk, at=NOW)

    assert client.get("/kiosk").status_code == 404
    assert Client().get("/kiosk").status_code == 404
    assert Client().get("/kiosk/open/phb_guess").status_code == 404


def test_only_the_platforms_operators_set_tablets_up():
    d = dock()
    for who in (d.engineer, d.buyer):
        with pytest.raises(commands.NotYourKiosk):
            commands.make_kiosk(line_id=d.line.pk, name="x", actor_id=who.pk, at=NOW)
    issued = commands.make_kiosk(line_id=d.line.pk, name="x", actor_id=d.operator.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.revoke_kiosk(kiosk_id=issued.kiosk.pk, actor_id=d.buyer.pk, at=NOW)
    assert Kiosk.objects.count() == 1


def test_an_engineer_checks_in_starts_and_stops_by_pin():
    d = dock()
    slot = d.approve(d.request(on(2), on(2, 18), actor=d.buyer), engineer_id=d.engineer.pk)
    commands.set_pin(pin=PIN, actor_id=d.engineer.pk, at=NOW)
    client, _issued = tablet(d, at=on(2, 7, 30))
    who = {"membership_id": d.engineer.pk, "pin": PIN}

    def press(verb, at, **changes):
        return client.post(
            f"/kiosk/slots/{slot.pk}/{verb}", who | changes,
            headers={"X-Harbor-Time": at.isoformat()},
        )  # fmt: skip

    wrong = press("start", on(2, 8), pin="000001")
    assert wrong.status_code == 422
    slot.refresh_from_db()
    assert slot.status == "approved"
    assert press("check_in", on(2, 7, 50)).status_code == 302
    assert press("start", on(2, 8)).status_code == 302
    slot.refresh_from_db()
    assert (slot.status, slot.checked_in_by_id) == ("in_use", d.engineer.pk)
    assert press("stop", on(2, 12)).status_code == 302
    slot.refresh_from_db()
    assert slot.status == "completed"
    assert (slot.usage.period.lower, slot.usage.period.upper) == (on(2, 8), on(2, 12))
    assert slot.usage.recorded_by_id == d.engineer.pk
    known = Event.objects.filter(name="calendars.pin.accepted")
    assert [e.facts["booking_id"] for e in known] == [slot.pk] * 3


def test_the_code_on_the_screen_lets_a_phone_act_as_whoever_is_signed_in():
    d = dock()
    slot = d.approve(d.request(on(2), on(2, 18), actor=d.buyer))
    _client, issued = tablet(d)
    code = views.signing.TimestampSigner(salt=views.SALT).sign(
        f"{issued.kiosk.pk}-{slot.pk}-check_in"
    )
    at = {"X-Harbor-Time": on(2, 7, 50).isoformat()}
    phone, stranger = Client(), Client()
    back = "allauth.account.auth_backends.AuthenticationBackend"
    phone.force_login(d.buyer.person, backend=back)
    stranger.force_login(MembershipFactory(role="enterprise_member").person, backend=back)

    assert Client().get(f"/kiosk/phone/{code}").status_code == 302
    assert stranger.post(f"/kiosk/phone/{code}", headers=at).status_code == 404
    assert phone.post(f"/kiosk/phone/{code}x", headers=at).status_code == 410
    assert phone.get(f"/kiosk/phone/{code}", headers=at).status_code == 200
    assert phone.post(f"/kiosk/phone/{code}", headers=at).status_code == 302
    slot.refresh_from_db()
    assert slot.checked_in_by_id == d.buyer.pk


def test_an_old_code_is_too_old(monkeypatch):
    d = dock()
    slot = d.approve(d.request(on(2), on(2, 18), actor=d.buyer))
    _client, issued = tablet(d)
    code = views.signing.TimestampSigner(salt=views.SALT).sign(f"{issued.kiosk.pk}-{slot.pk}-start")
    monkeypatch.setattr(views, "HOLDS_S", -1)
    phone = Client()
    phone.force_login(
        d.operator.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert phone.post(f"/kiosk/phone/{code}").status_code == 410
    assert Booking.objects.get(pk=slot.pk).status == "approved"


@pytest.mark.parametrize("pin", ["12345", "1234567", "12a456", "１２３４５９"])
def test_a_pin_has_six_digits(pin):
    d = dock()
    with pytest.raises(commands.PinNotSixDigits):
        commands.set_pin(pin=pin, actor_id=d.engineer.pk, at=NOW)
    assert KioskPin.objects.count() == 0


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "890123", "121212", "137137"])
def test_what_anybody_tries_first_is_refused(pin):
    d = dock()
    with pytest.raises(commands.PinTooSimple):
        commands.set_pin(pin=pin, actor_id=d.engineer.pk, at=NOW)


def test_who_runs_no_line_needs_no_pin_and_a_pin_is_kept_hashed():
    d = dock()
    with pytest.raises(commands.NotWithoutLines):
        commands.set_pin(pin=PIN, actor_id=d.buyer.pk, at=NOW)
    commands.set_pin(pin=PIN, actor_id=d.engineer.pk, at=NOW)
    assert PIN not in KioskPin.objects.get().pin_hash


def test_five_wrong_ones_lock_it_and_fifteen_take_it_away():
    d = dock()
    commands.set_pin(pin=PIN, actor_id=d.engineer.pk, at=NOW)
    _client, issued = tablet(d)
    kiosk, at, said = issued.kiosk, NOW, []
    for n in range(15):
        said.append(attempt(d, kiosk, "000001", at=at))
        if n % 5 == 4 and n < 14:
            assert attempt(d, kiosk, PIN, at=at) is commands.Tried.LOCKED
            at += timedelta(minutes=16)

    assert said[:5] == [commands.Tried.WRONG] * 4 + [commands.Tried.LOCKED]
    assert said[-1] is commands.Tried.TAKEN_AWAY
    assert attempt(d, kiosk, PIN, at=at + timedelta(days=1)) is commands.Tried.TAKEN_AWAY
    assert KioskPin.objects.get().pin_hash == ""
    commands.set_pin(pin=PIN, actor_id=d.engineer.pk, at=at)
    assert attempt(d, kiosk, PIN, at=at) is commands.Tried.ACCEPTED


def test_a_right_one_starts_the_count_anew_and_a_tablet_rests_after_twenty(monkeypatch):
    monkeypatch.setattr("pilotharbor.calendars.commands.pins.KIOSK_LOCKS_AT", 3)
    d = dock()
    for who in (d.engineer, d.operator):
        commands.set_pin(pin=PIN, actor_id=who.pk, at=NOW)
    _client, issued = tablet(d)
    attempt(d, issued.kiosk, "000001")
    assert attempt(d, issued.kiosk, PIN) is commands.Tried.ACCEPTED
    assert KioskPin.objects.get(person=d.engineer.person).failures == 0
    for who in (d.engineer, d.operator, d.engineer):
        attempt(d, issued.kiosk, "000001", who=who)

    assert attempt(d, issued.kiosk, PIN) is commands.Tried.KIOSK_LOCKED
    later = NOW + timedelta(minutes=16)
    assert attempt(d, issued.kiosk, PIN, at=later) is commands.Tried.ACCEPTED


def test_who_does_not_run_the_line_is_not_known_by_any_pin():
    d, other = dock(), dock()
    for who in (d.engineer, other.engineer):
        commands.set_pin(pin=PIN, actor_id=who.pk, at=NOW)
    _client, issued = tablet(d)

    assert attempt(d, issued.kiosk, PIN, who=other.engineer) is commands.Tried.WRONG
    assert attempt(d, issued.kiosk, PIN, who=d.buyer) is commands.Tried.WRONG
