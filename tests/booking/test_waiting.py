"""Who waits for a taken line is offered a freed slot, in order."""

from datetime import timedelta

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.commands import Ask
from pilotharbor.booking.models import Booking, Waiting
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.projects.models import Project
from tests.factories.booking import NOW, dock, on
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db
DAY = [(on(3, 8), on(3, 18))]


def wait(d, project=None, *, at=NOW, hours=10, windows=DAY, actor=None):
    return commands.wait(
        line_id=d.line.pk, project_id=(project or d.project).pk, windows=windows,
        duration_s=hours * 3600, ask=Ask(billing="hour", material="缓冲液"),
        actor_id=(actor or d.researcher).pk, at=at,
    )  # fmt: skip


def another(d, status=Project.Status.PILOT):
    return ProjectFactory(
        stewarded=True, status=status, platform=d.project.platform,
        achievement=d.project.achievement, demand=d.project.demand,
    )  # fmt: skip


def cancel(d, booking, at=NOW):
    commands.cancel(booking_id=booking.pk, reason="改期", actor_id=d.researcher.pk, at=at)


def states():
    return list(Waiting.objects.order_by("id").values_list("status", flat=True))


def test_a_freed_slot_is_offered_in_the_order_of_asking():
    d = dock()
    taken = d.allot(*DAY[0])
    first, second = wait(d), wait(d, another(d), at=NOW + timedelta(minutes=1))
    assert states() == ["waiting", "waiting"]

    cancel(d, taken)

    assert states() == ["offered", "waiting"]
    offer = first.offers.get()
    assert (offer.status, offer.period.lower, offer.material) == ("submitted", on(3, 8), "缓冲液")
    assert offer.allocations.filter(live=True).count() == 2
    with pytest.raises(commands.SlotTaken):
        d.request(*DAY[0])
    commands.decline_offer(waiting_id=first.pk, actor_id=d.researcher.pk, at=NOW)
    assert states() == ["declined", "offered"]
    offer.refresh_from_db()
    assert offer.status == Booking.Status.CANCELLED
    taken_up = commands.accept_offer(waiting_id=second.pk, actor_id=d.researcher.pk, at=NOW)
    assert states() == ["declined", "taken"]
    assert taken_up.hold_ends_at == on(3, 8)
    assert d.approve(taken_up).status == Booking.Status.APPROVED


def test_what_is_free_is_offered_at_once():
    d = dock()

    assert wait(d).status == "offered"


def test_an_offer_that_nobody_takes_lapses_to_the_next():
    d = dock()
    first, second = wait(d), wait(d, another(d), at=NOW + timedelta(minutes=1))
    at = first.offer_ends_at

    with pytest.raises(commands.OfferOver):
        commands.accept_offer(waiting_id=first.pk, actor_id=d.researcher.pk, at=at)
    assert commands.tidy(line_id=d.line.pk, actor_id=None, at=at) == 1
    assert states() == ["lapsed", "offered"]
    with pytest.raises(commands.NothingOffered):
        commands.accept_offer(waiting_id=first.pk, actor_id=d.researcher.pk, at=at)
    assert second.offers.exists()


def test_one_who_may_not_have_it_is_passed_over_and_keeps_the_place():
    d = dock()
    taken = d.allot(*DAY[0])
    ended = another(d)
    wait(d, ended)
    wait(d, at=NOW + timedelta(minutes=1))
    Project.objects.filter(pk=ended.pk).update(status="ended", ended_reason="终止")

    cancel(d, taken)

    assert states() == ["waiting", "offered"]


def test_two_short_waits_fit_into_one_freed_day():
    d = dock()
    taken = d.allot(*DAY[0])
    one, two = wait(d, hours=4), wait(d, another(d), hours=6, at=NOW + timedelta(minutes=1))

    cancel(d, taken)

    assert states() == ["offered", "offered"]
    assert [w.offers.get().period.lower for w in (one, two)] == [on(3, 8), on(3, 12)]


def test_an_open_offer_is_not_reviewed_and_the_queue_of_requests_does_not_show_it():
    d = dock()
    offer = wait(d).offers.get()

    with pytest.raises(commands.errors.OfferOpen):
        d.approve(offer)
    with pytest.raises(commands.errors.OfferOpen):
        commands.reject(booking_id=offer.pk, reason="x", actor_id=d.operator.pk, at=NOW)
    assert list(commands.waiting.queries.review_queue(actor=d.operator)) == []
    cancel(d, offer)
    assert states() == ["declined"]


def test_others_neither_answer_nor_see_it():
    d, other = dock(), dock()
    waiting = wait(d)

    with pytest.raises(commands.NotYoursToAnswer):
        commands.accept_offer(waiting_id=waiting.pk, actor_id=d.operator.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.accept_offer(waiting_id=waiting.pk, actor_id=other.researcher.pk, at=NOW)


def test_whoever_leaves_gives_the_offer_on():
    d = dock()
    first = wait(d)
    wait(d, another(d), at=NOW + timedelta(minutes=1))

    commands.withdraw(waiting_id=first.pk, actor_id=d.researcher.pk, at=NOW)

    assert states() == ["withdrawn", "offered"]


def test_who_waits_in_vain_is_told():
    d = dock()
    d.allot(*DAY[0])
    wait(d)

    commands.tidy(line_id=d.line.pk, actor_id=None, at=on(4))

    assert states() == ["lapsed"]
    assert Event.objects.filter(name="booking.waiting.lapsed").count() == 1
