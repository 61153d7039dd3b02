"""One real case from the request to the allotted slots: three requests, two lines, one engineer."""

import pytest

from pilotharbor.booking.models import Allocation, Booking
from pilotharbor.scheduling.accepting import accept
from pilotharbor.scheduling.models import Placement, Proposal
from tests.factories.booking import NOW, on
from tests.factories.scheduling import HOUR, plant

pytestmark = pytest.mark.django_db


def test_three_requests_on_two_lines_with_one_engineer():
    p = plant()
    first = p.ask(4, (on(2, 8), on(2, 20)))
    second = p.ask(4, (on(2, 8), on(2, 20)), by=p.rival)
    third = p.ask(4, (on(2, 8), on(2, 20)), line=p.other)

    proposal = p.plan()

    assert (proposal.status, proposal.requests) == (Proposal.Status.READY, 3)
    placements = list(proposal.placements.order_by("start_at"))
    assert {x.booking_id for x in placements} == {first.pk, second.pk, third.pk}
    # One engineer for all of them: one after the other, and no gap where none is needed.
    assert [x.start_at for x in placements] == [on(2, 8), on(2, 12), on(2, 16)]
    assert {x.engineer_id for x in placements} == {p.d.engineer.pk}
    assert all(x.line_id == x.booking.line_id for x in placements)
    assert proposal.waits_s == (0 + 4 + 8) * 3600
    assert 0 <= proposal.bound <= proposal.cost
    assert Booking.objects.filter(status="submitted").count() == 3, "a plan writes no booking"
    assert not Allocation.objects.filter(live=True).exists()

    told = accept(proposal_id=proposal.pk, actor_id=p.d.operator.pk, at=NOW)

    assert (told.done, told.refused) == (3, 0)
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.ACCEPTED
    for one in proposal.placements.select_related("booking"):
        assert one.status == Placement.Status.ACCEPTED
        assert one.booking.status == Booking.Status.APPROVED
        assert one.booking.period.lower == one.start_at
        assert one.booking.period.upper - one.booking.period.lower == 4 * HOUR
        assert one.booking.engineer_id == p.d.engineer.pk
