"""A challenge: its needs, who sees them, proposals to them, and the figures."""

from datetime import date

import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.outreach.commands import challenges as commands
from pilotharbor.outreach.commands import needs, proposals
from pilotharbor.outreach.commands.roadshows import NotAnOrganiser, NotYourEvent
from pilotharbor.outreach.models import Challenge, Need, Proposal
from pilotharbor.outreach.needlist import ListedNeed
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.parties.models import Notification
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Demand
from tests.conftest import AT
from tests.factories.outreach import ChallengeFactory, NeedFactory, ProposalFactory, call
from tests.factories.parties import MembershipFactory
from tests.factories.race import race
from tests.factories.technologies import AchievementFactory, DemandFactory, market
from tests.factories.worker import work

pytestmark = pytest.mark.django_db
ROWS = [ListedNeed("反渗透膜清洗", "不停机清洗"), ListedNeed("粉体供样", "公斤级稳定供样")]


def test_an_organiser_opens_it_and_takes_it_through_its_steps():
    m = market()
    made = commands.open_challenge(content=call(), actor_id=m.operator.pk, at=AT)
    go = {"challenge_id": made.pk, "actor_id": m.operator.pk, "at": AT}

    with pytest.raises(commands.NothingPublished):
        commands.go_on(to="published", **go)
    with pytest.raises(MoveNotAllowed):
        commands.go_on(to="matching", **go)
    with pytest.raises(commands.CallWrong):
        commands.go_on(to="party", **go)
    NeedFactory(challenge=made, status="published")
    for step in ("published", "proposing", "matching", "signing", "closed"):
        assert commands.go_on(to=step, **go).status == step
    with pytest.raises(commands.ChallengeOver):
        commands.revise_challenge(
            challenge_id=made.pk, content=call(), actor_id=m.operator.pk, at=AT
        )


def test_others_open_none_and_run_none():
    m = market()
    challenge = ChallengeFactory()

    with pytest.raises(NotAnOrganiser):
        commands.open_challenge(content=call(), actor_id=m.buyer.pk, at=AT)
    with pytest.raises(NotYourEvent):
        commands.go_on(challenge_id=challenge.pk, to="closed", actor_id=m.operator.pk, at=AT)
    assert Challenge.objects.get().status == "collecting"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"), ({"rules": " "}, "rules"), ({"region": "99"}, "region"),
        ({"publish_date": date(2026, 2, 1)}, "publish_date"),
        ({"close_date": date(2026, 5, 9)}, "close_date"),
    ],
)  # fmt: skip
def test_a_call_that_does_not_hold_together_is_refused_at_its_field(wrong, field):
    m = market()

    with pytest.raises(commands.CallWrong) as refusal:
        commands.open_challenge(content=call(**wrong), actor_id=m.operator.pk, at=AT)
    assert set(refusal.value.problems) == {field}


def test_an_enterprise_puts_its_own_published_need_in_once():
    m = market()
    challenge = ChallengeFactory()
    put = {"challenge_id": challenge.pk, "at": AT}

    need = needs.put_in(demand_id=m.demand.pk, actor_id=m.buyer.pk, **put)

    assert (need.number, need.title, need.organisation) == (1, m.demand.title, m.company)
    for actor, demand in (
        (m.buyer, m.demand),
        (m.outsider, m.demand),
        (m.buyer, DemandFactory(owner=m.company, status="draft")),
        (m.buyer, DemandFactory(owner=m.company, confidentiality="core")),
    ):
        with pytest.raises(needs.CannotBePutIn):
            needs.put_in(demand_id=demand.pk, actor_id=actor.pk, **put)
    Challenge.objects.update(status="published")
    late = DemandFactory(owner=m.company)
    with pytest.raises(needs.NotCollecting):
        needs.put_in(demand_id=late.pk, actor_id=m.buyer.pk, **put)
    assert Need.objects.count() == 1


