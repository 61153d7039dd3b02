"""Two harbours' worth of things: those of the actor's own voyage and those of a stranger's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pilotharbor.agreements.models import Agreement, Milestone, Party, RevenueShareTerm
from pilotharbor.assessment.models import Criterion, Panel, Score, Seat
from pilotharbor.booking.models import Booking
from pilotharbor.documents.models import Document
from pilotharbor.facilities.models import LineEngineer
from pilotharbor.finance.models import Invoice
from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Confidentiality, OrganisationKind, Role
from pilotharbor.projects.models import Project, TeamMember
from pilotharbor.technologies.models import Achievement, Demand, Reader
from tests.factories.facilities import working_line
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import (
    PlanFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
)

AT = datetime(2026, 2, 1, 1, 0, tzinfo=UTC)
KIND_OF = {
    Role.RESEARCHER: OrganisationKind.UNIVERSITY, Role.TTO_OFFICER: OrganisationKind.UNIVERSITY,
    Role.ENTERPRISE_MEMBER: OrganisationKind.ENTERPRISE, Role.INVESTOR: OrganisationKind.INVESTOR,
    Role.GOVERNMENT_OFFICER: OrganisationKind.GOVERNMENT_BUREAU,
    Role.AUDITOR: OrganisationKind.AUDIT_BODY, Role.EXPERT: OrganisationKind.SERVICE_PROVIDER,
}  # fmt: skip


@dataclass
class Drafts:
    """A result and a need to write, and two that wait for their review."""

    achievement: Achievement
    demand: Demand
    submitted_achievement: Achievement
    submitted_demand: Demand


@dataclass
class Harbour:
    """One voyage with one thing of every kind, and entries that are not published yet."""

    achievement: Achievement
    demand: Demand
    drafts: Drafts
    project: Project
    booking: Booking
    panel: Panel
    agreement: Agreement
    invoice: Invoice
    accreditation: Accreditation


def newcomer(role: Role) -> Membership:
    """Somebody in that role, in an organisation of a kind that has it."""
    kind = KIND_OF.get(role, OrganisationKind.PILOT_PLATFORM)
    return MembershipFactory(role=role, organisation=OrganisationFactory(kind=kind))


def harbour(actor: Membership | None = None) -> Harbour:
    """A voyage; with an actor, one in which they have the place their role has."""
    project = _project(actor)
    return Harbour(
        achievement=project.achievement,
        demand=project.demand,
        drafts=_drafts(actor),
        project=project,
        booking=_booking(project, actor),
        panel=_panel(project, actor),
        agreement=(agreement := _agreement(project)),
        invoice=_invoice(agreement),
        accreditation=Accreditation.objects.create(
            platform=project.platform, kind="pilot_base", statement="条件", filed_at=AT,
            filed_by=_member(project.platform, Role.PLATFORM_OPERATOR),
        ),
    )  # fmt: skip


def _member(organisation, role):
    return MembershipFactory(organisation=organisation, role=role)


def _project(actor: Membership | None) -> Project:
    role = actor.role if actor else None
    own = actor.organisation if actor else None
    places = {}
    if role == Role.RESEARCHER:
        places["achievement"] = _achievement(owner=own, disclosed_by=actor)
    elif role == Role.TTO_OFFICER:
        places["achievement"] = _achievement(owner=own)
    elif role == Role.ENTERPRISE_MEMBER:
        places["demand"] = _demand(owner=own)
    elif own is not None and own.kind == OrganisationKind.PILOT_PLATFORM:
        places["platform"] = own
    places.setdefault("achievement", _achievement())
    places.setdefault("demand", _demand())
    if role == Role.TECHNOLOGY_MANAGER:
        places["technology_manager"] = actor
    if role == Role.INDUSTRY_ADVISOR:
        places["industry_advisor"] = actor
    project = PlanFactory(
        project__status=Project.Status.RESOURCING, **{f"project__{k}": v for k, v in places.items()}
    ).project
    if role in {Role.INVESTOR, Role.EQUIPMENT_ENGINEER}:
        scope = "report" if role == Role.INVESTOR else "team"
        TeamMember.objects.create(project=project, membership=actor, scope=scope, added_at=AT)
    via = {
        Role.TECHNOLOGY_MANAGER: "project", Role.INDUSTRY_ADVISOR: "project",
        Role.EXPERT: "blind", Role.INVESTOR: "named", Role.ENTERPRISE_MEMBER: "named",
    }.get(role)  # fmt: skip
    if via:
        Reader.objects.create(
            achievement=project.achievement, membership=actor, via=via, admitted_at=AT
        )
    if via == "project":
        Reader.objects.create(demand=project.demand, membership=actor, via=via, admitted_at=AT)
    return project


def _drafts(actor: Membership | None) -> Drafts:
    """Entries of the actor's organisation, or, for a technology manager, of what they look after."""
    role = actor.role if actor else None
    fields = {"owner": actor.organisation} if actor and role != Role.TECHNOLOGY_MANAGER else {}
    author = {"disclosed_by": actor} if role == Role.RESEARCHER else {}
    draft = {"status": "draft", "published_at": None}
    submitted = {"status": "submitted", "published_at": None}
    made = Drafts(
        achievement=_achievement(**fields, **author, **draft),
        demand=_demand(**fields, **draft),
        submitted_achievement=_achievement(**fields, **submitted),
        submitted_demand=_demand(**fields, **submitted),
    )
    if role == Role.TECHNOLOGY_MANAGER:
        for entry in (
            {"achievement": made.achievement}, {"demand": made.demand},
            {"achievement": made.submitted_achievement}, {"demand": made.submitted_demand},
        ):  # fmt: skip
            Reader.objects.create(**entry, membership=actor, via="project", admitted_at=AT)
    return made


