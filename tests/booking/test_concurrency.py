from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.db import OperationalError, connection

from pilotharbor.booking import commands
from pilotharbor.booking.commands import errors, slots
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from pilotharbor.projects.models import Project
from tests.factories.booking import dock, on
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8


def double_booked() -> bool:
    by_machine: dict[int, list] = {}
    for a in Allocation.objects.filter(live=True):
        by_machine.setdefault(a.equipment_id, []).append(a.period)
    return any(
        one.upper > two.lower
        for periods in by_machine.values()
        for one, two in pairwise(sorted(periods, key=lambda p: p.lower))
    )


def test_of_eight_simultaneous_approvals_exactly_one_wins():
    d = dock()
    for round_ in range(4):
        start = on(2 + round_ * 5)
        rivals = [
            d.request(start + timedelta(hours=i), start + timedelta(hours=10 + i))
            for i in range(CLIENTS)
        ]

        outcomes = race(*(partial(d.approve, booking) for booking in rivals))

        kinds = sorted(type(o).__name__ for o in outcomes)
        assert kinds == ["Booking"] + ["SlotTaken"] * (CLIENTS - 1), outcomes
    assert not double_booked()
    assert Booking.objects.filter(status="approved").count() == 4
    assert Event.objects.filter(name="booking.booking.approved").count() == 4
    assert Event.objects.filter(name="projects.gate.passed").count() == 1


def test_lines_sharing_no_machine_do_not_hinder_each_other():
    docks = [dock() for _ in range(4)]
    asked = [d.request() for d in docks]

    outcomes = race(*(partial(d.approve, b) for d, b in zip(docks, asked, strict=True)))

    assert [type(o).__name__ for o in outcomes] == ["Booking"] * 4, outcomes


def test_one_request_approved_by_two_operators_is_allotted_once():
    d = dock()
    booking = d.request()

    outcomes = race(*(partial(d.approve, booking) for _ in range(4)))

    assert sorted(type(o).__name__ for o in outcomes) == ["Booking"] + ["MoveNotAllowed"] * 3
    assert Allocation.objects.count() == 2


def test_approval_and_cancellation_leave_one_answer():
    d = dock()
    for day in (2, 9, 16, 23):
        booking = d.request(on(day))
        race(
            partial(d.approve, booking),
            partial(
                commands.cancel,
                booking_id=booking.pk, reason="改期", actor_id=d.researcher.pk, at=on(1, 12),
            ),
        )  # fmt: skip
        booking.refresh_from_db()
        live = booking.allocations.filter(live=True).exists()
        assert live == (booking.status == Booking.Status.APPROVED)


def test_usage_recorded_by_two_engineers_is_charged_once():
    d = dock()
    booking = d.allot(on(2), on(2, 10))

    outcomes = race(*(partial(d.use, booking, on(2), on(2, 10)) for _ in range(4)))

    assert sum(isinstance(o, DomainError) for o in outcomes) == 3, outcomes
    assert Event.objects.filter(name="booking.usage.recorded").count() == 1


@pytest.fixture
def _without_constraint():
    name = "booking_no_double_booking"
    constraint = next(c for c in Allocation._meta.constraints if c.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Allocation, constraint)
    yield
    Allocation.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Allocation, constraint)


@pytest.fixture
def _without_lock(monkeypatch):
    monkeypatch.setattr(slots, "hold_lines", lambda _line_ids: None)
    monkeypatch.setattr(slots, "locked_project", lambda pk: Project.objects.get(pk=pk))


def rivals_of_two_projects(d, rounds=6):
    for round_ in range(rounds):
        asked = [d.request(on(2 + round_ * 4)) for _ in range(CLIENTS)]
        yield race(*(partial(d.approve, booking) for booking in asked))


@pytest.mark.usefixtures("_without_constraint", "_without_lock")
def test_control_without_lock_and_constraint_the_race_double_books():
    d = dock()

    for _ in rivals_of_two_projects(d):
        pass

    assert double_booked()


@pytest.mark.usefixtures("_without_lock")
def test_without_the_lock_the_constraint_alone_still_prevents_it():
    d = dock()

    for outcomes in rivals_of_two_projects(d, rounds=2):
        assert sum(isinstance(o, Booking) for o in outcomes) == 1
        refused = [o for o in outcomes if not isinstance(o, Booking)]
        # Racing inserts may die of a deadlock here: that is why the lock is there.
        assert all(isinstance(o, errors.SlotTaken | OperationalError) for o in refused), outcomes

    assert not double_booked()


@pytest.mark.usefixtures("_without_constraint")
def test_the_lock_alone_still_prevents_it():
    d = dock()

    for outcomes in rivals_of_two_projects(d, rounds=2):
        assert sum(isinstance(o, Booking) for o in outcomes) == 1, outcomes

    assert not double_booked()
