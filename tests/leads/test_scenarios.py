"""A lead from a scenario: who is which side, who may begin it, and never two of the same."""

import pytest
from django.db import IntegrityError

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands, queries
from pilotharbor.leads.models import Lead
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from pilotharbor.technologies.models import Scenario
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.race import race
from tests.factories.scenarios import AnswerFactory, ScenarioFactory, stage
from tests.factories.technologies import AchievementFactory, DemandFactory

pytestmark = pytest.mark.django_db(transaction=True)
OFFERS = "product_seeks_scenario"


def ask(actor, **given):
    return commands.ask(actor_id=actor.pk, at=AT, **given)


def opened(actor, **given):
    return commands.open_lead(actor_id=actor.pk, at=AT, **given)


def untouched():
    events = Event.objects.filter(name__startswith="leads.")
    return not Lead.objects.exists() and not events.exists()


def test_who_has_a_product_asks_to_meet_a_scenario():
    s = stage(answers=0)

    lead = ask(s.stranger, scenario_id=s.scenario.pk, words="我们有整机")

    assert (lead.scenario, lead.title, lead.origin) == (s.scenario, s.scenario.title, "asked")
    assert (lead.enterprise, lead.supplier) == (s.company, s.stranger.organisation)
    assert (lead.enterprise_contact, lead.supplier_contact) == (s.owner, s.stranger)
    assert (lead.supplier_since_at, lead.enterprise_since_at) == (AT, None)
    assert list(queries.visible_leads(actor=s.stranger)) == [lead]
    assert not queries.visible_leads(actor=s.owner).exists()
    assert Event.objects.get(name="leads.lead.opened").facts["scenario_id"] == s.scenario.pk


def test_who_has_a_place_asks_to_meet_a_product():
    s = stage(answers=0, direction=OFFERS)

    lead = ask(s.stranger, scenario_id=s.scenario.pk)

    assert (lead.supplier, lead.enterprise) == (s.company, s.stranger.organisation)
    assert (lead.supplier_contact, lead.enterprise_contact) == (s.owner, s.stranger)
    assert (lead.supplier_since_at, lead.enterprise_since_at) == (None, AT)


def test_the_owner_has_an_answer_carried_on_with_the_result_it_rests_on():
    s = stage(answers=0)
    answer = AnswerFactory(
        scenario=s.scenario, organisation=s.university, offered_by=s.tto, achievement=s.result
    )

    lead = ask(s.owner, scenario_id=s.scenario.pk, answer_id=answer.pk)

    assert (lead.achievement, lead.supplier, lead.enterprise) == (
        s.result, s.university, s.company,
    )  # fmt: skip
    assert (lead.supplier_contact, lead.enterprise_contact) == (s.tto, s.owner)
    assert (lead.supplier_since_at, lead.enterprise_since_at) == (None, AT)


def test_the_other_side_joins_the_lead_that_is_there():
    s = stage(answers=1)
    answer, rival = s.answers[0], s.rivals[0]
    lead = ask(s.owner, scenario_id=s.scenario.pk, answer_id=answer.pk)

    again = ask(rival, scenario_id=s.scenario.pk)

    assert (again, Lead.objects.count()) == (lead, 1)
    assert again.supplier_since_at == AT


def test_a_request_about_the_same_result_joins_and_names_the_scenario():
    s = stage(answers=0)
    lead = ask(s.owner, achievement_id=s.result.pk)

    again = ask(s.tto, scenario_id=s.scenario.pk, achievement_id=s.result.pk)

    lead.refresh_from_db()
    assert (again, lead.scenario, Lead.objects.count()) == (lead, s.scenario, 1)


def test_a_manager_opens_a_lead_from_a_scenario_and_its_other_side_may_be_open():
    s = stage(answers=0)

    one = opened(s.manager, scenario_id=s.scenario.pk)
    other = opened(s.manager, scenario_id=s.scenario.pk, achievement_id=s.result.pk)

    assert (one.enterprise, one.supplier, one.manager) == (s.company, None, s.manager)
    assert (other.achievement, other.supplier) == (s.result, s.university)
    with pytest.raises(commands.PairTaken):
        opened(s.manager, scenario_id=s.scenario.pk, supplier_id=s.university.pk)
    with pytest.raises(commands.PairTaken):
        commands.complete(lead_id=one.pk, achievement_id=s.result.pk, actor_id=s.manager.pk, at=AT)


