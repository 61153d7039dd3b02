"""Requests, approvals, moves and offers all at once: nothing is taken twice, nothing deadlocks."""

import random
import time
from datetime import timedelta
from itertools import pairwise
from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import OperationalError, connection, transaction

from pilotharbor.booking import commands
from pilotharbor.booking.commands import Ask, slots
from pilotharbor.booking.commands.errors import MovedMeanwhile
from pilotharbor.booking.models import Allocation, Booking, Waiting
from pilotharbor.facilities.models import EquipmentLink
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.projects.models import Project
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import working_line
from tests.factories.projects import ProjectFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8
ACTS = 30
# On a machine that is busy with something else, fewer acts are as good a race.
LONG_ENOUGH_S = 40


def taken_twice() -> int:
    """Pairs of live allocations of one machine or engineer that overlap."""
    by_one: dict[tuple[int | None, int | None], list] = {}
    for a in Allocation.objects.filter(live=True):
        by_one.setdefault((a.equipment_id, a.engineer_id), []).append(a.period)
    return sum(
        one.upper > two.lower
        for periods in by_one.values()
        for one, two in pairwise(sorted(periods, key=lambda p: p.lower))
    )


@pytest.fixture
def stage():
    """Two lines that share a machine by a link, one engineer of both, and two projects."""
    d = dock(hold_hours=48, status=Project.Status.PILOT)
    other = working_line(platform=d.line.platform, hold_hours=48)
    other.engineers.update(membership=d.engineer)
    EquipmentLink.objects.create(equipment=d.line.equipment.first(), other=other.equipment.first())
    second = ProjectFactory(
        stewarded=True, status=Project.Status.PILOT, platform=d.project.platform,
        achievement=d.project.achievement, demand=d.project.demand,
    )  # fmt: skip
    return d, [d.line.pk, other.pk], [d.project.pk, second.pk]


class Client:
    """One person's acts: mostly requests, some reviews, moves, waits and cancellations."""

    def __init__(self, d, lines, projects, seed):
        self.d, self.lines, self.projects = d, lines, projects
        self.dice = random.Random(seed)

    def __call__(self):
        done = refused = 0
        acts = [self.ask, self.approve, self.move, self.wait, self.cancel, self.answer]
        end = time.monotonic() + LONG_ENOUGH_S
        for act in self.dice.choices(acts, [8, 5, 4, 2, 3, 2], k=ACTS):
            if time.monotonic() > end:
                break
            try:
                act()
                done += 1
            except DomainError:
                refused += 1
        return done, refused

    def when(self):
        start = on(3, 8) + timedelta(hours=self.dice.randrange(12))
        return start, start + timedelta(hours=self.dice.randint(1, 4))

    def booking(self, *states):
        rows = Booking.objects.filter(status__in=states).values_list("pk", flat=True)
        return self.dice.choice([*rows, 0])

    def ask(self):
        line, project = self.dice.choice(self.lines), self.dice.choice(self.projects)
        self.d.request(*self.when(), line_id=line, project_id=project, billing="hour")

    def approve(self):
        commands.approve(
            booking_id=self.booking("submitted"), actor_id=self.d.operator.pk, at=NOW,
            engineer_id=self.dice.choice([None, self.d.engineer.pk]),
        )  # fmt: skip

    def move(self):
        start, end = self.when()
        commands.move(
            booking_id=self.booking("submitted", "approved"), start=start, end=end, at=NOW,
            line_id=self.dice.choice([None, *self.lines]),
            actor_id=self.dice.choice([self.d.operator.pk, self.d.researcher.pk]),
        )  # fmt: skip

    def wait(self):
        commands.wait(
            line_id=self.dice.choice(self.lines), project_id=self.dice.choice(self.projects),
            windows=[(on(3, 8), on(3, 20))], duration_s=3600, ask=Ask(billing="hour"),
            actor_id=self.d.researcher.pk, at=NOW,
        )  # fmt: skip

    def cancel(self):
        pk = self.booking("submitted", "approved")
        commands.cancel(booking_id=pk, reason="x", actor_id=self.d.operator.pk, at=NOW)

    def answer(self):
        offered = Waiting.objects.filter(status="offered").first()
        answer = self.dice.choice([commands.accept_offer, commands.decline_offer])
        pk = offered.pk if offered else 0
        answer(waiting_id=pk, actor_id=self.d.researcher.pk, at=NOW)


