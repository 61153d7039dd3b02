import pytest

from pilotharbor.campaigns import queries
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import TeamMember
from tests.factories.campaigns import bench
from tests.factories.parties import MembershipFactory
from tests.factories.projects import TeamMemberFactory

pytestmark = pytest.mark.django_db


def seen_by(actor) -> list[int]:
    return list(queries.visible_campaigns(actor=actor).values_list("pk", flat=True))


def test_every_reader_sees_own_projects_only():
    b, _other = bench(agreed=False), bench(agreed=False)
    investor = MembershipFactory(role=Role.INVESTOR)
    TeamMemberFactory(project=b.project, membership=investor, scope=TeamMember.Scope.REPORT)
    platform = b.line.platform

    for actor in (
        b.table.operator,
        b.table.officer,
        b.table.buyer,
        b.table.professor,
        b.engineer,
        b.project.technology_manager,
        b.project.industry_advisor,
    ):
        assert seen_by(actor) == [b.campaign.pk], actor.role
    for actor in (
        None,
        investor,
        MembershipFactory(organisation=platform, role=Role.EQUIPMENT_ENGINEER),
        MembershipFactory(organisation=platform, role=Role.TECHNOLOGY_MANAGER),
        MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR),
        MembershipFactory(role=Role.GOVERNMENT_OFFICER),
        MembershipFactory(role=Role.EXPERT),
    ):
        assert seen_by(actor) == []
    assert len(seen_by(MembershipFactory(role=Role.AUDITOR))) == 2


def test_a_list_takes_the_same_queries_for_one_and_for_three(django_assert_num_queries):
    auditor = MembershipFactory(role=Role.AUDITOR)

    def read():
        for campaign in queries.whole(queries.visible_campaigns(actor=auditor)):
            queries.progress_of(campaign)
            for batch in campaign.batches.all():
                queries.findings_of(batch, campaign)

    for batches in (1, 3):
        b = bench(agreed=False)
        b.run_all(["99.6"] * batches)
        with django_assert_num_queries(4):
            read()
