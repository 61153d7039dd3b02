"""Asking for plans, searching, accepting: what is written, what is refused, what is left as it was."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Allocation
from pilotharbor.facilities import commands as facilities
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.kernel.time import period
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from pilotharbor.scheduling import commands, queries, solving
from pilotharbor.scheduling.accepting import accept
from pilotharbor.scheduling.models import Placement, Proposal
from pilotharbor.scheduling.situation import situation_of
from tests.factories.booking import NOW, dock, on
from tests.factories.parties import MembershipFactory
from tests.factories.scheduling import HOUR, plant

pytestmark = pytest.mark.django_db
WEEK = (on(2, 8), on(7, 0))


def by(p):
    return {"actor_id": p.d.operator.pk, "at": NOW}


def taking(p, proposal, **fields):
    return accept(proposal_id=proposal.pk, **by(p), **fields)


def of(proposal, one) -> Placement:
    return proposal.placements.get(booking=one)


@pytest.mark.parametrize("role", list(Role))
def test_only_who_decides_on_requests_plans_and_sees_plans(role):
    p = plant()
    p.ask(4, WEEK)
    member = MembershipFactory(organisation=p.d.line.platform, role=role)
    may = role == Role.PLATFORM_OPERATOR

    if may:
        proposal = p.propose(actor=member)
    else:
        with pytest.raises(NotYourRole):
            p.propose(actor=member)
        assert not Proposal.objects.exists()
        proposal = p.propose()
        with pytest.raises(NotYourRole):
            commands.discard(proposal_id=proposal.pk, actor_id=member.pk, at=NOW)
    sees = queries.visible_proposals(actor=member).exists()
    assert sees is (may or role == Role.AUDITOR)


def test_a_plan_of_another_platform_is_not_found():
    p, other = plant(), dock()
    p.ask(4, WEEK)
    proposal = p.plan()
    who = {"actor_id": other.operator.pk, "at": NOW}

    with pytest.raises(NotFound):
        commands.discard(proposal_id=proposal.pk, **who)
    with pytest.raises(NotFound):
        accept(proposal_id=proposal.pk, **who)
    with pytest.raises(NotFound):
        commands.carry_out(placement_id=proposal.placements.get().pk, **who)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"first": NOW - HOUR}, commands.BadHorizon),
        ({"last": on(2, 0) + timedelta(days=57)}, commands.BadHorizon),
        ({"limit_s": 0}, commands.BadLimit),
        ({"limit_s": 601}, commands.BadLimit),
        ({"swap_lines": [0]}, commands.LinesElsewhere),
        ({"first": on(20), "last": on(25)}, commands.NothingWaits),
        ({"kind": "repair"}, commands.NothingWaits),
    ],
)
def test_what_cannot_be_planned_is_refused_and_leaves_no_trace(fields, refusal):
    p = plant()
    p.ask(4, WEEK)
    before = Event.objects.count()

    with pytest.raises(refusal):
        p.propose(**fields)

    assert not Proposal.objects.exists()
    assert Event.objects.count() == before


def test_one_search_at_a_time_and_a_new_plan_overtakes_what_nobody_decided_on():
    p = plant()
    p.ask(4, WEEK)
    first = p.propose()
    with pytest.raises(commands.SearchUnderWay):
        p.propose()

    p.solve(first)
    second = p.propose()

    first.refresh_from_db()
    assert (first.status, first.closed_at) == (Proposal.Status.OVERTAKEN, NOW)
    with pytest.raises(commands.PlanOver):
        taking(p, first)
    assert second.status == Proposal.Status.QUEUED


def test_a_discarded_search_ends_and_writes_nothing(monkeypatch):
    p = plant()
    p.ask(4, WEEK)
    proposal = p.propose()
    real = solving.find

    def found(*args, **kwargs):
        result = real(*args, **kwargs)
        commands.discard(proposal_id=proposal.pk, **by(p))
        return result

    monkeypatch.setattr(solving, "find", found)
    p.solve(proposal)

    assert proposal.status == Proposal.Status.DISCARDED
    assert not proposal.placements.exists()


def test_a_search_whose_worker_died_is_tried_anew_and_failed_at_last():
    p = plant()
    p.ask(4, WEEK)
    proposal = p.propose()
    late = NOW
    for attempt in (1, 2, 3):
        commands.begin(proposal_id=proposal.pk, actor_id=p.d.operator.pk, at=late)
        assert commands.mend(actor_id=None, at=late) == []
        late += timedelta(minutes=5)
        again = commands.mend(actor_id=None, at=late)
        proposal.refresh_from_db()
        if attempt < 3:
            assert (again, proposal.status) == ([proposal.pk], Proposal.Status.QUEUED)

    assert (proposal.status, proposal.problem) == (Proposal.Status.FAILED, "broke_off")


def test_the_first_worker_reports_too_late_and_is_not_heard():
    p = plant()
    p.ask(4, WEEK)
    proposal = p.propose()
    held = {"proposal_id": proposal.pk, "actor_id": p.d.operator.pk}
    commands.begin(**held, at=NOW)
    commands.mend(actor_id=None, at=NOW + HOUR)
    commands.begin(**held, at=NOW + HOUR)

    with pytest.raises(commands.SearchOver):
        commands.note_progress(**held, attempt=1, best=1, tick_s=900, at=NOW + HOUR)
    with pytest.raises(commands.SearchOver):
        commands.fail(**held, attempt=1, problem="unexpected", at=NOW + HOUR)


def test_an_error_of_ours_fails_the_plan_and_reaches_the_log(monkeypatch):
    p = plant()
    p.ask(4, WEEK)
    proposal = p.propose()

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(solving, "find", broken)
    with pytest.raises(ZeroDivisionError):
        p.solve(proposal)

    proposal.refresh_from_db()
    assert (proposal.status, proposal.problem) == (Proposal.Status.FAILED, "unexpected")


def test_accepted_in_part_the_rest_waits():
    p = plant()
    one, other = p.ask(4, WEEK), p.ask(4, WEEK, line=p.other)
    proposal = p.plan()

    told = taking(p, proposal, placement_ids=[of(proposal, one).pk])

    proposal.refresh_from_db()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (told.done, proposal.status, proposal.closed_at) == (1, Proposal.Status.PARTLY, None)
    assert (one.status, other.status) == ("approved", "submitted")
    assert taking(p, proposal).done == 1
    proposal.refresh_from_db()
    assert (proposal.status, proposal.closed_at) == (Proposal.Status.ACCEPTED, NOW)
    done = list(
        Event.objects.filter(name__startswith="scheduling.")
        .order_by("id")
        .values_list("name", flat=True)
    )
    assert done == [
        "scheduling.proposal.asked", "scheduling.proposal.begun", "scheduling.proposal.ready",
        "scheduling.placement.accepted", "scheduling.placement.accepted",
        "scheduling.proposal.accepted",
    ]  # fmt: skip


def test_what_was_withdrawn_or_taken_meanwhile_is_refused_and_the_rest_goes_on():
    p = plant()
    gone, taken, fine = p.ask(4, WEEK), p.ask(4, WEEK, by=p.rival), p.ask(4, WEEK, line=p.other)
    proposal = p.plan()
    booking.cancel(booking_id=gone.pk, reason="改期", actor_id=p.d.researcher.pk, at=NOW)
    place = of(proposal, taken)
    thief = p.d.request(place.start_at, place.start_at + HOUR, billing="hour")
    p.d.approve(thief)
    before = Allocation.objects.filter(live=True).count()

    told = taking(p, proposal)

    assert (told.done, told.refused) == (1, 2)
    found = {x.booking_id: (x.status, x.outcome) for x in proposal.placements.all()}
    assert found == {
        gone.pk: ("refused", "kernel.move_not_allowed"),
        taken.pk: ("refused", "booking.slot_taken"),
        fine.pk: ("accepted", ""),
    }
    assert of(proposal, taken).said
    taken.refresh_from_db()
    assert (taken.status, taken.reviews.count(), taken.allocations.count()) == ("submitted", 0, 0)
    assert Allocation.objects.filter(live=True).count() == before + 3
    # What is in the way leaves, and the same placement is accepted after all.
    booking.cancel(booking_id=thief.pk, reason="让出", actor_id=p.d.operator.pk, at=NOW)
    assert taking(p, proposal, placement_ids=[place.pk]).done == 1


def test_an_exact_wish_that_was_moved_meanwhile_is_not_put_back():
    p = plant()
    one = p.d.request(on(3, 8), on(3, 12), billing="hour")
    proposal = p.plan()
    booking.move(
        booking_id=one.pk, start=on(4, 8), end=on(4, 12), actor_id=p.d.researcher.pk, at=NOW
    )

    assert taking(p, proposal).refused == 1

    one.refresh_from_db()
    assert (one.status, one.period.lower) == ("submitted", on(4, 8))
    assert of(proposal, one).outcome == "scheduling.request_changed"


def test_a_place_that_another_one_of_the_plan_still_holds_comes_after_it():
    p = plant(hold_hours=48)
    # The long one asked first and holds the morning; it weighs less than what it keeps waiting.
    early = p.ask(4, (on(2, 8), on(2, 20)))
    late = p.ask(4, (on(2, 8), on(2, 12)), (on(6, 8), on(6, 20)), by=p.rival)
    proposal = p.plan()
    assert of(proposal, late).start_at == on(2, 8)
    assert of(proposal, early).start_at == on(2, 12)
    assert early.allocations.filter(live=True).exists()

    assert taking(p, proposal).done == 2


def test_where_two_must_agree_the_plan_is_one_of_them():
    p = plant(reviews_needed=2)
    one = p.ask(4, WEEK)
    proposal = p.plan()

    taking(p, proposal)

    one.refresh_from_db()
    proposal.refresh_from_db()
    assert (one.status, one.reviews.count()) == ("submitted", 1)
    assert of(proposal, one).status == Placement.Status.AGREED
    assert proposal.status == Proposal.Status.ACCEPTED


def test_more_is_asked_for_than_there_is_room_and_each_hears_why():
    p = plant()
    day = (on(2, 8), on(2, 14))
    asked = [p.ask(4, day), p.ask(4, day, by=p.rival)]

    proposal = p.plan()

    without = proposal.placements.get(status=Placement.Status.NO_PLACE)
    placed = proposal.placements.get(status=Placement.Status.PROPOSED)
    assert {without.booking_id, placed.booking_id} == {b.pk for b in asked}
    assert without.reasons == [{"kind": "crowded", "booking_id": placed.booking_id}]
    assert taking(p, proposal).done == 1
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.ACCEPTED


def hit(p):
    """Two allotted slots of one line, of which an outage takes the first."""
    one = p.d.approve(p.d.request(on(3, 8), on(3, 12), billing="hour"), engineer_id=p.d.engineer.pk)
    other = p.d.approve(p.d.request(on(3, 13), on(3, 17), billing="hour"))
    (closure,) = facilities.declare_closure(
        line_id=p.d.line.pk, kind="outage", start=on(3, 7), end=on(3, 12), reason="断电",
        planned=False, **by(p),
    )  # fmt: skip
    booking.mark_hit(closure_id=closure.pk, actor_id=None, at=NOW)
    one.refresh_from_db()
    assert one.hit_by == closure.pk
    return one, other


def test_after_a_breakdown_only_what_collides_moves():
    p = plant()
    one, other = hit(p)
    proposal = p.plan(kind="repair")

    (placement,) = proposal.placements.all()
    assert (placement.booking_id, placement.line_id) == (one.pk, p.d.line.pk)
    assert placement.start_at == on(3, 17), "behind the slot that stays"
    assert taking(p, proposal).done == 1

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.hit_by, one.status, one.period.lower) == (None, "approved", on(3, 17))
    assert (one.engineer_id, other.period.lower) == (p.d.engineer.pk, on(3, 13))
    assert Event.objects.filter(name="booking.booking.moved", subject_id=one.pk).count() == 1


def test_a_repair_may_move_flexible_slots_and_no_other_that_is_not_hit():
    p = plant()
    flexible = p.ask(4, (on(3, 8), on(3, 20)), (on(4, 8), on(4, 20)))
    p.d.approve(flexible)
    p.d.approve(p.d.request(on(5, 8), on(5, 12), billing="hour"))

    known = situation_of(
        Proposal(
            platform=p.d.line.platform, kind="repair", asked_at=NOW, limit_s=1,
            horizon=period(on(2, 0), on(7, 0)),
        )
    )  # fmt: skip
    assert [(w.booking_id, w.was) for w in known.wanted] == [(flexible.pk, (p.d.line.pk, on(3, 8)))]


def test_what_was_proposed_is_never_rewritten():
    p = plant()
    p.ask(4, WEEK)
    proposal = p.plan()
    one = proposal.placements.get()

    for change in (
        lambda: Placement.objects.filter(pk=one.pk).update(start_at=on(2, 9)),
        lambda: Placement.objects.filter(pk=one.pk).update(reasons=[]),
        lambda: Placement.objects.filter(pk=one.pk).delete(),
        lambda: Proposal.objects.filter(pk=proposal.pk).update(gap_bp=1),
        lambda: Proposal.objects.filter(pk=proposal.pk).update(asked_at=on(1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    taking(p, proposal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(pk=one.pk).update(status="proposed", decided_at=None)


def test_discarding_leaves_the_requests_as_they_are():
    p = plant()
    one = p.ask(4, WEEK)
    proposal = p.plan()

    commands.discard(proposal_id=proposal.pk, **by(p))

    one.refresh_from_db()
    assert one.status == "submitted"
    with pytest.raises(MoveNotAllowed):
        commands.discard(proposal_id=proposal.pk, **by(p))
    with pytest.raises(commands.PlanOver):
        taking(p, proposal)


def test_what_plans_keep_to_is_named_by_operators():
    p = plant()
    commands.set_changeover(line_id=p.d.line.pk, minutes=60, **by(p))
    pair = commands.keep_apart(one="氧化", other=" 易燃 ", **by(p))
    p.ask(4, (on(2, 8), on(2, 20)), material="甲")
    p.ask(4, (on(2, 8), on(2, 20)), material="乙", by=p.rival)

    proposal = p.plan()

    starts = sorted(x.start_at for x in proposal.placements.all())
    assert starts == [on(2, 8), on(2, 13)]
    assert (pair.one, pair.other) == tuple(sorted(("氧化", "易燃")))
    with pytest.raises(commands.Alike):
        commands.keep_apart(one="易燃", other="易燃", **by(p))
    with pytest.raises(commands.WordsMissing):
        commands.keep_apart(one="易燃", other=" ", **by(p))
    with pytest.raises(commands.MinutesOutOfRange):
        commands.set_changeover(line_id=p.d.line.pk, minutes=10_081, **by(p))
    with pytest.raises(NotFound):
        commands.set_changeover(line_id=dock().line.pk, minutes=5, **by(p))
    with pytest.raises(NotYourRole):
        commands.set_changeover(line_id=p.d.line.pk, minutes=5, actor_id=p.d.engineer.pk, at=NOW)
    commands.let_together(apart_id=pair.pk, **by(p))
    with pytest.raises(NotFound):
        commands.let_together(apart_id=pair.pk, **by(p))
