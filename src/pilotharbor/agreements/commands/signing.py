"""Who has signed which very paper, and what happens once everybody has?"""

from datetime import datetime

from pilotharbor.agreements import paper, queries
from pilotharbor.agreements.commands.drafting import seen_and_locked
from pilotharbor.agreements.commands.milestones import reach_milestones
from pilotharbor.agreements.models import Agreement, Milestone, Party
from pilotharbor.documents import commands as documents
from pilotharbor.documents import queries as papers
from pilotharbor.documents.commands import NotPrintedYet
from pilotharbor.documents.models import Document
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project


class NotAParty(Forbidden):
    """Your organisation is not a party to this agreement."""

    code = "agreements.not_a_party"


class NotOffered(Conflict):
    """Only an agreement that is being signed can be signed."""

    code = "agreements.not_offered"


class SignedAlready(Conflict):
    """Your organisation has signed this agreement already."""

    code = "agreements.signed_already"


class OtherPaper(Conflict):
    """This is not the hash of the paper that was offered; read that paper again and sign it."""

    code = "agreements.other_paper"


@command
def sign(*, agreement_id: int, sha256: str, actor_id: int, at: datetime) -> Agreement:
    """Sign for one's own organisation the very paper whose hash is given.

    With the last signature the agreement is signed, its first milestone reached and the project
    goes on to resource matching, all in the same transaction.

    Raises: NotFound, NotYourRole, NotAParty, NotOffered, SignedAlready, NotPrintedYet, OtherPaper.
    Source: R-AGR-4.
    """
    actor = parties.actor(actor_id=actor_id)
    project, agreement = seen_and_locked(agreement_id=agreement_id, actor=actor)
    if not queries.may_sign(actor=actor):
        raise NotYourRole(role=actor.role, verb="approve", kind="agreement")
    signatures = list(agreement.parties.all())
    party = next((p for p in signatures if p.organisation_id == actor.organisation_id), None)
    if party is None:
        raise NotAParty
    _refuse_unsignable(agreement, party, sha256.strip().lower())

    party.signed_by, party.signed_at, party.signed_sha256 = actor, at, sha256.strip().lower()
    party.save(update_fields=["signed_by", "signed_at", "signed_sha256"])
    events.record(
        "agreements.agreement.countersigned",
        agreement,
        actor=actor,
        at=at,
        project_id=project.pk,
        party_id=party.organisation_id,
        sha256=party.signed_sha256,
    )
    if all(p.signed_at for p in signatures):
        _conclude(agreement, project, actor, at)
    return agreement


def _refuse_unsignable(agreement: Agreement, party: Party, sha256: str) -> None:
    if agreement.status != Agreement.Status.OFFERED or agreement.document_id is None:
        raise NotOffered(status=agreement.status)
    if party.signed_at is not None:
        raise SignedAlready
    printed = papers.sha256_of(document_id=agreement.document_id)
    if printed is None:
        raise NotPrintedYet(document_id=agreement.document_id)
    if printed != sha256:
        raise OtherPaper(problems={"sha256": str(OtherPaper())})


def _conclude(agreement: Agreement, project: Project, actor: Membership, at: datetime) -> None:
    advance(agreement, Agreement.Status.SIGNED, signed_at=at)
    events.record(
        "agreements.agreement.signed", agreement, actor=actor, at=at, project_id=project.pk
    )
    ref = f"agreements.agreement:{agreement.pk}"
    reach_milestones(
        project_id=project.pk,
        evidence=Milestone.Evidence.AGREEMENT_SIGNED,
        ref=ref,
        actor_id=actor.pk,
        at=at,
    )
    projects.pass_gate(
        project_id=project.pk,
        to=Project.Status.RESOURCING,
        actor_id=actor.pk,
        at=at,
        ref=ref,
    )
    # The signed bytes stay as they are; who signed them stands on a sheet of its own.
    documents.ask(
        kind=Document.Kind.SIGNATURES,
        title=agreement.title,
        template=paper.SIGNATURES,
        payload=paper.signatures(agreement),
        subject=agreement,
        project_id=project.pk,
        owner_id=project.platform_id,
        reader_ids=[p.organisation_id for p in agreement.parties.all()],
        people_ids=queries.let_in(project=project),
        actor_id=actor.pk,
        at=at,
    )
