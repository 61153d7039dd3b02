"""What time does to leads: rules from a day on, replies that are missed, holds that lapse."""

from datetime import date, datetime, timedelta

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import locked, operator, required, tidy, told
from pilotharbor.leads.commands.carrying import to_the_pool
from pilotharbor.leads.models import Claim, Lead, Policy


class BadPolicy(Invalid):
    """A rule holds from today or a later day; the reply takes 1 to 60 working days, protection 7 to 730 days."""

    code = "leads.bad_policy"


class PolicyThere(Conflict):
    """There is a rule from this day on already; choose another day."""

    code = "leads.policy_there"


@command
def set_policy(
    *,
    valid_from_date: date,
    reply_working_days: int,
    protection_days: int,
    interested_may_carry: bool,
    source: str,
    words: str = "",
    actor_id: int,
    at: datetime,
) -> Policy:
    """Say by which times and rules leads are carried from a day on; earlier leads keep their day.

    Raises: NotFound, NotYourRole, BadPolicy, WordsMissing, PolicyThere.
    Source: R-LEAD-3, R-LEAD-6, R-LEAD-7.
    """
    actor = operator(actor_id)
    bad = {
        "valid_from_date": valid_from_date < local_date(at),
        "reply_working_days": not 1 <= reply_working_days <= 60,
        "protection_days": not 7 <= protection_days <= 730,
    }
    if any(bad.values()):
        raise BadPolicy(problems={n: str(BadPolicy()) for n, wrong in bad.items() if wrong})
    said = required("source", source, most=200)
    with refusing(leads_policy_valid_from_date_key=PolicyThere()):
        row = Policy.objects.create(
            valid_from_date=valid_from_date, reply_working_days=reply_working_days,
            protection_days=protection_days, interested_may_carry=interested_may_carry,
            words=tidy(words)[:500], source=said, set_by=actor, set_at=at,
        )  # fmt: skip
    events.record(
        "leads.policy.set", row, actor=actor, at=at, valid_from=valid_from_date.isoformat(),
        reply_working_days=reply_working_days, protection_days=protection_days,
        interested_may_carry=interested_may_carry,
    )  # fmt: skip
    return row


@command
def note_late(*, at: datetime) -> list[int]:
    """Note, once for each lead, that its first reply is overdue; whose these are hear of it.

    Source: R-LEAD-3.
    """
    late = queries.unanswered(Lead.objects.filter(late_told_at=None), today=local_date(at))
    noted = []
    for pk in late.order_by("pk").values_list("pk", flat=True):
        lead = locked(pk)
        if lead.late_told_at is None and lead.first_contact_at is None and not lead.is_over:
            lead.late_told_at = at
            lead.save(update_fields=["late_told_at"])
            told("reply_missed", lead, None, at, manager_id=lead.manager_id)
            noted.append(pk)
    return noted


@command
def lapse(*, at: datetime) -> list[int]:
    """Send leads that lay idle longer than they are protected back to the pool.

    Source: R-LEAD-6.
    """
    before = at - timedelta(days=queries.rule_on(local_date(at)).protection_days)
    gone = []
    for pk in queries.idle_since(before=before).values_list("pk", flat=True):
        lead = locked(pk)
        held = lead.claims.filter(status=Claim.Status.HELD).first()
        if held is None or lead.active_at >= before or lead.is_over:
            continue
        manager_id = lead.manager_id
        advance(held, Claim.Status.LAPSED, ended_at=at)
        to_the_pool(lead)
        told("lapsed", lead, None, at, manager_id=manager_id)
        gone.append(pk)
    return gone
