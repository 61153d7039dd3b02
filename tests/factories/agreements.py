"""A project at scheme design with its plan, three parties, and who signs for them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pilotharbor.agreements import commands
from pilotharbor.agreements.models import Agreement
from pilotharbor.agreements.terms import MilestoneTerm, Terms
from pilotharbor.documents import commands as documents
from pilotharbor.documents import queries as papers
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project
from tests.factories.parties import MembershipFactory
from tests.factories.projects import PlanFactory

AT = datetime(2026, 2, 10, 1, 0, tzinfo=UTC)
MILESTONES = (
    MilestoneTerm("signing", 3000, "agreement_signed"),
    MilestoneTerm("second_batch", 4000, "batch_released", 2),
    MilestoneTerm("report", 3000, "report_issued"),
)


@dataclass
class Table:
    """The table they sign at."""

    project: Project
    operator: Membership
    officer: Membership
    buyer: Membership
    professor: Membership

    def terms(self, **changed) -> Terms:
        wanted = {
            "kind": "tripartite_pilot_first",
            "party_ids": [
                self.project.owner_id,
                self.project.enterprise_id,
                self.project.platform_id,
            ],
            "fee_fen": 80_000_000,
            "vat_bp": 600,
            "fee_includes_vat": True,
            "milestones": MILESTONES,
            "improvement_ip": "spin_off",
        }
        return Terms(**wanted | changed)

    def draft(self, *, actor=None, **changed) -> Agreement:
        return commands.draft(
            project_id=self.project.pk,
            terms=self.terms(**changed),
            actor_id=(actor or self.operator).pk,
            at=AT,
        )

    def offer(self, agreement: Agreement, *, actor=None) -> Agreement:
        return commands.offer(
            agreement_id=agreement.pk, actor_id=(actor or self.operator).pk, at=AT
        )

    def offered(self, **changed) -> Agreement:
        """Drafted, offered and printed."""
        agreement = self.offer(self.draft(**changed))
        documents.render(document_id=agreement.document_id, actor_id=None, at=AT)
        return agreement

    def sign(self, agreement: Agreement, actor: Membership, sha256: str | None = None) -> Agreement:
        digest = sha256 or papers.sha256_of(document_id=agreement.document_id)
        return commands.sign(
            agreement_id=agreement.pk, sha256=digest or "", actor_id=actor.pk, at=AT
        )

    def signed(self, **changed) -> Agreement:
        """Signed by all three."""
        agreement = self.offered(**changed)
        for actor in (self.officer, self.buyer, self.operator):
            agreement = self.sign(agreement, actor)
        return agreement


def table(**plan) -> Table:
    """A project at scheme design whose platform is ready to draft."""
    project = PlanFactory(**plan).project
    return Table(
        project=project,
        operator=MembershipFactory(organisation=project.platform, role=Role.PLATFORM_OPERATOR),
        officer=MembershipFactory(organisation=project.owner, role=Role.TTO_OFFICER),
        buyer=MembershipFactory(organisation=project.enterprise, role=Role.ENTERPRISE_MEMBER),
        professor=MembershipFactory(organisation=project.owner, role=Role.RESEARCHER),
    )
