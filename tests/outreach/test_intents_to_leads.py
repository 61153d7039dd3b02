"""An investor's intent becomes a lead: with consent, by a manager who may read it, once."""

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands as leads
from pilotharbor.leads import queries as lead_queries
from pilotharbor.leads.models import Lead
from pilotharbor.outreach.commands import intents
from pilotharbor.outreach.models import Intent
from pilotharbor.parties.models import Notification
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.leads import exchange, log
from tests.factories.outreach import PitchFactory, RoadshowFactory
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.race import race
from tests.factories.worker import work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    """A roadshow of the host with a pitch on a published result, and an investor of a fund."""
    m = exchange()
    m.fund = OrganisationFactory(kind=OrganisationKind.INVESTOR, name="示例创投基金")
    m.investor = MembershipFactory(organisation=m.fund, role=Role.INVESTOR)
    m.roadshow = RoadshowFactory(status="running", organiser=m.host, planned_by=m.operator)
    m.pitch = PitchFactory(roadshow=m.roadshow, achievement=m.achievement)
    m.second = MembershipFactory(organisation=m.host, role=Role.TECHNOLOGY_MANAGER)
    return m


def declare(m, actor=None, **changes):
    given = {"kind": "invest", "words": "拟领投A轮", "approachable": True} | changes
    return intents.declare(pitch_id=m.pitch.pk, **given, actor_id=(actor or m.investor).pk, at=AT)


def carry(intent, actor):
    return intents.carry(intent_id=intent.pk, actor_id=actor.pk, at=AT)


def test_a_manager_makes_a_lead_of_an_investors_intent(show):
    intent = declare(show)

    done = carry(intent, show.manager)
    work()

    lead = Lead.objects.get()
    assert done.lead_id == lead.pk
    assert (lead.achievement, lead.supplier, lead.enterprise) == (
        show.achievement, show.university, show.fund,
    )  # fmt: skip
    assert (lead.manager, lead.enterprise_contact) == (show.manager, show.investor)
    assert "拟领投A轮" in lead.words
    assert (lead.supplier_since_at, lead.enterprise_since_at) == (None, None)
    assert Event.objects.get(name="outreach.intent.carried").facts["lead_id"] == lead.pk
    told = Notification.objects.filter(kind="outreach.intent.carried")
    assert [one.membership for one in told] == [show.investor]


def test_an_operators_lead_waits_in_the_pool(show):
    carry(declare(show), show.operator)

    assert Lead.objects.get().manager is None


def test_without_consent_nothing_is_made_of_it(show):
    intent = declare(show, approachable=False)

    with pytest.raises(intents.NotOfferedToManagers):
        carry(intent, show.manager)

    assert not Lead.objects.exists()
    intents.let_approach(intent_id=intent.pk, actor_id=show.investor.pk, at=AT)
    work()
    assert Notification.objects.filter(
        kind="outreach.intent.offered", membership=show.operator
    ).exists()
    assert carry(intent, show.manager).lead_id == Lead.objects.get().pk


def test_consent_is_the_declarers_alone(show):
    intent = declare(show, approachable=False)

    for actor in (show.manager, show.tto):
        with pytest.raises(intents.NotYourIntent):
            intents.let_approach(intent_id=intent.pk, actor_id=actor.pk, at=AT)
    with pytest.raises(NotFound):
        intents.let_approach(intent_id=intent.pk, actor_id=show.outsider.pk, at=AT)

    intent.refresh_from_db()
    assert intent.approachable is False


def test_who_may_not_read_it_or_is_no_manager_makes_nothing(show):
    intent = declare(show)

    with pytest.raises(NotFound):
        carry(intent, show.other)
    for actor in (show.investor, show.tto, show.auditor):
        with pytest.raises(NotYourRole):
            carry(intent, actor)

    assert not Lead.objects.exists()


def test_what_is_over_or_stands_on_nothing_is_not_carried(show):
    intent = declare(show)
    intents.follow(intent_id=intent.pk, to="dropped", actor_id=show.operator.pk, at=AT)
    bare = PitchFactory(roadshow=show.roadshow, position=2)
    empty = intents.declare(
        pitch_id=bare.pk, kind="invest", words="感兴趣", approachable=True,
        actor_id=show.investor.pk, at=AT,
    )  # fmt: skip

    with pytest.raises(intents.IntentOver):
        carry(intent, show.manager)
    with pytest.raises(intents.NothingToCarry):
        carry(empty, show.manager)

    assert not Lead.objects.exists()


def test_a_manager_of_a_side_does_not_carry_it(show):
    interested = MembershipFactory(
        organisation=show.fund, person=show.manager.person, role=Role.INVESTOR
    )
    assert interested.person == show.manager.person

    with pytest.raises(leads.Interested):
        carry(declare(show), show.manager)

    assert not Lead.objects.exists()


