"""Who is told that something they have learnt runs out?"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from pilotharbor.crew import queries
from pilotharbor.crew.models import EngineerSkill, Reminder, UserQualification
from pilotharbor.kernel import events
from pilotharbor.kernel.time import DAY, local_date
from pilotharbor.kernel.transactions import command

# Days before the last valid day, largest first.
AHEAD = (60, 14, 0)
# What ran out longer ago than this is no news, however long the worker slept.
STALE = timedelta(days=30)


def due(*, last_day: date, today: date) -> int | None:
    """Which of the reminders is the nearest one reached; ``None`` before the first."""
    left = (last_day - today).days
    reached = [days for days in AHEAD if left <= days]
    return min(reached) if reached else None


@command
def remind(*, at: datetime) -> int:
    """Tell holders of qualifications and skills that run out, each reminder once; how many that were.

    Source: R-CREW-11.
    """
    return _remind_of(
        queries.running_out(UserQualification, today=local_date(at), ahead=AHEAD[0], stale=STALE),
        "qualification", "crew.qualification.expiring", at,
    ) + _remind_of(
        queries.running_out(EngineerSkill, today=local_date(at), ahead=AHEAD[0], stale=STALE),
        "engineer_skill", "crew.engineer_skill.expiring", at,
    )  # fmt: skip


def _remind_of(rows: QuerySet[Any], kind: str, name: str, at: datetime) -> int:
    today = local_date(at)
    # Two workers at once: the second waits here and then finds the first one's reminders.
    held = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    sent = set(Reminder.objects.filter(**{f"{kind}__in": held}).values_list(f"{kind}_id", "days"))
    nearest: dict[int, int] = {}
    for pk, days in sent:
        nearest[pk] = min(days, nearest.get(pk, days))
    told = 0
    for one in held:
        last_day = one.validity.upper - DAY
        days = due(last_day=last_day, today=today)
        if days is None or nearest.get(one.pk, AHEAD[0] + 1) <= days:
            continue
        Reminder.objects.create(**{kind: one}, days=days, sent_at=at)
        events.record(name, one, at=at, days=days, last_day=last_day.isoformat())
        told += 1
    return told
