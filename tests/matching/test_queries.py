import pytest
from django.db import connection

from pilotharbor.kernel import feeder
from pilotharbor.kernel.models import Event
from pilotharbor.matching import index, queries
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.index import ACHIEVEMENT
from pilotharbor.matching.models import IndexEntry, Match
from pilotharbor.technologies import commands as technologies
from pilotharbor.technologies.models import Achievement, Reader
from tests.conftest import AT
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market

pytestmark = pytest.mark.django_db(transaction=True)


def titles(text, actor=None, **kwargs):
    return [h.entry.title for h in queries.search(text=text, actor=actor, **kwargs)]


@pytest.fixture
def m():
    made = market(keywords=["固态电池", "硫化物电解质"])
    AchievementFactory(title="抗体纯化工艺", summary="纯度达到99.6%的层析工艺。")
    index.rebuild()
    return made


def test_search_puts_the_best_answer_first_and_says_why(m):
    hits = queries.search(text="硫化物电解质", actor=None)

    assert [h.entry for h in hits] == [m.achievement, m.demand]
    assert hits[0].score_bp > hits[1].score_bp
    assert hits[0].phrases == ["硫化物电解质"]
    assert "硫化物" in hits[0].snippet


def test_search_finds_traditional_characters_and_one_kind_only(m):
    assert titles("固態電解質", kind=ACHIEVEMENT) == [m.achievement.title]
    assert titles("抗体纯化") == ["抗体纯化工艺"]
    assert titles("完全无关") == []


def test_a_word_is_found_whatever_the_planner_remembers_of_an_older_index():
    AchievementFactory.create_batch(2, title="硫化物电解质")
    AchievementFactory.create_batch(8)
    index.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE matching_indexentry")
        cursor.execute("TRUNCATE matching_indexentry")
    Achievement.objects.exclude(title="硫化物电解质").delete()
    index.rebuild()

    assert titles("硫化物") == ["硫化物电解质", "硫化物电解质"]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "'", "\\", "a' | 'b", "!!:*&()<->", "\x00", "%", "电" * 10_000, "x " * 5000, "🚢", "ﷺ" * 99,
     "' & !'", "\ud800", "1" * 9999],
)  # fmt: skip
def test_no_query_is_too_strange(m, text):
    assert isinstance(queries.search(text=text, actor=None), list)


@pytest.mark.parametrize(
    ("level", "finders"),
    [
        ("public", {"public", "inventor", "outsider", "operator", "expert", "administrator"}),
        ("members", {"inventor", "outsider", "operator"}),
        ("nda", {"inventor", "outsider", "operator"}),
        ("project", {"inventor", "outsider", "operator"}),
        ("core", {"inventor", "operator"}),
    ],
)
def test_what_may_not_be_seen_is_not_found(m, level, finders):
    Achievement.objects.filter(pk=m.achievement.pk).update(confidentiality=level)
    IndexEntry.objects.all().delete()
    index.rebuild()

    found = {
        name
        for name in ("public", "inventor", "outsider", "operator", "expert", "administrator")
        if m.achievement.title in titles("硫化物", None if name == "public" else getattr(m, name))
    }

    assert found == finders


def test_the_index_lagging_behind_shows_nothing_that_was_closed_meanwhile(m):
    Achievement.objects.filter(pk=m.achievement.pk).update(confidentiality="core")

    assert m.achievement.title not in titles("硫化物", m.outsider)


def test_the_title_of_a_hidden_entry_does_not_push_others_out(m):
    for _ in range(5):
        AchievementFactory(title="硫化物 硫化物 硫化物", confidentiality="core")
    IndexEntry.objects.all().delete()
    index.rebuild()

    assert titles("硫化物", limit=1) == [m.achievement.title]


def test_the_detail_is_not_searched(m):
    assert titles("烧结温度", m.inventor) == []


def test_an_expert_finds_what_was_given_for_judging_without_its_owner(m):
    Achievement.objects.filter(pk=m.achievement.pk).update(confidentiality="core")
    IndexEntry.objects.all().delete()
    index.rebuild()
    let_in(m.achievement, m.expert, Reader.Via.BLIND)

    (hit,) = queries.search(text="硫化物", actor=m.expert, kind=ACHIEVEMENT)

    assert hit.blind


