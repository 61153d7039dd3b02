"""The agreement of confidentiality of a lead: who is led where, and what the project's page tells."""

from datetime import timedelta

import pytest

from pilotharbor.leads import commands, queries
from pilotharbor.parties import commands as parties
from pilotharbor.parties.models import Notification
from tests.conftest import AT
from tests.factories.leads import exchange, log, opened
from tests.factories.projects import ProjectFactory
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def ask(lead, actor, at=AT):
    return commands.ask_for_nda(lead_id=lead.pk, actor_id=actor.pk, at=at)


def known(m):
    lead = opened(m)
    log(lead, m.manager, side="both")
    lead.refresh_from_db()
    return lead


def test_each_side_that_knows_is_led_to_the_paper_it_would_sign():
    m = exchange()
    lead = known(m)

    ask(lead, m.manager)
    work()

    told = Notification.objects.filter(kind="leads.lead.nda_asked")
    by_side = {one.membership.organisation: one.url for one in told}
    assert by_side[m.company] == f"/ndas/new?owner={m.university.pk}&next=%2Fleads%2F{lead.pk}"
    assert by_side[m.university] == f"/ndas/new?owner={m.company.pk}&next=%2Fleads%2F{lead.pk}"


def test_a_side_that_does_not_know_yet_is_not_told():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager, side="enterprise")

    ask(lead, m.manager)
    work()

    told = Notification.objects.filter(kind="leads.lead.nda_asked")
    assert {one.membership.organisation for one in told} == {m.company}


def test_what_refuses_it():
    m = exchange()
    fresh = opened(m)

    with pytest.raises(commands.NobodyToSign):
        ask(fresh, m.manager)
    one_sided = opened(m, achievement_id=m.achievement.pk)
    log(one_sided, m.manager, side="supplier")
    with pytest.raises(commands.NobodyToSign):
        ask(one_sided, m.manager)
    log(fresh, m.manager, side="both")
    with pytest.raises(commands.NotYourLead):
        ask(fresh, m.buyer)
    ask(fresh, m.manager)
    with pytest.raises(commands.AskedLately):
        ask(fresh, m.manager, at=AT + timedelta(hours=23))
    ask(fresh, m.manager, at=AT + timedelta(days=1))
    parties.sign_nda(owner_id=m.university.pk, actor_id=m.buyer.pk, at=AT)
    with pytest.raises(commands.AgreementThere):
        ask(fresh, m.manager, at=AT + timedelta(days=3))
    commands.lose(lead_id=fresh.pk, reason="price", words="报价高", actor_id=m.manager.pk, at=AT)
    with pytest.raises(commands.LeadOver):
        ask(fresh, m.manager)


def test_the_page_leads_each_reader_to_what_is_theirs_to_do(client):
    m = exchange()
    lead = known(m)
    place = f"/leads/{lead.pk}"

    client.force_login(m.manager.person)
    managers = client.get(place).content.decode()
    pressed = client.post(f"{place}/nda", follow=True).content.decode()
    client.force_login(m.buyer.person)
    buyers = client.get(place).content.decode()
    paper = client.get(queries.signing_address(lead, owner_id=m.university.pk))

    assert f"{place}/nda" in managers
    assert "/ndas/new" not in managers
    assert "签署保密协议" in pressed
    assert f"/ndas/new?owner={m.university.pk}" in buyers
    assert (paper.status_code, m.university.name in paper.content.decode()) == (200, True)


def test_who_carries_the_lead_knows_its_project_and_whom_to_ask(client):
    m = exchange()
    project = ProjectFactory(platform=m.host)
    lead = opened(m)
    lead.project_id, lead.handed_over_at = project.pk, AT
    lead.save()

    client.force_login(m.manager.person)
    shown = client.get(f"/leads/{lead.pk}/project").content.decode()
    direct = client.get(f"/projects/{project.pk}")
    project.technology_manager = m.manager
    project.save()
    named = client.get(f"/leads/{lead.pk}/project").content.decode()

    assert project.title in shown
    assert m.host.name in shown
    assert m.operator.person.name in shown
    assert f"/projects/{project.pk}" not in shown
    assert direct.status_code == 404
    assert f"/projects/{project.pk}" in named


def test_a_side_of_the_lead_is_told_nothing_of_a_project_it_may_not_read(client):
    m = exchange()
    project = ProjectFactory(platform=m.host)
    lead = known(m)
    lead.project_id, lead.handed_over_at = project.pk, AT
    lead.save()
    client.force_login(m.buyer.person)

    shown = client.get(f"/leads/{lead.pk}/project").content.decode()

    assert project.title not in shown
