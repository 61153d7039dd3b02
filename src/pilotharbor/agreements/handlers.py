"""Who is told of an agreement, and who may read a project's papers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements import queries
from pilotharbor.agreements.models import Agreement
from pilotharbor.documents import commands as documents
from pilotharbor.documents.models import Document
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands as leads
from pilotharbor.leads import queries as leads_of
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.projects.models import Project
from pilotharbor.technologies.commands import patents

notices.say("agreements.agreement.ready", _("“{title}” is ready for your signature."))
notices.say("agreements.agreement.countersigned", _("Another party has signed “{title}”."))
notices.say("agreements.agreement.signed", _("All parties have signed “{title}”."))
notices.say("agreements.agreement.voided", _("“{title}” has been made void."))


def _tell(event: Event, agreement: Agreement, members: set[int], kind: str) -> None:
    parties.notify(
        member_ids=members,
        not_to=event.person_id,
        kind=kind,
        url=reverse("agreement_detail", args=[agreement.pk]),
        event=event,
        at=event.at,
        facts={"title": agreement.title},
    )


@handles("documents.document.rendered")
def ask_for_signatures(event: Event) -> None:
    """Once the paper is printed, everybody who can sign it for their side is asked to."""
    if event.facts["kind"] != Document.Kind.AGREEMENT:
        return
    agreement = Agreement.objects.get(pk=event.facts["about_id"])
    if agreement.status == Agreement.Status.OFFERED and agreement.document_id == event.subject_id:
        _tell(event, agreement, queries.signatories(agreement), "agreements.agreement.ready")


@handles(
    "agreements.agreement.countersigned",
    "agreements.agreement.signed",
    "agreements.agreement.voided",
)
def tell_the_sides(event: Event) -> None:
    """All sides learn how far the signing is, and that it is over."""
    agreement = Agreement.objects.get(pk=event.subject_id)
    _tell(event, agreement, queries.signatories(agreement), event.name)


@handles("projects.stewards.named", "projects.member.admitted", "projects.member.dismissed")
def open_papers_to_team(event: Event) -> None:
    """Whoever joins the project reads its papers, whoever leaves it does not."""
    project = Project.objects.filter(pk=event.project_id or 0).first()
    if project is not None:
        documents.open_to(project_id=project.pk, membership_ids=queries.let_in(project=project))


@handles("agreements.agreement.signed")
def wake_the_result(event: Event) -> None:
    """A result that an agreement was signed about does not sleep (R-TECH-42)."""
    project = Project.objects.filter(pk=event.project_id or 0).first()
    if project is not None:
        patents.note_activity(achievement_id=project.achievement_id, at=event.at)


@handles("agreements.agreement.signed")
def sign_the_lead(event: Event) -> None:
    """The lead that became this project has led to a signature (R-LEAD-14)."""
    lead = leads_of.live_of_project(project_id=event.project_id) if event.project_id else None
    if lead is None or event.actor_id is None:
        return
    agreement = Agreement.objects.get(pk=event.subject_id)
    leads.conclude(
        lead_id=lead.pk, amount_fen=agreement.fee_fen, actor_id=event.actor_id, at=event.at
    )
