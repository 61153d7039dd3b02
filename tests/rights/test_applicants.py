"""R-PARTY-2: an applicant has no more than the public, whatever role they gave themselves."""

import pytest
from django.test import Client

from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.callers import Caller
from tests.factories.facilities import EquipmentFactory, LineFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.rights.world import AT, harbour, newcomer

LISTS = (
    "/organisations", "/achievements", "/demands", "/lines", "/equipment", "/accreditations",
    "/members", "/ndas", "/break-glass", "/projects", "/tasks", "/bookings", "/agreements",
    "/panels", "/campaigns", "/documents", "/matches",
)  # fmt: skip
PAGES = ("/audit", "/dead-letters", "/break-glass")
SECRET = "秘密"


@pytest.fixture
def secrets(db, settings):
    """One hidden thing of every kind, and its word."""
    settings.EXERCISE_CLOCK = True
    host = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM, is_host=True)
    h = harbour()
    for row, field in ((h.achievement, "title"), (h.demand, "title"), (h.project, "title")):
        type(row).objects.filter(pk=row.pk).update(**{field: f"{SECRET}{row.pk}"})
    type(h.demand).objects.filter(pk=h.demand.pk).update(status="submitted")
    LineFactory(
        platform=h.project.platform, is_open=False, closed_reason="检修", name=f"{SECRET}线"
    )
    EquipmentFactory(platform=h.project.platform, is_shared=False, name=f"{SECRET}釜")
    OrganisationFactory(status="applied", name=f"{SECRET}申请人")
    administrator = MembershipFactory(organisation=host, role=Role.SYSTEM_ADMINISTRATOR)
    parties.ask_break_glass(
        subject_type="technologies.achievement", subject_id=h.achievement.pk, reason=SECRET,
        actor_id=administrator.pk, at=AT,
    )  # fmt: skip
    buyer = MembershipFactory(organisation=h.project.enterprise, role=Role.ENTERPRISE_MEMBER)
    parties.sign_nda(owner_id=h.project.owner_id, actor_id=buyer.pk, at=AT)
    return h


def applicant(role: Role) -> Membership:
    member = newcomer(role)
    Organisation.objects.filter(pk=member.organisation_id).update(status="applied")
    Membership.objects.filter(pk=member.pk).update(is_admin=True)
    return Membership.objects.get(pk=member.pk)


def ids(answer):
    return {item["id"] for item in answer.json()["items"]} if answer.status_code == 200 else set()


@pytest.mark.parametrize("role", Role)
def test_an_applicant_has_no_more_than_the_public(secrets, role):
    member = applicant(role)
    theirs = {"/organisations": {member.organisation_id}, "/members": {member.pk}}

    for path in LISTS:
        public = Caller(None, at=AT).get(path)
        answer = Caller(member, at=AT).get(path)
        assert SECRET not in answer.content.decode(), path
        if path != "/equipment":  # The public reads it on the pages of open services.
            assert ids(answer) - theirs.get(path, set()) <= ids(public), path


@pytest.mark.parametrize("role", Role)
def test_an_applicant_opens_no_page_of_those_who_watch(secrets, role):
    client = Client()
    client.force_login(applicant(role).person)

    for page in PAGES:
        assert client.get(page).status_code == 404, page
    for page in ("/", "/people", "/organisations", "/ndas", "/lines", "/projects", "/documents"):
        answer = client.get(page, follow=True)
        assert SECRET not in answer.content.decode(), page


@pytest.mark.parametrize("role", Role)
def test_an_applicant_decides_nothing(secrets, role):
    member = applicant(role)
    (asked,) = (
        Caller(
            MembershipFactory(
                organisation=OrganisationFactory(kind=OrganisationKind.AUDIT_BODY),
                role=Role.AUDITOR,
            )
        )
        .get("/break-glass")
        .json()["items"]
    )
    api = Caller(member, at=AT)

    for path in (
        f"/break-glass/{asked['id']}/grant",
        f"/organisations/{member.organisation_id}/approve",
        f"/accreditations/{secrets.accreditation.pk}/grant",
        f"/demands/{secrets.demand.pk}/publish",
    ):
        assert api.post(path).status_code in {403, 404}, path


def test_somebody_without_a_role_is_told_so(db):
    client = Client()
    member = newcomer(Role.RESEARCHER)
    Membership.objects.filter(pk=member.pk).update(status="ended")
    client.force_login(member.person)

    answer = client.get("/")

    assert answer.status_code == 403
    assert "parties/no_membership.html" in {t.name for t in answer.templates}
