"""Which times and rules hold on this day?"""

from dataclasses import dataclass
from datetime import date, datetime

from pilotharbor.kernel.time import local_date
from pilotharbor.leads.models import Policy
from pilotharbor.leads.working_days import last_day


@dataclass(frozen=True, slots=True)
class Rule:
    """The times and rules of a day; ``policy`` is the row they come from, if an operator set one."""

    reply_working_days: int
    protection_days: int
    interested_may_carry: bool
    words: str = ""
    policy: Policy | None = None


# R-LEAD-3, R-LEAD-6: what holds until an operator enters something else, and the page says so.
HOUSE_RULE = Rule(reply_working_days=3, protection_days=90, interested_may_carry=False)


def rule_on(day: date) -> Rule:
    """What holds on a day.

    Source: R-LEAD-3, R-LEAD-6, R-LEAD-7.
    """
    row = Policy.objects.filter(valid_from_date__lte=day).order_by("-valid_from_date").first()
    if row is None:
        return HOUSE_RULE
    return Rule(
        row.reply_working_days, row.protection_days, row.interested_may_carry, row.words, row
    )


def reply_due(opened_at: datetime) -> date:
    """The last day on which a first contact is in time.

    Source: R-LEAD-3.
    """
    day = local_date(opened_at)
    return last_day(day, rule_on(day).reply_working_days)