def test_a_lead_from_a_scenario_becomes_one_of_a_result_and_a_need():
    s = stage(answers=0)
    need = DemandFactory(owner=s.company, posted_by=s.owner)
    lead = opened(s.manager, scenario_id=s.scenario.pk)

    commands.complete(
        lead_id=lead.pk, achievement_id=s.result.pk, demand_id=need.pk, actor_id=s.manager.pk, at=AT
    )

    lead.refresh_from_db()
    assert (lead.achievement, lead.demand, lead.scenario) == (s.result, need, s.scenario)


def test_a_lost_one_is_taken_up_again_from_its_scenario():
    s = stage(answers=0)
    lead = opened(s.manager, scenario_id=s.scenario.pk, supplier_id=s.university.pk)
    commands.lose(lead_id=lead.pk, reason="price", words="报价高", actor_id=s.manager.pk, at=AT)

    again = commands.reopen(lead_id=lead.pk, actor_id=s.manager.pk, at=AT)

    assert (again.scenario, again.supplier) == (s.scenario, s.university)


def test_two_managers_who_open_the_same_lead_at_once_make_one():
    s = stage(answers=0)
    other = MembershipFactory(organisation=s.host, role=Role.TECHNOLOGY_MANAGER)
    pair = {"scenario_id": s.scenario.pk, "supplier_id": s.university.pk}

    outcomes = race(lambda: opened(s.manager, **pair), lambda: opened(other, **pair))

    assert sorted(type(o).__name__ for o in outcomes) == ["Lead", "PairTaken"]
    assert Lead.objects.count() == 1


def test_the_database_refuses_a_second_one_and_one_without_a_side():
    s = stage(answers=0)
    lead = opened(s.manager, scenario_id=s.scenario.pk, supplier_id=s.university.pk)

    lead.pk = None
    with pytest.raises(IntegrityError, match="leads_lead_once_per_scenario"):
        lead.save(force_insert=True)
    lead.supplier = lead.enterprise = None
    with pytest.raises(IntegrityError, match="leads_lead_has_a_side"):
        lead.save(force_insert=True)


def test_what_is_wrong_begins_nothing():
    s = stage(answers=1)
    pk, mine = s.scenario.pk, s.answers[0]
    elsewhere = AnswerFactory()
    foreign = DemandFactory()
    offers = ScenarioFactory(direction=OFFERS)

    with pytest.raises(commands.AnswerMissing):
        ask(s.owner, scenario_id=pk)
    with pytest.raises(NotFound):
        ask(s.owner, scenario_id=pk, answer_id=elsewhere.pk)
    with pytest.raises(NotFound):
        ask(s.stranger, scenario_id=pk, answer_id=mine.pk)
    with pytest.raises(commands.SidesDisagree):
        ask(s.stranger, scenario_id=pk, demand_id=foreign.pk)
    with pytest.raises(commands.SidesDisagree):
        ask(s.stranger, scenario_id=pk, achievement_id=s.result.pk)
    with pytest.raises(commands.SidesDisagree):
        opened(s.manager, scenario_id=offers.pk, achievement_id=s.result.pk)
    with pytest.raises(commands.OneSided):
        opened(s.manager, scenario_id=pk, supplier_id=s.company.pk)
    with pytest.raises(NotYourRole):
        opened(s.owner, scenario_id=pk)
    for stranger in (s.auditor, s.bureau, s.manager):
        with pytest.raises(NotYourRole):
            ask(stranger, scenario_id=pk)

    assert untouched()


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_a_scenario_that_is_not_open_begins_nothing(status):
    s = stage(answers=0)
    reason = "不再需要" if status == "closed" else ""
    Scenario.objects.filter(pk=s.scenario.pk).update(status=status, closing_reason=reason)

    with pytest.raises(commands.NotOnTheMarket):
        opened(s.operator, scenario_id=s.scenario.pk)
    with pytest.raises(NotFound):
        ask(s.stranger, scenario_id=s.scenario.pk)

    assert untouched()


