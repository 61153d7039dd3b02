import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands, queries
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.matching import commands as matching
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.models import Demand
from tests.conftest import AT
from tests.factories.leads import exchange, opened, pooled
from tests.factories.parties import OrganisationFactory
from tests.factories.race import race
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def accepted(m, proposer, accepter):
    match = matching.propose(
        achievement_id=m.achievement.pk, demand_id=m.demand.pk, actor_id=proposer.pk, at=AT
    )
    return matching.accept(match_id=match.pk, actor_id=accepter.pk, at=AT)


def untouched():
    return (
        not Lead.objects.exists() and not Event.objects.filter(name__startswith="leads.").exists()
    )


def test_a_manager_opens_a_lead_and_carries_it():
    m = exchange()

    lead = opened(m)

    assert (lead.status, lead.origin, lead.manager) == ("found", "scouted", m.manager)
    assert (lead.supplier, lead.enterprise) == (m.university, m.company)
    assert (lead.supplier_contact, lead.enterprise_contact) == (m.inventor, m.buyer)
    assert (lead.supplier_since_at, lead.enterprise_since_at) == (None, None)
    assert lead.reply_due_date.isoformat() == "2026-03-04"  # AT is a Sunday: Mon, Tue, Wed
    assert Claim.objects.get().status == "held"
    assert Event.objects.get(name="leads.lead.opened").facts["demand_id"] == m.demand.pk


def test_an_operators_lead_waits_in_the_pool():
    m = exchange()

    lead = pooled(m)

    assert lead.manager is None
    assert list(queries.visible_leads(actor=m.manager)) == [lead]


@pytest.mark.parametrize("who", ["buyer", "tto", "expert", "auditor", "advisor", "official"])
def test_others_open_nothing_from_scratch(who):
    m = exchange()

    with pytest.raises(NotYourRole):
        opened(m, getattr(m, who))

    assert untouched()


def test_one_side_may_be_open_but_not_both():
    m = exchange()

    lead = opened(m, achievement_id=m.achievement.pk)

    assert (lead.demand, lead.enterprise) == (None, None)
    with pytest.raises(commands.SideMissing):
        opened(m, supplier_id=m.university.pk)


def test_what_one_may_not_see_or_is_not_published_begins_nothing():
    m = exchange(confidentiality="core")

    with pytest.raises(NotFound):
        opened(m)
    Demand.objects.update(status="draft", published_at=None)
    with pytest.raises(NotFound):
        opened(m, demand_id=m.demand.pk)
    with pytest.raises(commands.NotOnTheMarket):
        opened(m, m.operator, demand_id=m.demand.pk)

    assert untouched()


def test_one_live_lead_a_pair():
    m = exchange()
    lead = opened(m)

    with pytest.raises(commands.PairTaken):
        opened(m, m.other)
    commands.lose(lead_id=lead.pk, reason="price", words="报价高", actor_id=m.manager.pk, at=AT)

    assert opened(m, m.other).manager == m.other


def test_two_who_open_the_same_pair_at_once_make_one_lead():
    m = exchange()

    outcomes = race(lambda: opened(m), lambda: opened(m, m.other))

    assert sum(isinstance(o, Lead) for o in outcomes) == 1
    assert sum(isinstance(o, commands.PairTaken) for o in outcomes) == 1
    assert Lead.objects.count() == 1


def test_a_manager_of_one_side_is_interested():
    m = exchange()

    with pytest.raises(commands.Interested):
        opened(m, m.insider)

    assert untouched()


def test_an_accepted_match_becomes_a_lead_once():
    m = exchange()

    match = accepted(m, m.buyer, m.tto)
    work()
    work()

    lead = Lead.objects.get()
    assert (lead.match, lead.origin, lead.manager) == (match, "match", None)
    assert lead.supplier_since_at
    assert lead.enterprise_since_at
    told = Notification.objects.filter(kind="leads.lead.opened")
    assert {n.person for n in told} == {m.operator.person, m.manager.person}


def test_whoever_proposed_the_match_as_a_manager_carries_the_lead():
    m = exchange()

    accepted(m, m.other, m.buyer)
    work()

    assert Lead.objects.get().manager == m.other