def _achievement(**fields) -> Achievement:
    return PublishedAchievementFactory(confidentiality=Confidentiality.CORE, **fields)


def _demand(**fields) -> Demand:
    return PublishedDemandFactory(confidentiality=Confidentiality.CORE, **fields)


def _booking(project: Project, actor: Membership | None) -> Booking:
    line = working_line(platform=project.platform)
    if actor and actor.role == Role.EQUIPMENT_ENGINEER:
        LineEngineer.objects.create(line=line, membership=actor)
    return Booking.objects.create(
        line=line, project=project, billing="batch", requested_at=AT,
        period=period(AT + timedelta(days=30), AT + timedelta(days=31)),
        requested_by=_requester(project, actor),
    )  # fmt: skip


def _requester(project: Project, actor: Membership | None) -> Membership:
    if actor and actor.role in {Role.RESEARCHER, Role.ENTERPRISE_MEMBER, Role.MEMBER_PLATFORM}:
        return actor
    return _member(project.enterprise, Role.ENTERPRISE_MEMBER)


def _panel(project: Project, actor: Membership | None) -> Panel:
    panel = Panel.objects.create(
        project=project, pass_mark=75, convened_at=AT, status=Panel.Status.PASSED, score=80,
        closed_at=AT, convened_by=_member(project.platform, Role.PLATFORM_OPERATOR),
    )  # fmt: skip
    expert = actor if actor and actor.role == Role.EXPERT else newcomer(Role.EXPERT)
    criterion = Criterion.objects.create(panel=panel, key="all", weight_bp=10000, position=1)
    seat = Seat.objects.create(panel=panel, expert=expert, field="化工", submitted_at=AT)
    Score.objects.create(seat=seat, criterion=criterion, points=80)
    return panel


def _agreement(project: Project) -> Agreement:
    agreement = Agreement.objects.create(
        project=project, kind="tripartite_pilot_first", title="三方协议", fee_fen=100, vat_bp=600,
        improvement_ip="statute", drafted_at=AT, status="signed", signed_at=AT,
        document=_paper(project),
        drafted_by=_member(project.platform, Role.PLATFORM_OPERATOR),
    )  # fmt: skip
    for i, party in enumerate([project.owner, project.enterprise, project.platform], start=1):
        Party.objects.create(agreement=agreement, organisation=party, position=i)
    RevenueShareTerm.objects.create(
        agreement=agreement, payer=project.enterprise, payee=project.platform, rate_bp=500,
        base="net_sales",
    )  # fmt: skip
    return agreement


def _paper(project: Project) -> Document:
    return Document.objects.create(
        kind="agreement", title="三方协议", template="agreements.tripartite/1", payload={},
        subject_type="projects.project", subject_id=project.pk, project_id=project.pk,
        owner=project.platform, asked_at=AT,
    )  # fmt: skip


def _invoice(agreement: Agreement) -> Invoice:
    milestone = Milestone.objects.create(
        agreement=agreement, key="signing", position=1, share_bp=10000, evidence="agreement_signed",
        status="reached", reached_at=AT, evidence_ref="x",
    )  # fmt: skip
    return Invoice.objects.create(
        number=f"PH-{agreement.pk}", project=agreement.project, milestone=milestone,
        payer=agreement.project.enterprise, payee=agreement.project.platform, gross_fen=106,
        net_fen=100, vat_fen=6, vat_bp=600, issued_at=AT,
    )  # fmt: skip