def consistent():
    """A booking has its machines exactly in the states and times in which it may."""
    for booking in Booking.objects.all():
        live = booking.allocations.filter(live=True, equipment__isnull=False)
        periods = set(live.values_list("period", flat=True))
        if booking.status == Booking.Status.APPROVED:
            assert periods == {booking.period}, booking
        elif booking.status == Booking.Status.SUBMITTED:
            assert periods <= {booking.period}, booking
        else:
            assert periods == set(), booking


def test_everything_at_once_takes_nothing_twice(stage, monkeypatch):
    d, lines, projects = stage
    deadlocks = []
    # A deadlock would be tried again and go unseen.
    monkeypatch.setattr("pilotharbor.kernel.transactions.time.sleep", deadlocks.append)

    outcomes = race(*(Client(d, lines, projects, seed) for seed in range(CLIENTS)))

    assert all(isinstance(o, tuple) for o in outcomes), outcomes
    assert sum(done for done, _refused in outcomes) > CLIENTS
    assert (taken_twice(), deadlocks) == (0, [])
    assert Booking.objects.filter(status="approved").exists()
    consistent()


@pytest.fixture
def _guard_off(monkeypatch):
    """Neither lock nor constraint: only the look before the leap."""
    monkeypatch.setattr(slots, "hold_lines", lambda _line_ids: None)
    monkeypatch.setattr(slots, "locked_project", lambda pk: Project.objects.get(pk=pk))
    guards = [
        c for c in Allocation._meta.constraints
        if c.name in {"booking_no_double_booking", "booking_engineer_once"}
    ]  # fmt: skip
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(Allocation, guard)
    yield
    Allocation.objects.all().delete()
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.add_constraint(Allocation, guard)


@pytest.mark.usefixtures("_guard_off")
def test_control_with_the_guard_off_the_same_race_double_books(stage):
    d, _lines, _projects = stage
    at_once = [lambda: d.request(on(5, 9), on(5, 11)) for _ in range(CLIENTS)]

    for _ in range(4):
        race(*at_once)

    assert taken_twice() > 0


def test_an_offer_and_a_request_for_the_same_time_leave_one(stage):
    d, lines, _projects = stage
    taken = d.allot(on(3, 8), on(3, 20))
    commands.wait(
        line_id=lines[0], project_id=d.project.pk, windows=[(on(3, 8), on(3, 20))],
        duration_s=12 * 3600, ask=Ask(billing="hour"), actor_id=d.researcher.pk, at=NOW,
    )  # fmt: skip

    outcomes = race(
        lambda: commands.cancel(booking_id=taken.pk, reason="x", actor_id=d.researcher.pk, at=NOW),
        *[lambda: d.request(on(3, 8), on(3, 20)) for _ in range(5)],
    )

    # Who waits comes first: the slot is offered in the command that frees it.
    assert Waiting.objects.get().status == "offered"
    assert not any(isinstance(o, Booking) for o in outcomes[1:]), outcomes
    assert taken_twice() == 0


def test_two_reviewers_of_two_lines_do_not_take_one_engineer_twice(stage):
    d, lines, _projects = stage
    for hour in (8, 10, 12, 14):
        pair = [d.request(on(4, hour), on(4, hour + 2), line_id=line, billing="hour")
                for line in lines[:1]]  # fmt: skip
        other = working_line(platform=d.line.platform)
        other.engineers.update(membership=d.engineer)
        pair.append(d.request(on(4, hour), on(4, hour + 2), line_id=other.pk, billing="hour"))

        outcomes = race(
            *[
                lambda b=b: commands.approve(
                    booking_id=b.pk, engineer_id=d.engineer.pk, actor_id=d.operator.pk, at=NOW
                )
                for b in pair
            ]
        )

        assert sorted(type(o).__name__ for o in outcomes) == ["Booking", "EngineerTaken"], outcomes
    assert taken_twice() == 0


