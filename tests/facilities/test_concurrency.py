"""Closures, links and sites while somebody else does the same: each with its control."""

from datetime import time, timedelta

import pytest
from django.db import connection, transaction

from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.facilities import commands
from pilotharbor.facilities.commands import closures as closures_module
from pilotharbor.facilities.models import Closure, EquipmentLink, Line, OpeningHours
from pilotharbor.facilities.opening import Hours
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.models import Event
from tests.factories.booking import NOW, dock, on
from tests.factories.race import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def t(hour):
    return time(hour)


def declare(d, start, end, **of):
    return commands.declare_closure(
        kind="outage", start=start, end=end, reason="漏液", actor_id=d.operator.pk, at=NOW, **of
    )


def approve_against_closure(d, day):
    """Approve a request and shut its line at the same instant; what each came to."""
    asked = d.request(on(day), on(day, 12))
    start, end = asked.period.lower, asked.period.upper
    machine = d.line.equipment.order_by("id").last()
    outcomes = race(
        lambda: d.approve(asked),
        lambda: declare(d, start, end, equipment_id=machine.pk),
    )
    asked.refresh_from_db()
    return asked, outcomes


def test_an_approval_never_passes_a_closure_by():
    """Either the closure came first and the approval says so, or it finds the slot allotted."""
    d = dock()

    for day in range(2, 2 + ROUNDS):
        asked, (approved, declared) = approve_against_closure(d, day)

        assert isinstance(declared, list), declared
        if isinstance(approved, DomainError):
            assert asked.status == Booking.Status.SUBMITTED
            assert not Allocation.objects.filter(booking=asked, live=True).exists()
        else:
            assert asked.status == Booking.Status.APPROVED
            # The one who allotted had the locks first, so the closure was written after it.
            assert said("booking.booking.approved", asked) < said(
                "facilities.closure.declared", declared[0]
            )


def said(name, subject):
    """The number of an event: events of one line follow each other as its lock was held."""
    return Event.objects.get(name=name, subject_id=subject.pk).pk


def test_a_closure_waits_for_whoever_holds_the_line(monkeypatch):
    """While a booking holds line and machines no closure is written; without the lock it is."""
    d = dock()

    def shut_while_held():
        seen = []
        with transaction.atomic():
            Line.objects.select_for_update(no_key=True).get(pk=d.line.pk)

            def other():
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '300ms'")
                return declare(d, on(9), on(9) + timedelta(hours=2), line_id=d.line.pk)

            seen += race(other)
        return seen[0]

    held = shut_while_held()
    monkeypatch.setattr(
        closures_module, "_locked", lambda line_id, *_: (Line.objects.get(pk=line_id), None)
    )
    control = shut_while_held()

    assert "lock timeout" in str(held)
    assert isinstance(control, list)
    assert Closure.objects.count() == 1


def test_one_link_of_two_at_the_same_instant():
    d = dock()
    one, two = d.line.equipment.order_by("id")[:2]

    def link(first, second):
        return commands.link_equipment(
            equipment_id=first.pk, other_id=second.pk, actor_id=d.operator.pk, at=NOW
        )

    outcomes = race(lambda: link(one, two), lambda: link(two, one))

    assert sorted(type(o).__name__ for o in outcomes) == ["AlreadyLinked", "EquipmentLink"]
    assert EquipmentLink.objects.count() == 1


def test_of_two_weeks_set_at_once_one_stands_whole():
    d = dock()
    weeks = [
        [Hours(n, t(8), t(12)) for n in range(5)],
        [Hours(n, t(10), t(18)) for n in range(5)],
    ]

    race(
        *(
            lambda week=week: commands.set_hours(
                line_id=d.line.pk, hours=week, open_on_holidays=False, multi_day=False,
                actor_id=d.operator.pk, at=NOW,
            )
            for week in weeks
        )
    )  # fmt: skip

    kept = list(OpeningHours.objects.order_by("weekday").values_list("opens", flat=True))
    assert kept in ([t(8)] * 5, [t(10)] * 5)
