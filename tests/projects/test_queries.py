"""Who sees which project, task and fact, with neighbours that could leak."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects import commands, queries, timeline
from pilotharbor.projects.models import Project
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import (
    PlanFactory,
    ProjectFactory,
    TaskFactory,
    TeamMemberFactory,
    operator_of,
    someone,
)

pytestmark = pytest.mark.django_db
Status = Project.Status


def seen(actor):
    return set(queries.visible_projects(actor=actor))


def test_each_side_sees_its_own_projects_only():
    mine, _other = ProjectFactory(stewarded=True), ProjectFactory(stewarded=True)

    assert seen(operator_of(mine)) == {mine}
    assert seen(someone(Role.RESEARCHER, mine.owner)) == {mine}
    assert seen(someone(Role.TTO_OFFICER, mine.owner)) == {mine}
    assert seen(someone(Role.ENTERPRISE_MEMBER, mine.enterprise)) == {mine}
    assert seen(mine.technology_manager) == {mine}
    assert seen(mine.industry_advisor) == {mine}


def test_roles_without_the_right_see_nothing_even_at_home():
    mine = ProjectFactory(stewarded=True)

    for role in (Role.EXPERT, Role.GOVERNMENT_OFFICER, Role.SYSTEM_ADMINISTRATOR):
        assert seen(someone(role, mine.platform)) == set()
    assert seen(None) == set()
    assert seen(someone(Role.TECHNOLOGY_MANAGER, mine.platform)) == set()
    assert seen(someone(Role.EQUIPMENT_ENGINEER, mine.platform)) == set()


def test_the_auditor_sees_all():
    both = {ProjectFactory(), ProjectFactory()}

    assert seen(someone(Role.AUDITOR)) == both


def test_the_team_sees_what_it_was_let_into():
    project, _other = ProjectFactory(), ProjectFactory()
    engineer = someone(Role.EQUIPMENT_ENGINEER, project.platform)
    investor, reader = someone(Role.INVESTOR), someone(Role.EQUIPMENT_ENGINEER)
    TeamMemberFactory(project=project, membership=engineer)
    TeamMemberFactory(project=project, membership=investor, scope="report")
    TeamMemberFactory(project=project, membership=reader, scope="report")

    assert seen(engineer) == {project}
    assert seen(investor) == {project}
    assert seen(reader) == set()


def test_party_and_assigned_say_who_belongs():
    project = ProjectFactory(stewarded=True)
    engineer = TeamMemberFactory(project=project).membership
    stranger = someone(Role.ENTERPRISE_MEMBER)

    assert queries.is_party(operator_of(project), project)
    assert not queries.is_party(stranger, project)
    assert not queries.is_party(None, project)
    assert queries.assigned(project.industry_advisor, project)
    assert queries.assigned(engineer, project)
    assert not queries.assigned(stranger, project)
    assert not queries.assigned(None, project)


@pytest.mark.parametrize("status", [s for s in Status if s != Status.ENDED])
def test_equipment_is_booked_while_resourcing_and_piloting_only(status):
    project = ProjectFactory(stewarded=True, status=status)

    assert queries.may_book(project_id=project.pk) == (status in {"resourcing", "pilot"})


def test_a_task_is_seen_by_its_project_and_by_who_owes_it():
    spin_off = OrganisationFactory(kind=OrganisationKind.SPIN_OFF)
    task = TaskFactory(owner=spin_off)
    TaskFactory()
    owes = someone(Role.ENTERPRISE_MEMBER, spin_off)

    assert list(queries.visible_tasks(actor=owes)) == [task]
    assert list(queries.my_tasks(actor=owes)) == [task]
    assert list(queries.visible_tasks(actor=operator_of(task.project))) == [task]
    assert list(queries.visible_tasks(actor=someone(Role.ENTERPRISE_MEMBER))) == []
    assert list(queries.visible_tasks(actor=someone(Role.GOVERNMENT_OFFICER, spin_off))) == []
    assert list(queries.visible_tasks(actor=None)) == []


def test_overdue_begins_the_day_after():
    task = TaskFactory(due_date=date(2026, 3, 1))

    assert not queries.is_overdue(task, today=date(2026, 3, 1))
    assert queries.is_overdue(task, today=date(2026, 3, 2))
    assert not queries.is_overdue(TaskFactory(), today=date(2026, 3, 2))


def keys(project):
    return [missing.key for missing in queries.next_gate(project).missing]


def test_the_next_gate_says_what_is_missing():
    assert keys(ProjectFactory()) == ["technology_manager", "industry_advisor"]
    assert keys(ProjectFactory(stewarded=True)) == []
    assert keys(ProjectFactory(stewarded=True, status=Status.PLANNING)) == ["plan"]
    assert keys(PlanFactory().project) == []
    after = ProjectFactory(stewarded=True, status=Status.FOLLOW_UP)
    TaskFactory(project=after)
    assert keys(after) == ["task"]
    closed = ProjectFactory(stewarded=True, status=Status.CLOSED)
    assert queries.next_gate(closed).to is None


def test_lists_ask_the_same_number_of_questions_for_one_and_three_rows():
    auditor = someone(Role.AUDITOR)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            for project in queries.visible_projects(actor=auditor):
                str(project.owner), str(project.enterprise), project.technology_manager.person.name
        return len(asked)

    ProjectFactory(stewarded=True)
    one = asked()
    ProjectFactory.create_batch(2, stewarded=True)

    assert (asked(), one) == (1, 1)


def test_the_timeline_tells_in_order_and_hides_what_a_role_may_not_read(at):
    project = ProjectFactory(stewarded=True)
    actor = operator_of(project)
    commands.start(project_id=project.pk, actor_id=actor.pk, at=at)
    commands.end(project_id=project.pk, reason="停", actor_id=None, at=at)
    commands_of_another = ProjectFactory(stewarded=True)
    commands.end(project_id=commands_of_another.pk, reason="停", actor_id=None, at=at)

    rows = timeline.events_of(project, actor=actor).order_by("id")
    told = timeline.told(rows, actor=actor)

    assert [fact.name for fact in told] == ["projects.project.started", "projects.project.ended"]
    assert actor.person.name in told[0].sentence


def test_every_sentence_can_be_said_without_its_facts():
    for sentence in [*timeline.SENTENCES.values(), *timeline.FALLBACK.values()]:
        said = sentence.format_map(timeline.Spoken({"who": "某人"}))

        assert "{" not in said


def test_what_one_may_not_see_is_not_found():
    with pytest.raises(NotFound):
        queries.visible_project(actor=someone(Role.RESEARCHER), project_id=ProjectFactory().pk)
