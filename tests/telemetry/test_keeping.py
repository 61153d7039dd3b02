"""Room is made ahead, days that are over get their key, and what is old goes as a whole."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.db.utils import DataError

from pilotharbor.launcher import schema
from pilotharbor.telemetry import commands
from pilotharbor.telemetry.commands import series
from tests.factories.telemetry import plant, stored, summed

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2021, 5, 4, 10, tzinfo=UTC)


def partitions(parent="telemetry_sample"):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass",
            [parent],
        )
        return {row[0] for row in cursor.fetchall()}


def keyed(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass AND indisunique", [table]
        )
        return cursor.fetchone()[0] == 1


def write(p, at, value=1.0):
    with connection.cursor() as cursor:
        cursor.execute("SELECT telemetry_make_room(%s, %s)", [at, at])
        cursor.execute("INSERT INTO telemetry_sample VALUES (%s, %s, %s, 0)", [at, value, p.tag.pk])


def test_room_is_made_for_today_and_a_week_ahead():
    plant()
    at = datetime(2031, 12, 28, 23, 30, tzinfo=UTC)

    assert commands.make_room(at=at) == 8 + 2 + 2
    assert commands.make_room(at=at) == 0

    assert {"telemetry_sample_d20311228", "telemetry_sample_d20320104"} <= partitions()
    assert {"telemetry_minute_m203112", "telemetry_minute_m203201"} <= partitions(
        "telemetry_minute"
    )
    assert {"telemetry_hour_y2031", "telemetry_hour_y2032"} <= partitions("telemetry_hour")


def test_without_a_tag_nobody_needs_room():
    assert commands.make_room(at=datetime(2033, 1, 1, tzinfo=UTC)) == 0


def test_a_day_that_is_over_gets_its_key():
    p = plant()
    write(p, LONG_AGO)
    table = "telemetry_sample_d20210504"
    assert not keyed(table)

    assert commands.seal_day(at=datetime(2021, 5, 5, 1, 59, tzinfo=UTC)) == ""
    assert commands.seal_day(at=datetime(2021, 5, 5, 2, tzinfo=UTC)) == table

    assert keyed(table)
    with pytest.raises(IntegrityError), transaction.atomic():
        write(p, LONG_AGO)


def test_what_comes_late_for_a_day_with_a_key_is_stored_once_all_the_same(settings):
    settings.TELEMETRY_DAYS = 3650
    p = plant()
    seconds = (LONG_AGO - datetime(2026, 3, 2, 4, tzinfo=UTC)).total_seconds()
    p.take((seconds, 1))
    p.take((0, 5))
    commands.seal_day(at=datetime(2021, 5, 6, tzinfo=UTC))
    assert keyed("telemetry_sample_d20210504")

    again = p.take((seconds, 1), (seconds + 1, 2))

    assert (again.stored, again.late, again.repeated) == (1, 1, 1)
    assert [v for _, v, _ in stored(p.tag)] == [1, 2, 5]


def test_a_sample_written_twice_past_the_locks_is_found_when_the_day_is_sealed():
    p = plant()
    write(p, LONG_AGO)
    write(p, LONG_AGO)

    with pytest.raises(IntegrityError, match="could not create unique index"):
        commands.seal_day(at=datetime(2021, 5, 6, tzinfo=UTC))


def test_old_partitions_go_as_a_whole_and_hours_stay(settings):
    settings.TELEMETRY_DAYS, settings.TELEMETRY_MINUTE_DAYS = 400, 1100
    p = plant()
    now = datetime.now(UTC)
    old, older, fresh = (
        now - timedelta(days=403),
        now - timedelta(days=1170),
        now - timedelta(days=399),
    )
    for at in (old, older, fresh):
        series_of = (at - datetime(2026, 3, 2, 4, tzinfo=UTC)).total_seconds()
        settings.TELEMETRY_DAYS = 3650
        p.take((series_of, 1), at=now)
    settings.TELEMETRY_DAYS = 400

    gone = commands.let_go(at=now)

    assert f"telemetry_sample_d{old:%Y%m%d}" in gone
    assert f"telemetry_minute_m{older:%Y%m}" in gone
    assert f"telemetry_sample_d{fresh:%Y%m%d}" in partitions()
    assert len(stored(p.tag)) == 1
    assert len(summed(p.tag)) == 2
    assert len(summed(p.tag, "telemetry_hour")) == 3
    series._room.clear()


@pytest.mark.parametrize("days", [(6, 40), (400, 30)])
def test_nobody_drops_what_is_fresh(days):
    now = datetime.now(UTC)
    before = [now - timedelta(days=d) for d in days]

    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT telemetry_let_go(%s, %s)", before)


@pytest.mark.parametrize(
    "stretch",
    [
        ("1999-12-31", "1999-12-31"),
        ("2100-01-01", "2100-01-01"),
        ("2026-01-01", "2029-01-01"),
        (None, None),
    ],
)
def test_nobody_makes_room_without_end(stretch):
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT telemetry_make_room(%s, %s)", stretch)


@pytest.mark.django_db(transaction=True)
def test_web_and_worker_make_room_without_owning_a_table():
    p = plant()
    role = "test_telemetry_app"
    raw = connection.cursor().connection
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {role}")
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"GRANT {role} TO CURRENT_USER")
        cursor.execute("CREATE TABLE IF NOT EXISTS pilotharbor_schema (only_row boolean)")
    schema.grant(raw, role)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
        taken = p.take((0, 1), (86_400, 2))
        sealed = commands.seal_day(at=datetime(2026, 3, 9, tzinfo=UTC))
        for statement in (
            "CREATE TABLE mine (a int)",
            "DROP TABLE telemetry_sample_d20260302",
            "ALTER TABLE telemetry_sample DETACH PARTITION telemetry_sample_d20260302",
            "UPDATE telemetry_sample SET value = 0",
            "DELETE FROM telemetry_sample_d20260302",
            "SELECT telemetry_open('telemetry_sample', 'x', now(), now())",
        ):
            with (
                pytest.raises((ProgrammingError, IntegrityError, InternalError)),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")
            cursor.execute("DROP TABLE pilotharbor_schema")

    assert taken.stored == 2
    assert sealed
    assert [v for _, v, _ in stored(p.tag)] == [1, 2]
