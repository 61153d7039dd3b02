"""Who writes an agreement, when, and what of it is frozen when it is offered?"""

from datetime import datetime
from typing import Any

from pilotharbor.agreements import paper, queries
from pilotharbor.agreements.models import Agreement, Milestone, Party, RevenueShareTerm
from pilotharbor.agreements.terms import Terms, problems
from pilotharbor.documents import commands as documents
from pilotharbor.documents.models import Document
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects
from pilotharbor.projects import queries as project_queries
from pilotharbor.projects.models import Plan, Project


class NotYourAgreement(Forbidden):
    """Only the platform that carries the project writes its agreements; ask its operators."""

    code = "agreements.not_your_agreement"


class WrongStep(Conflict):
    """An agreement is drafted and offered while the project stands at scheme design."""

    code = "agreements.wrong_step"


class PlanMissing(Conflict):
    """The agreement contains the pilot plan; write the plan first."""

    code = "agreements.plan_missing"


class BadAgreement(Invalid):
    """These terms do not hold together yet; see the fields."""

    code = "agreements.bad_agreement"


class AgreementExists(Conflict):
    """This project has such an agreement already; void it before drafting another."""

    code = "agreements.agreement_exists"


class PartyNotApproved(Conflict):
    """“{name}” is no longer an approved organisation and cannot be offered an agreement."""

    code = "agreements.party_not_approved"


class ReasonMissing(Invalid):
    """Say why the agreement is made void."""

    code = "agreements.reason_missing"


@command
def draft(*, project_id: int, terms: Terms, actor_id: int, at: datetime) -> Agreement:
    """Draft an agreement of the project's parties over its plan.

    Raises: NotFound, NotYourRole, NotYourAgreement, WrongStep, PlanMissing, BadAgreement,
    AgreementExists.
    Source: R-AGR-1, R-AGR-3.
    """
    actor = parties.actor(actor_id=actor_id)
    project_queries.visible_project(actor=actor, project_id=project_id)
    rights.require(actor, Verb.WRITE, Kind.AGREEMENT)
    project = _locked_project(project_id)
    require_drafter(actor, project)
    plan = plan_at_scheme_design(project)
    wrong = problems(terms, project=project, plan=plan)
    if wrong:
        raise BadAgreement(problems=wrong)
    with refusing(agreements_one_in_force=AgreementExists(project_id=project_id)):
        agreement = Agreement.objects.create(
            project=project, drafted_by=actor, drafted_at=at, **columns(project, terms)
        )
    write_terms(agreement, terms)
    events.record(
        "agreements.agreement.drafted",
        agreement,
        actor=actor,
        at=at,
        project_id=project.pk,
        fee_fen=terms.fee_fen,
        parties=list(terms.party_ids),
    )
    return agreement


def _locked_project(project_id: int) -> Project:
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


def require_drafter(actor: Membership, project: Project) -> None:
    """Refuse whoever does not write the project's agreements.

    Raises: NotYourAgreement.
    """
    if not queries.may_draft(actor=actor, project=project):
        raise NotYourAgreement


def plan_at_scheme_design(project: Project) -> Plan:
    """The plan of a project that stands at scheme design.

    Raises: WrongStep, PlanMissing.
    """
    if project.status != Project.Status.PLANNING:
        raise WrongStep(status=project.status)
    plan = project_queries.plan_of(project)
    if plan is None:
        raise PlanMissing
    return plan


def columns(project: Project, terms: Terms) -> dict[str, Any]:
    """The terms that stand in the agreement's own row."""
    return {
        "kind": terms.kind,
        "title": (terms.title.strip() or project.title)[:200],
        "fee_fen": terms.fee_fen,
        "vat_bp": terms.vat_bp,
        "fee_includes_vat": terms.fee_includes_vat,
        "improvement_ip": terms.improvement_ip,
        "governing_statute_note": terms.governing_statute_note,
    }