def test_a_move_and_an_approval_of_the_same_request_leave_one_place(stage):
    d, _lines, _projects = stage
    for day in (5, 6, 7, 8):
        booking = d.request(on(day, 8), on(day, 10), billing="hour")
        outcomes = race(
            lambda b=booking: d.approve(b),
            lambda b=booking, day=day: commands.move(
                booking_id=b.pk, start=on(day, 12), end=on(day, 14),
                actor_id=d.operator.pk, at=NOW,
            ),
        )  # fmt: skip
        assert all(isinstance(o, Booking | MoveNotAllowed | MovedMeanwhile) for o in outcomes), (
            outcomes
        )
        assert not any(isinstance(o, OperationalError) for o in outcomes)
    consistent()


def queued(line, *runners):
    """Run all behind a lock on a line, in their order, once each of them stands in the queue."""
    outcomes: list = [None] * len(runners)

    def run(i):
        try:
            outcomes[i] = runners[i]()
        except Exception as exc:  # noqa: BLE001 - the outcome is what the test looks at
            outcomes[i] = exc
        finally:
            connection.close()

    threads = [Thread(target=run, args=(i,)) for i in range(len(runners))]
    with transaction.atomic():
        slots.hold_lines([line.pk])
        for count, thread in enumerate(threads, start=1):
            thread.start()
            until = monotonic() + 30
            while waiting_backends() < count:
                assert monotonic() < until, "nobody queues at the line"
                sleep(0.01)
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def waiting_backends():
    """How many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        # Within a transaction the first look would be kept.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def act_of(name, d, booking):
    """Something done with a booking by who has just looked at it."""
    common = {"booking_id": booking.pk, "at": NOW}
    return {
        "move": lambda: commands.move(
            **common, start=on(4, 9), end=on(4, 11), actor_id=d.operator.pk
        ),
        "hand_over": lambda: commands.hand_over(
            **common, used_by_id=d.researcher.pk, actor_id=d.researcher.pk
        ),
        "cancel": lambda: commands.cancel(**common, reason="x", actor_id=d.researcher.pk),
        "approve": lambda: commands.approve(**common, actor_id=d.operator.pk),
        "reject": lambda: commands.reject(**common, reason="x", actor_id=d.operator.pk),
    }[name]


@pytest.mark.parametrize("act", ["move", "hand_over", "cancel", "approve", "reject"])
def test_who_looked_before_it_was_moved_to_another_line_looks_again(stage, act):
    d, lines, _projects = stage
    booking = d.request(on(3, 9), on(3, 11), billing="hour")

    moved, refused = queued(
        d.line,
        lambda: commands.move(
            booking_id=booking.pk, start=on(3, 9), end=on(3, 11), line_id=lines[1],
            actor_id=d.operator.pk, at=NOW,
        ),
        act_of(act, d, booking),
    )  # fmt: skip

    assert isinstance(moved, Booking)
    assert isinstance(refused, MovedMeanwhile)
    booking.refresh_from_db()
    assert (booking.line_id, booking.status) == (lines[1], "submitted")
    assert (booking.period.lower, taken_twice()) == (on(3, 9), 0)


def test_who_agreed_to_a_time_does_not_agree_to_the_one_it_was_moved_to(stage):
    d, _lines, _projects = stage
    booking = d.request(on(3, 9), on(3, 11), billing="hour")

    moved, refused = queued(
        d.line,
        lambda: commands.move(
            booking_id=booking.pk, start=on(5, 9), end=on(5, 11), actor_id=d.researcher.pk, at=NOW
        ),
        act_of("approve", d, booking),
    )

    assert isinstance(moved, Booking)
    assert isinstance(refused, MovedMeanwhile)
    booking.refresh_from_db()
    assert (booking.period.lower, booking.status) == (on(5, 9), "submitted")