def test_a_list_comes_in_as_needs_without_a_demand():
    m = market()
    challenge = ChallengeFactory()
    load = {"challenge_id": challenge.pk, "at": AT}
    listed = [*ROWS, ListedNeed("批间波动", "电导率", "示例电池", m.company.uscc)]

    made = needs.load(rows=listed, actor_id=challenge.opened_by.pk, **load)
    work()

    assert [(n.number, n.demand, n.confirmed_at) for n in made] == [
        (1, None, None), (2, None, None), (3, None, None),
    ]  # fmt: skip
    assert made[2].organisation == m.company
    told = Notification.objects.get(kind="outreach.challenge.list_loaded")
    assert told.membership == m.buyer
    for rows in (
        [],
        ROWS,
        [ListedNeed("同名", "甲"), ListedNeed("同 名", "乙")],
        [ListedNeed("", "x")],
    ):
        with pytest.raises(needs.BadList):
            needs.load(rows=rows, actor_id=challenge.opened_by.pk, **load)
    with pytest.raises(NotYourEvent):
        needs.load(rows=ROWS, actor_id=m.operator.pk, **load)
    assert Need.objects.count() == 3


def test_whoever_has_a_listed_need_confirms_it_once():
    m = market()
    need = NeedFactory(organisation=m.company)
    other = NeedFactory(challenge=need.challenge, organisation=m.company)
    confirm = {"actor_id": m.buyer.pk, "at": AT}

    written = needs.confirm(need_id=need.pk, **confirm)
    known = needs.confirm(need_id=other.pk, demand_id=m.demand.pk, **confirm)

    assert (written.demand.status, written.demand.title) == ("draft", need.title)
    assert known.demand == m.demand
    with pytest.raises(needs.ConfirmedAlready):
        needs.confirm(need_id=need.pk, **confirm)
    third = NeedFactory(challenge=need.challenge)
    for actor in (m.buyer, m.outsider):
        with pytest.raises(NotFound):
            needs.confirm(need_id=third.pk, actor_id=actor.pk, at=AT)
    with pytest.raises(needs.NotYourNeed):
        needs.confirm(need_id=third.pk, actor_id=third.challenge.opened_by.pk, at=AT)
    assert Demand.objects.filter(title=need.title).count() == 1


def test_what_is_not_published_is_seen_by_the_organiser_and_its_owner_alone():
    m = market()
    hidden = NeedFactory(organisation=m.company)
    chosen = NeedFactory(challenge=hidden.challenge, status="published")

    def seen(actor):
        return set(queries.visible_needs(actor=actor))

    assert seen(hidden.challenge.opened_by) == {hidden, chosen}
    assert seen(m.auditor) == {hidden, chosen}
    assert seen(m.buyer) == {hidden}
    assert seen(m.outsider) == seen(None) == set()
    Challenge.objects.update(status="published")
    assert seen(m.outsider) == seen(None) == {chosen}


def test_a_need_is_shown_to_nobody_who_may_not_see_its_demand():
    m = market()
    behind = DemandFactory(owner=m.company, confidentiality="members")
    need = NeedFactory(
        status="published", challenge__status="published", demand=behind, confirmed_at=AT,
        organisation=m.company,
    )  # fmt: skip
    organiser = need.challenge.opened_by
    assert not queries.visible_needs(actor=None).exists()
    assert queries.visible_needs(actor=m.outsider).get() == need

    Demand.objects.filter(pk=behind.pk).update(confidentiality="core")
    Need.objects.update(put_in_by=m.buyer)
    officer = MembershipFactory(role=Role.MEMBER_PLATFORM, organisation=organiser.organisation)

    assert not queries.visible_needs(actor=officer).exists()
    assert queries.visible_needs(actor=m.buyer).get() == need


