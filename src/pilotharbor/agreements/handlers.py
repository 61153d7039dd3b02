"""A project's papers stay open to exactly the people who carry it."""

from pilotharbor.agreements import queries
from pilotharbor.documents import commands as documents
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.projects.models import Project


@handles("projects.stewards.named", "projects.member.admitted", "projects.member.dismissed")
def open_papers_to_team(event: Event) -> None:
    """Whoever joins the project reads its papers, whoever leaves it does not."""
    project = Project.objects.filter(pk=event.project_id).first()
    if project is not None:
        documents.open_to(project_id=project.pk, membership_ids=queries.let_in(project=project))
