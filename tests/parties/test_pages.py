"""Every page opens for those it is for, and is not found or asks to sign in for the others."""

import pytest
from django.urls import reverse

from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import (
    ApiToken,
    BreakGlass,
    Invitation,
    Membership,
    NonDisclosure,
    Notification,
    NotificationPreference,
    Organisation,
    Person,
)
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.web.operator import trail
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory, uscc
from tests.parties.conftest import PASSWORD


@pytest.fixture
def visit(client):
    def sign_in(member=None):
        if member is None:
            client.logout()
        else:
            client.force_login(member.person)
        return client

    return sign_in


MINE = [
    "account", "api_tokens", "notification_preferences", "notifications", "ndas", "people",
    "organisations", "invite",
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["operator", "administrator", "auditor", "tto", "buyer"])
def test_ones_own_pages_open_for_everyone(harbour, visit, who, language):
    client = visit(getattr(harbour, who))
    client.cookies["harbor_language"] = language

    for name in MINE:
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name


@pytest.mark.parametrize("name", [n for n in MINE if n != "organisations"])
def test_the_public_is_asked_to_sign_in(harbour, visit, name):
    answer = visit().get(reverse(name))

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_the_public_sees_approved_organisations_and_no_people(harbour, visit):
    hidden = OrganisationFactory(status="applied", name="待审核的企业")
    client = visit()

    listed = client.get("/organisations").content.decode()
    shown = client.get(f"/organisations/{harbour.university.pk}").content.decode()

    assert harbour.university.name in listed
    assert hidden.name not in listed
    assert client.get(f"/organisations/{hidden.pk}").status_code == 404
    assert harbour.tto.person.name not in shown


@pytest.mark.parametrize(
    ("who", "audit", "dead", "glass"),
    [
        ("operator", 200, 200, 404),
        ("administrator", 200, 200, 200),
        ("auditor", 200, 404, 200),
        ("tto", 404, 404, 404),
        ("buyer", 404, 404, 404),
    ],
)
def test_who_sees_the_pages_of_those_who_run_the_harbour(harbour, visit, who, audit, dead, glass):
    client = visit(getattr(harbour, who))

    assert client.get("/audit").status_code == audit
    assert client.get("/dead-letters").status_code == dead
    assert client.get("/break-glass").status_code == glass


def test_the_system_administrator_sees_no_facts_in_the_trail(harbour, visit):
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    fact = "text_version: nda-1"

    assert fact in visit(harbour.auditor).get("/audit").content.decode()
    plain = visit(harbour.administrator).get("/audit").content.decode()
    assert "parties.nda.signed" in plain
    assert "nda-1" not in plain


def test_the_system_administrator_is_told_neither_facts_nor_addresses(harbour):
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    parties.approve_organisation(
        organisation_id=OrganisationFactory(status="applied").pk, actor_id=harbour.operator.pk,
        at=AT,
    )  # fmt: skip
    events = list(Event.objects.order_by("id"))

    (nda, organisation) = trail.told(events, actor=harbour.auditor)
    plain = trail.told(events, actor=harbour.administrator)

    assert "nda-1" in nda.facts
    assert organisation.url.startswith("/organisations/")
    assert [(line.facts, line.url) for line in plain] == [("", ""), ("", "")]
    assert plain[0].who == harbour.buyer.person.name


def test_the_trail_is_filtered(harbour, visit):
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    client = visit(harbour.auditor)

    def finds(**asked):
        return "parties.nda.signed" in client.get("/audit", asked).content.decode()

    assert finds(name="parties.", person=harbour.buyer.person.name, organisation="制药",
                 subject="parties.nondisclosure", number=str(NonDisclosure.objects.get().pk),
                 since="2026-03-01", until="2026-03-01")  # fmt: skip
    for asked in (
        {"name": "booking."}, {"person": "没有这个人"}, {"organisation": "大学"},
        {"subject": "projects."}, {"number": "0"}, {"project": "1"}, {"since": "2026-03-02"},
        {"until": "2026-02-28"},
    ):  # fmt: skip
        assert not finds(**asked)
    assert finds(number="x", since="gestern")


