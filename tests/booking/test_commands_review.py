"""What approval allots, and how a booking is rejected or cancelled."""

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.projects.models import Project, TeamMember
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import EquipmentFactory, LineEngineerFactory

pytestmark = pytest.mark.django_db


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_approval_allots_every_machine_in_service_at_the_price_of_the_first_day():
    d = dock()
    EquipmentFactory(line=d.line, status=Equipment.Status.MAINTENANCE)
    booking = d.request(on(2), on(4, 18))

    d.approve(booking, engineer_id=d.engineer.pk)

    booking.refresh_from_db()
    assert booking.status == Booking.Status.APPROVED
    assert (booking.price_fen, booking.tariff.batch_fen) == (9_000_000, 9_000_000)
    assert (booking.reviewed_by, booking.engineer) == (d.operator, d.engineer)
    taken = booking.allocations.filter(live=True)
    in_service = d.line.equipment.filter(status="in_service")
    assert {a.equipment_id for a in taken if a.equipment_id} == {e.pk for e in in_service}
    assert [a.engineer_id for a in taken if a.engineer_id] == [d.engineer.pk]
    assert {a.period for a in taken} == {booking.period}


def test_approval_by_the_hour_fixes_the_price_pro_rata():
    d = dock()

    booking = d.allot(on(2), on(2, 9, 1), billing="hour")

    assert booking.price_fen == 183_000  # 61 minutes at 1,800.00 an hour


def test_first_approval_opens_the_pilot_and_lets_the_engineer_in():
    d = dock()
    one, two = d.request(on(2)), d.request(on(9))

    d.approve(one, engineer_id=d.engineer.pk)
    d.approve(two, engineer_id=d.engineer.pk)

    d.project.refresh_from_db()
    assert d.project.status == Project.Status.PILOT
    assert names().count("projects.gate.passed") == 1
    assert TeamMember.objects.filter(project=d.project, membership=d.engineer).count() == 1


@pytest.mark.parametrize(("start", "end"), [(9, 11), (8, 10), (10, 12), (8, 12)])
def test_approval_refuses_any_overlap_and_leaves_no_trace(start, end):
    d = dock()
    rival = d.request(on(3, start), on(3, end))
    d.allot(on(3, 9), on(3, 11))
    before = names()

    with pytest.raises(commands.SlotTaken) as refused:
        d.approve(rival)

    assert refused.value.facts["taken"] == "2026-03-03 09:00 – 2026-03-03 11:00"
    assert "2026-03-03 09:00" in refused.value.problems["start"]
    rival.refresh_from_db()
    assert rival.status == Booking.Status.SUBMITTED
    assert rival.allocations.count() == 0
    assert names() == before


def test_neighbouring_slots_may_touch():
    d = dock()
    d.allot(on(3, 9), on(3, 11))

    assert d.allot(on(3, 11), on(3, 12)).status == Booking.Status.APPROVED
    assert d.allot(on(3, 8), on(3, 9)).status == Booking.Status.APPROVED


def test_a_taken_slot_is_refused_when_asked_for():
    d = dock()
    d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.SlotTaken):
        d.request(on(3, 10), on(3, 12))


def test_what_changed_since_the_request_is_refused_at_approval():
    d = dock()
    booking = d.request()
    d.line.is_open, d.line.closed_reason = False, "检修。"
    d.line.save()

    with pytest.raises(commands.LineClosed):
        d.approve(booking)


def test_an_engineer_of_another_line_is_refused():
    d = dock()
    booking, stranger = d.request(), LineEngineerFactory().membership

    with pytest.raises(commands.EngineerElsewhere) as refused:
        d.approve(booking, engineer_id=stranger.pk)

    assert list(refused.value.problems) == ["engineer_id"]


def test_only_an_operator_of_the_platform_decides():
    d, other = dock(), dock()
    booking = d.request()

    for actor in (d.researcher, d.buyer, d.engineer):
        with pytest.raises(NotYourRole):
            d.approve(booking, actor=actor)
    with pytest.raises(NotFound):
        d.approve(booking, actor=other.operator)
    with pytest.raises(NotYourRole):
        commands.reject(booking_id=booking.pk, reason="不", actor_id=d.buyer.pk, at=NOW)


def test_an_operator_of_the_projects_platform_does_not_decide_on_a_foreign_line():
    d, other = dock(), dock()
    booking = d.request(line_id=other.line.pk)

    with pytest.raises(commands.NotYourReview):
        d.approve(booking)

    assert other.approve(booking).status == Booking.Status.APPROVED


def test_afterwards_needs_the_reviewers_reason_on_record():
    d = dock()
    booking = d.request(on(1, 8), on(1, 10), retrospective=True)

    with pytest.raises(commands.OverrideMissing):
        d.approve(booking, override_reason="  ")

    d.approve(booking, override_reason="系统上线前已使用，补录。")
    booking.refresh_from_db()
    assert booking.override_reason == "系统上线前已使用，补录。"


def test_a_request_reviewed_too_late_needs_a_reason_too():
    d = dock()
    booking = d.request(on(2))

    with pytest.raises(commands.OverrideMissing):
        d.approve(booking, at=on(2, 9))


def test_approving_twice_is_refused():
    d = dock()
    booking = d.allot()

    with pytest.raises(MoveNotAllowed):
        d.approve(booking)

    assert booking.allocations.count() == 2


def test_reject_says_why_and_ends_it():
    d = dock()
    booking = d.request()

    with pytest.raises(commands.ReasonMissing):
        commands.reject(booking_id=booking.pk, reason=" ", actor_id=d.operator.pk, at=NOW)
    commands.reject(booking_id=booking.pk, reason="物料不符", actor_id=d.operator.pk, at=NOW)

    booking.refresh_from_db()
    assert (booking.status, booking.review_reason) == ("rejected", "物料不符")
    with pytest.raises(MoveNotAllowed):
        d.approve(booking)


@pytest.mark.parametrize("who", ["researcher", "operator"])
def test_cancel_frees_the_time(who):
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    commands.cancel(booking_id=booking.pk, reason="物料未到", actor_id=getattr(d, who).pk, at=NOW)

    assert booking.allocations.filter(live=True).count() == 0
    assert d.allot(on(3, 9), on(3, 11)).status == Booking.Status.APPROVED


def test_cancel_is_for_those_who_asked():
    d, other = dock(), dock()
    booking = d.allot()

    with pytest.raises(commands.NotYoursToCancel):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=d.buyer.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.cancel(booking_id=booking.pk, reason="x", actor_id=other.operator.pk, at=NOW)
    with pytest.raises(commands.ReasonMissing):
        commands.cancel(booking_id=booking.pk, reason="", actor_id=d.researcher.pk, at=NOW)
