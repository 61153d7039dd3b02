"""Who did which step of a lead, in parts that sum to one."""

from collections.abc import Mapping
from datetime import datetime

from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.transactions import command
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import NotYourLead, seen, told
from pilotharbor.leads.models import Credit, Lead
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role

WHOLE = 10_000


class BadCredits(Invalid):
    """The parts of a step are whole basis points above zero that sum to 10,000, of technology managers."""

    code = "leads.bad_credits"


class CreditsFrozen(Conflict):
    """The lead is signed; who did which step is fixed."""

    code = "leads.credits_frozen"


@command
def set_credits(
    *, lead_id: int, step: str, shares: Mapping[int, int], actor_id: int, at: datetime
) -> Lead:
    """Say which managers did a step, in basis points; without any, nobody has a part in it.

    Raises: NotFound, NotYourLead, CreditsFrozen, BadCredits.
    Source: R-LEAD-10.
    """
    actor, lead = seen(lead_id=lead_id, actor_id=actor_id)
    if not queries.writes(lead, actor):
        raise NotYourLead
    if lead.credits_frozen_at is not None:
        raise CreditsFrozen
    _check(step, shares)
    lead.credits.filter(step=step).delete()
    _write(lead, step, shares, actor, at)
    told(
        "credited", lead, actor, at, step=str(step),
        shares={str(pk): share for pk, share in sorted(shares.items())},
    )  # fmt: skip
    return lead


def _check(step: str, shares: Mapping[int, int]) -> None:
    wrong = step not in Credit.Step.values or any(share < 1 for share in shares.values())
    if not wrong and shares:
        known = Membership.objects.filter(pk__in=shares, role=Role.TECHNOLOGY_MANAGER).count()
        wrong = sum(shares.values()) != WHOLE or known != len(shares)
    if wrong:
        raise BadCredits(problems={"shares": str(BadCredits())})


def _write(
    lead: Lead, step: str, shares: Mapping[int, int], actor: Membership, at: datetime
) -> None:
    Credit.objects.bulk_create(
        Credit(lead=lead, step=step, manager_id=pk, share_bp=share, written_by=actor, written_at=at)
        for pk, share in sorted(shares.items())
    )


def complete_credits(lead: Lead, actor: Membership, at: datetime) -> None:
    """Give the steps nobody was written for to whoever carries the lead, before it is signed.

    Part of the command that signs. Source: R-LEAD-10.
    """
    if lead.manager_id is None:
        return
    written = set(lead.credits.values_list("step", flat=True))
    for step in Credit.Step.values:
        if step not in written:
            _write(lead, step, {lead.manager_id: WHOLE}, actor, at)
