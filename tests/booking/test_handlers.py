import pytest

from pilotharbor.booking import commands
from pilotharbor.kernel import feeder
from pilotharbor.parties.models import Notification
from tests.factories.booking import NOW, dock, on

pytestmark = pytest.mark.django_db(transaction=True)


def told(kind):
    feeder.drain()
    rows = Notification.objects.filter(kind=kind).order_by("person_id")
    return set(rows.values_list("person_id", flat=True))


def test_operators_hear_of_requests_and_requesters_of_answers():
    d = dock()
    booking = d.request()
    assert told("booking.booking.requested") == {d.operator.person_id}

    d.approve(booking, engineer_id=d.engineer.pk)

    assert told("booking.booking.approved") == {d.researcher.person_id}
    assert told("booking.engineer.assigned") == {d.engineer.person_id}
    one = Notification.objects.get(kind="booking.booking.approved")
    assert (one.facts["line"], one.url) == (d.line.name, f"/bookings/{booking.pk}")


def test_who_cancels_is_not_told_of_it():
    d = dock()
    booking = d.approve(d.request(on(2)), engineer_id=d.engineer.pk)
    commands.cancel(booking_id=booking.pk, reason="改期", actor_id=d.researcher.pk, at=NOW)

    assert told("booking.booking.cancelled") == {d.operator.person_id, d.engineer.person_id}


def test_a_refusal_reaches_who_asked():
    d = dock()
    booking = d.request()
    commands.reject(booking_id=booking.pk, reason="物料不符", actor_id=d.operator.pk, at=NOW)

    assert told("booking.booking.rejected") == {d.researcher.person_id}
