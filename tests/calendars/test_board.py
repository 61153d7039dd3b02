"""What stands on a board for whom, held against the calendar of one line, and in how many queries."""

from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Booking
from pilotharbor.calendars import queries
from pilotharbor.calendars.queries import Wanted
from pilotharbor.parties.roles import Role
from tests.factories.calendars import NOW, dock, on, row, second_line, stranger
from tests.factories.crew import ShiftFactory
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
START, END = on(2, 0), on(9, 0)
ALL = Wanted()


def told(actor, *lines, start=START, end=END, at=NOW):
    return queries.events_of(
        line_ids=[x.pk for x in lines], start=start, end=end, actor=actor, at=at
    )


def test_whoever_may_not_read_a_booking_learns_only_that_it_is_taken():
    d = dock()
    other = stranger(d)
    ours, theirs = row(d, on(2), 10, batch_no=3), row(other, on(3), 10)

    one, two = told(d.buyer, d.line)

    assert (one.id, one.title, one.batch_no) == (ours.pk, d.project.title, 3)
    assert (two.id, two.title, two.project_id, two.engineer, two.batch_no) == (
        None, "", None, "", None,
    )  # fmt: skip
    assert (two.status, two.start, two.end) == ("taken", theirs.period.lower, theirs.period.upper)
    assert not two.movable


def test_requests_of_others_that_hold_nothing_are_not_shown_at_all():
    d = dock()
    other = stranger(d)
    row(other, on(3), 10, status="submitted")
    wish = row(d, on(4), 10, status="submitted")

    assert [e.id for e in told(d.buyer, d.line)] == [wish.pk]
    assert len(told(d.operator, d.line)) == 2


def test_what_was_given_up_is_free_again():
    d = dock()
    for status in ("cancelled", "rejected", "no_show"):
        row(d, on(4), 10, status=status)

    assert told(d.operator, d.line) == []


def test_only_what_touches_the_stretch_is_told_half_open():
    d = dock()
    row(d, on(1), 16)
    inside = row(d, on(2, 0), 1)
    row(d, on(9, 0), 1)

    assert [e.id for e in told(d.operator, d.line)] == [inside.pk]


def test_a_machine_taken_for_another_line_takes_this_one_too():
    d = dock()
    line = second_line(d)
    away = row(d, on(3), 10)
    machine = line.equipment.first()
    away.allocations.create(equipment=machine, period=away.period)
    away.allocations.create(equipment=line.equipment.last(), period=away.period)

    both = told(d.operator, d.line, line)

    assert {(e.line_id, e.linked, e.movable) for e in both} == {
        (d.line.pk, False, "all"), (line.pk, True, ""),
    }  # fmt: skip
    assert [e.id for e in told(stranger(d).buyer, line)] == [None]
    away.allocations.update(live=False)
    assert len(told(d.operator, d.line, line)) == 2 - 1


@pytest.mark.parametrize(
    ("who", "moves", "overrules"),
    [("buyer", "all", False), ("operator", "all", True), ("engineer", "", False)],
)
def test_bars_are_movable_for_who_asked_and_for_the_platforms_operator(who, moves, overrules):
    d = dock()
    row(d, on(2), 5)
    row(d, on(3), 5, status="in_use")

    waiting, running = told(getattr(d, who), d.line)

    assert (waiting.movable, waiting.overrules) == (moves, overrules)
    assert running.movable == ("end" if overrules else "")
    for event in (waiting, running):
        found = Booking.objects.get(pk=event.id)
        assert bool(event.movable) == booking.may_move(getattr(d, who), found)


def test_what_was_done_early_is_free_from_then_on():
    d = dock()
    done = row(d, on(2), 10, status="completed")
    done.allocations.update(period=(on(2), on(2, 12)))

    (one,) = told(d.operator, d.line)

    assert (one.start, one.end) == (on(2), on(2, 12))


def test_what_was_done_before_the_stretch_is_not_in_it():
    d = dock()
    done = row(d, on(1, 20), 10, status="completed")
    done.allocations.update(period=(on(1, 20), on(1, 22)))

    assert told(d.operator, d.line) == []


def test_instants_are_exact_to_the_microsecond():
    d = dock()
    made = row(d, on(2) + timedelta(microseconds=123_457), 5)

    (one,) = told(d.operator, d.line)

    assert (one.start, one.end) == (made.period.lower, made.period.upper)


