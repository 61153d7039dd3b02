"""Series together or not at all; quotes keep their price; fees and deposits."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.booking import commands, queries
from pilotharbor.booking.commands import Ask, Rhythm
from pilotharbor.booking.models import Booking, Charge, Series
from pilotharbor.facilities.models import OpeningHours
from pilotharbor.finance import commands as finance
from pilotharbor.kernel.models import Event
from pilotharbor.ledger.models import Posting
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import TariffFactory

pytestmark = pytest.mark.django_db
HOURLY = Ask(billing="hour")


def terms(d, **fields):
    """Another tariff, since one that is written keeps its prices."""
    d.line.tariffs.all().delete()
    return TariffFactory(line=d.line, **fields)


def series(d, start=None, end=None, *, actor=None, at=NOW, reason="", **rhythm):
    given = {"rule": "weekly", "count": 4} | rhythm
    return commands.request_series(
        line_id=d.line.pk, project_id=d.project.pk, start=start or on(3, 9), end=end or on(3, 11),
        rhythm=Rhythm(**given), ask=HOURLY, actor_id=(actor or d.researcher).pk, at=at,
        override_reason=reason,
    )  # fmt: skip


def starts(made):
    return [b.period.lower for b in made.bookings.order_by("period")]


def test_a_series_comes_every_week_at_the_same_time():
    d = dock(hold_hours=24)

    made = series(d)

    assert starts(made) == [on(3, 9), on(10, 9), on(17, 9), on(24, 9)]
    assert Event.objects.filter(name="booking.series.requested").get().facts["count"] == 4
    assert all(b.allocations.filter(live=True).count() == 2 for b in made.bookings.all())


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        ({"rule": "daily", "count": 3}, [3, 4, 5]),
        ({"rule": "every_n_days", "every": 5, "count": 3}, [3, 8, 13]),
        ({"rule": "weekly", "every": 2, "count": None, "until": date(2026, 3, 31)}, [3, 17, 31]),
    ],
)
def test_other_rhythms(rhythm, days):
    assert starts(series(dock(), **rhythm)) == [on(day, 9) for day in days]


def test_all_of_a_series_or_none_of_it():
    d = dock()
    d.allot(on(17, 10), on(17, 12))

    with pytest.raises(commands.SlotTaken):
        series(d)

    assert (Series.objects.count(), Booking.objects.count()) == (0, 1)


def test_closed_days_are_left_out_when_asked_for():
    d = dock()
    for weekday in range(5):
        OpeningHours.objects.create(line=d.line, weekday=weekday, opens=time(8), closes=time(18))

    with pytest.raises(commands.NotBookable) as refused:
        series(d, rule="daily", count=7)
    assert set(refused.value.facts["codes"]) == {"booking.closed_that_day"}
    made = series(d, rule="daily", count=7, leave_out_closed=True)
    assert starts(made) == [on(day, 9) for day in (3, 4, 5, 6, 9)]
    forced = series(d, on(3, 12), on(3, 13), rule="daily", count=6, actor=d.operator, reason="加班")
    assert forced.bookings.count() == 6
    assert [b.overridden for b in forced.bookings.order_by("period")][-2:] == [
        ["booking.closed_that_day"]
    ] * 2


@pytest.mark.parametrize(
    ("rhythm", "field"),
    [
        ({"count": 1}, "count"),
        ({"count": 61}, "count"),
        ({"count": None}, "count"),
        ({"every": 0}, "every"),
        ({"rule": "never"}, "rule"),
    ],
)
def test_unsound_series_are_refused(rhythm, field):
    with pytest.raises(commands.errors.SeriesUnsound) as refused:
        series(dock(), **rhythm)

    assert field in refused.value.problems


def test_a_series_that_overlaps_itself_is_refused():
    with pytest.raises(commands.errors.SeriesOverlaps):
        series(dock(), on(3, 9), on(4, 10), rule="daily", count=3)


def test_a_series_is_allotted_and_cancelled_together():
    d = dock()
    made = series(d)

    commands.approve_series(
        series_id=made.pk, actor_id=d.operator.pk, at=NOW, engineer_id=d.engineer.pk
    )
    assert {b.status for b in made.bookings.all()} == {"approved"}
    gone = commands.cancel_series(
        series_id=made.pk, from_day=date(2026, 3, 17), reason="停", actor_id=d.researcher.pk, at=NOW
    )
    assert len(gone) == 2
    assert [b.status for b in made.bookings.order_by("period")] == ["approved"] * 2 + [
        "cancelled"
    ] * 2
    with pytest.raises(commands.errors.NothingWaits):
        commands.reject_series(series_id=made.pk, reason="x", actor_id=d.operator.pk, at=NOW)


def test_one_taken_slot_keeps_all_of_a_series_from_being_allotted():
    d = dock()
    made = series(d)
    d.allot(on(17, 10), on(17, 12))

    with pytest.raises(commands.SlotTaken):
        commands.approve_series(series_id=made.pk, actor_id=d.operator.pk, at=NOW)
    assert {b.status for b in made.bookings.all()} == {"submitted"}
    commands.reject_series(series_id=made.pk, reason="冲突", actor_id=d.operator.pk, at=NOW)
    assert {b.status for b in made.bookings.all()} == {"rejected"}


def quote(d, start=None, end=None, at=NOW):
    return commands.quote(
        line_id=d.line.pk, project_id=d.project.pk, start=start or on(3, 9), end=end or on(3, 11),
        ask=HOURLY, actor_id=d.researcher.pk, at=at,
    )  # fmt: skip


def raise_prices(d):
    d.line.tariffs.update(validity=DateRange(date(2026, 1, 1), date(2026, 3, 2), "[)"))
    TariffFactory(line=d.line, validity=DateRange(date(2026, 3, 2), None, "[)"), hourly_fen=999_999)


def test_a_quote_keeps_its_price_whatever_later_tariffs_say():
    d = dock()
    given = quote(d)
    raise_prices(d)

    quoted = d.approve(d.request(on(3, 9), on(3, 11), billing="hour", quote_id=given.pk))
    dear = d.approve(d.request(on(4, 9), on(4, 11), billing="hour"))
    other_time = d.approve(d.request(on(5, 9), on(5, 12), billing="hour", quote_id=given.pk))

    assert (given.total_fen, quoted.price_fen) == (360_000, 360_000)
    assert dear.price_fen == 1_999_998
    assert other_time.price_fen == 540_000


def test_a_quote_ends_and_is_for_one_thing():
    d, other = dock(), dock()
    given = quote(d)

    with pytest.raises(commands.errors.QuoteExpired):
        d.request(
            on(3) + timedelta(days=60), billing="hour", quote_id=given.pk, at=given.valid_until_at
        )
    with pytest.raises(commands.errors.QuoteElsewhere):
        d.request(on(3, 9), on(3, 11), billing="batch", quote_id=given.pk)
    with pytest.raises(commands.errors.QuoteElsewhere):
        other.request(on(3, 9), on(3, 11), billing="hour", quote_id=given.pk)
    with pytest.raises(commands.errors.QuoteElsewhere):
        d.request(on(3, 9), on(3, 11), billing="hour", quote_id=0)


def test_groups_peaks_and_minimum_are_in_the_price():
    d = dock()
    terms(
        d,
        sme_bp=8_000, minimum_fen=500_000, peak_hourly_fen=300_000, peak_weekdays=[1],
        peak_from=time(8), peak_to=time(10),
    )  # fmt: skip
    type(d.project.enterprise).objects.filter(pk=d.project.enterprise_id).update(sme=True)

    booking = d.approve(d.request(on(3, 9), on(3, 11), billing="hour"))

    assert booking.group == "sme"
    # One hour at 3,000.00 and one at 1,800.00, of which 80 %, made up to 5,000.00.
    assert [(row["kind"], row["amount_fen"]) for row in booking.priced] == [
        ("hour", 144_000), ("peak", 240_000), ("minimum", 116_000),
    ]  # fmt: skip
    assert booking.price_fen == 500_000


def priced(d, **fields):
    terms(d, **fields)
    return d.approve(d.request(on(3, 9), on(3, 11), billing="hour"))


def charges(booking):
    return list(booking.charges.order_by("id").values_list("kind", "amount_fen"))


@pytest.mark.parametrize(
    ("at", "fee"), [(on(1, 9), 0), (on(1, 9) + timedelta(seconds=1), 180_000), (on(3, 8), 180_000)]
)
def test_a_late_cancellation_costs_its_share_and_is_shown_before(at, fee):
    d = dock()
    at = max(at, NOW) if fee else at
    booking = priced(d, free_cancel_hours=48, late_cancel_bp=5_000)

    assert queries.cancel_fee_fen(booking, at=at) == fee
    commands.cancel(booking_id=booking.pk, reason="改期", actor_id=d.researcher.pk, at=at)
    assert charges(booking) == ([("late_cancel", fee)] if fee else [])


def test_the_platform_cancels_for_nothing_unless_it_says_so():
    d = dock()
    booking = priced(d, free_cancel_hours=48, late_cancel_bp=5_000)
    commands.cancel(booking_id=booking.pk, reason="检修", actor_id=d.operator.pk, at=on(3, 8))
    assert charges(booking) == []

    booking = d.approve(d.request(on(3, 9), on(3, 11), billing="hour"))
    commands.cancel(
        booking_id=booking.pk, reason="电话取消", actor_id=d.operator.pk, at=on(3, 8), with_fee=True
    )
    assert charges(booking) == [("late_cancel", 180_000)]


def test_a_no_show_costs_its_share():
    d = dock()
    booking = priced(d, no_show_bp=10_000)

    commands.note_no_show(
        booking_id=booking.pk, reason="未到", actor_id=d.engineer.pk, at=on(3, 11)
    )

    assert charges(booking) == [("no_show", 360_000)]


def test_a_deposit_is_asked_once_and_given_back():
    d = dock()
    booking = priced(d, deposit_fen=100_000)
    assert charges(booking) == [("deposit", 100_000)]

    d.use(booking, on(3, 9), on(3, 11))

    assert charges(booking) == [("deposit", 100_000), ("deposit_back", -100_000)]
    for charge in Charge.objects.all():
        for _ in range(2):
            finance.book_charge(charge_id=charge.pk, actor_id=None, at=NOW)
    assert sum(Posting.objects.values_list("amount_fen", flat=True)) == 0
    held = Posting.objects.filter(account__purpose="deposits_held")
    assert sorted(held.values_list("amount_fen", flat=True)) == [-100_000, 100_000]


def test_use_other_than_agreed_is_priced_by_the_agreed_terms():
    d = dock()
    terms(d, sample_fen=5_000, engineer_hourly_fen=20_000)
    booking = d.approve(d.request(on(3, 9), on(3, 11), billing="sample", samples=10))
    assert booking.price_fen == 50_000 + 40_000
    raise_prices(d)

    usage = commands.record_usage(
        booking_id=booking.pk, start=on(3, 9), end=on(3, 10), samples=12,
        actor_id=d.engineer.pk, at=on(3, 11),
    )  # fmt: skip

    assert usage.amount_fen == 60_000 + 20_000
    assert [row["kind"] for row in usage.priced] == ["sample", "engineer"]


def test_what_is_left_of_a_slot_is_free_again():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 17))

    d.use(booking, on(3, 9), on(3, 11), at=on(3, 12))

    assert d.request(on(3, 12), on(3, 17), at=on(3, 12)).pk
    with pytest.raises(commands.SlotTaken):
        d.request(on(3, 11), on(3, 13), retrospective=True)


def test_consumables_keep_the_price_they_were_asked_for_with():
    d = dock()
    goods = d.line.consumables.create(name="滤膜", unit="片", unit_fen=2_500)
    booking = d.approve(d.request(consumables={goods.pk: Decimal(4)}))
    type(goods).objects.filter(pk=goods.pk).update(withdrawn_at=NOW)

    usage = commands.record_usage(
        booking_id=booking.pk, start=on(2), end=on(2, 12), consumables={goods.pk: Decimal(6)},
        actor_id=d.engineer.pk, at=on(4, 18),
    )  # fmt: skip

    assert usage.amount_fen == 9_000_000 + 15_000
