from datetime import timedelta

import pytest
from django.db import connection

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands, queries
from pilotharbor.leads.commands import carrying
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from tests.conftest import AT
from tests.factories.leads import exchange, log, opened, pooled
from tests.factories.race import race
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


def claim(lead, actor, at=AT):
    return commands.claim(lead_id=lead.pk, actor_id=actor.pk, at=at)


def holds():
    return list(Claim.objects.filter(status="held").values_list("manager_id", flat=True))


def test_a_manager_takes_a_lead_out_of_the_pool():
    m = exchange()
    lead = pooled(m)

    taken = claim(lead, m.other)

    assert taken.manager == m.other
    assert holds() == [m.other.pk]
    with pytest.raises(commands.Taken):
        claim(lead, m.manager)
    assert not queries.visible_leads(actor=m.manager).exists()


@pytest.mark.parametrize("who", ["buyer", "operator", "auditor", "outsider"])
def test_only_managers_take_leads(who):
    m = exchange()
    lead = pooled(m)

    with pytest.raises(NotYourRole):
        claim(lead, getattr(m, who))

    assert holds() == []


def test_who_belongs_to_a_side_takes_none_unless_the_rule_lets_them():
    m = exchange()
    lead = pooled(m)

    with pytest.raises(commands.Interested):
        claim(lead, m.insider)
    commands.set_policy(
        valid_from_date=AT.date(), reply_working_days=3, protection_days=90,
        interested_may_carry=True, source="演示规定", words="公开利益关系后可承接",
        actor_id=m.operator.pk, at=AT,
    )  # fmt: skip

    assert claim(lead, m.insider).manager == m.insider


def rounds(m, count=6):
    for _ in range(count):
        lead = pooled(m)
        yield (
            lead,
            race(lambda lead=lead: claim(lead, m.manager), lambda lead=lead: claim(lead, m.other)),
        )
        Claim.objects.filter(lead=lead).delete()
        Lead.objects.filter(pk=lead.pk).delete()


def test_of_two_who_press_at_once_one_carries():
    m = exchange()

    for lead, outcomes in rounds(m):
        assert sum(isinstance(o, Lead) for o in outcomes) == 1
        assert sum(isinstance(o, commands.Taken) for o in outcomes) == 1
        assert len(holds()) == 1
        assert Lead.objects.get(pk=lead.pk).manager_id == holds()[0]


@pytest.fixture
def _unguarded(monkeypatch):
    def slow(lead_id):
        found = Lead.objects.get(pk=lead_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
        return found

    monkeypatch.setattr(carrying, "locked", slow)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX leads_claim_one_holds")
    yield
    Claim.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX leads_claim_one_holds ON leads_claim (lead_id)"
            " WHERE status = 'held'"
        )


@pytest.mark.usefixtures("_unguarded")
def test_control_without_lock_and_constraint_both_carry():
    m = exchange()

    both = [sum(isinstance(o, Lead) for o in outcomes) for _lead, outcomes in rounds(m, 4)]

    assert 2 in both


def test_a_lead_goes_back_with_a_reason():
    m = exchange()
    lead = opened(m)

    with pytest.raises(commands.WordsMissing):
        commands.release(lead_id=lead.pk, reason=" ", actor_id=m.manager.pk, at=AT)
    commands.release(lead_id=lead.pk, reason="不熟悉该领域", actor_id=m.manager.pk, at=AT)

    lead.refresh_from_db()
    row = Claim.objects.get()
    assert (lead.manager, row.status, row.ended_words) == (None, "released", "不熟悉该领域")
    with pytest.raises(commands.NotYourLead):
        commands.release(lead_id=lead.pk, reason="再退一次", actor_id=m.manager.pk, at=AT)


def test_a_lead_is_handed_on_once_the_other_accepts():
    m = exchange()
    lead = opened(m)

    made = commands.offer(
        lead_id=lead.pk, manager_id=m.other.pk, words="您更懂电池", actor_id=m.manager.pk, at=AT
    )
    lead.refresh_from_db()
    assert lead.manager == m.manager
    assert list(queries.visible_leads(actor=m.other)) == [lead]
    with pytest.raises(commands.OfferedAlready):
        commands.offer(lead_id=lead.pk, manager_id=m.other.pk, actor_id=m.manager.pk, at=AT)
    with pytest.raises(commands.NotYourClaim):
        commands.accept_offer(claim_id=made.pk, actor_id=m.manager.pk, at=AT)
    commands.accept_offer(claim_id=made.pk, actor_id=m.other.pk, at=AT)

    lead.refresh_from_db()
    assert lead.manager == m.other
    assert list(Claim.objects.order_by("id").values_list("status", flat=True)) == [
        "handed_on", "held",
    ]  # fmt: skip
    assert not queries.visible_leads(actor=m.manager).exists()