def test_a_confidential_scenario_is_not_told_by_its_leads():
    s = stage(answers=0, confidentiality="core")

    with pytest.raises(NotFound):
        ask(s.stranger, scenario_id=s.scenario.pk)

    assert untouched()


def test_a_researcher_asks_for_an_answer_of_ones_own_and_sees_that_lead_alone():
    s = stage(answers=0)
    colleague = MembershipFactory(organisation=s.university, role=Role.RESEARCHER)
    answer = AnswerFactory(scenario=s.scenario, organisation=s.university, offered_by=s.inventor)

    with pytest.raises(commands.NotYourLead):
        ask(colleague, scenario_id=s.scenario.pk, answer_id=answer.pk)
    with pytest.raises(commands.NotYourLead):
        ask(s.inventor, scenario_id=s.scenario.pk)
    lead = ask(s.inventor, scenario_id=s.scenario.pk, answer_id=answer.pk)

    assert list(queries.visible_leads(actor=s.inventor)) == [lead]
    assert not queries.visible_leads(actor=colleague).exists()


def test_an_answer_taken_back_begins_no_lead():
    s = stage(answers=1)
    s.answers[0].status = "withdrawn"
    s.answers[0].save()

    with pytest.raises(NotFound):
        ask(s.owner, scenario_id=s.scenario.pk, answer_id=s.answers[0].pk)


def test_programs_begin_leads_from_scenarios(client):
    s = stage(answers=1)
    client.force_login(s.owner.person)

    refused = client.post(
        "/api/v1/leads/ask", {"scenario_id": s.scenario.pk}, content_type="application/json"
    )
    made = client.post(
        "/api/v1/leads/ask", {"scenario_id": s.scenario.pk, "answer_id": s.answers[0].pk},
        content_type="application/json",
    )  # fmt: skip

    assert (refused.status_code, refused.json()["code"]) == (422, "leads.answer_missing")
    assert (made.status_code, made.json()["scenario_id"]) == (201, s.scenario.pk)


def test_the_page_of_a_scenario_leads_to_a_lead(client):
    s = stage(answers=2)
    place = f"/scenarios/{s.scenario.pk}"

    client.force_login(s.owner.person)
    panel = client.get(f"{place}/leads").content.decode()
    pressed = client.post(
        "/leads/ask", {"scenario_id": s.scenario.pk, "answer_id": s.answers[0].pk}
    )
    after = client.get(f"{place}/leads").content.decode()
    page = client.get(pressed["Location"]).content.decode()

    assert panel.count('name="answer_id"') == 2
    assert after.count('name="answer_id"') == 1
    assert s.scenario.title in page
    assert "场景找产品" in page


def test_a_manager_opens_it_from_the_page(client):
    s = stage(answers=0)
    client.force_login(s.manager.person)

    panel = client.get(f"/scenarios/{s.scenario.pk}/leads").content.decode()
    form = client.get(f"/leads/new?scenario={s.scenario.pk}").content.decode()
    done = client.post("/leads/new", {"scenario_id": s.scenario.pk, "achievement_id": s.result.pk})

    assert f"/leads/new?scenario={s.scenario.pk}" in panel
    assert f'<option value="{s.scenario.pk}" selected>' in form
    assert done.status_code == 302
    lead = Lead.objects.get()
    assert (lead.scenario, lead.manager, lead.supplier) == (s.scenario, s.manager, s.university)
    assert client.get(f"/leads/{lead.pk}/complete").status_code == 200


def test_others_see_no_panel_for_what_they_do_not_see(client):
    s = stage(answers=0, confidentiality="core")
    client.force_login(s.stranger.person)

    assert client.get(f"/scenarios/{s.scenario.pk}/leads").status_code == 404


def test_a_need_of_the_same_company_may_stand_beside_the_scenario():
    s = stage(answers=0)
    need = DemandFactory(owner=s.company, posted_by=s.owner)
    hospital = OrganisationFactory(kind=OrganisationKind.HOSPITAL)
    result = AchievementFactory(
        owner=hospital, disclosed_by=MembershipFactory(organisation=hospital)
    )

    lead = opened(s.manager, scenario_id=s.scenario.pk, demand_id=need.pk, achievement_id=result.pk)

    assert (lead.demand, lead.achievement, lead.enterprise) == (need, result, s.company)
