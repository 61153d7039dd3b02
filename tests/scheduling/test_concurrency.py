"""Two operators, two workers, a person who withdraws: all at once, and nothing twice."""

import pytest

from pilotharbor.booking import commands as booking
from pilotharbor.booking.models import Booking, Review
from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties.roles import Role
from pilotharbor.scheduling import accepting, commands
from pilotharbor.scheduling.accepting import Accepted, accept
from pilotharbor.scheduling.commands import accepting as one_by_one
from pilotharbor.scheduling.models import Placement, Proposal
from tests.factories.booking import NOW, on
from tests.factories.parties import MembershipFactory
from tests.factories.race import race
from tests.factories.scheduling import plant

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


def planned(p, count=4):
    for n in range(count):
        p.ask(2, (on(2, 8), on(7, 0)), line=p.other if n % 2 else p.d.line)
    return p.plan()


def colleagues(p):
    second = MembershipFactory(organisation=p.d.line.platform, role=Role.PLATFORM_OPERATOR)
    return [p.d.operator.pk, second.pk]


def test_two_operators_accept_the_same_plan_and_each_slot_is_allotted_once():
    p = plant()
    proposal = planned(p)

    outcomes = race(
        *[
            lambda pk=pk: accept(proposal_id=proposal.pk, actor_id=pk, at=NOW)
            for pk in colleagues(p)
        ]
    )

    told = [o for o in outcomes if isinstance(o, Accepted)]
    # Whoever comes when all is done is told that the plan is closed.
    assert all(isinstance(o, Accepted | commands.PlanOver) for o in outcomes), outcomes
    assert (sum(o.done for o in told), sum(o.refused for o in told)) == (4, 0)
    assert Review.objects.count() == 4
    assert set(proposal.placements.values_list("status", flat=True)) == {"accepted"}
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.ACCEPTED


def test_control_without_the_lock_both_decide_on_the_same_placement(monkeypatch):
    p = plant()
    proposal = planned(p)

    def unlocked(placement_id, actor):
        del actor
        one = Placement.objects.select_related("proposal").get(pk=placement_id)
        return one.proposal, one

    monkeypatch.setattr(one_by_one, "_open", unlocked)
    refused = 0
    for pk in proposal.placements.values_list("pk", flat=True):
        outcomes = race(
            *[
                lambda who=who, pk=pk: commands.carry_out(placement_id=pk, actor_id=who, at=NOW)
                for who in colleagues(p)
            ]
        )
        quicker = (commands.AlreadyDecided, commands.PlanOver)
        refused += sum(isinstance(o, DomainError) and not isinstance(o, quicker) for o in outcomes)

    assert refused > 0, "the second meets what the first has just done"


def test_a_request_is_withdrawn_while_it_is_accepted():
    for _ in range(ROUNDS):
        p = plant()
        proposal = planned(p, 1)
        one = proposal.placements.get()

        outcomes = race(
            lambda p=p, plan=proposal: accept(
                proposal_id=plan.pk, actor_id=p.d.operator.pk, at=NOW
            ),
            lambda p=p, one=one: booking.cancel(
                booking_id=one.booking_id, reason="改期", actor_id=p.d.researcher.pk, at=NOW
            ),
        )

        assert isinstance(outcomes[1], Booking), outcomes
        one.refresh_from_db()
        now = Booking.objects.get(pk=one.booking_id)
        assert now.status == "cancelled"
        assert not now.allocations.filter(live=True).exists()
        assert (one.status, outcomes[0].done) in {("accepted", 1), ("refused", 0)}


def test_a_slot_is_taken_while_it_is_accepted():
    for _ in range(ROUNDS):
        p = plant()
        proposal = planned(p, 1)
        one = proposal.placements.get()
        thief = p.d.request(one.start_at, one.end_at, billing="hour", actor=p.d.buyer)

        outcomes = race(
            lambda p=p, plan=proposal: accept(
                proposal_id=plan.pk, actor_id=p.d.operator.pk, at=NOW
            ),
            lambda p=p, thief=thief: p.d.approve(thief),
        )

        one.refresh_from_db()
        thief.refresh_from_db()
        won = (one.status, thief.status)
        assert won in {("accepted", "submitted"), ("refused", "approved")}, outcomes


def test_two_ask_for_a_plan_and_one_is_searched_for():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))

    outcomes = race(
        *[
            lambda pk=pk: commands.propose(
                start=on(2, 0), end=on(7, 0), limit_s=1, actor_id=pk, at=NOW
            )
            for pk in colleagues(p)
        ]
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["Proposal", "SearchUnderWay"]


def test_two_workers_take_the_same_search_and_one_has_it():
    p = plant()
    p.ask(4, (on(2, 8), on(7, 0)))
    proposal = p.propose()

    outcomes = race(
        *[
            lambda: commands.begin(proposal_id=proposal.pk, actor_id=p.d.operator.pk, at=NOW)
            for _ in range(2)
        ]
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["Proposal", "SearchOver"]


def test_a_colleague_who_was_quicker_is_no_refusal(monkeypatch):
    p = plant()
    proposal = planned(p, 2)
    first = proposal.placements.order_by("start_at", "id").first()
    real = accepting.commands.carry_out

    def slower(*, placement_id, actor_id, at):
        if placement_id == first.pk:
            real(placement_id=placement_id, actor_id=actor_id, at=at)
        return real(placement_id=placement_id, actor_id=actor_id, at=at)

    monkeypatch.setattr(accepting.commands, "carry_out", slower)

    told = accept(proposal_id=proposal.pk, actor_id=p.d.operator.pk, at=NOW)

    assert (told.done, told.refused) == (1, 0)
    assert set(proposal.placements.values_list("status", flat=True)) == {"accepted"}