def test_two_intents_over_the_same_result_are_one_lead(show):
    one, other = declare(show), declare(show, kind="talk", words="想看样品")
    carry(one, show.manager)

    again = carry(other, show.manager)

    assert again.lead_id == Lead.objects.get().pk
    third = declare(show, kind="pilot", words="愿意共建中试")
    with pytest.raises(leads.PairTaken):
        carry(third, show.second)


def test_two_managers_who_press_at_once_make_one_lead(show):
    intent = declare(show)

    outcomes = race(lambda: carry(intent, show.manager), lambda: carry(intent, show.second))

    assert sorted(type(o).__name__ for o in outcomes) == ["CarriedAlready", "Intent"]
    assert Lead.objects.count() == 1


def test_two_managers_with_two_intents_of_one_investor_make_one_lead(show):
    one, other = declare(show), declare(show, kind="talk", words="想看样品")

    outcomes = race(lambda: carry(one, show.manager), lambda: carry(other, show.second))

    assert sorted(type(o).__name__ for o in outcomes) == ["Intent", "PairTaken"]
    assert Lead.objects.count() == 1
    assert Intent.objects.filter(lead_id=None).count() == 1


def test_the_investor_finds_the_lead_after_the_first_contact_and_no_other(show):
    carry(declare(show), show.manager)
    lead = Lead.objects.get()

    assert not lead_queries.visible_leads(actor=show.investor).exists()
    log(lead, show.manager, side="enterprise")
    lead.refresh_from_db()

    assert list(lead_queries.visible_leads(actor=show.investor)) == [lead]
    assert lead_queries.standing(lead, show.investor) is lead_queries.Standing.ENTERPRISE
    stranger = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.INVESTOR), role=Role.INVESTOR
    )
    assert not lead_queries.visible_leads(actor=stranger).exists()


def test_an_investor_begins_no_lead_alone(show):
    with pytest.raises(NotYourRole):
        leads.ask(achievement_id=show.achievement.pk, actor_id=show.investor.pk, at=AT)
    assert declare(show).lead_id is None


def test_the_page_carries_it_with_one_press(client, show):
    intent, shy = declare(show), declare(show, kind="talk", words="先了解", approachable=False)

    client.force_login(show.manager.person)
    page = client.get("/roadshows/intents").content.decode()
    pressed = client.post(f"/roadshows/intents/{intent.pk}/lead")
    refused = client.post(f"/roadshows/intents/{shy.pk}/lead", follow=True).content.decode()
    after = client.get("/roadshows/intents").content.decode()

    lead = Lead.objects.get()
    assert page.count(f"/roadshows/intents/{intent.pk}/lead") == 1
    assert f"/roadshows/intents/{shy.pk}/lead" not in page
    assert "意向方尚未同意技术经理人联系" in page
    assert (pressed.status_code, pressed["Location"]) == (302, f"/leads/{lead.pk}")
    assert "意向方尚未同意由技术经理人联系" in refused
    assert f'href="/leads/{lead.pk}"' in after


def test_whoever_declared_it_agrees_on_the_page(client, show):
    intent = declare(show, approachable=False)
    client.force_login(show.investor.person)

    page = client.get("/roadshows/intents").content.decode()
    client.post(f"/roadshows/intents/{intent.pk}/approachable")

    assert f"/roadshows/intents/{intent.pk}/approachable" in page
    intent.refresh_from_db()
    assert intent.approachable
    assert client.post(f"/roadshows/intents/{intent.pk}/lead").status_code == 302
    assert not Lead.objects.exists()
    client.force_login(show.outsider.person)
    assert client.post(f"/roadshows/intents/{intent.pk}/lead").status_code in {302, 404}


def test_programs_carry_intents(client, show):
    client.force_login(show.investor.person)
    made = client.post(
        f"/api/v1/pitches/{show.pitch.pk}/intents", {"kind": "invest", "words": "拟领投"},
        content_type="application/json",
    ).json()  # fmt: skip
    client.force_login(show.manager.person)
    place = f"/api/v1/roadshow-intents/{made['id']}"

    refused = client.post(f"{place}/lead")
    client.force_login(show.investor.person)
    agreed = client.post(f"{place}/approachable")
    client.force_login(show.manager.person)
    carried = client.post(f"{place}/lead")
    again = client.post(f"{place}/lead")

    assert (made["approachable"], agreed.json()["approachable"]) == (False, True)
    assert (refused.status_code, refused.json()["code"]) == (
        409, "outreach.not_offered_to_managers",
    )  # fmt: skip
    assert (carried.status_code, carried.json()["lead_id"]) == (201, Lead.objects.get().pk)
    assert (again.status_code, again.json()["code"]) == (409, "outreach.carried_already")
