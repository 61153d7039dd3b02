"""Secret addresses as a calendar program reads them (``icalendar``), and who may read what by them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from pilotharbor.booking import commands as booking
from pilotharbor.calendars import commands
from pilotharbor.calendars.models import FeedAddress
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from tests.factories.calendars import NOW, dock, on, row, second_line, stranger
from tests.factories.crew import ShiftFactory
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def make(actor, **target):
    return commands.make_address(actor_id=actor.pk, at=NOW, **target)


def read(client, issued, *, at=NOW):
    url = reverse("booking_feed", args=[issued.secret])
    return client.get(url, headers={"X-Harbor-Time": at.isoformat()})


def events(answer):
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_ones_own_feed_has_what_one_runs_asked_for_or_comes_to(client):
    d = dock()
    mine, run = row(d, on(2), 5), row(d, on(3), 5, engineer=d.engineer)
    row(stranger(d), on(4), 5)

    asked = events(read(client, make(d.buyer)))
    ran = events(read(client, make(d.engineer)))

    def uids(found):
        return {str(e["UID"]).split("@")[0] for e in found}

    assert uids(asked) == {f"booking-{mine.pk}", f"booking-{run.pk}"}
    assert uids(ran) == {f"booking-{run.pk}"}
    first = next(e for e in asked if str(e["UID"]).startswith(f"booking-{mine.pk}@"))
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (on(2), on(2, 13))
    assert d.project.title in str(first["SUMMARY"])
    assert str(first["URL"]).endswith(f"/bookings/{mine.pk}")


def test_an_engineers_own_shifts_stand_in_their_own_feed_and_in_no_other(client):
    d = dock()
    other = MembershipFactory(
        organisation=d.line.platform, role=Role.EQUIPMENT_ENGINEER, person__name="另一位"
    )
    mine = ShiftFactory(membership=d.engineer, period=(on(2), on(2, 16)), note="早班")
    ShiftFactory(membership=d.engineer, period=(on(3), on(3, 16)), withdrawn_at=NOW)
    ShiftFactory(
        membership=d.engineer, period=(NOW + timedelta(days=900), NOW + timedelta(days=901))
    )
    ShiftFactory(membership=other, period=(on(2), on(2, 16)))
    # The same person at another platform has other shifts there.
    elsewhere = MembershipFactory(person=d.engineer.person, role=Role.EQUIPMENT_ENGINEER)
    ShiftFactory(membership=elsewhere, period=(on(4), on(4, 16)))

    (shift,) = events(read(client, make(d.engineer)))
    of_line = events(read(client, make(d.engineer, line_id=d.line.pk)))
    of_operator = events(read(client, make(d.operator)))

    assert str(shift["UID"]).startswith(f"shift-{mine.pk}@")
    assert (shift.decoded("DTSTART"), shift.decoded("DTEND")) == (on(2), on(2, 16))
    assert d.line.platform.name in str(shift["SUMMARY"])
    assert str(shift["DESCRIPTION"]) == "早班"
    assert str(shift["URL"]).endswith("/shifts")
    assert of_line == of_operator == []


def test_a_feed_with_shifts_costs_the_same_however_many(client):
    d = dock()
    issued = make(d.engineer)
    ShiftFactory(membership=d.engineer, period=(on(2), on(2, 16)))
    read(client, issued)
    with CaptureQueriesContext(connection) as one:
        read(client, issued)
    for n in range(3, 7):
        ShiftFactory(membership=d.engineer, period=(on(n), on(n, 16)))
    with CaptureQueriesContext(connection) as many:
        assert len(events(read(client, issued))) == 5
    assert len(many) == len(one)


def test_an_address_is_exchanged_for_a_new_one_of_the_same(client):
    d = dock()
    old = make(d.buyer, line_id=d.line.pk)

    with pytest.raises(NotFound):
        commands.renew_address(address_id=old.address.pk, actor_id=d.operator.pk, at=NOW)
    new = commands.renew_address(address_id=old.address.pk, actor_id=d.buyer.pk, at=NOW)

    assert (new.address.line_id, new.address.membership_id) == (d.line.pk, d.buyer.pk)
    assert read(client, old).status_code == 404
    assert read(client, new).status_code == 200
    told = Event.objects.get(name="calendars.address.renewed")
    assert told.facts["old_address_id"] == old.address.pk
    with pytest.raises(NotFound):
        commands.renew_address(address_id=old.address.pk, actor_id=d.buyer.pk, at=NOW)


def test_the_page_shows_a_renewed_address_once(client):
    d = dock()
    old = make(d.buyer)
    client.force_login(
        d.buyer.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    shown = client.post(f"/calendar/feeds/{old.address.pk}/renew")
    again = client.post(f"/calendar/feeds/{old.address.pk}/renew")

    assert ".ics" in shown.content.decode()
    assert (again.status_code, again["Location"]) == (302, "/calendar/feeds")
    assert ".ics" not in client.get("/calendar/feeds").content.decode()


def test_on_a_line_what_others_have_is_taken_without_a_name(client):
    d = dock()
    other = stranger(d)
    row(d, on(2), 5)
    row(other, on(3), 5, batch_no=7)
    row(other, on(4), 5, status="submitted")

    answer = read(client, make(d.buyer, line_id=d.line.pk))

    assert len(events(answer)) == 2
    text = answer.content.replace(b"\r\n ", b"").decode()
    assert other.project.title not in text
    assert "UID:taken-" in text


def test_states_are_told_in_the_words_of_the_standard_and_changes_are_numbered(client):
    d = dock()
    made = d.request(on(2), on(2, 18), actor=d.buyer)
    issued = make(d.buyer, project_id=d.project.pk)

    def told():
        (event,) = events(read(client, issued))
        return str(event["STATUS"]), event["SEQUENCE"]

    assert told() == ("TENTATIVE", 0)
    d.approve(made)
    assert told()[0] == "CONFIRMED"
    before = told()[1]
    booking.cancel(booking_id=made.pk, reason="x", actor_id=d.buyer.pk, at=NOW)
    assert told() == ("CANCELLED", before + 1)


def test_an_address_is_kept_hashed_shown_once_and_remembers_its_last_use(client):
    d = dock()
    issued = make(d.buyer)

    kept = FeedAddress.objects.get()
    assert issued.secret not in str(vars(kept))
    assert kept.last_used_at is None
    read(client, issued)
    read(client, issued, at=NOW + timedelta(seconds=20))
    assert FeedAddress.objects.get().last_used_at == NOW
    read(client, issued, at=NOW + timedelta(hours=2))
    assert FeedAddress.objects.get().last_used_at == NOW + timedelta(hours=2)


def test_a_revoked_address_opens_nothing_and_only_its_holder_revokes_it(client):
    d = dock()
    issued = make(d.buyer)

    with pytest.raises(NotFound):
        commands.revoke_address(address_id=issued.address.pk, actor_id=d.operator.pk, at=NOW)
    assert read(client, issued).status_code == 200
    commands.revoke_address(address_id=issued.address.pk, actor_id=d.buyer.pk, at=NOW)

    assert read(client, issued).status_code == 404
    with pytest.raises(NotFound):
        commands.revoke_address(address_id=issued.address.pk, actor_id=d.buyer.pk, at=NOW)
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert names[-2:] == ["calendars.address.made", "calendars.address.revoked"]


@pytest.mark.parametrize("gone", ["membership", "person", "organisation"])
def test_whoever_left_reads_nothing_by_an_old_address(client, gone):
    d = dock()
    issued = make(d.buyer)
    if gone == "membership":
        Membership.objects.filter(pk=d.buyer.pk).update(status="suspended")
    elif gone == "person":
        d.buyer.person.is_active = False
        d.buyer.person.save()
    else:
        Organisation.objects.filter(pk=d.buyer.organisation_id).update(status="suspended")

    assert read(client, issued).status_code == 404


def test_rights_are_those_of_now_and_not_of_when_it_was_made(client):
    d = dock()
    row(d, on(2), 5)
    issued = make(d.engineer, line_id=d.line.pk)
    assert len(events(read(client, issued))) == 1

    d.line.is_open, d.line.closed_reason = False, "改造"
    d.line.save()
    outsider = make(d.buyer, project_id=d.project.pk)
    type(d.project).objects.filter(pk=d.project.pk).update(enterprise=None)

    assert len(events(read(client, issued))) == 1
    assert all(str(e["UID"]).startswith("booking") for e in events(read(client, outsider)))


def test_what_one_does_not_see_cannot_be_subscribed_to():
    d = dock()
    shut = second_line(d, is_open=False, closed_reason="改造")
    foreign = MembershipFactory(role="enterprise_member")

    for actor, target in (
        (d.buyer, {"line_id": shut.pk}),
        (foreign, {"project_id": d.project.pk}),
        (d.buyer, {"line_id": d.line.pk, "project_id": d.project.pk}),
    ):
        with pytest.raises(NotFound):
            make(actor, **target)
    assert FeedAddress.objects.count() == 0


def test_there_is_an_end_to_addresses(monkeypatch):
    monkeypatch.setattr("pilotharbor.calendars.commands.feeds.MOST_ADDRESSES", 2)
    d = dock()
    make(d.buyer)
    make(d.buyer)

    with pytest.raises(commands.TooManyAddresses):
        make(d.buyer)
    assert FeedAddress.objects.count() == 2


def test_the_page_shows_a_new_address_once(client):
    d = dock()
    client.force_login(
        d.buyer.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    made = client.post("/calendar/feeds", {"what": f"line-{d.line.pk}"})
    again = client.get("/calendar/feeds")

    assert ".ics" in made.content.decode()
    assert ".ics" not in again.content.decode()
    address = FeedAddress.objects.get()
    client.post(f"/calendar/feeds/{address.pk}/revoke")
    address.refresh_from_db()
    assert address.revoked_at is not None


def test_a_feed_costs_the_same_however_much_is_in_it(client, django_assert_max_num_queries):
    d = dock()
    issued = make(d.buyer, line_id=d.line.pk)
    for n in range(8):
        row(d if n % 2 else stranger(d), on(2 + n), 5)
    read(client, issued)
    with django_assert_max_num_queries(6):
        assert len(events(read(client, issued))) == 8
