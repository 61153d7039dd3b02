"""What happens on the day: start, metered use, nobody came."""

from datetime import timedelta

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Booking, Usage
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.time import EmptyPeriod
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import TariffFactory
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def test_start_on_its_day_or_later():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.TooEarly):
        commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(2, 23, 59))
    commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 8))

    booking.refresh_from_db()
    assert (booking.status, booking.started_at) == ("in_use", on(3, 8))
    with pytest.raises(MoveNotAllowed):
        commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 9))
    with pytest.raises(MoveNotAllowed):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=d.researcher.pk, at=on(3, 9))


def test_only_engineers_of_the_line_and_operators_run_it():
    d = dock()
    booking = d.allot()
    colleague = MembershipFactory(organisation=d.line.platform, role=Role.EQUIPMENT_ENGINEER)

    for actor in (d.researcher, colleague):
        with pytest.raises(commands.NotYourLine):
            commands.start(booking_id=booking.pk, actor_id=actor.pk, at=on(2))
    assert commands.start(booking_id=booking.pk, actor_id=d.operator.pk, at=on(2)).pk


def test_usage_by_the_batch_costs_the_agreed_price():
    d = dock()
    booking = d.allot(on(2), on(4, 18), batch_no=1)

    usage = d.use(booking, on(2), on(4, 18))

    booking.refresh_from_db()
    assert booking.status == Booking.Status.COMPLETED
    assert (usage.amount_fen, usage.hours, usage.seconds) == (9_000_000, "58", 58 * 3600)
    event = Event.objects.get(name="booking.usage.recorded")
    assert event.facts["amount_fen"] == 9_000_000
    assert event.facts["platform_id"] == d.line.platform_id
    assert (event.project_id, event.facts["booking_id"]) == (d.project.pk, booking.pk)


def test_usage_by_the_hour_is_metered_to_the_second():
    d = dock()
    d.line.tariffs.all().delete()
    TariffFactory(line=d.line, hourly_fen=120_000)
    booking = d.allot(on(2), on(3, 20), billing="hour")

    usage = d.use(booking, on(2), on(3, 20))

    assert (usage.amount_fen, usage.hours) == (4_320_000, "36")


def test_usage_of_part_of_an_hour_reads_as_a_plain_decimal():
    d = dock()
    booking = d.allot(on(2), on(2, 12), billing="hour")

    usage = d.use(booking, on(2), on(2, 9, 20))

    assert (usage.hours, usage.amount_fen) == ("1.3333", 240_000)


def test_a_later_tariff_changes_nothing():
    d = dock()
    booking = d.allot(on(2), on(2, 10), billing="hour")
    d.line.tariffs.update(validity="[2026-01-01,2026-03-02)")
    TariffFactory(line=d.line, validity="[2026-03-02,)", hourly_fen=999_999)

    assert d.use(booking, on(2), on(2, 10)).amount_fen == 360_000


def test_usage_that_is_not_over_is_refused():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    with pytest.raises(commands.UsageInTheFuture):
        d.use(booking, on(2), on(2, 10), at=on(2, 9))
    with pytest.raises(EmptyPeriod):
        d.use(booking, on(2, 9), on(2, 9), at=on(3))

    booking.refresh_from_db()
    assert (booking.status, Usage.objects.count()) == ("approved", 0)


def test_usage_belongs_to_its_slot():
    d = dock()
    booking = d.allot(on(10), on(10, 10))

    for start, end in [(on(8), on(8, 10)), (on(13), on(13, 10)), (on(10), on(10) + timedelta(32))]:
        with pytest.raises(commands.UsageElsewhere):
            d.use(booking, start, end, at=on(10) + timedelta(40))

    assert d.use(booking, on(9, 20), on(10, 12)).hours == "16"


def test_usage_is_recorded_once():
    d = dock()
    booking = d.allot(on(2), on(2, 10))
    d.use(booking, on(2), on(2, 10))

    with pytest.raises(MoveNotAllowed):
        d.use(booking, on(2), on(2, 10))

    assert Usage.objects.count() == 1


def test_a_request_is_not_used():
    d = dock()
    booking = d.request(on(2), on(2, 10))

    with pytest.raises(MoveNotAllowed):
        d.use(booking, on(2), on(2, 10))


def test_nobody_came():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    def miss(at, reason="无人到场"):
        return commands.note_no_show(
            booking_id=booking.pk, reason=reason, actor_id=d.engineer.pk, at=at
        )

    with pytest.raises(commands.NotMissedYet):
        miss(on(2, 9))
    with pytest.raises(commands.ReasonMissing):
        miss(on(2, 11), reason="")
    miss(on(2, 11))

    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("no_show", "无人到场")
    assert booking.allocations.filter(live=True).count() == 0


def test_unknown_bookings_are_not_found():
    d = dock()

    with pytest.raises(NotFound):
        commands.start(booking_id=0, actor_id=d.engineer.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.cancel(booking_id=0, reason="x", actor_id=d.researcher.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.approve(booking_id=0, actor_id=d.operator.pk, at=NOW)
