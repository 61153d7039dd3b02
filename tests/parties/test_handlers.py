"""Who is told and which mail goes out, in whose language."""

import pytest
from django.core import mail

from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Delivery, Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Notification, NotificationPreference, Person
from pilotharbor.parties.roles import Role
from tests.conftest import AT
from tests.factories.parties import OrganisationFactory, PersonFactory
from tests.parties.conftest import PASSWORD, harbour  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> set[tuple[str, str]]:
    rows = Notification.objects.select_related("person")
    return {(n.person.name, n.kind.removeprefix("parties.")) for n in rows}


def test_the_host_hears_of_applicants_and_they_of_the_decision(harbour):  # noqa: F811
    parties.register_organisation(
        kind="enterprise", name="示例新材料有限公司", uscc="91330200MA2HB0AA15",
        contact=parties.Newcomer(
            name="吴总监", email="wu@new.example", password=PASSWORD, role=Role.ENTERPRISE_MEMBER
        ),
        at=AT,
    )  # fmt: skip
    feeder.drain()
    assert told() == {(harbour.operator.person.name, "organisation.registered")}

    organisation = Event.objects.get(name="parties.organisation.registered").subject_id
    parties.approve_organisation(organisation_id=organisation, actor_id=harbour.operator.pk, at=AT)
    feeder.drain()

    assert ("吴总监", "organisation.approved") in told()
    assert [m.to for m in mail.outbox] == [[harbour.operator.person.email], ["wu@new.example"]]
    assert "已通过审核" in mail.outbox[1].subject
    assert not Delivery.objects.exclude(status="done").exists()
    assert not Notification.objects.filter(mailed_at=None).exists()


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("zh-hans", "示例大学邀请您加入中试港"), ("en", "示例大学 invites you to PilotHarbor")],
)
def test_an_invitation_is_mailed_in_the_persons_language(harbour, locale, subject):  # noqa: F811
    PersonFactory(email="lin@uni.example", locale=locale)
    invited = parties.invite(
        organisation_id=harbour.university.pk, email="lin@uni.example", role=Role.RESEARCHER,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip

    feeder.drain()

    assert [m.subject for m in mail.outbox] == [subject]
    assert f"/invitations/{invited.secret}" in mail.outbox[0].body


def test_an_invitation_taken_back_is_not_mailed_any_more(harbour):  # noqa: F811
    invited = parties.invite(
        organisation_id=harbour.university.pk, email="lin@uni.example", role=Role.RESEARCHER,
        actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    parties.revoke_invitation(invitation_id=invited.invitation.pk, actor_id=harbour.tto.pk, at=AT)

    feeder.drain()

    assert mail.outbox == []


def test_whoever_invited_hears_that_it_was_taken_up(harbour):  # noqa: F811
    invited = parties.invite(
        organisation_id=harbour.university.pk, email="lin@uni.example", name="林教授",
        role=Role.RESEARCHER, actor_id=harbour.tto.pk, at=AT,
    )  # fmt: skip
    parties.accept_invitation(token=invited.secret, password=PASSWORD, at=AT)

    feeder.drain()

    assert (harbour.tto.person.name, "invitation.accepted") in told()


def test_preferences_decide_between_app_and_mail(harbour):  # noqa: F811
    for who, in_app, by_mail in ((harbour.tto, True, False), (harbour.buyer, False, True)):
        NotificationPreference.objects.create(
            person=who.person, domain="parties", in_app=in_app, by_mail=by_mail
        )
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    parties.sign_nda(owner_id=harbour.company.pk, actor_id=harbour.tto.pk, at=AT)

    feeder.drain()

    assert [m.to for m in mail.outbox] == [[harbour.buyer.person.email]]
    unread = Notification.objects.filter(read_at=None)
    assert [n.person for n in unread] == [harbour.tto.person]


def test_auditors_hear_of_emergency_readings_and_who_asked_of_the_decision(harbour):  # noqa: F811
    asked = parties.ask_break_glass(
        subject_type="technologies.achievement", subject_id=3, reason="核对",
        actor_id=harbour.administrator.pk, at=AT,
    )  # fmt: skip
    parties.grant_break_glass(break_glass_id=asked.pk, actor_id=harbour.auditor.pk, at=AT)
    parties.use_break_glass(
        subject_type="technologies.achievement", subject_id=3,
        actor_id=harbour.administrator.pk, at=AT,
    )  # fmt: skip

    feeder.drain()

    auditor, administrator = harbour.auditor.person.name, harbour.administrator.person.name
    assert told() == {
        (auditor, "break_glass.asked"), (auditor, "break_glass.used"),
        (administrator, "break_glass.granted"),
    }  # fmt: skip


def test_members_and_counterparties_hear_what_changed(harbour):  # noqa: F811
    nda = parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)
    parties.end_nda(nda_id=nda.pk, actor_id=harbour.tto.pk, at=AT)
    parties.suspend_member(
        membership_id=harbour.researcher.pk, reason="调查", actor_id=harbour.tto.pk, at=AT
    )
    applicant = OrganisationFactory(status="applied")
    parties.refuse_organisation(
        organisation_id=applicant.pk, reason="材料不全", actor_id=harbour.operator.pk, at=AT
    )

    feeder.drain()

    assert {
        (harbour.tto.person.name, "nda.signed"), (harbour.buyer.person.name, "nda.ended"),
        (harbour.researcher.person.name, "membership.suspended"),
    } == told()  # fmt: skip


def test_the_suspended_get_no_mail(harbour):  # noqa: F811
    Person.objects.filter(pk=harbour.tto.person_id).update(is_active=False)
    parties.sign_nda(owner_id=harbour.university.pk, actor_id=harbour.buyer.pk, at=AT)

    feeder.drain()

    assert mail.outbox == []
    assert told() == set()


def test_before_there_is_a_host_nobody_is_told():
    parties.register_organisation(
        kind="enterprise", name="示例新材料有限公司", uscc="91330200MA2HB0AA15", at=AT
    )

    feeder.drain()

    assert told() == set()
    assert not Delivery.objects.exclude(status="done").exists()