def register(client, **changes):
    who = {
        "kind": "enterprise", "name": "示例新材料有限公司", "uscc": uscc(77_000_001),
    }  # fmt: skip
    you = {
        "name": "吴总监", "email": "wu@new.example", "role": "enterprise_member",
        "password": PASSWORD,
    }  # fmt: skip
    client.post("/register?step=who", who | changes)
    client.post(
        "/register?step=where", {"province": "330000", "jurisdiction": "CN-ZJ", "sme": "on"}
    )
    return client.post("/register?step=you", you | changes)


def test_an_organisation_registers_in_three_steps_and_its_person_signs_in(harbour, visit):
    client = visit()

    answer = register(client)

    organisation = Organisation.objects.get(name="示例新材料有限公司")
    assert (answer.status_code, answer.url) == (302, "/registered")
    assert (organisation.region, organisation.jurisdiction, organisation.sme) == (
        "330000", "CN-ZJ", True,
    )  # fmt: skip
    assert client.get("/registered").status_code == 200
    assert client.login(username="wu@new.example", password=PASSWORD)
    assert client.get(f"/organisations/{organisation.pk}").status_code == 200


def test_a_refused_registration_keeps_every_word(harbour, visit):
    client = visit()

    answer = register(client, password="12345678")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert 'value="wu@new.example"' in page
    assert "12345678" not in page
    assert not Organisation.objects.filter(name="示例新材料有限公司").exists()


def test_a_taken_code_is_said_at_its_field(harbour, visit):
    answer = visit().post(
        "/register?step=who",
        {"kind": "enterprise", "name": "另一家", "uscc": harbour.company.uscc},
    )

    assert answer.status_code == 200
    assert harbour.company.name in answer.context["form"].errors["uscc"][0]


def test_steps_cannot_be_skipped(harbour, visit):
    answer = visit().get("/register?step=you")

    assert answer.context["step"] == "who"


def test_who_is_signed_in_registers_without_a_password(harbour, visit):
    client = visit(harbour.buyer)

    register(client, email="", password="")

    member = Membership.objects.get(organisation__uscc=uscc(77_000_001))
    assert member.person == harbour.buyer.person


def test_the_operator_approves_refuses_suspends_and_reinstates(harbour, visit):
    client = visit(harbour.operator)
    one, two = (OrganisationFactory(status="applied") for _ in range(2))

    def do(organisation, what, **said):
        return client.post(f"/organisations/{organisation.pk}/{what}", said)

    do(one, "approve")
    assert do(two, "refuse", reason="").status_code == 200
    do(two, "refuse", reason="材料不全")
    assert client.get(f"/organisations/{one.pk}/suspend").status_code == 200
    do(one, "suspend", reason="核查")
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status, two.decision_reason) == ("suspended", "refused", "材料不全")
    do(one, "reinstate")
    one.refresh_from_db()
    assert one.status == "approved"


def test_a_member_cannot_approve_by_hand(harbour, visit):
    applicant = OrganisationFactory(status="applied")

    answer = visit(harbour.buyer).post(f"/organisations/{applicant.pk}/approve")

    applicant.refresh_from_db()
    assert (answer.status_code, applicant.status) == (302, "applied")


def test_details_are_corrected(harbour, visit):
    client = visit(harbour.tto)
    url = f"/organisations/{harbour.university.pk}/edit"
    said = {"name": "示例理工大学", "jurisdiction": "CN-ZJ", "region": "330200"}

    assert client.get(url).status_code == 200
    assert client.post(url, said).status_code == 302
    assert client.post(url, said | {"region": "990000"}).status_code == 200

    harbour.university.refresh_from_db()
    assert harbour.university.name == "示例理工大学"
    assert harbour.university.jurisdiction == "CN"  # The platform operator changes that.
    assert visit(harbour.operator).post(url, said).status_code == 302
    harbour.university.refresh_from_db()
    assert harbour.university.jurisdiction == "CN-ZJ"


def test_inviting_shows_the_link_once_and_taking_it_up_works(harbour, visit):
    client = visit(harbour.tto)
    said = {"email": "new@uni.example", "name": "新老师", "role": "researcher"}

    page = client.post("/people/invite", said)
    link = page.context["link"]
    path = link[link.index("/invitations/") :]
    assert link in page.content.decode()
    assert link not in client.get("/people").content.decode()
    again = client.post("/people/invite", said)
    assert again.context["form"].errors

    stranger = visit()
    assert stranger.get(path).status_code == 200
    weak = stranger.post(path, {"name": "新老师", "password": "123"})
    assert weak.status_code == 200
    assert stranger.post(path, {"name": "新老师", "password": PASSWORD}).status_code == 302
    assert "已" in stranger.get(path).content.decode()
    assert Membership.objects.filter(person__email="new@uni.example").exists()
    assert stranger.get("/invitations/inv_nothing").status_code == 404