def test_candidates_come_with_figures_met_and_unmet(m):
    need = DemandFactory(title="抗体纯化", summary="纯度不低于99.5%，收率不低于80%。")

    (hit,) = queries.candidates_for_demand(demand=need, actor=m.buyer)

    assert [(f.attribute, f.outcome) for f in hit.figures] == [("纯度", "met"), ("收率", "unknown")]
    assert hit.reasons[0]["kind"] == "figure"
    assert {"kind": "phrase", "text": "抗体纯化"} in hit.reasons
    assert [
        h.entry for h in queries.candidates_for_achievement(achievement=m.achievement, actor=None)
    ] == [m.demand]


def test_the_index_follows_what_is_published_revised_and_withdrawn(m):
    IndexEntry.objects.all().delete()
    draft = AchievementFactory(status="draft", published_at=None, title="钠离子电池")
    technologies.submit(achievement_id=draft.pk, actor_id=draft.disclosed_by_id, at=AT)
    office = MembershipFactory(organisation=draft.owner, role="tto_officer")
    feeder.drain()
    assert titles("钠离") == []

    technologies.publish(achievement_id=draft.pk, actor_id=office.pk, at=AT)
    feeder.drain()
    assert titles("钠离") == ["钠离子电池"]

    technologies.revise(
        achievement_id=draft.pk, content={"title": "镁离子电池"}, actor_id=office.pk, at=AT
    )
    feeder.drain()
    assert (titles("钠离"), titles("镁离")) == ([], ["镁离子电池"])

    technologies.withdraw(achievement_id=draft.pk, actor_id=office.pk, at=AT)
    feeder.drain()
    assert titles("镁离") == []
    assert IndexEntry.objects.get(object_id=draft.pk, kind=ACHIEVEMENT).text == ""


def test_an_older_event_never_overwrites_a_newer_one(m):
    entry = IndexEntry.objects.get(kind=ACHIEVEMENT, object_id=m.achievement.pk)
    older = (
        ACHIEVEMENT, m.achievement.pk, "旧题", " 旧题 ", "旧题", 1, "public", "published",
        m.university.pk, entry.event_id - 1, "旧题", "",
    )  # fmt: skip

    index.write([older])

    assert IndexEntry.objects.get(pk=entry.pk).title == m.achievement.title


def test_reflecting_the_same_events_again_changes_nothing(m):
    technologies.withdraw(achievement_id=m.achievement.pk, actor_id=m.inventor.pk, at=AT)
    events = list(Event.objects.all())
    index.reflect(events=events)
    before = list(IndexEntry.objects.order_by("pk").values())

    index.reflect(events=events)

    assert list(IndexEntry.objects.order_by("pk").values()) == before


def test_search_asks_the_same_number_of_questions_for_one_hit_and_for_three(m):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.search(text="抗体", actor=m.outsider)
        return len(captured)

    one = asked()
    AchievementFactory.create_batch(2, title="抗体")
    index.rebuild()

    assert len(titles("抗体", m.outsider)) == 3
    assert asked() == one


def test_who_sees_a_match():
    m = market()
    match = Match.objects.create(
        achievement=m.achievement, demand=m.demand, score_bp=1, proposed_by=m.manager,
        proposed_at=AT,
    )  # fmt: skip

    def seen(actor):
        return queries.visible_matches(actor=actor).filter(pk=match.pk).exists()

    names = ("inventor", "colleague", "tto", "buyer", "outsider", "manager", "advisor", "operator",
             "expert", "auditor", "administrator")  # fmt: skip
    assert {name for name in names if seen(getattr(m, name))} == {
        "inventor", "colleague", "tto", "buyer", "manager", "operator", "auditor",
    }  # fmt: skip
    assert not seen(None)
    let_in(m.achievement, m.advisor)
    assert seen(m.advisor)


def test_candidates_without_a_reason_or_far_behind_the_best_are_left_out():
    def hit(score_bp, *phrases, figures=()):
        return queries.Hit(
            entry=None, kind="demand", score_bp=score_bp, snippet="",
            phrases=list(phrases), figures=list(figures), blind=False,
        )  # fmt: skip

    unmet = Figure("纯度", "≥ 99.5 %", "99.4 %", "unmet")
    unknown = Figure("纯度", "≥ 99.5 %", None, "unknown")
    best, near, far = hit(2000, "电解质"), hit(400, "收率"), hit(399, "收率")

    kept = queries.worth_showing(
        [best, near, far, hit(1900), hit(1900, figures=[unknown]), hit(1000, figures=[unmet])]
    )

    assert kept == [best, near, hit(1000, figures=[unmet])]
    assert queries.worth_showing([]) == []
