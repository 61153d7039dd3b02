"""Who is told of what, once each."""

import pytest

from pilotharbor.assessment import commands as assessment
from pilotharbor.assessment import handlers as assessment_handlers
from pilotharbor.governance import commands as governance
from pilotharbor.governance import handlers as governance_handlers
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import notices
from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects import commands as projects
from pilotharbor.projects import handlers
from tests.factories.assessment import WEIGHTS, PanelFactory
from tests.factories.parties import OrganisationFactory
from tests.factories.projects import ProjectFactory, operator_of, someone

pytestmark = pytest.mark.django_db


def told(handler, name):
    """Who hears of the last event of this name; delivered twice, it is told once."""
    event = Event.objects.filter(name=name).latest("id")
    for _time in range(2):
        handler(event)
    rows = Notification.objects.filter(event_id=event.pk)
    for row in rows:
        assert "…" not in notices.sentence(row)
        assert row.url.startswith("/")
    return set(rows.values_list("person_id", flat=True))


def command_of(handler):
    """Handlers run inside a command of the worker; here a test stands in for it."""

    @command
    def run(*, event):
        handler(event)

    return lambda event: run(event=event)


def test_everybody_on_board_hears_of_a_start_but_not_who_did_it(at):
    project = ProjectFactory(stewarded=True)
    operator = operator_of(project)
    researcher = someone(Role.RESEARCHER, project.owner)
    stranger = someone(Role.RESEARCHER)
    projects.start(project_id=project.pk, actor_id=operator.pk, at=at)

    heard = told(command_of(handlers.tell_everybody_on_board), "projects.project.started")

    stewards = {project.technology_manager.person_id, project.industry_advisor.person_id}
    assert heard >= stewards | {researcher.person_id}
    assert not heard & {operator.person_id, stranger.person_id}


def test_stewards_members_and_debtors_hear_of_their_part(at):
    project = ProjectFactory(stewarded=True)
    operator = operator_of(project)
    buyer, investor = someone(Role.ENTERPRISE_MEMBER, project.enterprise), someone(Role.INVESTOR)
    projects.name_stewards(
        project_id=project.pk,
        technology_manager_id=project.technology_manager_id,
        actor_id=operator.pk,
        at=at,
    )
    projects.let_in(project_id=project.pk, membership_id=investor.pk, actor_id=operator.pk, at=at)
    projects.add_task(
        project_id=project.pk,
        kind="gmp_scale_up",
        owner_id=project.enterprise_id,
        assignee_id=buyer.pk,
        actor_id=operator.pk,
        at=at,
    )

    assert told(command_of(handlers.tell_the_stewards), "projects.stewards.named") == {
        project.technology_manager.person_id,
        project.industry_advisor.person_id,
    }
    assert told(command_of(handlers.tell_the_new_member), "projects.member.admitted") == {
        investor.person_id
    }
    assert told(command_of(handlers.tell_who_owes), "projects.task.added") == {buyer.person_id}


def test_the_convener_hears_when_the_last_score_is_in(at):
    panel = PanelFactory(seats=["药学", "材料"])
    first, second = panel.seats.order_by("id")
    for seat, hears in ((first, set()), (second, {panel.convened_by.person_id})):
        assessment.score(
            panel_id=panel.pk,
            scores=dict.fromkeys(WEIGHTS, "80"),
            actor_id=seat.expert_id,
            at=at,
        )
        tell = command_of(assessment_handlers.tell_the_convener)
        assert told(tell, "assessment.seat.scored") == hears
    assessment.close(panel_id=panel.pk, actor_id=operator_of(panel.project).pk, at=at)

    heard = told(command_of(assessment_handlers.tell_the_experts), "assessment.panel.closed")

    assert heard == {first.expert.person_id, second.expert.person_id}


def test_bureau_and_platform_hear_of_each_other(at):
    platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM)
    operator, bureau = someone(Role.PLATFORM_OPERATOR, platform), someone(Role.GOVERNMENT_OFFICER)
    filed = governance.file(kind="pilot_base", statement="条件", actor_id=operator.pk, at=at)

    tell = command_of(governance_handlers.tell_the_bureau)
    assert told(tell, "governance.accreditation.filed") == {bureau.person_id}
    governance.grant(accreditation_id=filed.pk, actor_id=bureau.pk, at=at)
    tell = command_of(governance_handlers.tell_who_filed)
    assert told(tell, "governance.accreditation.granted") == {operator.person_id}
