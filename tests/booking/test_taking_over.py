"""An engineer is away: somebody else runs the slot, by the same rules, and everybody is told."""

from datetime import time

import pytest
from django.test import Client

from pilotharbor.booking import commands, queries
from pilotharbor.booking.models import Allocation
from pilotharbor.crew import commands as crew
from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import LineEngineerFactory
from tests.factories.parties import MembershipFactory
from tests.factories.race import race

pytestmark = pytest.mark.django_db


def setting():
    """A slot that an engineer runs, another engineer of its line, and a leave over the slot."""
    d = dock()
    other = LineEngineerFactory(line=d.line).membership
    for who in (d.engineer, other):
        crew.plan_pattern(
            membership_id=who.pk, weekdays=range(5), starts=time(8), ends=time(18),
            first=NOW.date(), last=on(27).date(), actor_id=d.operator.pk, at=NOW,
        )  # fmt: skip
    booking = d.approve(d.request(on(3, 9), on(3, 11), billing="hour"), engineer_id=d.engineer.pk)
    leave = crew.ask_leave(
        kind="annual", start=on(3, 0), end=on(4, 0), actor_id=d.engineer.pk, at=NOW
    )
    return d, other, booking, leave


def over(d, booking, who, *, actor=None, **more):
    return commands.take_over(
        booking_id=booking.pk, engineer_id=who.pk, actor_id=(actor or d.operator).pk, at=NOW, **more
    )


def runs(booking):
    rows = Allocation.objects.filter(booking=booking, live=True)
    return sorted(str(a.engineer_id or "machine") for a in rows)


def test_another_engineer_runs_it_and_nothing_else_changes():
    d, other, booking, _leave = setting()
    price = booking.price_fen

    taken = over(d, booking, other)

    assert (taken.engineer, taken.status, taken.price_fen) == (other, "approved", price)
    assert runs(booking) == sorted([str(other.pk), "machine", "machine"])
    event = Event.objects.get(name="booking.booking.taken_over")
    assert (event.facts["engineer_id"], event.facts["from_engineer_id"]) == (
        other.pk, d.engineer.pk,
    )  # fmt: skip
    assert over(d, booking, other) == taken
    assert Event.objects.filter(name="booking.booking.taken_over").count() == 1


def test_who_is_busy_away_or_of_another_line_does_not_take_over():
    d, other, booking, _leave = setting()
    stranger = LineEngineerFactory().membership
    operator_elsewhere = MembershipFactory(
        organisation=d.project.enterprise, role=Role.PLATFORM_OPERATOR
    )

    with pytest.raises(commands.EngineerElsewhere):
        over(d, booking, stranger)
    with pytest.raises(commands.errors.NotYourReview):
        over(d, booking, other, actor=operator_elsewhere)
    off = crew.ask_leave(kind="sick", start=on(3, 0), end=on(4, 0), actor_id=other.pk, at=NOW)
    crew.approve_leave(leave_id=off.pk, take_shifts=True, actor_id=d.operator.pk, at=NOW)
    with pytest.raises(commands.errors.NotBookable):
        over(d, booking, other)
    booking.refresh_from_db()
    assert booking.engineer == d.engineer
    aside = over(d, booking, other, override_reason="已与本人商定")
    assert (aside.engineer, aside.override_reason) == (other, "已与本人商定")


def test_what_is_not_allotted_has_no_engineer_to_change():
    d, other, _booking, _leave = setting()
    asked = d.request(on(5, 9), on(5, 11))

    with pytest.raises(MoveNotAllowed):
        over(d, asked, other)


@pytest.mark.django_db(transaction=True)
def test_one_engineer_never_takes_over_two_slots_at_once():
    d, other, booking, _leave = setting()
    second = dock()
    second.line.platform = d.line.platform
    second.line.save()
    LineEngineerFactory(line=second.line, membership=other)
    second.project.platform = d.line.platform
    second.project.save()
    rival = commands.approve(
        booking_id=second.request(on(3, 10), on(3, 12), billing="hour").pk,
        actor_id=d.operator.pk, at=NOW,
    )  # fmt: skip

    outcomes = race(lambda: over(d, booking, other), lambda: over(d, rival, other))

    assert sorted(type(one).__name__ for one in outcomes) == ["Booking", "EngineerTaken"]
    assert Allocation.objects.filter(engineer=other, live=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_engineers_and_who_comes_are_told():
    d, other, booking, _leave = setting()
    over(d, booking, other)

    feeder.drain()

    def told(kind):
        return set(Notification.objects.filter(kind=kind).values_list("person_id", flat=True))

    assert other.person_id in told("booking.engineer.assigned")
    assert told("booking.booking.taken_over") == {d.engineer.person_id, d.researcher.person_id}


def test_a_leave_shows_its_slots_and_who_could_run_them(settings):
    settings.EXERCISE_CLOCK = True
    d, other, booking, leave = setting()

    def seen(member):
        client = Client(headers={"X-Harbor-Time": NOW.isoformat(), "Accept-Language": "en"})
        client.force_login(member.person)
        return client, client.get(f"/bookings/in-leave/{leave.pk}")

    assert list(queries.could_run(booking)) == [other]
    client, page = seen(d.operator)
    assert [row["booking"] for row in page.context["rows"]] == [booking]
    assert other.person.name in page.content.decode()
    _own, page = seen(d.engineer)
    assert d.line.name in page.content.decode()
    assert "select" not in page.content.decode()
    assert seen(d.researcher)[1].status_code == 404
    done = client.post(
        f"/bookings/{booking.pk}/take-over",
        {"leave": leave.pk, "take-engineer_id": other.pk},
    )
    assert (done.status_code, done.url) == (302, f"/leave/{leave.pk}")
    booking.refresh_from_db()
    assert booking.engineer == other
    assert client.get(f"/bookings/in-leave/{leave.pk}").context["rows"] == []
