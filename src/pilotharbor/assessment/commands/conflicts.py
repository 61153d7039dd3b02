"""Who may not judge this project, and why?

Source: R-ASMT-3.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project


def conflict_of(*, expert: Membership, project: Project, memberships: Iterable[Membership]) -> str:
    """Why this expert is not independent of the project; empty when they are.

    ``memberships`` are all that the expert's person holds anywhere.
    """
    mine = [m for m in memberships if m.person_id == expert.person_id]
    stewards = (project.technology_manager, project.industry_advisor)
    if any(s is not None and s.person_id == expert.person_id for s in stewards):
        return _("stewards this project")
    if project.achievement.inventors.filter(membership__person=expert.person_id).exists():
        return _("is an inventor of the result")
    sides = {project.owner_id, project.enterprise_id}
    if any(m.organisation_id in sides for m in mine):
        return _("belongs to the owner of the result or to the enterprise")
    if any(m.organisation_id == project.platform_id and m.role != Role.EXPERT for m in mine):
        return _("works for the platform that carries the project")
    return ""
