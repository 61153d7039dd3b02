"""Organisations, people and access in a real browser, at a desk and on a phone, in both languages."""

import pytest

from pilotharbor.kernel.models import Delivery, Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Invitation, Notification
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory, uscc
from tests.parties.conftest import PASSWORD, harbour  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize(
    ("size", "language"),
    [("desk", "zh-hans"), ("phone", "zh-hans"), ("desk", "en"), ("phone", "en")],
)


@pytest.fixture
def lively(harbour):  # noqa: F811
    """The small harbour with something on every page."""
    harbour.tto.person.name, harbour.buyer.person.name = "周老师", "吴总监"
    harbour.operator.person.name, harbour.administrator.person.name = "许主任", "韩工"
    for who in (harbour.tto, harbour.buyer, harbour.operator, harbour.administrator):
        who.person.save()
    harbour.applicant = OrganisationFactory(
        status="applied", name="示例固态电解质材料科技有限公司", kind=OrganisationKind.SPIN_OFF
    )
    MembershipFactory(organisation=harbour.university, role=Role.EXPERT, field="化学工程")
    parties.invite(
        organisation_id=harbour.university.pk, email="lin@uni.example", name="林教授",
        role=Role.RESEARCHER, actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    Invitation.objects.update(expires_at=AT.replace(year=2099))
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    parties.issue_token(name="实验室脚本", actor_id=harbour.tto.pk, at=AT)
    harbour.glass = parties.ask_break_glass(
        subject_type="technologies.achievement", subject_id=12, reason="备份恢复后核对一项成果的内容",
        actor_id=harbour.administrator.pk, at=AT,
    )  # fmt: skip
    event = Event.objects.latest("id")
    Delivery.objects.create(
        event=event, handler="documents.handlers.render", subject_type=event.subject_type,
        subject_id=event.subject_id, status="dead", attempts=8, last_error="TimeoutError: typst",
    )  # fmt: skip
    for n, kind in enumerate(("parties.nda.signed", "parties.invitation.accepted")):
        Notification.objects.create(
            person=harbour.tto.person, kind=kind, url="/ndas", event_id=n + 1, created_at=AT,
            facts={"organisation": "示例制药有限公司", "person": "林教授"},
        )  # fmt: skip
    return harbour


PAGES = [
    ("organisations", "operator", "/organisations"),
    ("organisation", "operator", "/organisations/{university}"),
    ("organisation-edit", "tto", "/organisations/{university}/edit"),
    ("people", "tto", "/people"),
    ("invite", "tto", "/people/invite"),
    ("suspend", "operator", "/organisations/{university}/suspend"),
    ("account", "tto", "/account"),
    ("tokens", "tto", "/account/tokens"),
    ("preferences", "tto", "/account/notifications"),
    ("notifications", "tto", "/notifications"),
    ("ndas", "tto", "/ndas"),
    ("nda-new", "buyer", "/ndas/new?owner={host}"),
    ("break-glass", "auditor", "/break-glass"),
    ("break-glass-ask", "administrator", "/break-glass"),
    ("audit", "auditor", "/audit"),
    ("dead-letters", "operator", "/dead-letters"),
]


@BOTH
def test_every_page_is_fine(open_page, lively, size, language):
    ids = {"university": lively.university.pk, "host": lively.host.pk}
    complaints = []

    for name, who, path in PAGES:
        watched = open_page(size=size, language=language, person=getattr(lively, who).person)
        watched.go(path.format(**ids))
        watched.shot(f"parties-{name}-{size}-{language[:2]}")
        complaints += [f"{path}: {one}" for one in watched.complaints()]
        watched.page.context.close()

    assert not complaints, "\n".join(complaints)


@BOTH
def test_registering_by_hand(open_page, lively, size, language):
    del lively
    watched = open_page(size=size, language=language)
    page = watched.go("/register")
    watched.assert_fine(f"parties-register-1-{size}-{language[:2]}")
    page.select_option("#id_kind", "enterprise")
    page.fill("#id_name", "示例新能源有限公司")
    page.fill("#id_uscc", uscc(88_000_001))
    page.click("main form button.btn-primary")
    page.wait_for_url("**step=where")
    page.select_option("#id_jurisdiction", "CN-ZJ")
    page.click("main form button.btn-primary")
    page.wait_for_url("**step=you")
    page.fill("#id_name", "冯总监")
    page.fill("#id_email", "feng@new.example")
    page.fill("#id_password", "12345678")
    page.click("main form button.btn-primary")
    page.wait_for_selector("[aria-invalid]")
    watched.assert_fine(f"parties-register-3-{size}-{language[:2]}")
    assert page.input_value("#id_email") == "feng@new.example"
    page.fill("#id_password", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/registered")
    watched.assert_fine(f"parties-registered-{size}-{language[:2]}")


def test_an_invitation_is_taken_up_and_signs_in(open_page, lively):
    invited = parties.invite(
        organisation_id=lively.university.pk, email="new@uni.example", name="新老师",
        role=Role.RESEARCHER, actor_id=lively.tto.pk, at=AT,
    )  # fmt: skip
    Invitation.objects.update(expires_at=AT.replace(year=2099))
    watched = open_page(size="phone")
    page = watched.go(f"/invitations/{invited.secret}")
    watched.assert_fine("parties-invitation-phone-zh")
    page.fill("#id_password", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/accounts/login/**")
    page.fill("#id_login", "new@uni.example")
    page.fill("#id_password", PASSWORD)
    page.click("main form[method=post] button.btn-primary")
    page.wait_for_url(lambda url: "/accounts/" not in url)
    assert "新老师" in page.content()


def test_ending_a_membership_asks_first(open_page, lively):
    watched = open_page(person=lively.tto.person)
    page = watched.go("/people")
    page.click("details summary >> nth=0")
    page.click("form[data-confirm] button.btn-danger >> nth=0")
    watched.assert_fine("parties-people-confirm-desk-zh")