def write_terms(agreement: Agreement, terms: Terms) -> None:
    """Write the terms that have rows of their own: parties, milestones, the share of revenue."""
    Party.objects.bulk_create(
        Party(agreement=agreement, organisation_id=pk, position=i)
        for i, pk in enumerate(terms.party_ids, 1)
    )
    Milestone.objects.bulk_create(
        Milestone(
            agreement=agreement,
            position=i,
            key=row.key.strip(),
            share_bp=row.share_bp,
            evidence=row.evidence,
            nth=row.nth,
        )
        for i, row in enumerate(terms.milestones, 1)
    )
    if share := terms.revenue_share:
        RevenueShareTerm.objects.create(
            agreement=agreement,
            payer_id=share.payer_id,
            payee_id=share.payee_id,
            rate_bp=share.rate_bp,
            base=share.base,
            starts=share.starts,
        )


def seen_and_locked(*, agreement_id: int, actor: Membership) -> tuple[Project, Agreement]:
    """The project and then the agreement, both locked, when the actor may read it.

    Raises: NotFound.
    """
    seen = queries.visible_agreement(actor=actor, agreement_id=agreement_id)
    project = _locked_project(seen.project_id)
    agreement = (
        queries.whole(Agreement.objects.all())
        .select_for_update(of=["self"], no_key=True)
        .get(pk=agreement_id)
    )
    return project, agreement


@command
def offer(*, agreement_id: int, actor_id: int, at: datetime) -> Agreement:
    """Offer a draft for signature: its text and the plan in it are frozen, its paper is asked for.

    Raises: NotFound, NotYourRole, NotYourAgreement, WrongStep, PlanMissing, PartyNotApproved,
    MoveNotAllowed.
    Source: R-AGR-3.
    """
    actor = parties.actor(actor_id=actor_id)
    project, agreement = seen_and_locked(agreement_id=agreement_id, actor=actor)
    rights.require(actor, Verb.WRITE, Kind.AGREEMENT)
    require_drafter(actor, project)
    plan = plan_at_scheme_design(project)
    for party in agreement.parties.all():
        if party.organisation.status != Organisation.Status.APPROVED:
            raise PartyNotApproved(name=party.organisation.name)

    projects.freeze_plan(project_id=project.pk, actor_id=actor_id, at=at)
    document = documents.ask(
        kind=Document.Kind.AGREEMENT,
        title=agreement.title,
        template=paper.TRIPARTITE,
        payload=paper.tripartite(agreement, project=project, plan=plan),
        subject=agreement,
        project_id=project.pk,
        owner_id=project.platform_id,
        reader_ids=[party.organisation_id for party in agreement.parties.all()],
        people_ids=queries.let_in(project=project),
        actor_id=actor_id,
        at=at,
    )
    advance(agreement, Agreement.Status.OFFERED, document=document, offered_at=at)
    events.record(
        "agreements.agreement.offered",
        agreement,
        actor=actor,
        at=at,
        project_id=project.pk,
        document_id=document.pk,
    )
    return agreement


@command
def void(*, agreement_id: int, reason: str, actor_id: int, at: datetime) -> Agreement:
    """Give up a draft or an offer, with a reason; a signed agreement stays.

    Raises: NotFound, NotYourRole, NotYourAgreement, ReasonMissing, MoveNotAllowed.
    Source: R-AGR-5.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    actor = parties.actor(actor_id=actor_id)
    project, agreement = seen_and_locked(agreement_id=agreement_id, actor=actor)
    rights.require(actor, Verb.WRITE, Kind.AGREEMENT)
    require_drafter(actor, project)
    was_offered = agreement.status == Agreement.Status.OFFERED
    advance(agreement, Agreement.Status.VOID, void_reason=reason.strip()[:500])
    if was_offered:
        projects.release_plan(project_id=project.pk, actor_id=actor_id, at=at)
    events.record(
        "agreements.agreement.voided", agreement, actor=actor, at=at, project_id=project.pk
    )
    return agreement
