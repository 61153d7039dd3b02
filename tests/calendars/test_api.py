"""The feed for programs: what it says to whom, what it refuses, and how many statements it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.calendars import payload, queries
from pilotharbor.facilities.models import Closure, OpeningHours
from tests.factories.calendars import NOW, dock, on, row, second_line, stranger
from tests.factories.callers import Caller

pytestmark = pytest.mark.django_db
SPAN = {"from": on(2, 0).isoformat(), "to": on(9, 0).isoformat()}


@pytest.fixture(autouse=True)
def _exercise(settings):
    settings.EXERCISE_CLOCK = True


def test_the_feed_tells_ones_own_and_only_taken_of_others():
    d = dock()
    other = stranger(d)
    ours, _theirs = row(d, on(2), 5), row(other, on(3), 5)

    answer = Caller(d.buyer, at=NOW).get("/calendar", **SPAN)

    one, two = answer.json()["items"]
    assert (one["id"], one["title"], one["start"]) == (
        ours.pk,
        d.project.title,
        "2026-03-02T00:00:00Z",
    )
    assert two == {
        "id": None, "line_id": d.line.pk, "start": "2026-03-03T00:00:00Z",
        "end": "2026-03-03T05:00:00Z", "status": "taken", "title": "", "project_id": None,
        "batch_no": None, "engineer": "", "movable": "", "overrules": False, "linked": False,
    }  # fmt: skip
    assert other.project.title not in answer.content.decode()
    assert [x["id"] for x in answer.json()["lines"]] == [d.line.pk]


def test_filters_narrow_lines_and_a_project_its_own_bookings():
    d = dock()
    line = second_line(d)
    row(d, on(2), 5)
    row(stranger(d), on(3), 5)
    row(d, on(4), 5, line=line)
    caller = Caller(d.operator, at=NOW)

    def items(**more):
        return len(caller.get("/calendar", **SPAN, **more).json()["items"])

    assert items() == 3
    assert items(lines=str(line.pk)) == 1
    assert items(project_id=d.project.pk) == 2
    assert items(platform_id=d.line.platform_id, site="workshop") == 3
    assert items(site="lab") == 0


@pytest.mark.parametrize(
    ("span", "more", "code"),
    [
        ((9, 2), {}, "time.empty_period"),
        ((2, 2), {}, "time.empty_period"),
        ((2, 200), {}, "calendars.too_many_days"),
        ((2, 9), {"lines": "3,x"}, "calendars.not_ids"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(span, more, code):
    d = dock()
    first, last = (on(1, 0) + timedelta(days=n) for n in span)

    answer = Caller(d.buyer, at=NOW).get(
        "/calendar", **{"from": first.isoformat(), "to": last.isoformat()}, **more
    )

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_nobody_reads_it_without_being_known():
    assert Caller(None).get("/calendar", **SPAN).status_code == 401


def test_openings_say_hours_and_what_shuts():
    d = dock()
    OpeningHours.objects.create(line=d.line, weekday=0, opens="08:00", closes="20:00")
    Closure.objects.create(
        line=d.line, kind="outage", period=(on(2, 10), on(2, 12)), reason="断电",
        declared_by=d.operator, declared_at=NOW,
    )  # fmt: skip

    found = (
        Caller(d.buyer, at=NOW).get("/calendar/openings", **SPAN).json()["lines"][str(d.line.pk)]
    )

    assert found["open"] == [["2026-03-02T00:00:00Z", "2026-03-02T12:00:00Z"]]
    assert [(s["kind"], s["start"]) for s in found["shut"]] == [("outage", "2026-03-02T02:00:00Z")]


def test_the_feed_costs_the_same_few_statements_however_much_there_is():
    d = dock()
    caller = Caller(d.operator, at=NOW)
    caller.get("/calendar", **SPAN)

    def count():
        with CaptureQueriesContext(connection) as made:
            assert caller.get("/calendar", **SPAN).status_code == 200
        return len(made)

    row(d, on(2), 5)
    before = count()
    for _ in range(4):
        line = second_line(d)
        for n in range(6):
            row(d, on(2 + n), 5, line=line)

    assert count() == before <= 5


@pytest.mark.parametrize("who", ["buyer", "operator", "engineer"])
def test_the_text_of_the_feed_is_the_json_of_the_same_events(who):
    d = dock()
    other = stranger(d)
    line = second_line(d)
    type(d.project).objects.filter(pk=d.project.pk).update(title='“a"\\b\n</script>&\u2028')
    d.project.refresh_from_db()
    row(d, on(2), 5, batch_no=3, engineer=d.engineer)
    row(other, on(3), 5)
    row(d, on(4), 5, status="submitted", hold_ends_at=on(20))
    row(other, on(5), 5, status="in_use", line=line)
    row(d, on(6) + timedelta(microseconds=123_456), 5, status="completed", line=line)
    actor = getattr(d, who)

    items = Caller(actor, at=NOW).get("/calendar", **SPAN).json()["items"]

    found = queries.events_of(
        line_ids=[d.line.pk, line.pk], start=on(2, 0), end=on(9, 0), actor=actor, at=NOW
    )
    assert items == payload.events(found)
    assert len(items) == 5
