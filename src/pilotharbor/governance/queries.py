"""Which platforms are recognised, and what does the region see in figures?"""

from django.db.models import Q, QuerySet

from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb


def visible_accreditations(*, actor: Membership | None) -> QuerySet[Accreditation]:
    """Granted ones for everybody; one's own in any state; all for bureaus and auditors.

    Source: R-GOV-3.
    """
    reach = rights.scopes(actor, Verb.READ, Kind.ACCREDITATION)
    shown = Q(status=Accreditation.Status.GRANTED)
    if actor is not None and Scope.OWN in reach:
        shown |= Q(platform=actor.organisation_id)
    rows = Accreditation.objects.select_related(
        "platform", "filed_by__person", "decided_by__person"
    )
    return rows if Scope.ALL in reach else rows.filter(shown)


def accreditation(*, actor: Membership | None, accreditation_id: int) -> Accreditation:
    """One accreditation the actor may see.

    Raises: NotFound.
    """
    found = visible_accreditations(actor=actor).filter(pk=accreditation_id).first()
    if found is None:
        raise NotFound
    return found


def may_decide(actor: Membership | None) -> bool:
    """Whether the actor answers applications."""
    return rights.may(actor, Verb.APPROVE, Kind.ACCREDITATION)
