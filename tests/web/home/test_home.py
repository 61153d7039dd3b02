"""Every role has its own home: a main action, an empty state with a next step, grouped news."""

import pytest
from django.test import Client

from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import Role
from pilotharbor.web.home.desks import DESKS
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import ProjectFactory, operator_of

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HOST_ONLY = {Role.SYSTEM_ADMINISTRATOR}


def browser(membership):
    client = Client()
    client.force_login(membership.person, backend=BACKEND)
    return client


def member(role, *, host=False):
    kind = "pilot_platform" if host or role == Role.PLATFORM_OPERATOR else "enterprise"
    body = OrganisationFactory(kind=kind, is_host=host or role in HOST_ONLY)
    return MembershipFactory(role=role, organisation=body)


@pytest.mark.parametrize("role", list(Role))
def test_every_action_of_a_home_opens(role):
    page, desk = browser(member(role)), DESKS[role]

    shown = page.get("/").text

    for word, _name in (desk.main, *desk.others):
        assert str(word) in shown
    for path in hrefs(shown):
        assert page.get(path).status_code == 200, path


def hrefs(shown):
    """Where the buttons of the page lead."""
    found = []
    for piece in shown.split("<a ")[1:]:
        tag = piece.split(">")[0]
        if 'class="btn' in tag:
            found.append(tag.split('href="')[1].split('"')[0])
    return found


def test_homes_differ_by_their_main_action():
    words = [str(desk.main[0]) for desk in DESKS.values()]

    assert len(set(words)) >= len(words) - 2


def test_home_tells_one_thing_once():
    project = ProjectFactory(stewarded=True)
    actor = operator_of(project)
    for n, (left, to) in enumerate(
        [("assessment", "planning"), ("planning", "resourcing"), ("resourcing", "pilot")]
    ):
        Notification.objects.create(
            person=actor.person, kind="projects.gate.passed", url=f"/projects/{project.pk}",
            facts={"title": project.title, "left": left, "to": to}, event_id=n + 1,
            created_at=project.proposed_at,
        )  # fmt: skip

    shown = browser(actor).get("/").text
    told = shown.split("最新动态")[1]

    assert told.split("<details")[0].count(project.title) == 1
    assert "进入“中试验证”" in told.split("<details")[0]
    assert "此前还有 2 条" in told


def test_an_older_notification_without_the_gate_is_still_a_sentence():
    actor = MembershipFactory()
    Notification.objects.create(
        person=actor.person, kind="projects.gate.passed", url="/", facts={"title": "甲"},
        event_id=1, created_at=actor.since_at,
    )  # fmt: skip

    shown = browser(actor).get("/").text

    assert "“甲”通过了一个关口。" in shown
    assert "…”" not in shown.split("最新动态")[1]


def test_who_is_not_approved_yet_is_told_so():
    body = OrganisationFactory(status="applied")

    shown = browser(MembershipFactory(organisation=body)).get("/").text

    assert "等待审核" in shown
