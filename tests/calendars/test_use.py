"""The indicators of real rows, held against counting them by hand, minute by minute."""

import csv
import io
import statistics
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Booking, Usage
from pilotharbor.calendars import figures, queries
from pilotharbor.facilities.models import Closure, OpeningHours
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties.roles import Role
from tests.factories.calendars import NOW, dock, on, row, second_line, stranger
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
FIRST, AFTER = date(2026, 3, 1), date(2026, 4, 1)
LATER = on(31, 0) + timedelta(days=20)
MINUTE = timedelta(minutes=1)


def used(booking_row, start, end):
    return Usage.objects.create(
        booking=booking_row, period=(start, end), seconds=int((end - start).total_seconds()),
        amount_fen=0, recorded_by=booking_row.requested_by, recorded_at=end,
    )  # fmt: skip


@pytest.fixture
def plant():
    """Two lines: one with hours, a holiday-free month, a closure; used by us and by others."""
    d = dock()
    line = second_line(d)
    for weekday in range(6):
        OpeningHours.objects.create(line=line, weekday=weekday, opens="08:00", closes="20:00")
    Closure.objects.create(
        line=line, kind="maintenance", period=(on(10, 6), on(11, 12)), reason="x",
        declared_by=d.operator, declared_at=NOW,
    )  # fmt: skip
    own = stranger(d)
    type(own.project).objects.filter(pk=own.project.pk).update(enterprise=d.line.platform)
    for n in range(12):
        who, on_line = (d, own)[n % 3 == 0], (d.line, line)[n % 2]
        start = on(2 + 2 * n, 7 + n % 5, 10 * (n % 4))
        length = timedelta(hours=3 + 4 * (n % 4), minutes=17 * (n % 3))
        one = row(who, start, length / timedelta(hours=1), line=on_line, status="completed")
        used(one, start, start + length)
    used(
        row(d, on(1, 0) - timedelta(hours=6), 12, status="completed"),
        on(1, 0) - timedelta(hours=6),
        on(1, 6),
    )
    return d, line


def minutes(stretches):
    for start, end in stretches:
        at = start
        while at < end:
            yield at.astimezone(SHANGHAI)
            at += MINUTE


def places(actor, *lines):
    return [p for p in queries.lines_of(actor=actor) if p.id in {x.pk for x in lines}]


def counted(d, line, *, at=LATER, **more):
    return queries.use_of(
        places=places(d.operator, d.line, line), first=FIRST, after=AFTER, at=at, **more
    )


def test_hours_used_and_for_others_are_what_counting_minutes_finds(plant):
    d, line = plant
    found = counted(d, line)

    def count(rows):
        stretches = [(u.period.lower, u.period.upper) for u in rows]
        return 60 * sum(FIRST <= at.date() < AFTER for at in minutes(stretches))

    rows = list(Usage.objects.select_related("booking__project", "booking__line"))
    others = [u for u in rows if u.booking.project.enterprise_id != u.booking.line.platform_id]
    assert found.used == count(rows)
    assert found.outside == count(others)
    assert 0 < found.outside < found.used


def test_hours_of_the_week_and_days_are_what_counting_minutes_finds(plant):
    d, line = plant
    found = counted(d, line)
    week = [[0] * 24 for _ in range(7)]
    days = {}
    for u in Usage.objects.select_related("booking"):
        for at in minutes([(u.period.lower, u.period.upper)]):
            if FIRST <= at.date() < AFTER:
                week[at.weekday()][at.hour] += 60
                key = (u.booking.line_id, at.date())
                days[key] = days.get(key, 0) + 60

    assert found.week_used == week
    for one in found.lines:
        told = {
            (one.place.id, FIRST + timedelta(days=n)): s for n, s in enumerate(one.used_days) if s
        }
        assert told == {k: v for k, v in days.items() if k[0] == one.place.id}


def test_what_is_open_leaves_out_closed_hours_and_closures(plant):
    d, line = plant
    found = counted(d, line)
    by_line = {one.place.id: one for one in found.lines}
    shut = 0
    for n in range(31):
        for minute in range(24 * 60):
            at = on(1, 0) + timedelta(days=n, minutes=minute)
            is_open = at.weekday() < 6 and 8 <= at.hour < 20
            if is_open and not on(10, 6) <= at < on(11, 12):
                shut += 60

    assert by_line[line.pk].open == shut
    assert by_line[d.line.pk].open == 31 * 86_400


def test_what_is_to_come_is_in_no_part_and_no_whole(plant):
    d, line = plant
    at = on(11, 12)

    found = counted(d, line, at=at)

    half = [u for u in Usage.objects.all() if u.period.lower < at]
    stretches = [(u.period.lower, min(u.period.upper, at)) for u in half]
    assert found.used == 60 * sum(t.date() >= FIRST for t in minutes(stretches))
    assert {one.place.id: one.open for one in found.lines}[d.line.pk] == (10 * 24 + 12) * 3600
    expected = 2 * 1400 * 3600 * 10.5 / 365
    assert abs(found.base_seconds - expected) <= 2
    assert queries.use_of(
        places=places(d.operator, d.line), first=date(2027, 1, 1), after=date(2027, 2, 1), at=at
    ).used == 0  # fmt: skip


