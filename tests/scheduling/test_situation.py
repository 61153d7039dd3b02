"""Is what a plan is computed from what calendars, rosters and bookings say by themselves?"""

from datetime import date, time, timedelta

import pytest

from pilotharbor.booking import commands as booking
from pilotharbor.booking.queries import free
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import commands as facilities
from pilotharbor.facilities import queries as lines
from pilotharbor.facilities.models import EquipmentLink, OpeningHours
from pilotharbor.kernel.time import period
from pilotharbor.scheduling import queries
from pilotharbor.scheduling.models import Proposal
from pilotharbor.scheduling.situation import situation_of
from tests.factories.booking import NOW, on
from tests.factories.crew import (
    EngineerSkillFactory,
    LeaveFactory,
    LineSkillFactory,
    ShiftFactory,
)
from tests.factories.scheduling import HOUR, plant

pytestmark = pytest.mark.django_db
FIRST, LAST = on(2, 0), on(7, 0)


def situation(p, kind="requests", **fields):
    return situation_of(
        Proposal(
            platform=p.d.line.platform, kind=kind, horizon=period(FIRST, LAST), asked_at=NOW,
            asked_by=p.d.operator, limit_s=1, **fields,
        )
    )  # fmt: skip


def full():
    """Hours, a closure, a linked machine, an allotted slot with its engineer, a shift and leave."""
    p = plant()
    for line in (p.d.line, p.other):
        for weekday in range(5):
            OpeningHours.objects.create(line=line, weekday=weekday, opens=time(8), closes=time(20))
    EquipmentLink.objects.create(
        equipment=p.d.line.equipment.first(), other=p.other.equipment.first()
    )
    facilities.declare_closure(
        line_id=p.other.pk, kind="maintenance", start=on(4, 9), end=on(4, 15), reason="检修",
        actor_id=p.d.operator.pk, at=NOW,
    )  # fmt: skip
    for day in (2, 3, 4, 6):
        ShiftFactory(membership=p.d.engineer, period=(on(day, 8), on(day, 18)))
    LeaveFactory(membership=p.d.engineer, period=(on(5, 0), on(6, 0)))
    p.d.approve(p.d.request(on(3, 9), on(3, 13)), engineer_id=p.d.engineer.pk)
    return p


def test_lines_are_free_when_the_calendar_says_so():
    p = full()
    p.ask(4, (FIRST, LAST))

    grounds = situation(p).grounds

    plans = lines.plans_of(line_ids=[p.d.line.pk, p.other.pk], start=FIRST, end=LAST)
    assert {g.line_id for g in grounds} == set(plans)
    for ground in grounds:
        plan = plans[ground.line_id]
        busy = free.busy(equipment_ids=[m.pk for m in plan.machines], start=FIRST, end=LAST, at=NOW)
        taken = [(f.start, f.end) for f in ground.fixed] + list(ground.shut)
        moment = FIRST
        while moment < LAST:
            inside = (free.seconds(moment), free.seconds(moment + HOUR))
            says = any(
                a <= inside[0] and inside[1] <= b for a, b in free.gaps_of(plan, busy, FIRST, LAST)
            )
            mine = not any(a < moment + HOUR and moment < b for a, b in taken)
            assert mine is says, (ground.line_id, moment)
            assert plan.open_stretches(FIRST, LAST) == list(ground.open)
            moment += HOUR
    assert set(grounds[0].machines) & set(grounds[1].machines), "linked machines are shared"


def test_people_are_there_when_roster_leave_and_bookings_say_so():
    p = full()
    p.ask(4, (FIRST, LAST))

    (person,) = situation(p).people

    moment = FIRST
    while moment < LAST:
        mine = any(a <= moment and moment + HOUR <= b for a, b in person.on)
        problems = crew.engineer_problems(
            membership_id=person.member_id, line_id=p.d.line.pk, start=moment, end=moment + HOUR
        )
        busy = moment < on(3, 13) and on(3, 9) < moment + HOUR
        assert mine is (not problems and not busy), moment
        moment += HOUR


def test_who_lacks_a_skill_in_those_days_runs_nothing():
    p = plant()
    asked = LineSkillFactory(line=p.d.line)
    one = p.ask(4, (FIRST, LAST))
    assert situation(p).wanted[0].people == ()

    EngineerSkillFactory(
        membership=p.d.engineer, skill=asked.skill, validity=(date(2026, 1, 1), date(2026, 3, 4))
    )
    assert situation(p).wanted[0].people == ()
    early = p.ask(4, (on(2, 8), on(2, 20)))

    found = {w.booking_id: w.people for w in situation(p).wanted}
    assert found == {one.pk: (), early.pk: (p.d.engineer.pk,)}


def test_which_requests_count():
    p = plant(hold_hours=48)
    inside = p.ask(4, (on(1, 13), on(3, 20)))
    exact = p.d.request(on(4, 8), on(4, 12), billing="hour")
    p.d.request(on(9, 8), on(9, 12), billing="hour")  # after the horizon
    booking.request_series(
        line_id=p.d.line.pk, project_id=p.d.project.pk, start=on(5, 8), end=on(5, 10),
        rhythm=booking.Rhythm(rule="daily", count=2), ask=booking.Ask(billing="hour"),
        actor_id=p.d.researcher.pk, at=NOW,
    )  # fmt: skip

    found = queries.requests_in(platform_id=p.d.line.platform_id, start=FIRST, end=LAST, at=NOW)

    assert [b.pk for b in found] == [inside.pk, exact.pk]
    wishes = {w.booking_id: w for w in situation(p).wanted}
    assert wishes[inside.pk].windows == ((FIRST, on(3, 20)),)
    assert (wishes[exact.pk].windows, wishes[exact.pk].due) == (((on(4, 8), on(4, 12)),), on(4, 12))
    # What is planned is in nobody's way; a series that holds its times is.
    held = {(f.start, f.end) for g in situation(p).grounds for f in g.fixed}
    assert held == {(on(5, 8), on(5, 10)), (on(6, 8), on(6, 10))}


def test_what_no_place_can_mend_is_left_out_with_its_code():
    p = plant()
    one = p.ask(4, (FIRST, LAST))
    p.d.line.is_open, p.d.line.closed_reason = False, "改造"
    p.d.line.save()

    known = situation(p)

    assert known.wanted == ()
    assert [(x.booking_id, x.codes) for x in known.left_out] == [(one.pk, ("booking.line_closed",))]


def test_whoever_asked_weeks_ago_weighs_more():
    p = plant()
    new = p.ask(4, (FIRST, LAST))
    old = p.ask(4, (FIRST, LAST), at=NOW - timedelta(days=15))

    found = {w.booking_id: w.weight for w in situation(p).wanted}

    assert found == {new.pk: 1, old.pk: 3}


def test_lines_take_each_others_work_only_where_it_was_said():
    p = plant()
    p.other.batch_kg_max = 5
    p.other.save()
    small = p.ask(4, (FIRST, LAST))
    large = p.ask(4, (FIRST, LAST), batch_kg=50)
    both = sorted([p.d.line.pk, p.other.pk])

    assert {w.line_ids for w in situation(p).wanted} == {(p.d.line.pk,)}
    found = {w.booking_id: w.line_ids for w in situation(p, swap_lines=both).wanted}
    assert found == {small.pk: tuple(both), large.pk: (p.d.line.pk,)}
