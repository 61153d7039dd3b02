import pytest

from pilotharbor.agreements import queries, statute
from pilotharbor.agreements.models import Agreement
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import TeamMember
from tests.factories.agreements import table
from tests.factories.parties import MembershipFactory
from tests.factories.projects import TeamMemberFactory

pytestmark = pytest.mark.django_db


def seen_by(actor) -> list[int]:
    return list(queries.visible_agreements(actor=actor).values_list("pk", flat=True))


def test_every_reader_sees_own_projects_only():
    t, other = table(), table()
    mine, _theirs = t.draft(), other.draft()
    investor = MembershipFactory(role=Role.INVESTOR)
    TeamMemberFactory(project=t.project, membership=investor, scope=TeamMember.Scope.REPORT)

    for actor in (
        t.operator,
        t.officer,
        t.buyer,
        t.professor,
        t.project.technology_manager,
        investor,
    ):
        assert seen_by(actor) == [mine.pk], actor.role
    for actor in (
        None,
        MembershipFactory(role=Role.INVESTOR),
        MembershipFactory(role=Role.SYSTEM_ADMINISTRATOR),
        MembershipFactory(role=Role.GOVERNMENT_OFFICER),
        MembershipFactory(organisation=t.project.platform, role=Role.EQUIPMENT_ENGINEER),
        MembershipFactory(organisation=t.project.platform, role=Role.TECHNOLOGY_MANAGER),
        t.project.industry_advisor,
    ):
        assert seen_by(actor) == []
    assert len(seen_by(MembershipFactory(role=Role.AUDITOR))) == 2


def test_a_list_takes_the_same_queries_for_one_and_for_three(django_assert_num_queries):
    auditor = MembershipFactory(role=Role.AUDITOR)

    def read():
        for agreement in queries.whole(queries.visible_agreements(actor=auditor)):
            assert [p.organisation.name for p in agreement.parties.all()]
            assert [m.key for m in agreement.milestones.all()]

    table().draft()
    with django_assert_num_queries(3):
        read()
    table().draft()
    table().draft()
    with django_assert_num_queries(3):
        read()


def test_what_waits_for_my_signature():
    t = table()
    agreement = t.offered()
    assert list(queries.awaiting(actor=t.buyer)) == [agreement]
    assert list(queries.awaiting(actor=t.professor)) == []

    t.sign(agreement, t.buyer)

    assert list(queries.awaiting(actor=t.buyer)) == []
    assert list(queries.awaiting(actor=t.officer)) == [agreement]


@pytest.mark.parametrize(
    ("choice", "keys"),
    [
        ("statute", []),
        ("spin_off", ["civil_code_875", "civil_code_860", "transformation_law_40"]),
        ("university", ["civil_code_875", "civil_code_860", "transformation_law_40"]),
        ("enterprise", ["civil_code_875", "civil_code_860", "transformation_law_40"]),
        ("joint", ["civil_code_875"]),
    ],
)
def test_departures_from_the_statute(choice, keys):
    assert [d.key for d in statute.departures(improvement_ip=choice)] == keys


def test_every_choice_of_improvements_is_judged():
    judged = {choice for rule in statute.RULES for choice in rule.departing}
    assert judged | {"statute"} == set(Agreement.ImprovementIp.values)


def test_the_inventors_floor_is_recalled_where_a_party_is_state_funded():
    assert statute.reminders(state_funded=[False, False]) == []
    assert [r.clause for r in statute.reminders(state_funded=[False, True])] == ["inventor_reward"]
