"""Who are the technology managers, and what have they done?"""

from django.db.models import QuerySet

from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role


def all_managers() -> QuerySet[Membership]:
    """Every technology manager who may carry a lead, by name."""
    rows = parties.standing().filter(
        role=Role.TECHNOLOGY_MANAGER, organisation__status=Organisation.Status.APPROVED
    )
    return rows.select_related("person", "organisation").order_by("person__name", "id")