def test_a_request_that_holds_its_slot_takes_the_time_from_everybody():
    d = dock()
    other = stranger(d)
    held = row(other, on(3), 10, status="submitted", hold_ends_at=NOW + timedelta(hours=5))

    (seen,) = told(d.buyer, d.line)
    (known,) = told(other.buyer, d.line)
    after = NOW + timedelta(hours=5)

    assert (seen.status, seen.id) == ("taken", None)
    assert (known.status, known.id) == ("held", held.pk)
    assert told(d.buyer, d.line, at=after) == []
    assert [e.status for e in told(other.buyer, d.line, at=after)] == ["submitted"]


def test_auditors_read_all_and_move_nothing():
    d = dock()
    row(d, on(2), 5)
    auditor = MembershipFactory(role=Role.AUDITOR)

    (one,) = told(auditor, d.line)

    assert one.title == d.project.title
    assert not one.movable
    assert not one.overrules


@pytest.mark.parametrize("who", ["buyer", "operator", "engineer", "researcher"])
def test_the_board_of_a_line_says_what_its_calendar_says(who):
    """The one that asks line by line is the oracle of the one that asks for all at once."""
    d = dock()
    other = stranger(d)
    lines = [d.line, second_line(d), second_line(d)]
    states = ("approved", "submitted", "in_use", "completed", "cancelled", "no_show")
    for n in range(30):
        one = (d, other)[n % 2]
        row(one, on(1 + n // 4, 6 * (n % 4)), 4, status=states[n % 6], line=lines[n // 2 % 3])

    actor = getattr(d, who)
    for line in lines:
        slots = booking.calendar(line=line, start=START, end=END, actor=actor)
        expected = [(s.start, s.end, s.status, s.booking and s.booking.pk) for s in slots]
        found = [(e.start, e.end, e.status, e.id) for e in told(actor, line)]
        assert sorted(found, key=str) == sorted(expected, key=str)


def test_one_statement_for_one_line_and_for_many(django_assert_num_queries):
    d = dock()
    lines = [d.line]
    row(d, on(2), 5)
    with django_assert_num_queries(1):
        told(d.buyer, *lines)
    for _ in range(3):
        lines.append(second_line(d))
        for n in range(5):
            row(d, on(2 + n), 5, line=lines[-1])
    with django_assert_num_queries(1):
        assert len(told(d.buyer, *lines)) == 16


def test_lines_are_those_one_may_see_and_filters_only_narrow_them():
    d = dock()
    shut = second_line(d, is_open=False, closed_reason="改造")
    abroad = dock().line

    def names(actor, wanted=ALL):
        return {p.id for p in queries.lines_of(actor=actor) if wanted.has(p)}

    assert names(d.buyer) == {d.line.pk, abroad.pk}
    assert names(d.operator) == {d.line.pk, shut.pk, abroad.pk}
    assert names(d.buyer, Wanted(line_ids=frozenset({shut.pk}))) == set()
    assert names(d.operator, Wanted(platform_id=d.line.platform_id)) == {d.line.pk, shut.pk}
    assert names(d.operator, Wanted(site="lab")) == set()
    assert not queries.has_line(d.buyer, shut.pk)


def test_the_page_has_a_constant_number_of_queries(client, settings):
    settings.EXERCISE_CLOCK = True
    d = dock()
    client.force_login(
        d.operator.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def count(view):
        from django.db import connection

        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            answer = client.get(
                f"/calendar?view={view}&day=2026-03-02", headers={"X-Harbor-Time": NOW.isoformat()}
            )
        assert answer.status_code == 200
        return len(queries_made)

    row(d, on(2), 5)
    before = {view: count(view) for view in ("timeline", "day", "week", "month")}
    for _ in range(5):
        line = second_line(d)
        for n in range(6):
            row(d, on(2 + n), 5, line=line)
    after = {view: count(view) for view in ("timeline", "day", "week", "month")}

    assert after == before
    assert max(after.values()) <= 15, after
    assert timedelta(0) < END - START


def test_an_engineer_sees_their_own_shifts_above_the_board_and_nobody_else_does(client, settings):
    settings.EXERCISE_CLOCK = True
    d = dock()
    for day in (1, 2, 3, 4, 5, 6, 7, 8):
        ShiftFactory(membership=d.engineer, period=(on(day), on(day, 16)))
    ShiftFactory(membership=d.engineer, period=(on(9), on(9, 16)), withdrawn_at=NOW)

    def page(who, **params):
        client.force_login(
            who.person, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client.get("/calendar", params, headers={"X-Harbor-Time": NOW.isoformat()})

    mine = page(d.engineer, days="14", day=on(1).date().isoformat())
    assert len(mine.context["shifts"]) + len(mine.context["more_shifts"]) == 8
    off = page(d.engineer, view="day", day="2026-06-01").context
    assert (off["on_duty"], list(off["shifts"])) == (True, [])
    assert "on_duty" not in page(d.operator).context