def test_needs_are_chosen_and_left_out_with_a_reason():
    need = NeedFactory()
    other = NeedFactory(challenge=need.challenge)
    who = {"actor_id": need.challenge.opened_by.pk, "at": AT}

    needs.choose(challenge_id=need.challenge.pk, need_ids=[need.pk], **who)

    with pytest.raises(needs.NotOfThisChallenge):
        needs.choose(challenge_id=need.challenge.pk, need_ids=[need.pk, other.pk], **who)
    with pytest.raises(needs.NotOfThisChallenge):
        needs.choose(challenge_id=need.challenge.pk, need_ids=[NeedFactory().pk], **who)
    needs.leave_out(need_id=other.pk, reason="与新材料无关", **who)
    statuses = dict(need.challenge.needs.values_list("pk", "status"))
    assert statuses == {need.pk: "published", other.pk: "left_out"}


def open_need(**fields):
    return NeedFactory(status="published", challenge__status="proposing", **fields)


def offer(need, achievement, actor):
    return proposals.offer(
        need_id=need.pk, achievement_id=achievement.pk, words="可供样", actor_id=actor.pk, at=AT
    )


def test_an_owner_offers_a_result_and_the_need_hears_of_it():
    m = market()
    need = open_need(organisation=m.company)

    made = offer(need, m.achievement, m.tto)
    work()

    told = set(Notification.objects.values_list("membership_id", flat=True))
    assert told == {m.buyer.pk, need.challenge.opened_by.pk}
    for actor, sees in ((m.buyer, 1), (m.tto, 1), (m.outsider, 0), (m.auditor, 1), (m.operator, 0)):
        assert queries.visible_proposals(actor=actor).count() == sees
    assert made.status == "offered"


@pytest.mark.parametrize("who", ["colleague", "buyer", "operator", "manager"])
def test_nobody_offers_what_they_do_not_speak_for(who):
    m = market()

    with pytest.raises(proposals.CannotBeOffered):
        offer(open_need(), m.achievement, getattr(m, who))
    assert not Proposal.objects.exists()


def test_a_result_the_need_may_not_see_a_second_time_or_too_late_is_not_offered():
    m = market()
    need = open_need()
    offer(need, m.achievement, m.tto)

    core = AchievementFactory(owner=m.university, confidentiality="core")
    for result in (m.achievement, core, AchievementFactory(owner=m.university, status="draft")):
        with pytest.raises(proposals.CannotBeOffered):
            offer(need, result, m.tto)
    fresh = AchievementFactory(owner=m.university)
    Challenge.objects.update(status="signing")
    with pytest.raises(proposals.NotTaking):
        offer(need, fresh, m.tto)
    own = open_need(organisation=m.university)
    with pytest.raises(proposals.OwnNeed):
        offer(own, fresh, m.tto)


def test_a_proposal_goes_to_its_signature_with_an_amount():
    m = market()
    proposal = ProposalFactory(achievement=m.achievement, need=open_need(organisation=m.company))
    host, on = proposal.need.challenge.opened_by, {"proposal_id": proposal.pk, "at": AT}

    with pytest.raises(proposals.NotYourProposal):
        proposals.take_on(to="matched", actor_id=m.tto.pk, **on)
    with pytest.raises(NotFound):
        proposals.take_on(to="matched", actor_id=m.outsider.pk, **on)
    with pytest.raises(MoveNotAllowed):
        proposals.take_on(to="signed", actor_id=host.pk, **on)
    proposals.take_on(to="matched", actor_id=host.pk, **on)
    with pytest.raises(proposals.ProposalIncomplete):
        proposals.take_on(to="intended", actor_id=m.buyer.pk, **on)
    proposals.take_on(to="intended", words="先供样两批", actor_id=m.buyer.pk, **on)
    with pytest.raises(proposals.ProposalIncomplete) as refusal:
        proposals.take_on(to="signed", actor_id=m.buyer.pk, **on)
    assert set(refusal.value.problems) == {"signed_fen", "signed_date"}
    done = proposals.take_on(
        to="signed", signed_fen=80_000_000, signed_date=date(2026, 6, 9), actor_id=m.buyer.pk, **on
    )

    assert (done.status, done.signed_fen) == ("signed", 80_000_000)
    names = Event.objects.filter(name__startswith="outreach.proposal").order_by("id")
    assert [n.rpartition(".")[2] for n in names.values_list("name", flat=True)] == [
        "matched", "intended", "signed",
    ]  # fmt: skip


