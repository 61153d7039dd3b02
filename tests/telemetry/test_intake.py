"""Samples are stored once, summed up exactly, and what is wrong with them is said; raw values stay."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pilotharbor.telemetry import commands
from pilotharbor.telemetry.commands import series
from pilotharbor.telemetry.engine.reading import Parcel, Reading, Unusable
from pilotharbor.telemetry.engine.series import AFTER_GAP, IMPOSSIBLE, LATE, STUCK
from pilotharbor.telemetry.models import Flag, Refusal, Tag
from tests.factories.race import race
from tests.factories.telemetry import NOON, TagFactory, after, plant, stored, summed, us

pytestmark = pytest.mark.django_db


def stretches(tag):
    """Flags of a tag: kind, seconds after noon, count, seconds missing."""
    return [
        (f.kind, (f.period.lower - NOON).total_seconds(), (f.period.upper - NOON).total_seconds(), f.count, f.seconds)
        for f in Flag.objects.filter(tag=tag).order_by("period", "kind")
    ]  # fmt: skip


def test_samples_are_stored_with_their_sums():
    p = plant()

    taken = p.take((0, 20.0), (30, 22.0), (60, 18.0))

    assert (taken.stored, taken.late, taken.repeated, taken.refused) == (3, 0, 0, [])
    assert stored(p.tag) == [(0, 20.0, 0), (30, 22.0, 0), (60, 18.0, 0)]
    assert summed(p.tag) == [(0, 20.0, 22.0, 42.0, 2, 0), (60, 18.0, 18.0, 18.0, 1, 0)]
    assert summed(p.tag, "telemetry_hour") == [(0, 18.0, 22.0, 60.0, 3, 0)]


def test_what_is_sent_again_is_stored_once():
    p = plant()
    p.take((0, 20.0), (30, 22.0))

    again = p.take((0, 20.0), (30, 22.0), (40, 23.0))

    assert (again.stored, again.repeated) == (1, 2)
    assert summed(p.tag) == [(0, 20.0, 23.0, 65.0, 3, 0)]


def test_the_first_value_of_an_instant_stays():
    p = plant()
    p.take((0, 20.0), (0, 25.0))
    p.take((0, 30.0))

    assert stored(p.tag) == [(0, 20.0, 0)]


def test_what_comes_late_is_stored_too_and_marked():
    p = plant()
    p.take((100, 20.0))

    taken = p.take((10, 21.0), (50, 22.0), (10, 21.0))

    assert (taken.stored, taken.late, taken.repeated) == (2, 2, 1)
    assert stored(p.tag) == [(10, 21.0, LATE), (50, 22.0, LATE), (100, 20.0, 0)]
    assert summed(p.tag) == [(0, 21.0, 22.0, 43.0, 2, 0), (60, 20.0, 20.0, 20.0, 1, 0)]


class StoredOnce(TestCase):
    @settings(max_examples=40)
    @given(
        st.lists(
            st.lists(
                st.tuples(st.integers(0, 1), st.integers(0, 200), st.integers(-3, 3)), max_size=12
            ),
            max_size=6,
        )
    )
    def test_any_history_is_the_first_of_each_instant(self, parcels):
        """R-TELE-3: however samples come, repeat and overtake one another."""
        p = plant()
        tags = [p.tag, TagFactory(equipment=p.machine)]
        first = {}
        for parcel in parcels:
            p.take_found([Reading(tags[t].key, us(after(s)), float(v)) for t, s, v in parcel])
            for t, s, v in parcel:
                first.setdefault((t, s), float(v))
        for t, tag in enumerate(tags):
            mine = sorted((s, v) for (of, s), v in first.items() if of == t)
            minutes = {}
            for s, v in mine:
                minutes.setdefault(s // 60 * 60, []).append(v)
            assert [(s, v) for s, v, _ in stored(tag)] == mine
            assert summed(tag) == [
                (m, min(v), max(v), sum(v), len(v), 0) for m, v in sorted(minutes.items())
            ]


def test_impossible_values_are_kept_flagged_and_left_out_of_sums():
    p = plant(lowest=-20, highest=200)

    p.take((0, 20.0), (1, 850.0), (2, -21.0), (3, 200.0))

    assert stored(p.tag) == [
        (0, 20.0, 0),
        (1, 850.0, IMPOSSIBLE),
        (2, -21.0, IMPOSSIBLE),
        (3, 200.0, 0),
    ]
    assert summed(p.tag) == [(0, 20.0, 200.0, 220.0, 2, 2)]
    assert stretches(p.tag) == [("impossible", 1, 2, 2, 0)]


def test_a_minute_of_impossible_values_has_no_extremes():
    p = plant(highest=10)
    p.take((0, 20.0))
    p.take((1, 30.0))

    assert summed(p.tag) == [(0, None, None, 0.0, 0, 2)]


def test_gaps_are_told_with_what_is_missing():
    p = plant(gap_after_s=10)

    p.take((0, 1.0), (10, 2.0), (25, 3.0))
    p.take((60, 4.0), (61, 5.0))

    assert stretches(p.tag) == [("gap", 10, 60, 2, 50)]
    assert [f for _, _, f in stored(p.tag)] == [0, 0, AFTER_GAP, AFTER_GAP, 0]


def test_far_gaps_are_two():
    p = plant(gap_after_s=10)

    p.take((0, 1.0), (20, 2.0), *[(20 + 10 * n, n) for n in range(1, 100)])
    p.take((5000, 1.0))

    assert stretches(p.tag) == [("gap", 0, 20, 1, 20), ("gap", 1010, 5000, 1, 3990)]


def test_a_gap_closes_when_its_samples_come_late():
    p = plant(gap_after_s=10)
    p.take((0, 1.0), (100, 2.0))
    assert stretches(p.tag) == [("gap", 0, 100, 1, 100)]

    p.take(*[(s, s) for s in range(10, 60, 10)])
    assert stretches(p.tag) == [("gap", 50, 100, 1, 50)]

    p.take(*[(s, s) for s in range(60, 100, 10)])
    assert stretches(p.tag) == []


def test_a_stuck_sensor_is_told_from_when_it_stood():
    p = plant(stuck_after_s=30)

    p.take((0, 5.0), (10, 7.0), (20, 7.0), (39, 7.0))
    assert stretches(p.tag) == []
    p.take((40, 7.0))
    p.take((50, 7.0), (60, 8.0), (70, 7.0))

    assert stretches(p.tag) == [("stuck", 10, 50, 2, 0)]
    assert [f for s, _, f in stored(p.tag) if s in {39, 40, 50, 60}] == [0, STUCK, STUCK, 0]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOON + timedelta(days=2, minutes=2, seconds=1), "ahead"),
        (NOON - timedelta(days=399), "too_old"),
    ],
)
def test_times_outside_what_is_kept_are_refused_and_counted(at, reason):
    p = plant()

    for _ in range(2):
        taken = p.take_found([Reading(p.tag.key, us(at), 1.0)])

    assert taken.stored == 0
    (line,) = Refusal.objects.all()
    assert (line.place, line.reason, line.count, line.example) == (p.tag.key, reason, 2, "1")
    assert stored(p.tag) == []


def test_the_newest_that_is_taken_is_two_minutes_ahead():
    p = plant()

    assert (
        p.take_found([Reading(p.tag.key, us(NOON + timedelta(days=2, minutes=2)), 1.0)]).stored == 1
    )


def test_what_nobody_registered_is_counted_beside_what_is_taken():
    p = plant()

    taken = p.take_found([
        Reading("nobody", us(NOON), 1.0), Reading(p.tag.key, us(NOON), 2.0),
        Unusable(p.tag.key, "not_finite", "nan"), Reading("nobody", us(NOON), 3.0),
    ])  # fmt: skip

    assert [tuple(line) for line in taken.refused] == [
        (p.tag.key, "not_finite", 1, "nan"), ("nobody", "unregistered", 2, "3"),
    ]  # fmt: skip
    assert taken.stored == 1


def test_a_retired_tag_takes_nothing():
    p = plant(status=Tag.Status.RETIRED)

    assert [line.reason for line in p.take((0, 1.0)).refused] == ["retired"]
    assert stored(p.tag) == []


def test_a_tag_of_another_platform_is_not_registered_here():
    p, other = plant(), plant()

    taken = p.take_found([Reading(other.tag.key, us(NOON), 1.0)])

    assert [line.reason for line in taken.refused] == ["unregistered"]


def test_thousands_of_unknown_places_do_not_fill_the_table():
    p = plant()

    p.take_found([Reading(f"x{n}", us(NOON), 1.0) for n in range(3000)])
    p.take_found([Reading(f"y{n}", us(NOON), 1.0) for n in range(10)])

    assert Refusal.objects.count() == 501
    assert Refusal.objects.get(place="…").count == 2510
    assert sum(Refusal.objects.values_list("count", flat=True)) == 3010


def test_a_place_with_a_state_secret_marking_is_counted_without_its_name():
    p = plant()

    p.take_found([Reading("绝密★启用前", us(NOON), 1.0), Reading(p.tag.key, us(NOON), 1.0)])

    assert Refusal.objects.get().place == "▮"
    assert len(stored(p.tag)) == 1


def test_samples_of_years_get_their_room():
    p = plant()

    p.take(*[(-86_400.0 * days, days) for days in (0, 40, 390)])

    assert [v for _, v, _ in stored(p.tag)] == [390, 40, 0]


@pytest.mark.parametrize(
    "statement", ["UPDATE telemetry_sample SET value = 0", "DELETE FROM telemetry_sample"]
)
def test_raw_values_stay_as_they_came(statement):
    p = plant()
    p.take((0, 1.0))

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.replace("telemetry_sample", "telemetry_sample_d20260302"))


# --- at the same time -------------------------------------------------------------------------
def parcels(p, n):
    """The same samples in another order and grouping for each sender."""
    found = [Reading(p.tag.key, us(after(s)), float(s)) for s in range(200)]
    shifted = found[n * 37 :] + found[: n * 37]
    return [shifted[i : i + 25] for i in range(0, 200, 25)]


def send_all(p, n):
    for parcel in parcels(p, n):
        commands.take_in(
            found=Parcel(parcel),
            platform_id=p.tag.platform_id,
            connector_id=None,
            at=NOON + timedelta(days=1),
        )


@pytest.mark.django_db(transaction=True)
def test_several_senders_of_the_same_samples_store_each_once():
    p = plant()

    outcomes = race(*[partial(send_all, p, n) for n in range(4)])

    assert outcomes == [None] * 4
    assert [(s, v) for s, v, _ in stored(p.tag)] == [(float(s), float(s)) for s in range(200)]
    assert sum(row[4] for row in summed(p.tag)) == 200


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_samples_are_stored_twice(monkeypatch):
    monkeypatch.setattr(series, "_LOCK", series._LOCK.replace("FOR NO KEY UPDATE OF l", ""))
    p = plant()

    for _ in range(5):
        race(*[partial(send_all, p, n) for n in range(4)])

    assert len(stored(p.tag)) > 200