def test_requests_reviews_and_no_shows_are_counted_as_they_happened():
    d = dock()
    asked = [d.request(on(2 + n), on(2 + n, 18), at=NOW + timedelta(hours=n)) for n in range(8)]
    waits = [5, 9, 30]
    for one, hours in zip(asked[:3], waits, strict=True):
        d.approve(one, at=one.requested_at + timedelta(hours=hours))
    booking.reject(booking_id=asked[3].pk, reason="x", actor_id=d.operator.pk, at=on(2))
    booking.cancel(booking_id=asked[4].pk, reason="x", actor_id=d.researcher.pk, at=on(2))
    booking.cancel(booking_id=asked[0].pk, reason="x", actor_id=d.researcher.pk, at=on(2, 7))
    booking.note_no_show(booking_id=asked[1].pk, reason="x", actor_id=d.operator.pk, at=on(3, 19))
    d.use(asked[2], on(4), on(4, 17), at=on(4, 18))
    d.request(
        on(1, 1), on(1, 2), at=NOW, retrospective=True, actor=d.researcher
    )  # entered afterwards: in no figure

    found = queries.use_of(
        places=places(d.operator, d.line), first=FIRST, after=AFTER, at=on(8, 12)
    )

    told = found.decisions
    assert (told.granted, told.refused, told.withdrawn) == (3, 1, 1)
    assert (told.overtaken, told.open) == (2, 1)
    assert (told.met.part, told.met.whole) == (3, 6)
    took = [5 * 3600, 9 * 3600, 30 * 3600]
    took.append(int((on(2) - asked[3].requested_at).total_seconds()))
    assert (found.waits.count, found.waits.median) == (4, int(statistics.median(took)))
    assert (found.missed.part, found.missed.whole, found.unrecorded) == (1, 2, 0)
    assert Booking.objects.count() == 9


def test_the_statements_are_as_many_for_one_line_as_for_all(plant):
    d, line = plant

    def count(*lines):
        chosen = places(d.operator, *lines)
        with CaptureQueriesContext(connection) as made:
            queries.use_of(places=chosen, first=FIRST, after=AFTER, at=LATER)
        return len(made)

    assert count(d.line) == count(d.line, line) <= 10


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.AUDITOR, "all"), (Role.GOVERNMENT_OFFICER, "all"), ("operator", "all"),
        ("engineer", "own"), ("buyer", "none"), (Role.EXPERT, "none"),
    ],
)  # fmt: skip
def test_use_is_read_by_the_platform_and_by_whoever_reads_all_statistics(role, sees):
    d, foreign = dock(), dock()
    actor = getattr(d, role) if isinstance(role, str) and hasattr(d, role) else None
    actor = actor or MembershipFactory(role=role)
    client = Client()
    client.force_login(actor.person, backend="allauth.account.auth_backends.AuthenticationBackend")

    seen = {p.id for p in queries.counted_lines(actor=actor)}

    expected = {"all": {d.line.pk, foreign.line.pk}, "own": {d.line.pk}}.get(sees, set())
    assert seen == expected
    assert client.get("/utilisation").status_code == 200


def test_every_figure_says_its_whole_its_formula_and_its_source(plant):
    d, line = plant
    for one in figures.indicators_of(counted(d, line)):
        assert one.part
        assert one.whole
        assert one.formula
        assert one.source


def test_tables_hold_what_the_page_shows_in_both_formats(plant, settings, tmp_path):
    settings.EXERCISE_CLOCK = True
    d, line = plant
    client = Client(headers={"X-Harbor-Time": LATER.isoformat()})
    client.force_login(
        d.operator.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    asked = f"?period=2026-03&platform={d.line.platform_id}"
    found = counted(d, line)

    text = client.get(f"/utilisation/days.csv{asked}").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + 2 * 31
    assert sum(int(r[3]) for r in rows[1:]) == found.used
    assert sum(int(r[4]) for r in rows[1:]) == found.open
    file = tmp_path / "week.xlsx"
    file.write_bytes(client.get(f"/utilisation/week.xlsx{asked}").content)
    sheet = load_workbook(file).active
    values = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [r[2] for r in values] == [s for day in found.week_used for s in day]
    assert client.get(f"/utilisation/indicators.csv{asked}").status_code == 200
    assert client.get(f"/utilisation/x.csv{asked}").status_code == 404
    page = client.get(f"/utilisation{asked}").content.decode()
    assert figures.indicators_of(found)[0].value in page