def test_an_offer_is_declined_or_taken_back():
    m = exchange()
    lead = opened(m)
    first = commands.offer(lead_id=lead.pk, manager_id=m.other.pk, actor_id=m.manager.pk, at=AT)
    commands.decline_offer(claim_id=first.pk, words="没空", actor_id=m.other.pk, at=AT)
    with pytest.raises(NotFound):
        commands.accept_offer(claim_id=first.pk, actor_id=m.other.pk, at=AT)
    second = commands.offer(lead_id=lead.pk, manager_id=m.other.pk, actor_id=m.manager.pk, at=AT)

    commands.withdraw(claim_id=second.pk, actor_id=m.manager.pk, at=AT)

    statuses = list(Claim.objects.order_by("id").values_list("status", flat=True))
    assert statuses == ["held", "declined", "withdrawn"]


@pytest.mark.parametrize("who", ["buyer", "insider", "manager"])
def test_a_lead_is_offered_to_another_fit_manager(who):
    m = exchange()
    lead = opened(m)

    with pytest.raises((commands.NotAManager, commands.Interested)):
        commands.offer(lead_id=lead.pk, manager_id=getattr(m, who).pk, actor_id=m.manager.pk, at=AT)

    assert Claim.objects.count() == 1


def contest(m, actor, words="三个月前我已拜访该企业"):
    return commands.contest(
        achievement_id=m.achievement.pk,
        demand_id=m.demand.pk,
        words=words,
        actor_id=actor.pk,
        at=AT,
    )


@pytest.mark.parametrize(("granted", "holder"), [(True, "other"), (False, "manager")])
def test_an_operator_decides_whose_the_pair_is(granted, holder):
    m = exchange()
    lead = opened(m)
    made = contest(m, m.other)
    with pytest.raises(commands.ContestedAlready):
        contest(m, m.other)
    with pytest.raises(NotYourRole):
        commands.decide(claim_id=made.pk, granted=granted, reason="x", actor_id=m.other.pk, at=AT)

    commands.decide(
        claim_id=made.pk,
        granted=granted,
        reason="以首次登记联系为准",
        actor_id=m.operator.pk,
        at=AT,
    )

    lead.refresh_from_db()
    assert lead.manager == getattr(m, holder)
    assert holds() == [getattr(m, holder).pk]
    assert Event.objects.get(name="leads.lead.decided").facts["granted"] is granted


def test_there_is_nothing_to_contest_in_the_pool_or_of_ones_own():
    m = exchange()
    lead = pooled(m)

    with pytest.raises(commands.NothingToContest):
        contest(m, m.other)
    claim(lead, m.other)
    with pytest.raises(commands.NothingToContest):
        contest(m, m.other)
    with pytest.raises(NotYourRole):
        contest(m, m.buyer)


def test_an_operator_gives_a_lead_to_a_manager():
    m = exchange()
    lead = pooled(m)

    commands.assign(
        lead_id=lead.pk, manager_id=m.other.pk, reason="领域对口", actor_id=m.operator.pk, at=AT
    )
    with pytest.raises(NotYourRole):
        commands.assign(
            lead_id=lead.pk, manager_id=m.manager.pk, reason="我要", actor_id=m.manager.pk, at=AT
        )

    assert holds() == [m.other.pk]


def test_what_lies_idle_goes_back_to_the_pool():
    m = exchange()
    lead = opened(m)
    log(lead, m.manager, at=AT + timedelta(days=10))

    assert commands.lapse(at=AT + timedelta(days=100)) == []
    assert commands.lapse(at=AT + timedelta(days=101)) == [lead.pk]
    assert commands.lapse(at=AT + timedelta(days=102)) == []

    lead.refresh_from_db()
    assert (lead.manager, Claim.objects.get().status) == (None, "lapsed")
    work()
    told = Notification.objects.filter(kind="leads.lead.lapsed")
    assert {n.person for n in told} == {m.manager.person, m.operator.person}


def test_a_late_reply_is_told_once_to_the_manager_and_the_operators():
    m = exchange()
    lead = opened(m)

    assert commands.note_late(at=AT + timedelta(days=3)) == []  # Wednesday is the last day
    assert commands.note_late(at=AT + timedelta(days=4)) == [lead.pk]
    assert commands.note_late(at=AT + timedelta(days=5)) == []
    work()
    work()

    told = Notification.objects.filter(kind="leads.lead.reply_missed")
    assert sorted(n.person_id for n in told) == sorted([m.manager.person_id, m.operator.person_id])
