"""Closures: once, again and again, called off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.commands.closures import MOST_IN_SERIES, Recurs, occurrences
from pilotharbor.facilities.models import Closure
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import SHANGHAI, EmptyPeriod, NaiveTime, local_date
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import Role
from tests.factories.parties import MembershipFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def declare(at, by, operator):
    def do(actor=operator, *, starts=24, lasts=8, kind="maintenance", reason="年度检修", **more):
        start = at + starts * HOUR
        end = None if lasts is None else start + lasts * HOUR
        return commands.declare_closure(
            kind=kind, start=start, end=end, reason=reason, **more, **by(actor)
        )

    return do


def test_a_line_is_shut_and_says_so(declare, line, operator, at):
    (closure,) = declare(line_id=line.pk, reason=" 年度检修 ")

    assert (closure.line, closure.reason, closure.planned) == (line, "年度检修", True)
    event = Event.objects.get()
    assert (event.name, event.subject_id) == ("facilities.closure.declared", closure.pk)
    assert event.facts == {
        "closure_id": closure.pk, "platform_id": line.platform_id, "line_id": line.pk,
        "equipment_id": None, "start": closure.period.lower.isoformat(),
        "end": closure.period.upper.isoformat(),
    }  # fmt: skip
    plan = queries.plan_of(line_id=line.pk, start=at, end=at + 48 * HOUR)
    assert [one.closure_id for one in plan.closures] == [closure.pk]


def test_an_engineer_reports_an_outage_with_no_end_known(declare, engineer, machine, at):
    (closure,) = declare(
        engineer, equipment_id=machine.pk, kind="outage", starts=-1, lasts=None, planned=False
    )

    closure.refresh_from_db()
    assert (closure.equipment, closure.period.upper, closure.planned) == (machine, None, False)
    plan = queries.plan_of(line_id=machine.line_id, start=at, end=at + HOUR)
    assert plan.closures[0].open_ended


@pytest.mark.parametrize(
    ("wrong", "error", "fields"),
    [
        ({"reason": " "}, commands.ReasonMissing, {"reason"}),
        ({"lasts": 0}, EmptyPeriod, {"end"}),
        ({"starts": -9}, commands.ClosureOver, {"end"}),
        ({"lasts": 24 * 733}, commands.ClosureTooLong, {"end"}),
        ({"lasts": None}, commands.OnlyOutagesStayOpen, {"end"}),
        ({"kind": "party"}, commands.ClosureKindUnknown, {"kind"}),
        ({"equipment_id": 1}, commands.OneThingShut, {"line_id"}),
        ({"line_id": None}, commands.OneThingShut, {"line_id"}),
        (
            {"reason": "", "lasts": -1, "kind": "", "line_id": None},
            commands.ClosureUnsound,
            {"reason", "end", "kind", "line_id"},
        ),
    ],
)
def test_every_reason_against_it_is_told(declare, line, wrong, error, fields):
    with pytest.raises(error) as refused:
        declare(**({"line_id": line.pk} | wrong))

    assert set(refused.value.problems) == fields
    assert (Closure.objects.count(), Event.objects.count()) == (0, 0)


def test_a_time_without_its_zone(line, operator, by):
    start = datetime(2026, 3, 3, 8)
    with pytest.raises(NaiveTime):
        commands.declare_closure(
            line_id=line.pk, kind="other", start=start, end=None, reason="x", **by(operator)
        )


@pytest.mark.parametrize(
    ("recurs", "lasts", "error", "field"),
    [
        (Recurs("weeks", 0, date(2026, 6, 1)), 8, commands.SeriesUnsound, "until"),
        (Recurs("weeks", 1, date(2026, 3, 2)), 8, commands.SeriesUnsound, "until"),
        (Recurs("weeks", 1, date(2029, 4, 1)), 8, commands.SeriesUnsound, "until"),
        (Recurs("years", 1, date(2026, 6, 1)), 8, commands.SeriesUnsound, "until"),
        (Recurs("days", 1, date(2028, 6, 1)), 8, commands.SeriesTooLong, "until"),
        (Recurs("days", 1, date(2026, 6, 1)), 25, commands.SeriesOverlaps, "every"),
        (Recurs("months", 1, date(2026, 8, 1)), 28 * 24 + 1, None, None),
        (Recurs("months", 1, date(2026, 8, 1)), 30 * 24 + 1, commands.SeriesOverlaps, "every"),
    ],
)
def test_series_that_cannot_be(declare, line, recurs, lasts, error, field):
    if error is None:
        assert len(declare(line_id=line.pk, recurs=recurs, lasts=lasts)) == 5
        return
    with pytest.raises(error) as refused:
        declare(line_id=line.pk, recurs=recurs, lasts=lasts)
    assert list(refused.value.problems) == [field]
    assert not Closure.objects.exists()


def test_an_outage_without_end_does_not_recur(declare, line):
    with pytest.raises(commands.SeriesUnsound):
        declare(
            line_id=line.pk, kind="outage", lasts=None, recurs=Recurs("days", 1, date(2026, 3, 9))
        )


def test_a_series_is_laid_down_at_once_and_lifted_from_a_day_on(declare, line, operator, by, at):
    made = declare(line_id=line.pk, recurs=Recurs("weeks", 2, date(2026, 5, 12)))

    assert [local_date(one.period.lower) for one in made] == [
        date(2026, 3, 2) + timedelta(days=14 * n) for n in range(6)
    ]
    assert len({one.series_id for one in made} - {None}) == 1
    assert Event.objects.filter(name="facilities.closure.declared").count() == 6

    alone = commands.lift_closure(closure_id=made[0].pk, **by(operator))
    rest = commands.lift_closure(closure_id=made[3].pk, following=True, **by(operator))

    assert [x.pk for x in alone] == [made[0].pk]
    assert [x.pk for x in rest] == [x.pk for x in made[3:]]
    ahead = queries.closures_ahead(line=line, machines=[], at=at)
    assert [x.pk for x in ahead] == [made[1].pk, made[2].pk]
    assert Event.objects.filter(name="facilities.closure.lifted").count() == 4


def test_what_is_over_or_lifted_cannot_be_lifted_again(declare, line, operator, stranger, by, at):
    (closure,) = declare(line_id=line.pk)
    late = {"actor_id": operator.pk, "at": at + 33 * HOUR}

    with pytest.raises(commands.ClosureLifted):
        commands.lift_closure(closure_id=closure.pk, **late)
    with pytest.raises(NotFound):
        commands.lift_closure(closure_id=0, **by(operator))
    with pytest.raises(commands.NotYourLine):
        commands.lift_closure(closure_id=closure.pk, **by(stranger))
    commands.lift_closure(closure_id=closure.pk, **by(operator))
    with pytest.raises(commands.ClosureLifted):
        commands.lift_closure(closure_id=closure.pk, **by(operator))


def test_an_outage_with_no_end_is_lifted_when_it_is_over(declare, machine, operator, by, at):
    (closure,) = declare(equipment_id=machine.pk, kind="outage", starts=-5, lasts=None)

    commands.lift_closure(closure_id=closure.pk, **by(operator))

    def seen(start, end):
        plan = queries.plan_of(
            line_id=machine.line_id, start=at + start * HOUR, end=at + end * HOUR
        )
        return len(plan.closures)

    assert (seen(-2, 1), seen(0, 1)) == (1, 0)


def test_who_may_not(declare, line, machine, stranger, by):
    researcher = MembershipFactory(organisation=line.platform, role=Role.RESEARCHER)
    with pytest.raises(NotYourRole):
        declare(researcher, line_id=line.pk)
    with pytest.raises(commands.NotYourLine):
        declare(stranger, line_id=line.pk)
    with pytest.raises(commands.NotYourEquipment):
        declare(stranger, equipment_id=machine.pk)
    with pytest.raises(NotFound):
        declare(line_id=0)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["days", "weeks", "months"]),
    st.integers(1, 20),
    st.integers(1, 900),
)
def test_occurrences_are_those_another_calendar_counts(moment, unit, every, days):
    start = moment.replace(tzinfo=SHANGHAI)
    until = start.date() + timedelta(days=days)

    found = occurrences(start, start + HOUR, Recurs(unit, every, until))

    expected, n = [], 0
    while (day := start.date() + relativedelta(**{unit: n * every})) <= until:
        begins = datetime.combine(day, moment.time(), SHANGHAI)
        expected.append((begins, begins + HOUR))
        n += 1
    assert found == expected
    assert len(found) <= MOST_IN_SERIES or unit == "days"


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": None},
        {"period": "empty"},
        {"period": "(2026-03-01 00:00+00,2026-03-02 00:00+00)"},
        {"period": "(,2026-03-02 00:00+00)"},
        {"period": "[2026-03-01 00:00+00,2026-03-02 00:00+00]"},
        {"lifted_at": datetime(2026, 3, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_what_cannot_be(line, machine, operator, at, wrong):
    right = {
        "line": line, "kind": "other", "period": "[2026-03-01 00:00+00,2026-03-02 00:00+00)",
        "reason": "x", "declared_by": operator, "declared_at": at,
    }  # fmt: skip
    Closure.objects.create(**right)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(**right | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Closure.objects.create(**right, equipment=machine)
