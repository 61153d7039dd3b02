"""What waits for whom, and that every line of it leads to where it is done."""

from datetime import timedelta

import pytest
from django.test import Client

from pilotharbor.finance.models import Invoice
from pilotharbor.matching.models import Match
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.projects.models import Project, Task
from pilotharbor.web.home.risks import risks_for
from pilotharbor.web.home.waiting import waiting_for
from tests.factories.agreements import table
from tests.factories.assessment import PanelFactory
from tests.factories.booking import dock, on
from tests.factories.campaigns import bench
from tests.factories.governance import AccreditationFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import (
    ProjectFactory,
    PublishedAchievementFactory,
    PublishedDemandFactory,
    TaskFactory,
    operator_of,
    someone,
)
from tests.factories.worker import work as deliver

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def waits(actor, at):
    """Titles by page, once each page is proved to open."""
    client = Client()
    client.force_login(actor.person, backend=BACKEND)
    found = waiting_for(actor, at)
    for one in found:
        assert client.get(one.url.split("#")[0]).status_code == 200, one
    return {one.url.split("?")[0]: one for one in found}


def match(proposer=None, status="proposed"):
    achievement = PublishedAchievementFactory()
    return Match.objects.create(
        achievement=achievement, demand=PublishedDemandFactory(), score_bp=5000, status=status,
        proposed_by=proposer or MembershipFactory(role=Role.TECHNOLOGY_MANAGER),
        proposed_at=achievement.disclosed_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("side", "role"),
    [("demand", Role.ENTERPRISE_MEMBER), ("achievement", Role.TTO_OFFICER)],
)
def test_a_proposed_match_waits_for_both_sides(at, side, role):
    one = match()
    actor = someone(role, getattr(one, side).owner)

    assert f"/matches/{one.pk}" in waits(actor, at)


def test_a_proposed_match_waits_for_the_researcher_who_disclosed(at):
    one = match()

    assert f"/matches/{one.pk}" in waits(one.achievement.disclosed_by, at)


def test_who_proposed_a_match_does_not_wait_for_oneself(at):
    achievement = PublishedAchievementFactory()
    one = match(achievement.disclosed_by)
    Match.objects.filter(pk=one.pk).update(achievement=achievement)

    assert waits(achievement.disclosed_by, at) == {}


def test_an_accepted_match_waits_for_a_project(at):
    match(status="accepted")
    operator = someone(Role.PLATFORM_OPERATOR, OrganisationFactory(kind="pilot_platform"))

    assert "/projects/new" in waits(operator, at)


def test_a_booking_waits_for_its_reviewer_with_its_day(at):
    one = dock()
    booking = one.request()

    found = waits(one.operator, at)

    assert found[f"/bookings/{booking.pk}"].due == on(2)


def test_the_next_step_waits_for_platform_and_manager(at):
    project = ProjectFactory(stewarded=True, status=Project.Status.ASSESSMENT)

    for actor in (operator_of(project), project.technology_manager):
        titles = [one.what for one in waits(actor, at).values()]
        assert any("评审组" in what for what in titles)


def test_a_campaign_ready_to_be_judged_waits(at):
    around = bench()
    around.run_all(["99.6", "99.7", "99.8"])

    found = waits(around.table.operator, at)

    assert "验收判定" in found[f"/campaigns/{around.campaign.pk}"].what


def test_agreement_and_invoice_wait_for_the_buyer(at):
    one = table()
    agreement = one.offered()
    assert f"/agreements/{agreement.pk}" in waits(one.buyer, at)

    for actor in (one.officer, one.buyer, one.operator):
        agreement = one.sign(agreement, actor)
    deliver()
    invoice = Invoice.objects.get()

    found = waits(one.buyer, at)
    assert invoice.number in found[f"/projects/{one.project.pk}/money"].title
    assert "¥240,000.00" in found[f"/projects/{one.project.pk}/money"].title


def test_a_panel_waits_for_its_expert_and_an_accreditation_for_the_bureau(at):
    panel = PanelFactory()
    bureau = OrganisationFactory(kind=OrganisationKind.GOVERNMENT_BUREAU)
    AccreditationFactory()

    assert f"/panels/{panel.pk}" in waits(panel.seats.first().expert, at)
    assert "/accreditations" in waits(someone(Role.GOVERNMENT_OFFICER, bureau), at)


def test_a_task_waits_once_and_with_its_day(at):
    task = TaskFactory(
        due_date=at.date(), project__status=Project.Status.FOLLOW_UP, project__started_at=at
    )
    buyer = someone(Role.ENTERPRISE_MEMBER, task.owner)

    found = [one for one in waiting_for(buyer, at) if "tasks" in one.url]

    assert [one.due for one in found] == [at.date()]


def test_nothing_waits_for_who_is_not_approved_yet(at):
    applied = OrganisationFactory(status=Organisation.Status.APPLIED)
    match()

    assert waits(someone(Role.ENTERPRISE_MEMBER, applied), at) == {}


def test_late_tasks_unpaid_invoices_and_standing_still_are_at_risk(at):
    one = table()
    one.signed()
    deliver()
    Task.objects.create(
        project=one.project, kind="registration", owner=one.project.enterprise,
        due_date=at.date() - timedelta(days=3), created_at=at,
    )  # fmt: skip
    late = at + timedelta(days=60)
    Invoice.objects.update(issued_at=at)

    what = {risk.what for risk in risks_for(one.operator, late)}

    assert {"任务逾期 63 天", "已 60 天未付款"} <= what
    assert any(said.startswith("停留在同一步骤") for said in what)


def test_a_stranger_is_told_of_no_risk(at):
    one = table()
    one.signed()
    deliver()

    assert risks_for(someone(Role.ENTERPRISE_MEMBER), at + timedelta(days=90)) == []
