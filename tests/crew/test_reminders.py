"""Who is told that something runs out: each reminder once, the nearest one only."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.crew import commands, tasks
from pilotharbor.crew.commands.reminders import due
from pilotharbor.crew.models import Reminder
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date, start_of
from pilotharbor.parties.models import Notification
from tests.crew.conftest import NOW
from tests.factories.crew import EngineerSkillFactory, SkillFactory, course_for, qualify
from tests.factories.worker import work

pytestmark = pytest.mark.django_db
TODAY = local_date(NOW)


def days(n: int):
    return start_of(TODAY + timedelta(days=n))


def ending(plant, last: int, **more):
    """A qualification whose last day is so many days from today."""
    return qualify(
        plant.outsider.person, course_for(plant.line, **more), first=date(2025, 6, 1),
        after=TODAY + timedelta(days=last + 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("left", "expected"),
    [(61, None), (60, 60), (59, 60), (15, 60), (14, 14), (13, 14), (1, 14), (0, 0), (-1, 0)],
)
def test_the_nearest_reminder_is_the_one_that_is_due(left, expected):
    assert due(last_day=TODAY + timedelta(days=left), today=TODAY) == expected


def test_day_by_day_each_is_sent_once(plant):
    ending(plant, 62)

    told = [(n, commands.remind(at=days(n))) for n in range(70)]

    assert [n for n, count in told if count] == [2, 48, 62]
    assert [r.days for r in Reminder.objects.order_by("pk")] == [60, 14, 0]
    assert [e.facts["days"] for e in Event.objects.filter(name="crew.qualification.expiring").order_by("pk")] == [
        60, 14, 0,
    ]  # fmt: skip


def test_after_a_long_sleep_only_the_nearest_is_sent(plant):
    ending(plant, 10)
    assert commands.remind(at=NOW) == 1
    assert Reminder.objects.get().days == 14
    assert commands.remind(at=NOW) == 0


def test_what_ran_out_long_ago_is_no_news(plant):
    ending(plant, -40)
    ending(plant, -5)

    assert commands.remind(at=NOW) == 1


def test_who_has_passed_again_or_lost_it_is_not_told(plant):
    course = course_for(plant.line)
    qualify(plant.outsider.person, course, first=date(2026, 1, 1), after=TODAY + timedelta(days=5))
    qualify(
        plant.outsider.person, course, first=date(2026, 2, 1), after=TODAY + timedelta(days=365)
    )
    endless = course_for(plant.line)
    qualify(plant.outsider.person, endless, first=date(2026, 1, 1), after=TODAY + timedelta(days=5))
    qualify(plant.outsider.person, endless, first=date(2026, 2, 1), after=None)
    gone = ending(plant, 5)
    commands.withdraw_qualification(qualification_id=gone.pk, reason="违规", **plant.by)

    assert commands.remind(at=NOW) == 0


def test_skills_of_engineers_too(plant):
    skill = SkillFactory(platform=plant.line.platform)
    EngineerSkillFactory(
        membership=plant.engineer,
        skill=skill,
        validity=DateRange(date(2025, 1, 1), TODAY + timedelta(days=11), "[)"),
    )
    EngineerSkillFactory(
        membership=plant.engineer, skill=SkillFactory(platform=plant.line.platform)
    )

    assert commands.remind(at=NOW) == 1
    assert Reminder.objects.get().engineer_skill.skill == skill


def test_people_hear_of_it_in_the_app_and_by_mail(plant):
    ending(plant, 60)
    ending(plant, 0)

    commands.remind(at=NOW)
    work()

    mine = Notification.objects.filter(person=plant.outsider.person)
    assert {n.facts["days"] for n in mine} == {60, 0}
    assert {n.url for n in mine} == {"/qualifications"}
    # On the last day the operators hear of it, too.
    assert [n.facts["days"] for n in Notification.objects.filter(person=plant.operator.person)] == [
        0
    ]
    said = [m.subject for m in mail.outbox if m.to == [plant.outsider.person.email]]
    assert len(said) == 2
    assert any("还有 60 天" in one for one in said)
    assert any("最后一天" in one for one in said)


def test_the_daily_task_reminds(plant):
    assert tasks.remind(timestamp=0) == 0
