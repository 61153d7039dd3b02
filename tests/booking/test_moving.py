"""Slots are moved, shortened, handed over; requests are held; several reviewers decide."""

from datetime import timedelta

import pytest

from pilotharbor.booking import commands
from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.roles import Role
from tests.factories.booking import NOW, dock, on
from tests.factories.facilities import TariffFactory, working_line
from tests.factories.parties import MembershipFactory
from tests.factories.projects import ProjectFactory

pytestmark = pytest.mark.django_db


def move(d, booking, start, end, *, actor=None, at=NOW, **more):
    return commands.move(
        booking_id=booking.pk,
        start=start,
        end=end,
        actor_id=(actor or d.operator).pk,
        at=at,
        **more,
    )


def live(booking):
    rows = Allocation.objects.filter(booking=booking, live=True)
    return {(a.equipment_id, a.engineer_id, a.period.lower, a.period.upper) for a in rows}


def test_a_request_holds_its_time_for_the_hours_of_its_line():
    d = dock(hold_hours=24)
    booking = d.request(on(3, 9), on(3, 11))

    assert booking.hold_ends_at == NOW + timedelta(hours=24)
    assert booking.allocations.filter(live=True).count() == 2
    with pytest.raises(commands.SlotTaken):
        d.request(on(3, 10), on(3, 12))
    later = NOW + timedelta(hours=24)
    assert d.request(on(3, 10), on(3, 12), at=later).pk  # whoever meets it lets it go
    assert booking.allocations.filter(live=True).count() == 0
    booking.refresh_from_db()
    assert booking.status == Booking.Status.SUBMITTED
    with pytest.raises(commands.SlotTaken):
        d.approve(booking, at=later)


def test_the_minute_task_lets_an_expired_hold_go():
    d = dock(hold_hours=1)
    booking = d.request(on(3, 9), on(3, 11))
    at = NOW + timedelta(hours=2)

    assert commands.tidy(line_id=d.line.pk, actor_id=None, at=NOW) == 0
    assert commands.tidy(line_id=d.line.pk, actor_id=None, at=at) == 1
    assert commands.tidy(line_id=d.line.pk, actor_id=None, at=at) == 0
    assert live(booking) == set()
    assert d.approve(booking, at=at).status == Booking.Status.APPROVED


def test_a_held_request_is_allotted_with_what_it_holds():
    d = dock(hold_hours=24)
    booking = d.request(on(3, 9), on(3, 11))

    d.approve(booking, engineer_id=d.engineer.pk)

    assert len(live(booking)) == 3
    assert booking.allocations.count() == 3


def test_the_operator_moves_an_allotted_slot_and_it_stays_allotted():
    d = dock()
    booking = d.approve(d.request(on(3, 9), on(3, 11), billing="hour"), engineer_id=d.engineer.pk)

    move(d, booking, on(4, 9), on(4, 12))

    booking.refresh_from_db()
    assert booking.status == Booking.Status.APPROVED
    assert booking.price_fen == 540_000
    assert {(a, b) for *_who, a, b in live(booking)} == {(on(4, 9), on(4, 12))}
    assert len(live(booking)) == 3
    assert d.request(on(3, 9), on(3, 11)).pk
    moved = Event.objects.get(name="booking.booking.moved")
    assert (moved.facts["again"], moved.facts["from_start"]) == (False, "2026-03-03T01:00:00+00:00")


def test_a_move_onto_a_taken_slot_leaves_everything_as_it_was():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))
    d.allot(on(4, 9), on(4, 11))
    before = live(booking)

    with pytest.raises(commands.SlotTaken):
        move(d, booking, on(4, 10), on(4, 12), override_reason="一定要")

    booking.refresh_from_db()
    assert (live(booking), booking.period.lower) == (before, on(3, 9))


def test_a_slot_may_move_into_part_of_itself():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    assert move(d, booking, on(3, 10), on(3, 12)).period.lower == on(3, 10)


def test_who_asked_may_shorten_but_moving_is_reviewed_anew():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 13), billing="hour")

    move(d, booking, on(3, 9), on(3, 11), actor=d.researcher)
    booking.refresh_from_db()
    assert (booking.status, booking.price_fen) == (Booking.Status.APPROVED, 360_000)

    move(d, booking, on(5, 9), on(5, 11), actor=d.researcher)
    booking.refresh_from_db()
    assert (booking.status, booking.review_round, booking.price_fen) == ("submitted", 2, None)
    assert {(a, b) for *_who, a, b in live(booking)} == {(on(5, 9), on(5, 11))}
    assert d.approve(booking).status == Booking.Status.APPROVED  # the same reviewer, a new round


def test_a_slot_that_costs_a_fee_is_not_moved_away_by_who_asked():
    d = dock()
    d.line.tariffs.all().delete()
    TariffFactory(line=d.line, free_cancel_hours=48, late_cancel_bp=5_000)
    booking = d.allot(on(3, 9), on(3, 13), billing="hour")

    with pytest.raises(commands.TooLateToMove) as refused:
        move(d, booking, on(20, 9), on(20, 11), actor=d.researcher, at=on(2, 9))
    assert refused.value.facts["until"] == "2026-03-01 09:00"
    # Shortened late, what is cut off costs its fee: half of two hours.
    move(d, booking, on(3, 9), on(3, 11), actor=d.researcher, at=on(2, 9))
    assert booking.charges.get().amount_fen == 180_000
    assert move(d, booking, on(20, 9), on(20, 11), at=on(2, 9)).status == Booking.Status.APPROVED


