"""What the pages of money show, and that nothing typed is lost."""

import pytest
from django.test import Client

from pilotharbor.finance import commands
from pilotharbor.finance.models import Decision
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects.models import Project
from tests.factories.agreements import AT, table
from tests.factories.booking import dock, on
from tests.factories.parties import OrganisationFactory

pytestmark = pytest.mark.django_db


def browser(member, language="en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def at_decision():
    t = table()
    Project.objects.filter(pk=t.project.pk).update(status=Project.Status.DECISION)
    return t


def filled(t, company, **changes):
    return {
        "outcome": "spin_off",
        "company": company.pk,
        "investment": "12,345,678.90",
        "holder_0": t.project.owner_id,
        "share_0": "40",
        "holder_1": t.project.platform_id,
        "share_1": "60",
        "reason": "",
    } | changes


def newco():
    return OrganisationFactory(kind=OrganisationKind.SPIN_OFF)


def test_a_decision_is_typed_in_rows_of_holder_and_share():
    t, company = at_decision(), newco()

    answer = browser(t.operator).post(f"/projects/{t.project.pk}/decision", filled(t, company))

    assert answer.status_code == 302
    decision = Decision.objects.get()
    assert [h.share_bp for h in decision.holdings.order_by("position")] == [4000, 6000]
    assert decision.investment_fen == 1_234_567_890


def test_a_refused_decision_comes_back_whole_in_percent():
    t, company = at_decision(), newco()

    back = browser(t.operator).post(
        f"/projects/{t.project.pk}/decision", filled(t, company, share_1="55")
    )

    assert back.status_code == 422
    assert back.context["form"]["investment"].value() == "12,345,678.90"
    assert "95 %" in back.context["form"].non_field_errors()[0]
    assert "基点" not in back.content.decode()
    assert not Decision.objects.exists()


def test_a_share_without_its_holder_is_not_passed_over():
    t, company = at_decision(), newco()

    back = browser(t.operator).post(
        f"/projects/{t.project.pk}/decision",
        filled(t, company, share_2="5", holder_3=t.project.enterprise_id),
    )

    assert back.status_code == 422
    assert set(back.context["form"].errors) == {"holder_2", "share_3"}


def test_only_a_company_that_nobody_founded_is_offered():
    one, two, company, other = at_decision(), at_decision(), newco(), newco()
    browser(one.operator).post(f"/projects/{one.project.pk}/decision", filled(one, company))

    page = browser(two.operator).get(f"/projects/{two.project.pk}/decision")

    offered = list(page.context["form"].fields["company"].queryset)
    assert other in offered
    assert not {company, two.project.enterprise, two.project.platform} & set(offered)
    assert b"/register" in page.content


def test_money_tells_the_use_of_equipment_as_a_cost_that_is_not_invoiced():
    d = dock()
    d.use(d.allot(on(2), batch_no=1), on(2), on(2, 18))
    mine = browser(d.operator).get(f"/projects/{d.project.pk}/money")

    assert [u.booking.batch_no for u in mine.context["used"]] == [1]
    assert mine.context["figures"][-1]["note"] == "not invoiced"
    theirs = browser(d.buyer).get(f"/projects/{d.project.pk}/money")
    assert theirs.context["used"] == []


def test_the_list_of_invoices_names_the_project():
    t = table()
    milestones = t.draft().milestones
    milestones.update(status="reached", reached_at=AT, evidence_ref="test:1")
    commands.invoice_milestone(milestone_id=milestones.first().pk, actor_id=None, at=AT)

    page = browser(t.operator).get("/invoices").content.decode()

    assert f"<td>{t.project.title}</td>" in page
