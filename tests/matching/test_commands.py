import pytest

from pilotharbor.kernel import feeder
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.matching import commands
from pilotharbor.matching.models import Match
from pilotharbor.parties.models import Notification
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.models import Achievement
from tests.conftest import AT
from tests.factories.race import race
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)


def propose(m, actor):
    return commands.propose(
        achievement_id=m.achievement.pk, demand_id=m.demand.pk, actor_id=actor.pk, at=AT
    )


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_propose_keeps_the_score_and_the_reasons():
    m = market()

    match = propose(m, m.manager)

    assert match.status == "proposed"
    assert 0 < match.score_bp <= 10_000
    assert {"kind": "phrase", "text": "固态电解质"} in match.reasons
    event = Event.objects.get(name="matching.match.proposed")
    assert event.facts == {
        "achievement_id": m.achievement.pk, "demand_id": m.demand.pk, "score_bp": match.score_bp,
    }  # fmt: skip


@pytest.mark.parametrize(
    "who", ["outsider", "expert", "auditor", "administrator", "advisor", "colleague"]
)
def test_strangers_propose_nothing(who):
    m = market()

    with pytest.raises(commands.NotYourMatch):
        propose(m, getattr(m, who))

    assert not Match.objects.exists()
    assert not Event.objects.exists()


def test_what_one_may_not_see_is_not_found():
    m = market(confidentiality="core")

    with pytest.raises(NotFound):
        propose(m, m.buyer)


def test_only_what_is_published_is_matched():
    m = market(status="draft", published_at=None)

    with pytest.raises(commands.NotOnTheMarket):
        propose(m, m.operator)


def test_the_same_two_are_proposed_once_until_declined():
    m = market()
    first = propose(m, m.buyer)

    with pytest.raises(commands.AlreadyMatched):
        propose(m, m.tto)
    commands.decline(match_id=first.pk, reason="价格不合", actor_id=m.tto.pk, at=AT)
    again = propose(m, m.tto)

    assert again.pk != first.pk
    assert names() == [f"matching.match.{v}" for v in ("proposed", "declined", "proposed")]


@pytest.mark.parametrize(
    ("proposer", "answerers"),
    [
        ("buyer", {"inventor", "tto"}),
        ("tto", {"buyer"}),
        ("inventor", {"buyer"}),
        ("manager", {"inventor", "tto", "buyer"}),
        ("operator", {"inventor", "tto", "buyer"}),
    ],
)
def test_the_side_that_did_not_propose_accepts(proposer, answerers):
    m = market()
    match = propose(m, getattr(m, proposer))
    able = set()
    for name in (
        "inventor",
        "colleague",
        "tto",
        "buyer",
        "outsider",
        "manager",
        "operator",
        "auditor",
    ):
        try:
            commands.accept(match_id=match.pk, actor_id=getattr(m, name).pk, at=AT)
        except (commands.NotYourMatch, NotFound):
            continue
        able.add(name)
        Match.objects.update(status="proposed")

    assert able == answerers


def test_an_accepted_match_stays():
    m = market()
    match = propose(m, m.manager)
    commands.accept(match_id=match.pk, actor_id=m.buyer.pk, at=AT)

    with pytest.raises(MoveNotAllowed):
        commands.decline(match_id=match.pk, reason="后悔", actor_id=m.buyer.pk, at=AT)
    with pytest.raises(MoveNotAllowed):
        commands.accept(match_id=match.pk, actor_id=m.buyer.pk, at=AT)


@pytest.mark.parametrize("reason", ["", " ", "长" * 501])
def test_declining_wants_a_reason_and_a_party(reason):
    m = market()
    match = propose(m, m.manager)

    with pytest.raises(commands.ReasonMissing):
        commands.decline(match_id=match.pk, reason=reason, actor_id=m.buyer.pk, at=AT)
    with pytest.raises(commands.NotYourMatch):
        commands.decline(match_id=match.pk, reason="不合", actor_id=m.operator.pk, at=AT)
    with pytest.raises(NotFound):
        commands.decline(match_id=match.pk, reason="不合", actor_id=m.outsider.pk, at=AT)

    assert Match.objects.get().status == "proposed"


def test_the_proposer_may_take_it_back():
    m = market()
    match = propose(m, m.manager)

    commands.decline(match_id=match.pk, reason="重复", actor_id=m.manager.pk, at=AT)

    assert Match.objects.get().declined_reason == "重复"


def test_both_sides_hear_of_a_proposal_and_its_author_does_not():
    m = market()
    propose(m, m.buyer)

    feeder.drain()

    told = Notification.objects.filter(kind="matching.match.proposed")
    assert {n.person_id for n in told} == {m.inventor.person_id, m.tto.person_id}


def test_of_two_simultaneous_proposals_exactly_one_wins():
    m = market()

    outcomes = race(lambda: propose(m, m.manager), lambda: propose(m, m.operator))

    assert sorted(type(o).__name__ for o in outcomes) == ["AlreadyMatched", "Match"]
    assert Match.objects.count() == 1


def test_withdrawing_while_it_is_matched_leaves_one_truth():
    m = market()

    race(
        lambda: propose(m, m.manager),
        lambda: technologies.withdraw(
            achievement_id=m.achievement.pk, actor_id=m.inventor.pk, at=AT
        ),
    )

    order = names()
    assert Achievement.objects.get().status == "withdrawn"
    if "matching.match.proposed" in order:
        assert order.index("matching.match.proposed") < order.index(
            "technologies.achievement.withdrawn"
        )
