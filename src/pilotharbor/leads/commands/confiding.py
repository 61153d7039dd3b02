"""Both sides of a lead are asked to sign a confidentiality agreement with each other."""

from datetime import datetime, timedelta

from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import by_a_writer, told
from pilotharbor.leads.models import Lead

# Who was asked today is not asked again before tomorrow.
REST = timedelta(days=1)


class NobodyToSign(Conflict):
    """Neither side both is named and knows of the lead yet; name the open side and log a contact first."""

    code = "leads.nobody_to_sign"


class AgreementThere(Conflict):
    """A confidentiality agreement between both sides is in force already."""

    code = "leads.agreement_there"


class AskedLately(Conflict):
    """The sides were asked within the last day; give them time to read it."""

    code = "leads.asked_lately"


@command
def ask_for_nda(*, lead_id: int, actor_id: int, at: datetime) -> Lead:
    """Ask the sides that know of the lead to sign with each other; each is led to the paper itself.

    Nobody signs for them: an agreement is signed by who speaks for the organisation (R-PARTY-10).

    Raises: NotFound, NotYourLead, LeadOver, NobodyToSign, AgreementThere, AskedLately.
    Source: R-LEAD-16.
    """
    actor, lead = by_a_writer(lead_id=lead_id, actor_id=actor_id)
    if lead.supplier_id is None or lead.enterprise_id is None:
        raise NobodyToSign
    if not (lead.supplier_since_at or lead.enterprise_since_at):
        raise NobodyToSign
    if queries.confidence(lead).any:
        raise AgreementThere
    before = queries.nda_asked_at(lead)
    if before is not None and at < before + REST:
        raise AskedLately
    lead.active_at = at
    lead.save(update_fields=["active_at"])
    told("nda_asked", lead, actor, at)
    return lead