def test_others_do_not_move_it_and_what_is_over_stays():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))

    with pytest.raises(commands.NotYoursToMove):
        move(d, booking, on(4, 9), on(4, 11), actor=d.buyer)
    d.use(booking, on(3, 9), on(3, 10))
    with pytest.raises(commands.NotYoursToMove):
        move(d, booking, on(4, 9), on(4, 11))


def test_a_slot_in_use_changes_only_its_end():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))
    commands.start(booking_id=booking.pk, actor_id=d.engineer.pk, at=on(3, 9))

    with pytest.raises(MoveNotAllowed):
        move(d, booking, on(3, 10), on(3, 12), at=on(3, 10))
    assert move(d, booking, on(3, 9), on(3, 12), at=on(3, 10)).period.upper == on(3, 12)


def test_a_slot_moves_to_another_line_of_the_platform_only():
    d, stranger = dock(), dock()
    other = working_line(platform=d.line.platform, machines=1)
    booking = d.allot(on(3, 9), on(3, 11))

    with pytest.raises(NotFound):
        move(d, booking, on(3, 9), on(3, 11), line_id=stranger.line.pk)
    moved = move(d, booking, on(3, 9), on(3, 11), line_id=other.pk)
    assert (moved.line_id, len(live(booking))) == (other.pk, 1)
    assert d.request(on(3, 9), on(3, 11)).pk


def test_a_schedule_places_a_request_inside_its_windows():
    d = dock()
    booking = d.request(
        None, None, windows=[(on(3, 8), on(3, 18)), (on(5, 8), on(5, 18))], duration_s=4 * 3600
    )
    assert (booking.period.lower, booking.period.upper) == (on(3, 8), on(3, 12))

    with pytest.raises(commands.errors.OutsideWindows):
        commands.place(
            booking_id=booking.pk, start=on(4, 8), end=on(4, 12), engineer_id=None,
            actor_id=d.operator.pk, at=NOW,
        )  # fmt: skip
    placed = commands.place(
        booking_id=booking.pk, start=on(5, 9), end=on(5, 13), engineer_id=d.engineer.pk,
        actor_id=d.operator.pk, at=NOW,
    )  # fmt: skip
    assert (placed.status, placed.period.lower) == (Booking.Status.APPROVED, on(5, 9))
    assert len(live(placed)) == 3


def test_a_flexible_request_finds_the_earliest_room_or_says_there_is_none():
    d = dock()
    d.allot(on(3, 8), on(3, 15))
    windows = [(on(3, 8), on(3, 18)), (on(5, 8), on(5, 10))]

    assert d.request(None, None, windows=windows, duration_s=3 * 3600).period.lower == on(3, 15)
    with pytest.raises(commands.NothingFree):
        d.request(None, None, windows=windows, duration_s=4 * 3600)
    with pytest.raises(commands.errors.WindowsUnsound):
        d.request(None, None, windows=windows, duration_s=30 * 3600)
    with pytest.raises(commands.errors.TimeMissing):
        commands.request(
            line_id=d.line.pk, project_id=d.project.pk, billing="hour",
            actor_id=d.researcher.pk, at=NOW,
        )  # fmt: skip


def test_as_many_different_reviewers_as_the_line_wants():
    d = dock(reviews_needed=2)
    second = MembershipFactory(organisation=d.line.platform, role=Role.PLATFORM_OPERATOR)
    booking = d.request(on(3, 9), on(3, 11))

    d.approve(booking, engineer_id=d.engineer.pk)
    booking.refresh_from_db()
    assert (booking.status, live(booking)) == (Booking.Status.SUBMITTED, set())
    with pytest.raises(commands.AlreadyReviewed):
        d.approve(booking)
    d.approve(booking, actor=second)
    booking.refresh_from_db()
    assert (booking.status, booking.engineer) == (Booking.Status.APPROVED, d.engineer)


def test_one_reviewer_against_it_is_enough():
    d = dock(reviews_needed=2, hold_hours=24)
    second = MembershipFactory(organisation=d.line.platform, role=Role.PLATFORM_OPERATOR)
    booking = d.request(on(3, 9), on(3, 11))
    d.approve(booking)

    commands.reject(booking_id=booking.pk, reason="物料不符", actor_id=second.pk, at=NOW)

    booking.refresh_from_db()
    assert (booking.status, live(booking)) == (Booking.Status.REJECTED, set())


def test_hand_over_to_another_person_and_another_project():
    d = dock()
    booking = d.allot(on(3, 9), on(3, 11))
    other = ProjectFactory(
        stewarded=True, status="pilot", platform=d.project.platform,
        achievement=d.project.achievement, demand=d.project.demand,
    )  # fmt: skip

    commands.hand_over(
        booking_id=booking.pk, used_by_id=d.buyer.pk, actor_id=d.researcher.pk, at=NOW
    )
    commands.hand_over(booking_id=booking.pk, project_id=other.pk, actor_id=d.researcher.pk, at=NOW)

    booking.refresh_from_db()
    assert (booking.used_by, booking.project, booking.status) == (d.buyer, other, "approved")
    with pytest.raises(NotFound):
        commands.hand_over(
            booking_id=booking.pk, project_id=dock().project.pk, actor_id=d.researcher.pk, at=NOW
        )
    with pytest.raises(commands.NotYoursToMove):
        commands.hand_over(
            booking_id=booking.pk, used_by_id=d.buyer.pk, actor_id=d.engineer.pk, at=NOW
        )