def test_a_known_person_takes_up_an_invitation_signed_in_or_by_password(harbour, visit):
    harbour.buyer.person.set_password(PASSWORD)
    harbour.buyer.person.save()
    paths = []
    for role in (Role.RESEARCHER, Role.EXPERT):
        invited = parties.invite(
            organisation_id=harbour.university.pk, email=harbour.buyer.person.email, role=role,
            actor_id=harbour.tto.pk, at=AT,
        )  # fmt: skip
        paths.append(f"/invitations/{invited.secret}")
    Invitation.objects.update(expires_at=AT.replace(year=2099))

    stranger = visit()
    wrong = stranger.post(paths[0], {"password": "not this one"})
    assert wrong.status_code == 200
    assert stranger.post(paths[0], {"password": PASSWORD}).status_code == 302
    assert visit(harbour.buyer).post(paths[1]).status_code == 302

    assert Membership.objects.filter(person=harbour.buyer.person).count() == 3


def test_the_people_page_does_what_its_buttons_say(harbour, visit):
    other = MembershipFactory(organisation=harbour.university, role=Role.RESEARCHER)
    invited = parties.invite(
        organisation_id=harbour.university.pk, email="x@y.example", role=Role.RESEARCHER,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    client = visit(harbour.tto)

    def standing():
        other.refresh_from_db()
        return other.status, other.is_admin

    assert client.get(f"/members/{other.pk}/suspend").status_code == 200
    client.post(f"/members/{other.pk}/suspend", {"reason": "调查"})
    assert standing() == ("suspended", False)
    client.post(f"/members/{other.pk}/reinstate")
    client.post(f"/members/{other.pk}/administrator", {"is_admin": "yes"})
    assert standing() == ("active", True)
    client.post(f"/members/{other.pk}/end")
    assert standing() == ("ended", True)
    client.post(f"/invitations/{invited.invitation.pk}/revoke")
    assert Invitation.objects.get().status == "revoked"
    assert client.get(f"/members/{harbour.buyer.pk}/suspend").status_code == 404


def test_a_person_is_shut_out_and_let_in_again(harbour, visit):
    client = visit(harbour.operator)
    url = f"/members/{harbour.buyer.pk}/person/"

    assert client.get(f"{url}suspend").status_code == 200
    client.post(f"{url}suspend", {"reason": "账号被盗用"})
    assert not Person.objects.get(pk=harbour.buyer.person_id).is_active
    assert client.get(f"/people?organisation={harbour.company.pk}").status_code == 200
    client.post(f"{url}reinstate")
    assert Person.objects.get(pk=harbour.buyer.person_id).is_active


def test_a_token_is_made_shown_once_and_revoked(harbour, visit):
    client = visit(harbour.buyer)
    said = {"name": "脚本", "membership": harbour.buyer.pk, "scopes": ["read"], "days": 30}

    page = client.post("/account/tokens", said)
    secret = page.context["issued"].secret
    assert secret in page.content.decode()
    assert secret not in client.get("/account/tokens").content.decode()
    foreign = client.post("/account/tokens", said | {"membership": harbour.tto.pk})
    assert foreign.context["issued"] is None
    client.post(f"/account/tokens/{ApiToken.objects.get().pk}/revoke")

    assert ApiToken.objects.get().revoked_at is not None


def test_profile_and_preferences_are_saved(harbour, visit):
    client = visit(harbour.buyer)

    answer = client.post("/account", {"name": "吴总监", "phone": "", "locale": "en"})
    client.post("/account/notifications", {"booking-in_app": "on"})

    assert answer.cookies["harbor_language"].value == "en"
    assert Person.objects.get(pk=harbour.buyer.person_id).locale == "en"
    kept = NotificationPreference.objects.get(person=harbour.buyer.person, domain="booking")
    assert (kept.in_app, kept.by_mail) == (True, False)


def test_of_a_suspended_membership_page_home_and_interface_show_nothing(harbour, visit):
    MembershipFactory(person=harbour.buyer.person)
    Notification.objects.create(
        person=harbour.buyer.person, membership=harbour.buyer, kind="parties.nda.signed", url="/ndas",
        facts={"organisation": "秘密大学"}, event_id=1, created_at=AT,
    )  # fmt: skip
    client = visit(harbour.buyer)
    places = ("/notifications", "/", "/api/v1/notifications")

    before = [client.get(p).content.decode() for p in places]
    Membership.objects.filter(pk=harbour.buyer.pk).update(status="suspended")

    assert "秘密大学" in before[0]
    assert "秘密大学" in before[1]
    assert client.get("/api/v1/notifications").json()["items"] == []
    assert not any("秘密大学" in client.get(p).content.decode() for p in places)
    one = Notification.objects.get()
    assert client.get(f"/notifications/{one.pk}").status_code == 404


def test_notifications_are_read_by_opening_them(harbour, visit):
    for n in range(2):
        Notification.objects.create(
            person=harbour.buyer.person, kind="parties.organisation.approved", url="/organisations",
            facts={"organisation": "示例制药"}, event_id=n + 1, created_at=AT,
        )  # fmt: skip
    first = Notification.objects.earliest("id")
    client = visit(harbour.buyer)

    assert "示例制药" in client.get("/notifications").content.decode()
    assert client.get(f"/notifications/{first.pk}").url == "/organisations"
    assert Notification.objects.filter(read_at=None).count() == 1
    client.post("/notifications/read")
    assert not Notification.objects.filter(read_at=None).exists()
    assert client.get("/notifications?unread=1").status_code == 200
    assert visit(harbour.tto).get(f"/notifications/{first.pk}").status_code == 404


def test_the_nda_page_signs_once_and_leads_back(harbour, visit):
    client = visit(harbour.buyer)
    url = f"/ndas/new?owner={harbour.university.pk}"
    sent = {"accepted": "yes", "next": f"/organisations/{harbour.university.pk}"}

    page = client.get(url)
    text = page.context["text"].sha256
    assert client.post(url, sent | {"accepted": ""}).status_code == 200
    assert client.post(url, sent | {"text_sha256": "0" * 64}).status_code == 200
    for _ in range(2):
        answer = client.post(url, sent | {"text_sha256": text})
        assert answer.url == sent["next"]
    assert client.post(url, sent | {"next": "https://evil.example/"}).url == "/ndas"

    assert NonDisclosure.objects.count() == 1
    assert client.get(url).context["signed"]
    assert client.get("/ndas/new?owner=x").status_code == 404
    visit(harbour.tto).post(f"/ndas/{NonDisclosure.objects.get().pk}/end")
    assert NonDisclosure.objects.get().status == "ended"


def test_who_may_not_sign_is_told_so(harbour, visit):
    page = visit(harbour.researcher).get(f"/ndas/new?owner={harbour.company.pk}")

    assert page.status_code == 200
    assert not page.context["may_sign"]


def test_breaking_the_glass_by_hand(harbour, visit):
    asked = {"subject_type": "technologies.achievement", "subject_id": 3, "reason": "核对恢复"}

    client = visit(harbour.administrator)
    assert client.post("/break-glass", asked).status_code == 302
    assert client.post("/break-glass", asked | {"reason": ""}).status_code == 200
    url = f"/break-glass/{BreakGlass.objects.get().pk}/decide"
    client.post(url, {"decision": "grant"})
    assert BreakGlass.objects.get().status == "asked"
    visit(harbour.auditor).post(url, {"decision": "grant"})

    assert BreakGlass.objects.get().status == "granted"
    assert visit(harbour.administrator).get("/break-glass").status_code == 200


def test_a_kind_of_platform_registers_as_operator_but_sees_only_the_public(harbour, visit):
    client = visit()
    register(client, kind=OrganisationKind.PILOT_PLATFORM, role="platform_operator")
    hidden = OrganisationFactory(status="applied", name="别的申请人")

    client.login(username="wu@new.example", password=PASSWORD)

    assert hidden.name not in client.get("/organisations").content.decode()
    assert client.get("/audit").status_code == 404
    assert Event.objects.exists()
