"""Hours of a line: all of the week at once, every wrong stretch by its name."""

from datetime import time

import pytest
from django.db import IntegrityError, transaction

from pilotharbor.facilities import commands
from pilotharbor.facilities.models import OpeningHours
from pilotharbor.facilities.opening import Hours
from pilotharbor.kernel.models import Event
from pilotharbor.parties.rights import NotYourRole

pytestmark = pytest.mark.django_db


def stretch(weekday, opens, closes):
    return Hours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))


def put(line, actor, by, *hours, holidays=False, overnight=False):
    return commands.set_hours(
        line_id=line.pk, hours=hours, open_on_holidays=holidays, multi_day=overnight, **by(actor)
    )


def kept(line):
    rows = line.hours.order_by("weekday", "opens")
    return [(h.weekday, f"{h.opens:%H:%M}", f"{h.closes:%H:%M}") for h in rows]


def test_a_week_takes_the_place_of_the_one_before(line, operator, by):
    put(line, operator, by, stretch(0, "08:00", "12:00"), stretch(0, "12:00", "00:00"))
    put(line, operator, by, stretch(5, "13:00", "20:00"), holidays=True, overnight=True)

    line.refresh_from_db()
    assert kept(line) == [(5, "13:00", "20:00")]
    assert (line.open_on_holidays, line.multi_day) == (True, True)
    assert [e.facts["stretches"] for e in Event.objects.order_by("id")] == [2, 1]
    put(line, operator, by)
    assert kept(line) == []


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ([(8, "08:00", "12:00")], {"hours.0": commands.WeekdayUnknown}),
        ([(-1, "08:00", "12:00")], {"hours.0": commands.WeekdayUnknown}),
        ([(0, "12:00", "08:00")], {"hours.0": commands.HoursReversed}),
        ([(0, "12:00", "12:00")], {"hours.0": commands.HoursReversed}),
        ([(0, "12:00:30", "13:00")], {"hours.0": commands.MinutesOnly}),
        ([(0, "08:00", "12:00"), (0, "11:59", "13:00")], {"hours.1": commands.HoursOverlap}),
        ([(0, "08:00", "00:00"), (0, "23:00", "23:30")], {"hours.1": commands.HoursOverlap}),
        (
            [(0, "08:00", "20:00"), (0, "09:00", "10:00"), (0, "11:00", "12:00")],
            {"hours.1": commands.HoursOverlap, "hours.2": commands.HoursOverlap},
        ),
        (
            [(0, "09:00", "10:00"), (0, "08:00", "20:00"), (9, "01:00", "02:00")],
            {"hours.0": commands.HoursOverlap, "hours.2": commands.WeekdayUnknown},
        ),
    ],
)
def test_every_wrong_stretch_is_named(line, operator, by, hours, wrong):
    before = stretch(3, "09:00", "10:00")
    put(line, operator, by, before)

    with pytest.raises(tuple({*wrong.values(), commands.HoursUnsound})) as refused:
        put(line, operator, by, *(stretch(*one) for one in hours))

    assert set(refused.value.problems) == set(wrong)
    several = len(set(wrong.values())) > 1
    assert isinstance(refused.value, commands.HoursUnsound) == several
    assert kept(line) == [(3, "09:00", "10:00")]
    assert Event.objects.count() == 1


def test_too_many(line, operator, by):
    with pytest.raises(commands.TooManyHours):
        put(line, operator, by, *[stretch(0, "08:00", "09:00")] * 97)


def test_who_may_not(line, engineer, stranger, by):
    with pytest.raises(NotYourRole):
        put(line, engineer, by)
    with pytest.raises(commands.NotYourLine):
        put(line, stranger, by)


@pytest.mark.parametrize(
    ("weekday", "opens", "closes"),
    [(8, "08:00", "09:00"), (0, "10:00", "09:00"), (0, "11:00", "13:00"), (0, "11:00", "00:00")],
)
def test_the_database_refuses_them_too(line, weekday, opens, closes):
    OpeningHours.objects.create(line=line, weekday=0, opens="08:00", closes="12:00")
    OpeningHours.objects.create(line=line, weekday=0, opens="13:00", closes="00:00")

    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(line=line, weekday=weekday, opens=opens, closes=closes)