def test_an_interested_proposer_does_not():
    m = exchange()

    accepted(m, m.insider, m.buyer)
    work()

    assert Lead.objects.get().manager is None


def test_a_match_joins_the_lead_that_is_there():
    m = exchange()
    lead = opened(m)

    match = accepted(m, m.buyer, m.tto)
    work()

    lead.refresh_from_db()
    assert Lead.objects.count() == 1
    assert (lead.match, lead.manager) == (match, m.manager)
    assert lead.supplier_since_at == AT


def ask(m, actor, **given):
    return commands.ask(actor_id=actor.pk, at=AT, **given)


def test_an_enterprise_asks_for_contact_with_one_press():
    m = exchange()

    lead = ask(m, m.buyer, achievement_id=m.achievement.pk, demand_id=m.demand.pk)

    assert (lead.origin, lead.manager, lead.enterprise_contact) == ("asked", None, m.buyer)
    assert (lead.enterprise_since_at, lead.supplier_since_at) == (AT, None)
    assert list(queries.visible_leads(actor=m.buyer)) == [lead]
    assert not queries.visible_leads(actor=m.tto).exists()


def test_asking_twice_is_asking_once():
    m = exchange()
    first = ask(m, m.buyer, achievement_id=m.achievement.pk)

    again = ask(m, m.colleague_buyer, achievement_id=m.achievement.pk)

    assert again == first
    assert again.enterprise_contact == m.buyer


def test_asking_joins_the_lead_a_manager_already_carries():
    m = exchange()
    lead = opened(m)
    assert not queries.visible_leads(actor=m.buyer).exists()

    asked = ask(m, m.buyer, achievement_id=m.achievement.pk, demand_id=m.demand.pk)

    assert asked == lead
    assert asked.manager == m.manager
    assert list(queries.visible_leads(actor=m.buyer)) == [lead]


def test_a_university_asks_about_a_need():
    m = exchange()

    lead = ask(m, m.tto, demand_id=m.demand.pk)

    assert (lead.achievement, lead.supplier, lead.supplier_since_at) == (None, m.university, AT)


@pytest.mark.parametrize("who", ["outsider", "manager", "expert", "auditor", "operator"])
def test_nobody_asks_for_two_others(who):
    m = exchange()

    with pytest.raises((NotYourRole, commands.NotYourLead)):
        ask(m, getattr(m, who), achievement_id=m.achievement.pk, demand_id=m.demand.pk)

    assert untouched()


def test_nobody_asks_for_themselves():
    m = exchange()

    with pytest.raises(commands.OneSided):
        ask(m, m.tto, achievement_id=m.achievement.pk)


def test_the_open_side_is_named_later_but_not_into_anothers_pair():
    m = exchange()
    lead = opened(m, achievement_id=m.achievement.pk)
    theirs = opened(m, m.other)

    with pytest.raises(commands.PairTaken):
        commands.complete(lead_id=lead.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT)
    commands.lose(lead_id=theirs.pk, reason="other", words="撤", actor_id=m.other.pk, at=AT)
    done = commands.complete(lead_id=lead.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT)

    assert (done.enterprise, done.enterprise_contact) == (m.company, m.buyer)
    with pytest.raises(commands.SideKnown):
        commands.complete(lead_id=lead.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT)


def test_a_side_that_is_named_as_an_organisation_is_not_exchanged():
    m = exchange()
    elsewhere = OrganisationFactory()
    lead = opened(m, achievement_id=m.achievement.pk, enterprise_id=elsewhere.pk)

    with pytest.raises(commands.SideKnown):
        commands.complete(lead_id=lead.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT)


def test_a_lost_lead_is_taken_up_as_a_new_one():
    m = exchange()
    lead = opened(m)
    with pytest.raises(commands.NotLost):
        commands.reopen(lead_id=lead.pk, actor_id=m.manager.pk, at=AT)
    commands.lose(
        lead_id=lead.pk, reason="maturity", words="还差一档", actor_id=m.manager.pk, at=AT
    )

    again = commands.reopen(lead_id=lead.pk, actor_id=m.manager.pk, at=AT)

    lead.refresh_from_db()
    assert (again.reopens, again.status, lead.status) == (lead, "found", "lost")
