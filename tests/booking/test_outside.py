"""What happens around a booking reaches it: closures, machines' own signals, overruns, check-ins."""

from datetime import timedelta

import pytest

from pilotharbor.booking import commands, handlers, queries, tasks
from pilotharbor.booking.models import Booking, Run
from pilotharbor.facilities import commands as facilities
from pilotharbor.facilities.models import Closure
from pilotharbor.kernel.models import Event
from pilotharbor.parties.models import Notification
from tests.factories.booking import NOW, dock, on

pytestmark = pytest.mark.django_db


def told(event):
    """The notifications of a kind, by person."""
    return set(Notification.objects.filter(kind=event).values_list("person_id", flat=True))


def declare(d, start, end, **of):
    facilities.declare_closure(
        kind="maintenance", start=start, end=end, reason="更换密封件", actor_id=d.operator.pk, at=NOW,
        **({"line_id": None, "equipment_id": None} | of),
    )  # fmt: skip
    return Closure.objects.latest("id")


@pytest.mark.parametrize("what", ["line", "machine"])
def test_a_closure_marks_what_it_hits_and_deletes_nothing(what):
    d = dock()
    hit = d.approve(d.request(on(3, 9), on(3, 11)), engineer_id=d.engineer.pk)
    pending = d.request(on(3, 14), on(3, 16))
    spared = d.allot(on(5, 9), on(5, 11))
    of = {"line_id": d.line.pk} if what == "line" else {
        "equipment_id": d.line.equipment.first().pk
    }  # fmt: skip
    closure = declare(d, on(3, 8), on(3, 18), **of)

    handlers.mark_what_a_closure_hits(
        Event.objects.filter(name="facilities.closure.declared").latest("id")
    )

    for booking in (hit, pending, spared):
        booking.refresh_from_db()
    assert (hit.hit_by, pending.hit_by, spared.hit_by) == (closure.pk, closure.pk, None)
    assert hit.status == Booking.Status.APPROVED
    event = Event.objects.filter(name="booking.booking.hit", subject_id=hit.pk).get()
    handlers.tell_who_planned_with_it(event)
    assert d.researcher.person_id in told("booking.booking.hit")

    facilities.lift_closure(closure_id=closure.pk, actor_id=d.operator.pk, at=NOW)
    handlers.clear_what_a_closure_hit(
        Event.objects.filter(name="facilities.closure.lifted").latest("id")
    )
    hit.refresh_from_db()
    assert hit.hit_by is None


def test_moving_it_away_takes_the_mark_off():
    d = dock()
    hit = d.allot(on(3, 9), on(3, 11))
    closure = declare(d, on(3, 8), on(3, 18), line_id=d.line.pk)
    commands.mark_hit(closure_id=closure.pk, actor_id=None, at=NOW)

    commands.move(booking_id=hit.pk, start=on(4, 9), end=on(4, 11), actor_id=d.operator.pk, at=NOW)

    hit.refresh_from_db()
    assert hit.hit_by is None


def test_runs_of_the_machines_are_proposed_as_usage():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 13))
    machines = list(d.line.equipment.all())
    for i, (machine, start, end) in enumerate(
        [
            (machines[0], on(3, 9, 10), on(3, 10)),
            (machines[1], on(3, 9, 40), on(3, 11)),
            (machines[0], on(3, 20), on(3, 21)),
        ]
    ):
        for _ in range(2):
            commands.note_run(
                equipment_id=machine.pk, start=start, end=end, event_id=i, actor_id=None, at=end
            )

    assert Run.objects.count() == 2
    found = queries.proposed_usage(booking)
    assert (found.start, found.end, found.seconds) == (on(3, 9, 10), on(3, 11), 110 * 60)


def test_an_overrun_is_noted_once_and_who_comes_next_is_told():
    d = dock()
    running = d.allot(on(3, 9), on(3, 11))
    following = d.allot(on(3, 12), on(3, 14), actor=d.buyer)
    commands.start(booking_id=running.pk, actor_id=d.engineer.pk, at=on(3, 9))

    assert tasks.tidy(int(on(3, 11, 10).timestamp())) == 0
    assert tasks.tidy(int(on(3, 11, 16).timestamp())) == 1
    assert tasks.tidy(int(on(3, 11, 17).timestamp())) == 0
    event = Event.objects.get(name="booking.booking.overran")
    handlers.tell_who_comes_next(event)
    assert following.requested_by.person_id in told("booking.booking.overran")


def test_check_in_on_the_day_by_who_may():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    def check_in(actor, at):
        return commands.check_in(booking_id=booking.pk, actor_id=actor.pk, at=at)

    with pytest.raises(commands.TooEarly):
        check_in(d.researcher, on(2, 9))
    with pytest.raises(commands.errors.NotYoursToCheckIn):
        check_in(d.buyer, on(3, 9))
    with pytest.raises(commands.errors.OverAlready):
        check_in(d.researcher, on(3, 11))
    first = check_in(d.researcher, on(3, 9))
    again = check_in(d.engineer, on(3, 9) + timedelta(minutes=1))
    assert (again.checked_in_at, again.checked_in_by) == (first.checked_in_at, d.researcher)
