from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.facilities import queries
from pilotharbor.facilities.models import (
    Closure,
    Consumable,
    EquipmentLink,
    OpeningHours,
    SafetyItem,
)
from pilotharbor.facilities.opening import Hours
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import period
from pilotharbor.parties.roles import Role
from tests.factories.facilities import EquipmentFactory, LineFactory, working_line
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
END = START + timedelta(hours=8)


def link(one, two):
    first, second = sorted((one, two), key=lambda m: m.pk)
    return EquipmentLink.objects.create(equipment=first, other=second)


def close(start, end, by=None, **of):
    return Closure.objects.create(
        kind="outage",
        period=period(start, end) if end else f"[{start.isoformat()},)",
        reason="停机",
        declared_by=by or MembershipFactory(),
        declared_at=start,
        **of,
    )


def rich_line():
    line = working_line()
    OpeningHours.objects.create(line=line, weekday=1, opens=time(13), closes=time(0))
    OpeningHours.objects.create(line=line, weekday=0, opens=time(8), closes=time(20))
    SafetyItem.objects.create(line=line, topic="chemicals", text="通风", last_day="2027-01-31")
    Consumable.objects.create(line=line, name="氮气", unit="瓶", unit_fen=12_000)
    close(START + timedelta(hours=1), START + timedelta(hours=2), line=line)
    close(START - timedelta(days=1), None, equipment=line.equipment.first())
    return line


def test_a_plan_holds_all_a_booking_needs():
    line = rich_line()

    plan = queries.plan_of(line_id=line.pk, start=START, end=END)

    assert (plan.line, plan.line.platform) == (line, line.platform)
    assert list(plan.machines) == list(line.equipment.order_by("id"))
    assert plan.hours == (Hours(0, time(8), time(20)), Hours(1, time(13), time(0)))
    assert plan.tariff == line.tariffs.get()
    assert [(s.text, str(s.last_day)) for s in plan.safety_items] == [("通风", "2027-01-31")]
    assert [(c.name, c.unit_fen) for c in plan.consumables] == [("氮气", 12_000)]
    outage, whole = plan.closures
    assert (outage.equipment_id, outage.end, outage.open_ended) == (plan.machines[0].pk, END, True)
    assert (whole.equipment_id, whole.start, whole.open_ended) == (
        None, START + timedelta(hours=1), False,
    )  # fmt: skip


def test_plans_take_two_statements_however_many_lines():
    lines = [rich_line().pk for _ in range(3)]

    def count(ids):
        with CaptureQueriesContext(connection) as asked:
            plans = queries.plans_of(line_ids=ids, start=START, end=END)
            [(str(p.line.platform), p.tariff.hourly_fen) for p in plans.values()]
        assert list(plans) == ids
        return len(asked)

    assert (count(lines[:1]), count(lines)) == (2, 2)


def test_linked_equipment_is_taken_too_and_what_is_linked_to_that():
    line, other = working_line(machines=2), LineFactory()
    own = list(line.equipment.order_by("id"))
    near, far, broken, behind = (EquipmentFactory(line=other) for _ in range(4))
    link(own[0], near)
    link(near, far)
    link(own[1], broken)
    link(broken, behind)
    broken.status = "maintenance"
    broken.save()

    taken = list(queries.taken_by(line_id=line.pk))

    assert taken == [*own, near, far]
    assert list(queries.plan_of(line_id=line.pk, start=START, end=END).machines) == taken
    assert list(queries.taken_by(line_id=other.pk)) == [*own[:1], near, far, behind]
    assert len(queries.taken_by(line_id=line.pk).select_for_update(no_key=True)) == 4


def test_lifted_closures_shut_nothing_from_then_on():
    line, by = working_line(), MembershipFactory()
    closure = close(START, END, by, line=line)

    def seen(after):
        plan = queries.plan_of(line_id=line.pk, start=START + timedelta(hours=after), end=END)
        return [one.closure_id for one in plan.closures]

    assert seen(0) == [closure.pk]
    Closure.objects.update(lifted_at=START + timedelta(hours=3), lifted_by=by)
    assert (seen(2), seen(3)) == ([closure.pk], [])
    Closure.objects.update(lifted_at=START)
    assert seen(0) == []


def test_a_plan_of_a_line_one_may_not_see():
    line = working_line(is_open=False, closed_reason="检修。")
    buyer = MembershipFactory(role=Role.ENTERPRISE_MEMBER)

    assert queries.plan_of(line_id=line.pk, start=START, end=END).line == line
    with pytest.raises(NotFound):
        queries.plan_of(line_id=line.pk, start=START, end=END, actor=buyer)
    with pytest.raises(NotFound):
        queries.plan_of(line_id=0, start=START, end=END)
