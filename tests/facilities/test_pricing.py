"""Prices, held against another reckoning: second by second where time counts, in fractions."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.facilities import examples, pricing
from pilotharbor.facilities.pricing import Ask, Terms, price

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = datetime(2026, 3, 3, 8, tzinfo=UTC)  # Tuesday 16:00 in Shanghai
WORKED = Terms(
    hourly_fen=120_000, batch_fen=0, peak_hourly_fen=180_000, peak_weekdays=(0, 1, 2, 3, 4),
    peak_from=time(9), peak_to=time(17), sme_bp=8_000, engineer_hourly_fen=30_000,
    minimum_fen=200_000,
)  # fmt: skip


def rounded(exact):
    """Half up, in the words of R-FAC-14."""
    whole, rest = divmod(exact.numerator, exact.denominator)
    return whole + (2 * rest >= exact.denominator)


def is_peak(terms, moment):
    """R-FAC-15 about one moment, from another calendar."""
    if terms.peak_hourly_fen is None:
        return False
    local = moment.astimezone(SHANGHAI)
    day = local.date()
    if day in chinese_calendar.constants.holidays:
        return False
    weekday = 0 if day in chinese_calendar.constants.workdays else day.weekday()
    if weekday not in terms.peak_weekdays:
        return False
    if terms.peak_from is None:
        return True
    clock = (local.hour, local.minute)
    ends = (terms.peak_to.hour, terms.peak_to.minute)
    return (terms.peak_from.hour, terms.peak_from.minute) <= clock and (
        ends == (0, 0) or clock < ends
    )


def oracle(terms, ask):
    """The total and the amounts by kind, from the words of the rules."""
    part = Fraction({"member": terms.member_bp, "sme": terms.sme_bp, "outside": terms.outside_bp}[
        ask.group
    ], 10_000)  # fmt: skip
    amounts = {}
    if ask.billing in {"hour", "mixed"}:
        minutes = [
            ask.start + timedelta(minutes=n)
            for n in range(int((ask.end - ask.start) / timedelta(minutes=1)))
        ]
        dear = sum(is_peak(terms, moment) for moment in minutes)
        amounts["hour"] = rounded(Fraction(len(minutes) - dear, 60) * terms.hourly_fen * part)
        if dear:
            amounts["peak"] = rounded(Fraction(dear, 60) * terms.peak_hourly_fen * part)
    if ask.billing in {"batch", "mixed"}:
        amounts["batch"] = rounded(Fraction(ask.batches) * terms.batch_fen * part)
    if ask.billing in {"sample", "mixed"}:
        amounts["sample"] = rounded(Fraction(ask.samples) * terms.sample_fen * part)
    amounts["engineer"] = rounded(Fraction(ask.engineer_seconds, 3600) * terms.engineer_hourly_fen)
    amounts["consumable"] = sum(rounded(Fraction(q) * fen) for _, q, fen in ask.consumables)
    amounts["minimum"] = max(terms.minimum_fen - sum(amounts.values()), 0)
    return {kind: fen for kind, fen in amounts.items() if fen}


fen = st.integers(0, 10**9)
part = st.integers(0, 20_000)
quarters = st.integers(0, 95)


@st.composite
def terms(draw):
    peak = {}
    if draw(st.booleans()):
        begins, ends = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=2)))
        whole = draw(st.booleans())
        peak = {
            "peak_hourly_fen": draw(fen),
            "peak_weekdays": tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
            "peak_from": None if whole else time(begins // 4, begins % 4 * 15),
            "peak_to": None if whole else time(ends // 4 % 24, ends % 4 * 15),
        }
    return Terms(
        hourly_fen=draw(fen), batch_fen=draw(fen), sample_fen=draw(fen), member_bp=draw(part),
        sme_bp=draw(part), outside_bp=draw(part), engineer_hourly_fen=draw(fen),
        minimum_fen=draw(st.one_of(st.just(0), fen)), **peak,
    )  # fmt: skip


@st.composite
def asks(draw):
    day = draw(
        st.one_of(
            st.dates(date(2026, 2, 12), date(2026, 3, 1)),
            st.dates(date(2024, 1, 1), date(2026, 12, 20)),
        )
    )
    start = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    start += timedelta(minutes=draw(st.integers(0, 1439)))
    goods = st.tuples(
        st.just("氮气"), st.decimals(0, 1000, places=3, allow_nan=False), st.integers(0, 10**6)
    )
    return Ask(
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 3 * 1440))),
        billing=draw(st.sampled_from(["hour", "batch", "sample", "mixed"])),
        batches=draw(st.integers(0, 9)),
        samples=draw(st.integers(0, 500)),
        engineer_seconds=draw(st.integers(0, 10**5)),
        consumables=tuple(draw(st.lists(goods, max_size=3))),
        group=draw(st.sampled_from(["member", "sme", "outside"])),
    )


@settings(max_examples=300, deadline=None)
@given(terms(), asks())
def test_a_price_is_that_of_the_rules(under, ask):
    priced = price(under, ask)

    found = {}
    for line in priced.lines:
        found[line.kind] = found.get(line.kind, 0) + line.amount_fen
    assert {kind: amount for kind, amount in found.items() if amount} == oracle(under, ask)
    assert priced.total_fen == sum(line.amount_fen for line in priced.lines)
    assert priced.total_fen >= under.minimum_fen
    assert all(isinstance(line.amount_fen, int) and line.amount_fen >= 0 for line in priced.lines)


@settings(max_examples=100, deadline=None)
@given(terms(), asks(), st.integers(0, 86_400 * 3))
def test_seconds_count_and_parts_of_a_stretch_make_the_whole(under, ask, cut):
    end = ask.start + timedelta(seconds=max(cut, 1))
    middle = ask.start + timedelta(seconds=cut // 2)

    whole = pricing.peak_seconds(under, ask.start, end)

    halves = pricing.peak_seconds(under, ask.start, middle) + pricing.peak_seconds(
        under, middle, end
    )
    assert whole == halves <= (end - ask.start).total_seconds()


def test_the_worked_price():
    ask = Ask(
        SEED, SEED + timedelta(hours=2, minutes=20), "hour", engineer_seconds=4_200,
        consumables=(("氮气", Decimal("1.5"), 8_550),), group="sme",
    )  # fmt: skip

    priced = price(WORKED, ask)

    assert {line.kind: line.amount_fen for line in priced.lines} == {
        "hour": 128_000, "peak": 144_000, "engineer": 35_000, "consumable": 12_825,
    }  # fmt: skip
    assert priced.total_fen == 319_825
    feast = price(
        WORKED,
        Ask(
            SEED - timedelta(days=14), SEED - timedelta(days=14) + timedelta(hours=2, minutes=20),
            "hour", group="sme",
        ),
    )  # fmt: skip
    assert [(line.kind, line.amount_fen) for line in feast.lines] == [("hour", 224_000)]


def test_below_the_minimum_one_more_line_makes_it_up():
    priced = price(WORKED, Ask(SEED, SEED + timedelta(minutes=30), "hour"))

    assert [(line.kind, line.amount_fen) for line in priced.lines] == [
        ("peak", 90_000), ("minimum", 110_000),
    ]  # fmt: skip
    assert priced.total_fen == 200_000


def test_old_tariffs_cost_what_they_cost():
    plain = Terms(hourly_fen=180_000, batch_fen=9_000_000)
    third = Ask(SEED, SEED + timedelta(seconds=1_201), "hour")

    assert price(plain, third).total_fen == 60_050
    assert price(plain, Ask(SEED, SEED + timedelta(hours=9), "batch")).total_fen == 9_000_000
    assert [one.amount_fen for one in price(Terms(0, 0), third).lines] == [0]


def test_a_member_is_a_member_and_an_sme_pays_the_lower_price():
    dear = Terms(1, 1, member_bp=9_000, sme_bp=12_000, outside_bp=11_000)
    cheap = Terms(1, 1, member_bp=9_000, sme_bp=8_000, outside_bp=11_000)

    assert pricing.group_of(dear, member=True, sme=True) == "member"
    assert pricing.group_of(cheap, member=True, sme=True) == "member"
    assert pricing.group_of(dear, member=False, sme=True) == "outside"
    assert pricing.group_of(cheap, member=False, sme=True) == "sme"
    assert pricing.group_of(cheap, member=False, sme=False) == "outside"
    assert [pricing.share_of(cheap, g) for g in ("member", "sme", "outside")] == [
        9_000, 8_000, 11_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "due"), [(48, 0), (24, 0), (23.999, 50_001), (0, 50_001), (-3, 50_001)]
)
def test_giving_up_late_costs_its_part(hours, due):
    under = Terms(1, 1, free_cancel_hours=24, late_cancel_bp=5_000, no_show_bp=10_000)

    assert pricing.cancellation_fen(under, 100_001, hours_before=hours) == due
    assert pricing.no_show_fen(under, 100_001) == 100_001
    assert pricing.no_show_fen(Terms(1, 1), 100_001) == 0


def test_examples_are_prices_of_coming_days():
    before_feast = date(2026, 2, 14)

    found = {one.wish: one for one in examples.of(WORKED, before_feast)}

    assert set(found) == {"workday", "weekend", "engineer"}
    assert found["workday"].day == date(2026, 2, 24)
    assert found["weekend"].day == date(2026, 3, 1)
    assert found["workday"].fen == (8 * 180_000, 8 * 144_000, 8 * 180_000)
    assert found["weekend"].fen == (8 * 120_000, 8 * 96_000, 8 * 120_000)
    assert found["engineer"].fen[1] == 8 * (144_000 + 30_000)
    bare = examples.of(Terms(0, 9_000_000, sample_fen=500), before_feast)
    assert [(one.wish, one.fen[0]) for one in bare] == [("batch", 9_000_000), ("samples", 5_000)]
