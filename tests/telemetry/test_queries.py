"""Series are drawn from what was stored, flags and runs are cut to the stretch, and few queries are asked."""

from collections import defaultdict
from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pilotharbor.parties.roles import Role
from pilotharbor.telemetry import queries
from pilotharbor.telemetry.models import Alarm, AlarmRule, Connector, Tag
from tests.factories.parties import MembershipFactory
from tests.factories.telemetry import NOON, ConnectorFactory, TagFactory, after, plant

pytestmark = pytest.mark.django_db


def points(curve):
    return [
        ((p.at - NOON).total_seconds(), p.low, p.high, p.mean, p.good, p.bad) for p in curve.points
    ]


class Curves(TestCase):
    @settings(max_examples=30)
    @given(
        st.lists(st.tuples(st.integers(0, 40_000), st.integers(-9, 9)), min_size=1, max_size=60),
        st.sampled_from([600, 7200, 86_400, 30 * 86_400]),
    )
    def test_a_curve_is_what_each_step_holds(self, samples, span):
        p = plant(highest=7)
        p.take(*samples)
        first = dict(reversed(samples))

        curve = queries.curve(tag_id=p.tag.pk, start=NOON, end=after(span))

        held = defaultdict(list)
        for s, v in first.items():
            # Beyond two hours whole minutes and hours are read, so the last one may reach over the end.
            if s < span:
                held[s // curve.step_s * curve.step_s].append(v)
        good = {s: [v for v in values if v <= 7] for s, values in held.items()}
        assert points(curve) == [
            (
                s, min(good[s], default=None), max(good[s], default=None),
                pytest.approx(sum(good[s]) / len(good[s])) if good[s] else None,
                len(good[s]), len(held[s]) - len(good[s]),
            )
            for s in sorted(held)
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "source", "step_s"),
    [
        (timedelta(minutes=10), "samples", 1),
        (timedelta(hours=2), "samples", 10),
        (timedelta(days=1), "minutes", 120),
        (timedelta(days=7), "minutes", 900),
        (timedelta(days=30), "hours", 3600),
        (timedelta(days=365), "hours", 43_200),
        (timedelta(days=3650), "hours", 604_800),
    ],
)
def test_long_stretches_are_read_from_sums(span, source, step_s):
    p = plant()

    curve = queries.curve(tag_id=p.tag.pk, start=NOON, end=NOON + span)

    assert (curve.source, curve.step_s) == (source, step_s)
    assert span.total_seconds() / curve.step_s <= queries.POINTS


def test_days_begin_at_midnight_of_the_plant():
    p = plant()
    p.take((0, 1))

    curve = queries.curve(tag_id=p.tag.pk, start=NOON - timedelta(days=500), end=after(60))

    (point,) = curve.points
    assert point.at.astimezone(UTC).hour == 16


def test_runs_are_cut_to_the_stretch():
    p = plant(run_level=5, idle_level=1, turn_delay_s=10)
    p.take((0, 9), (10, 9), (1000, 0), (1010, 0), (5000, 9), (5010, 9))

    found = queries.runs_between(equipment_id=p.machine.pk, start=after(500), end=after(6000))

    assert [((r.start - NOON).total_seconds(), (r.end - NOON).total_seconds(), r.ended) for r in found] == [
        (500, 1000, True), (5000, 6000, False),
    ]  # fmt: skip
    assert queries.seconds_run(found) == 1500


def test_each_sees_the_signals_of_their_own_platform():
    p, other = plant(), plant()
    for one in (p, other):
        ConnectorFactory(platform=one.machine.platform)
        AlarmRule.objects.create(tag=one.tag, side="high", raise_level=8, clear_level=7)
        one.take((0, 9))
    auditor = MembershipFactory(role=Role.AUDITOR)
    nobody = [
        MembershipFactory(role=Role.ENTERPRISE_MEMBER),
        MembershipFactory(role=Role.RESEARCHER, organisation=p.machine.platform),
        MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR, organisation=p.machine.platform),
        None,
    ]

    for rows, model in (
        (queries.visible_tags, Tag), (queries.visible_alarms, Alarm), (queries.visible_connectors, Connector),
    ):  # fmt: skip
        assert {r.platform_id for r in rows(actor=p.engineer)} == {p.machine.platform_id}
        assert rows(actor=auditor).count() == model.objects.count() == 2
        assert [rows(actor=actor).count() for actor in nobody] == [0, 0, 0, 0]
    assert [queries.visible_machines(actor=actor).count() for actor in nobody] == [0, 0, 0, 0]


def test_suspended_staff_sees_nothing():
    p = plant()
    p.engineer.status = "suspended"
    p.engineer.save()

    assert queries.visible_tags(actor=p.engineer).count() == 0


@pytest.mark.parametrize("many", [1, 3])
def test_lists_ask_the_same_few_queries_however_long(many, django_assert_num_queries):
    p = plant(run_level=5, idle_level=1, turn_delay_s=10)
    p.take((0, 9), (10, 9))
    for _ in range(many):
        TagFactory(equipment=p.machine)
        plant_of = TagFactory(equipment__line=p.machine.line)
        assert plant_of.platform_id == p.machine.platform_id

    with django_assert_num_queries(5):
        found = queries.machines(queries.visible_machines(actor=p.engineer))
    with django_assert_num_queries(2):
        current = queries.current(queries.visible_tags(actor=p.engineer))

    assert len(found) == 1 + many
    assert len(current) == 1 + 2 * many
    (running,) = [m for m in found if m.running_since_at]
    assert (running.equipment, running.running_since_at, running.heard_at) == (
        p.machine,
        NOON,
        after(10),
    )


def test_a_signal_that_is_away_is_said_to_be():
    p = plant(gap_after_s=60, highest=10, stuck_after_s=5)
    p.take((0, 50), (5, 50))

    (one,) = queries.current(queries.visible_tags(actor=p.engineer))

    assert (one.value, one.impossible, one.stuck) == (50, True, True)
    assert (one.quiet(after(65)), one.quiet(after(65.1))) == (False, True)


def test_alarms_come_in_the_order_of_their_urgency():
    p = plant()
    for n, (severity, status) in enumerate(
        [
            ("warning", "acknowledged"),
            ("warning", "returned"),
            ("warning", "active"),
            ("critical", "active"),
        ]
    ):
        rule = AlarmRule.objects.create(
            tag=p.tag, side="high", raise_level=8, clear_level=7, severity=severity
        )
        Alarm.objects.create(
            rule=rule, platform=p.tag.platform, raised_at=after(n), status=status,
            cleared_at=after(n) if status == "returned" else None,
        )  # fmt: skip

    found = queries.open_alarms(queries.visible_alarms(actor=p.engineer))

    assert [(a.rule.severity, a.status) for a in found] == [
        ("critical", "active"), ("warning", "active"), ("warning", "returned"), ("warning", "acknowledged"),
    ]  # fmt: skip


def test_what_is_to_run_names_the_nodes_of_its_tags():
    p = plant()
    connector = ConnectorFactory(platform=p.machine.platform, kind="opcua", topics=[])
    for address in ("ns=2;s=A", "ns=2;s=B"):
        TagFactory(equipment=p.machine, connector=connector, address=address)
    TagFactory(equipment=p.machine, connector=connector, address="ns=2;s=C", status="retired")
    ConnectorFactory(status="paused")

    (wanted,) = queries.to_run()

    assert wanted.last_at == {"ns=2;s=A": None, "ns=2;s=B": None}
    before = wanted.version
    TagFactory(equipment=p.machine, connector=connector, address="ns=2;s=D")
    assert queries.to_run()[0].version != before