def test_the_funnel_counts_each_step_of_the_one_before():
    """R-OUT-13: what was declined after the sides had met stays counted as brought together."""
    challenge = ChallengeFactory(status="matching")
    NeedFactory(challenge=challenge)
    chosen = NeedFactory.create_batch(2, challenge=challenge, status="published")
    NeedFactory(challenge=challenge, status="left_out", left_out_reason="重复")
    ProposalFactory(need=chosen[0])
    ProposalFactory(need=chosen[0], status="declined", matched_at=AT, declined_reason="价格")
    ProposalFactory(
        need=chosen[0], status="signed", matched_at=AT, intended_at=AT, signed_fen=2_800_000,
        signed_date=date(2026, 6, 9),
    )  # fmt: skip

    assert queries.funnel(challenge) == queries.Funnel(
        collected=4, published=2, answered=1, proposals=3, matched=2, intended=1, signed=1,
        signed_fen=2_800_000,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_who_put_a_need_in_at_once_get_two_numbers():
    challenge = ChallengeFactory()
    demands = DemandFactory.create_batch(2)

    outcomes = race(
        *(
            lambda d=d: needs.put_in(
                challenge_id=challenge.pk, demand_id=d.pk, actor_id=d.posted_by.pk, at=AT
            )
            for d in demands
        )
    )

    assert sorted(need.number for need in outcomes) == [1, 2]


def test_everything_collected_is_chosen_at_once_by_the_organiser_alone():
    host = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)
    challenge = ChallengeFactory(organiser=host.organisation, opened_by=host)
    made = NeedFactory.create_batch(3, challenge=challenge)
    out = NeedFactory(challenge=challenge, status="left_out", left_out_reason="重复")
    stranger = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)

    with pytest.raises(NotYourEvent):
        needs.choose_all(challenge_id=challenge.pk, actor_id=stranger.pk, at=AT)
    chosen = needs.choose_all(challenge_id=challenge.pk, actor_id=host.pk, at=AT)

    assert {need.pk for need in chosen} == {need.pk for need in made}
    assert set(challenge.needs.filter(status="published")) == set(made)
    out.refresh_from_db()
    assert out.status == "left_out"
    with pytest.raises(needs.NotOfThisChallenge):
        needs.choose_all(challenge_id=challenge.pk, actor_id=host.pk, at=AT)


def test_a_listed_need_waits_for_its_organisation_until_it_is_confirmed():
    m = market()
    need = NeedFactory(
        challenge=ChallengeFactory(), demand=None, from_list=True, organisation=m.company
    )

    assert list(queries.needs_to_confirm(actor=m.buyer)) == [need]
    assert list(queries.needs_to_confirm(actor=m.tto)) == []
    needs.confirm(need_id=need.pk, actor_id=m.buyer.pk, at=AT)
    assert list(queries.needs_to_confirm(actor=m.buyer)) == []


def test_a_proposal_waits_for_the_organiser_until_it_is_taken_further():
    host = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)
    challenge = ChallengeFactory(organiser=host.organisation, opened_by=host, status="matching")
    one = ProposalFactory(need=NeedFactory(challenge=challenge, status="published"))
    other = MembershipFactory(role=Role.TECHNOLOGY_MANAGER)

    assert list(queries.proposals_to_take_on(actor=host)) == [one]
    assert list(queries.proposals_to_take_on(actor=other)) == []
    proposals.take_on(proposal_id=one.pk, to="matched", words="", signed_fen=None,
                      signed_date=None, actor_id=host.pk, at=AT)  # fmt: skip
    assert list(queries.proposals_to_take_on(actor=host)) == []
