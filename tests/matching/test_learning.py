"""R-MATCH-20…22: what becomes of leads is noted in numbers, learnt from, and used only when proven."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import IntegrityError

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands as leads
from pilotharbor.matching import commands, index, queries, tasks
from pilotharbor.matching.engine import grades, learning, rerank
from pilotharbor.matching.engine.rerank import Evidence, Held, Model
from pilotharbor.matching.kinds import ACHIEVEMENT, LINE
from pilotharbor.matching.models import Outcome, RankingModel
from tests.conftest import AT
from tests.factories.leads import brought_to, exchange, log, opened
from tests.factories.parties import OrganisationFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, market
from tests.factories.worker import work
from tests.matching.engine import planted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def m():
    made = exchange()
    index.rebuild()
    return made


def grade():
    return Outcome.objects.values_list("grade", flat=True).first()


def test_each_step_of_a_lead_is_noted_and_the_furthest_counts(m):
    lead = opened(m)
    work()
    assert grade() == grades.OPENED
    seen = Outcome.objects.get().signals

    brought_to(lead, "contacted", m.manager)
    work()
    assert grade() == grades.CONTACTED
    brought_to_met(lead, m)
    work()
    assert grade() == grades.MET
    # How the find looked is kept as it was at first.
    assert Outcome.objects.get().signals == seen


def brought_to_met(lead, m):
    log(lead, m.manager, kind="meeting", words="在企业见面")
    leads.move(lead_id=lead.pk, to="met", actor_id=m.manager.pk, at=AT)


def lost(lead, m, reason):
    leads.lose(lead_id=lead.pk, reason=reason, words="说明", actor_id=m.manager.pk, at=AT)


@pytest.mark.parametrize("reason", ["price", "maturity", "not_exclusive", "rights"])
def test_a_loss_that_tells_of_the_fit_is_a_refusal(m, reason):
    lead = opened(m)
    work()

    lost(lead, m, reason)
    work()

    assert grade() == grades.REFUSED


def test_a_loss_for_another_reason_is_no_example(m):
    lead = opened(m)
    work()
    assert Outcome.objects.exists()
    telling = {"price", "maturity", "not_exclusive", "rights", "other"}
    other = next(r for r in type(lead).LostReason.values if r and r not in telling)

    lost(lead, m, other)
    work()

    assert not Outcome.objects.exists()


def test_a_lead_of_one_side_teaches_nothing(m):
    opened(m, demand_id=m.demand.pk)
    work()

    assert not Outcome.objects.exists()


def note(achievement, demand, got, at=AT):
    commands.note_outcome(achievement_id=achievement.pk, demand_id=demand.pk, grade=got, at=at)


def test_an_outcome_only_goes_on_until_it_is_refused_or_taken_out(m):
    for got, kept in ((1, 1), (3, 3), (2, 3), (0, 0), (4, 4), (None, None), (None, None), (2, 2)):
        note(m.achievement, m.demand, got)
        assert grade() == kept


def test_of_what_is_not_on_the_market_nothing_is_noted(m):
    draft = AchievementFactory(status="draft", published_at=None)
    note(draft, m.demand, 2)
    commands.note_outcome(achievement_id=0, demand_id=m.demand.pk, grade=2, at=AT)
    commands.note_outcome(achievement_id=m.achievement.pk, demand_id=0, grade=2, at=AT)

    assert not Outcome.objects.exists()
    assert queries.signals_of(achievement_id=draft.pk, demand_id=m.demand.pk, at=AT) is None


@pytest.mark.parametrize("got", [-1, 5])
def test_what_is_no_grade_is_refused(m, got):
    with pytest.raises(IntegrityError):
        note(m.achievement, m.demand, got)


def test_a_find_is_noted_in_shares_between_nothing_and_one(m):
    note(m.achievement, m.demand, 1)

    signals = Outcome.objects.get().signals
    assert set(signals) == set(rerank.NAMES)
    assert all(isinstance(value, float | int) and 0 <= value <= 1 for value in signals.values())
    assert signals["base"] == signals["words"] == signals["shown"] == 1


def test_too_little_is_not_learnt_from(m):
    note(m.achievement, m.demand, 4)

    assert commands.learn(at=AT) is None
    assert tasks.learn(timestamp=0) is False
    assert not RankingModel.objects.exists()
    assert not Event.objects.filter(name__startswith="matching.ranking").exists()


def plenty(seed=1):
    """Outcomes of leads in which people went by more than the base."""
    m = market()
    result = m.achievement
    needs, owners, made = {}, {}, []
    for place, example in enumerate(planted.outcomes(seed)):
        owner = owners.setdefault(example.organisation, None) or OrganisationFactory()
        owners[example.organisation] = owner
        if example.need not in needs:
            needs[example.need] = DemandFactory.build(owner=owner, posted_by=m.buyer)
            needs[example.need].save()
        results = made[place % planted.FINDS].achievement if place >= planted.FINDS else None
        made.append(
            Outcome(
                achievement=results or AchievementFactory(owner=m.university, disclosed_by=m.inventor),
                demand=needs[example.need], grade=example.grade, signals=plain(example.looks),
                noted_at=AT,
            )
        )  # fmt: skip
    Outcome.objects.bulk_create(made)
    m.result = result
    return m


def plain(signals):
    return {name: float(value) for name, value in asdict(signals).items()}


def test_what_is_learnt_is_proven_kept_in_numbers_and_used_at_once():
    m = plenty()

    made = commands.learn(at=AT)

    assert made.accepted
    assert made.in_use
    event = Event.objects.get(name="matching.ranking.learnt")
    assert event.facts == {"accepted": True, "in_use": True}
    kept = json.loads(made.text)
    assert set(kept) == {"version", "weights", "centre", "evidence"}
    # No text, no name and no organisation: words are those of the signals alone.
    assert set(kept["weights"]) == set(rerank.TERMS)
    assert strings(kept) == {AT.isoformat()}
    assert m.university.name not in made.text
    assert made.text == rerank.dumps(learning.learn(queries.examples(), AT.isoformat()))


def strings(said):
    if isinstance(said, dict):
        return {one for value in said.values() for one in strings(value)}
    return {said} if isinstance(said, str) else set()


def test_which_organisations_and_needs_they_were_cannot_be_read_out_of_a_model():
    renumbered = [
        learning.Example(e.need + 70_000, e.organisation + 900, e.looks, e.grade)
        for e in planted.outcomes(1)
    ]

    text = rerank.dumps(learning.learn(renumbered, "x"))

    weights = json.loads(text)["weights"]
    same = json.loads(rerank.dumps(learning.learn(planted.outcomes(1), "x")))["weights"]
    assert weights == pytest.approx(same, abs=0.002)


def test_without_news_nothing_is_learnt_again_and_the_switch_is_kept():
    m = plenty()
    first = commands.learn(at=AT)
    assert commands.learn(at=AT + timedelta(days=1)) is None
    commands.switch_learning(on=False, actor_id=m.operator.pk, at=AT)

    Outcome.objects.filter(pk=Outcome.objects.first().pk).update(noted_at=AT + timedelta(hours=1))
    second = commands.learn(at=AT + timedelta(days=1))

    assert second.pk != first.pk
    assert (second.accepted, second.switched_on, second.in_use) == (True, False, False)
    assert not RankingModel.objects.filter(in_use=True).exists()


def kept(*, accepted=True, in_use=True, text=None, met=4.0, at=AT):
    """A model that goes by figures met, as it would be kept."""
    held = Held(80, 0.6, 0.7, 0.05 if accepted else -0.05, 0.2)
    evidence = Evidence(at.isoformat(), 640, 80, 8, 900, 5, 0.125, 0.1, held, held)
    weights = tuple(
        met if term == "met" else 2.0 if term == "base" else 0.0 for term in rerank.TERMS
    )
    model = Model(weights, 0.0, evidence)
    return RankingModel.objects.create(
        text=rerank.dumps(model) if text is None else text, learnt_at=at, accepted=accepted,
        in_use=in_use and accepted,
    )  # fmt: skip


def test_only_those_who_oversee_the_harbour_switch(m):
    kept()
    for name in ("buyer", "tto", "manager", "auditor", "expert", "official"):
        for on in (False, True):
            with pytest.raises(commands.NotYoursToSwitch):
                commands.switch_learning(on=on, actor_id=getattr(m, name).pk, at=AT)

    assert RankingModel.objects.get().in_use
    assert not Event.objects.filter(name__startswith="matching.ranking").exists()


def test_it_is_switched_off_and_on_again_by_the_newest(m):
    with pytest.raises(NotFound):
        commands.switch_learning(on=True, actor_id=m.operator.pk, at=AT)
    old = kept()
    RankingModel.objects.update(in_use=False)
    new = kept(met=3.0)

    commands.switch_learning(on=False, actor_id=m.operator.pk, at=AT)
    assert not RankingModel.objects.filter(in_use=True).exists()
    commands.switch_learning(on=True, actor_id=m.operator.pk, at=AT)

    assert list(RankingModel.objects.filter(in_use=True)) == [new]
    assert old.pk != new.pk
    names = Event.objects.filter(name__startswith="matching.ranking").order_by("pk")
    assert list(names.values_list("name", flat=True)) == [
        "matching.ranking.switched_off", "matching.ranking.switched_on",
    ]  # fmt: skip


def test_what_is_not_proven_is_not_switched_on(m):
    kept(accepted=False)

    with pytest.raises(commands.NotProven):
        commands.switch_learning(on=True, actor_id=m.operator.pk, at=AT)
    assert not RankingModel.objects.filter(in_use=True).exists()


def test_the_database_itself_refuses_to_use_what_is_not_proven():
    one = kept(accepted=False)
    with pytest.raises(IntegrityError):
        RankingModel.objects.filter(pk=one.pk).update(in_use=True)


@pytest.fixture
def rivals(m):
    """A need, the result that says most of its words, and one that meets its figure."""
    need = DemandFactory(
        owner=m.company,
        posted_by=m.buyer,
        title="钠离子正极材料",
        summary="钠离子正极，收率不低于80%。",
    )
    wordy = AchievementFactory(title="钠离子正极材料", summary="一种钠离子正极，收率达到70%。")
    meets = AchievementFactory(title="钠离子正极材料", summary="一种钠离子正极，收率达到92%。")
    index.fill_gaps()
    return need, wordy, meets


def titles(need, m, **more):
    found = queries.candidates(entry=need, actor=m.buyer, **more)
    return [hit.entry for hit in found.hits], found.learnt


def test_finds_are_moved_only_by_a_proven_model_in_use_and_it_is_said(m, rivals):
    need, wordy, meets = rivals
    base, learnt = titles(need, m)
    assert base[:2] == [wordy, meets]
    assert learnt is False

    made = kept()
    assert titles(need, m) == ([meets, wordy, *base[2:]], True)
    assert titles(need, m, limit=1) == ([meets], True)

    commands.switch_learning(on=False, actor_id=m.operator.pk, at=AT)
    assert titles(need, m) == (base, False)
    assert made.accepted


def test_what_else_may_fit_is_not_moved(m, rivals):
    kept()
    need, *_ = rivals

    assert titles(need, m, kind=LINE)[1] is False
    assert queries.find(text=need.title, actor=m.buyer, kind=ACHIEVEMENT).learnt is False


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"version": 0}', '{"version": 1}'])
def test_a_broken_model_is_ignored(m, rivals, text):
    need, wordy, meets = rivals
    kept(text=text)

    assert titles(need, m)[0][:2] == [wordy, meets]
    assert titles(need, m)[1] is False


def test_a_model_whose_evidence_does_not_carry_it_is_ignored(m, rivals):
    """Kept by hand as proven, while what it says of itself does not prove it."""
    need, wordy, meets = rivals
    other = kept(accepted=False).text
    RankingModel.objects.all().delete()
    kept(text=other)

    found, learnt = titles(need, m)
    assert (found[:2], learnt) == ([wordy, meets], False)


def test_scores_stay_between_nothing_and_the_best(m, rivals):
    kept()
    found = queries.candidates(entry=rivals[0], actor=m.buyer).hits

    assert found[0].score_bp == 10_000
    assert [hit.score_bp for hit in found] == sorted((h.score_bp for h in found), reverse=True)
    assert all(0 <= hit.score_bp <= 10_000 for hit in found)
