"""A project with a signed agreement at its pilot, a line, and batches on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pilotharbor.campaigns import commands
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.models import Membership
from pilotharbor.projects import commands as projects
from pilotharbor.projects.models import Project
from tests.factories.agreements import Table, table
from tests.factories.facilities import working_line

AT = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


@dataclass
class Bench:
    """Where batches are run."""

    table: Table
    line: Line
    engineer: Membership
    campaign: Campaign

    @property
    def project(self) -> Project:
        return Project.objects.get(pk=self.table.project.pk)

    def record(self, number: int, *values: str, actor=None, **fields) -> Batch:
        results = fields.pop("results", {"purity": list(values) or ["99.6"]})
        return commands.record_batch(
            campaign_id=self.campaign.pk,
            number=number,
            results=results,
            actor_id=(actor or self.engineer).pk,
            at=AT,
            **fields,
        )

    def judge_batch(self, batch: Batch, *, actor=None) -> Batch:
        return commands.judge_batch(batch_id=batch.pk, actor_id=(actor or self.engineer).pk, at=AT)

    def run(self, number: int, *values: str) -> Batch:
        """Recorded and judged."""
        return self.judge_batch(self.record(number, *values))

    def run_all(self, values: Sequence[str]) -> list[Batch]:
        return [self.run(number, value) for number, value in enumerate(values, 1)]

    def judge(self, *, actor=None) -> Campaign:
        return commands.judge(
            campaign_id=self.campaign.pk, actor_id=(actor or self.engineer).pk, at=AT
        )

    def ask_report(self, *, actor=None) -> Campaign:
        return commands.ask_report(
            campaign_id=self.campaign.pk, actor_id=(actor or self.table.operator).pk, at=AT
        )


@command
def to_pilot(*, project_id: int) -> None:
    """Stand in for the first approved booking."""
    projects.pass_gate(project_id=project_id, to=Project.Status.PILOT, actor_id=None, at=AT)


def bench(*, agreed: bool = True, opened: bool = True, **plan) -> Bench:
    """A running campaign, by default with a signed agreement."""
    around = table(**plan)
    if agreed:
        around.signed()
        to_pilot(project_id=around.project.pk)
    else:
        Project.objects.filter(pk=around.project.pk).update(status=Project.Status.PILOT)
    line = working_line(platform=around.project.platform)
    engineer = line.engineers.get().membership
    campaign = Campaign()
    if opened:
        campaign = commands.open_campaign(
            project_id=around.project.pk, line_id=line.pk, actor_id=around.operator.pk, at=AT
        )
    return Bench(around, line, engineer, campaign)
