"""Leave: asked for, decided, taken back; what it does to shifts, and that neither ever lies on the other."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotharbor.crew import commands, queries
from pilotharbor.crew.models import Leave, Shift
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.time import EmptyPeriod
from pilotharbor.parties.roles import Role
from tests.crew.conftest import NOW, at
from tests.factories.crew import EngineerFactory, LeaveFactory, OperatorFactory, ShiftFactory, hours
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db


def ask(plant, first=5, last=10, *, day=0, by=None, **more):
    member = by or plant.engineer
    return commands.ask_leave(
        kind="annual",
        start=at(first, day=day),
        end=at(last, day=day),
        actor_id=member.pk,
        at=NOW,
        **more,
    )


def grant(plant, leave, *, take_shifts=True, **more):
    return commands.approve_leave(leave_id=leave.pk, take_shifts=take_shifts, **(plant.by | more))


def duty(plant):
    return [s.period for s in queries.shifts().filter(membership=plant.engineer).order_by("period")]


def test_leave_is_asked_for_and_granted(plant):
    leave = ask(plant, reason="探亲")

    assert (leave.status, leave.membership) == ("asked", plant.engineer)
    granted = grant(plant, leave, take_shifts=False, reason="同意")
    assert (granted.status, granted.decided_by, granted.decision_reason) == (
        "approved",
        plant.operator,
        "同意",
    )
    assert [e.name for e in Event.objects.order_by("pk")] == [
        "crew.leave.asked",
        "crew.leave.approved",
    ]


def test_an_operator_enters_leave_for_an_engineer_and_nobody_else_does(plant):
    assert (
        ask(plant, by=plant.operator, membership_id=plant.engineer.pk).membership == plant.engineer
    )

    colleague = EngineerFactory(organisation=plant.line.platform)
    for actor in (colleague, plant.other_operator, plant.outsider):
        with pytest.raises(commands.NotYourLeave):
            ask(plant, day=3, by=actor, membership_id=plant.engineer.pk)
    for actor in (plant.outsider, plant.operator):
        with pytest.raises(commands.NotYourLeave):
            ask(plant, day=3, by=actor)
    assert Leave.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        (at(5), at(5), EmptyPeriod),
        (at(5), at(5, day=367), commands.LeaveTooLong),
        (at(5, day=-40), at(5, day=-39), commands.LeaveTooFar),
        (at(5, day=9000), at(5, day=9001), commands.LeaveTooFar),
    ],
)
def test_what_is_no_leave_leaves_no_trace(plant, start, end, error):
    with pytest.raises(error):
        commands.ask_leave(kind="sick", start=start, end=end, actor_id=plant.engineer.pk, at=NOW)

    assert not Leave.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("status", ["asked", "approved"])
def test_open_leave_of_one_person_never_overlaps(plant, status):
    LeaveFactory(membership=plant.engineer, period=hours(0, 24), status=status)

    with pytest.raises(commands.LeaveOverlaps) as refused:
        ask(plant, 20, 30)
    with pytest.raises(IntegrityError, match="crew_leave_no_overlap"), transaction.atomic():
        LeaveFactory(membership=plant.engineer, period=hours(20, 30))

    assert "2026-03-02 08:00–2026-03-03 08:00" in str(refused.value)
    assert ask(plant, 24, 30).pk


def test_refused_and_withdrawn_leave_makes_room(plant):
    LeaveFactory(membership=plant.engineer, status="refused", decision_reason="人手不足")
    LeaveFactory(membership=plant.engineer, status="withdrawn")

    assert ask(plant).pk


def test_the_shifts_it_meets_are_named_before_it_is_granted(plant):
    shift = ShiftFactory(membership=plant.engineer, period=hours(0, 8))
    leave = ask(plant)

    with pytest.raises(commands.LeaveMeetsShifts) as refused:
        grant(plant, leave, take_shifts=False)

    assert "2026-03-02 08:00–16:00" in str(refused.value)
    assert refused.value.facts["shift_ids"] == [shift.pk]
    assert Leave.objects.get().status == "asked"
    assert duty(plant) == [hours(0, 8)]


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (5, 10, [(0, 5)]),
        (-2, 3, [(3, 8)]),
        (2, 4, [(0, 2), (4, 8)]),
        (0, 8, []),
        (-1, 9, []),
        (8, 12, [(0, 8)]),
    ],
)
def test_granted_leave_leaves_the_pieces_beside_it_and_gives_all_back(plant, first, last, left):
    ShiftFactory(membership=plant.engineer, period=hours(0, 8), note="早班")
    leave = grant(plant, ask(plant, first, last))

    assert duty(plant) == [hours(a, b) for a, b in left]
    assert {s.note for s in queries.shifts()} <= {"早班"}

    commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.engineer.pk, at=NOW)
    assert duty(plant) == [hours(0, 8)]
    assert Shift.objects.filter(withdrawn_at=None, rest_of=None).count() == 1


def test_two_leaves_in_one_shift_come_and_go_in_any_order(plant):
    ShiftFactory(membership=plant.engineer, period=hours(0, 12))
    one, two = (grant(plant, ask(plant, a, b)) for a, b in ((2, 4), (6, 8)))
    assert duty(plant) == [hours(0, 2), hours(4, 6), hours(8, 12)]

    commands.withdraw_leave(leave_id=one.pk, actor_id=plant.engineer.pk, at=NOW)
    assert duty(plant) == [hours(0, 6), hours(8, 12)]

    commands.withdraw_leave(leave_id=two.pk, actor_id=plant.engineer.pk, at=NOW)
    assert duty(plant) == [hours(0, 12)]


def test_what_was_withdrawn_by_hand_or_planned_anew_is_not_given_back(plant):
    ShiftFactory(membership=plant.engineer, period=hours(0, 8))
    ShiftFactory(membership=plant.engineer, period=hours(0, 8, day=1))
    leave = grant(plant, ask(plant, 4, 36))
    piece = Shift.objects.get(period=hours(0, 4))
    commands.withdraw_shift(shift_id=piece.pk, **plant.by)

    commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.engineer.pk, at=NOW)
    assert duty(plant) == [hours(4, 8), hours(0, 8, day=1)]


def test_a_rhythm_that_was_ended_does_not_come_back_with_the_leave(plant):
    pattern = commands.plan_pattern(
        membership_id=plant.engineer.pk, weekdays=range(5), starts=at(0).time().replace(hour=8),
        ends=at(0).time().replace(hour=16), first=at(0).date(), last=at(0, day=4).date(), **plant.by,
    )  # fmt: skip
    leave = grant(plant, ask(plant, 0, 48))
    commands.end_pattern(pattern_id=pattern.pk, from_day=at(0, day=1).date(), **plant.by)

    commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.engineer.pk, at=NOW)
    assert duty(plant) == [hours(0, 8)]


def test_leave_that_has_begun_ends_now(plant):
    ShiftFactory(membership=plant.engineer, period=hours(0, 8))
    ShiftFactory(membership=plant.engineer, period=hours(0, 8, day=1))
    leave = grant(plant, ask(plant, 0, 40))

    commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.operator.pk, at=at(3))

    leave.refresh_from_db()
    assert (leave.status, leave.period) == ("approved", hours(0, 3))
    assert duty(plant) == [hours(3, 8), hours(0, 8, day=1)]
    assert Event.objects.order_by("-pk")[0].name == "crew.leave.ended"
    with pytest.raises(commands.LeaveOver):
        commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.operator.pk, at=at(4))


def test_a_refusal_says_why(plant):
    leave = ask(plant)

    with pytest.raises(commands.WhyMissing):
        commands.refuse_leave(leave_id=leave.pk, reason="  ", **plant.by)
    assert (
        commands.refuse_leave(leave_id=leave.pk, reason="大修期间", **plant.by).decision_reason
        == "大修期间"
    )
    for again in (
        lambda: grant(plant, leave),
        lambda: commands.refuse_leave(leave_id=leave.pk, reason="x", **plant.by),
        lambda: commands.withdraw_leave(leave_id=leave.pk, actor_id=plant.engineer.pk, at=NOW),
    ):
        with pytest.raises(MoveNotAllowed):
            again()


def test_nobody_decides_on_their_own_leave_nor_on_anothers_platform(plant):
    leave = ask(plant)
    oneself = OperatorFactory(organisation=plant.line.platform, person=plant.engineer.person)

    with pytest.raises(commands.OwnLeave):
        grant(plant, leave, actor_id=oneself.pk)
    with pytest.raises(NotFound):
        grant(plant, leave, actor_id=plant.other_operator.pk)
    with pytest.raises(NotFound):
        commands.approve_leave(leave_id=0, **plant.by)
    assert Leave.objects.get().status == "asked"


def test_leave_is_seen_by_its_owner_the_operators_and_auditors(plant):
    ask(plant, reason="就医")
    colleague = EngineerFactory(organisation=plant.line.platform)
    auditor = MembershipFactory(role=Role.AUDITOR)

    seen = [
        queries.visible_leave(actor=actor).count()
        for actor in (plant.engineer, plant.operator, auditor, colleague, plant.other_operator, plant.outsider)
    ]  # fmt: skip
    assert seen == [1, 1, 1, 0, 0, 0]
    with pytest.raises(NotFound):
        commands.withdraw_leave(leave_id=Leave.objects.get().pk, actor_id=colleague.pk, at=NOW)


def test_the_database_keeps_granted_leave_off_shifts(plant):
    ShiftFactory(membership=plant.engineer, period=hours(0, 8))
    asked = LeaveFactory(membership=plant.engineer, period=hours(2, 4), status="asked")

    with pytest.raises(IntegrityError, match="lies on a shift"), transaction.atomic():
        LeaveFactory(membership=plant.engineer, period=hours(7, 9))
    asked.status = "approved"
    with pytest.raises(IntegrityError, match="lies on a shift"), transaction.atomic():
        asked.save()
    LeaveFactory(membership=EngineerFactory(), period=hours(7, 9))


steps = st.lists(
    st.tuples(st.sampled_from(["shift", "leave", "withdraw", "drop"]), st.integers(0, 20), st.integers(1, 8)),
    max_size=10,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_whatever_happens_duty_is_what_was_planned_less_leave(plant, history):
    """R-CREW-3 and R-CREW-5 under any history, held against sets of hours."""
    Shift.objects.filter(rest_of__isnull=False).delete()
    Shift.objects.all().delete()
    Leave.objects.all().delete()
    planned: set[int] = set()
    away: dict[int, set[int]] = {}
    for what, first, length in history:
        span = set(range(first, first + length))
        if what == "shift":
            try:
                commands.plan_shift(
                    membership_id=plant.engineer.pk,
                    start=at(first),
                    end=at(first + length),
                    **plant.by,
                )
            except (commands.ShiftOverlaps, commands.ShiftOnLeave):
                assert span & (planned | set().union(*away.values()))
            else:
                planned |= span
        elif what == "leave":
            try:
                leave = ask(plant, first, first + length)
            except commands.LeaveOverlaps:
                assert span & set().union(*away.values())
            else:
                grant(plant, leave)
                away[leave.pk] = span
        elif what == "withdraw" and away:
            pk = sorted(away)[first % len(away)]
            del away[pk]
            commands.withdraw_leave(leave_id=pk, actor_id=plant.engineer.pk, at=NOW)
        elif what == "drop" and (there := list(queries.shifts().order_by("period"))):
            shift = there[first % len(there)]
            commands.withdraw_shift(shift_id=shift.pk, **plant.by)
            gone = (shift.period.lower - at(0)), (shift.period.upper - at(0))
            planned -= set(
                range(int(gone[0] / timedelta(hours=1)), int(gone[1] / timedelta(hours=1)))
            )

        on = {
            h
            for s in queries.shifts()
            for h in range(
                int((s.period.lower - at(0)) / timedelta(hours=1)),
                int((s.period.upper - at(0)) / timedelta(hours=1)),
            )
        }  # fmt: skip
        assert on == planned - set().union(*away.values())
