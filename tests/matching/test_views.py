"""Pages: candidates with tabs and filters, a match with its reasons, the index, subscriptions."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pilotharbor.matching import commands, index
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.kinds import ACHIEVEMENT
from pilotharbor.matching.models import Subscription
from pilotharbor.matching.templatetags import matching as tags
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Achievement, Demand, IpAsset
from tests.conftest import AT
from tests.factories.facilities import EquipmentFactory, LineFactory
from tests.factories.parties import MembershipFactory
from tests.factories.scenarios import ScenarioFactory
from tests.factories.technologies import AchievementFactory, DemandFactory, let_in, market

pytestmark = pytest.mark.django_db(transaction=True)
HAN = re.compile("[\u4e00-\u9fff]")


def browser(actor, language="zh-hans"):
    client = Client()
    if actor is not None:
        client.force_login(actor.person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def page(actor, path, language="zh-hans", status=200, **params):
    answer = browser(actor, language).get(path, params)
    # What no text may hold is refused before any page.
    status = 422 if "\x00" in "".join(params.values()) else status
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def m():
    made = market()
    made.right = IpAsset.objects.create(
        achievement=AchievementFactory(title="电解质烧结"), kind="invention_patent",
        title="固态电解质烧结专利",
    )  # fmt: skip
    made.scenario = ScenarioFactory(
        owner=made.company, title="固态电解质产线试用", direction="scenario_seeks_product"
    )
    made.product = ScenarioFactory(title="固态电解质产品找场景", direction="product_seeks_scenario")
    made.line = LineFactory(platform=made.host, name="固态电解质中试线")
    EquipmentFactory(line=made.line, name="固态电解质烧结炉")
    made.knower = MembershipFactory(role=Role.EXPERT, field="固态电解质")
    index.rebuild()
    return made


# Whose page, the tab, what stands there.
TABS = [
    ("demands", "demand", "results", "硫化物固态电解质的公斤级制备"), ("demands", "demand", "patents", "固态电解质烧结专利"),
    ("demands", "demand", "scenarios", "固态电解质产品找场景"), ("demands", "demand", "lines", "固态电解质中试线"),
    ("achievements", "achievement", "needs", "固态电解质粉体公斤级稳定供样"),
    ("achievements", "achievement", "lines", "固态电解质中试线"),
    ("scenarios", "scenario", "results", "硫化物固态电解质的公斤级制备"),
    ("scenarios", "scenario", "scenarios", "固态电解质产品找场景"),
    ("scenarios", "scenario", "patents", "固态电解质烧结专利"), ("services", "line", "needs", "固态电解质粉体公斤级稳定供样"),
    ("services", "line", "results", "硫化物固态电解质的公斤级制备"),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "noun", "tab", "title"), TABS)
def test_each_tab_shows_its_kind_with_reasons(m, folder, noun, tab, title):
    html = page(m.operator, f"/{folder}/{getattr(m, noun).pk}/candidates", **{"for": tab})

    assert title in html
    assert 'aria-current="page"' in html
    assert f'name="for" value="{tab}"' in html
    assert "共同提到" in html


def test_only_those_who_carry_matches_find_experts(m):
    path = f"/demands/{m.demand.pk}/candidates"
    for actor in (m.operator, m.manager):
        assert m.knower.person.name in page(actor, path, **{"for": "experts"})
    for actor in (m.buyer, m.outsider, m.auditor, m.expert):
        page(actor, path, status=404, **{"for": "experts"})
        assert "for=experts" not in page(actor, path)


@pytest.mark.parametrize("tab", ["x", "", "needs", "results'--", "__class__", "\x00", "experts "])
def test_a_tab_that_is_none_is_not_found(m, tab):
    page(m.operator, f"/demands/{m.demand.pk}/candidates", status=404, **{"for": tab})


HOSTILE = ["'", "<script>", "\x00", "9" * 400, "C26' OR 1=1", "￿", "-1", "٣", "%"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["industry", "region", "trl_from", "cooperation"])
def test_filters_that_cannot_be_chosen_do_not_narrow(m, name, value):
    html = page(m.buyer, f"/demands/{m.demand.pk}/candidates", **{name: value})

    assert value == "\x00" or m.achievement.title in html
    assert "<script>" not in html


def test_filters_stand_in_the_address_and_say_so_when_nothing_is_left(m):
    Achievement.objects.filter(pk=m.achievement.pk).update(
        region="330203", industry="C3985", trl_level=5
    )
    index.IndexEntry.objects.all().delete()
    index.rebuild()
    path = f"/demands/{m.demand.pk}/candidates"

    for filters in ({"region": "330000"}, {"trl_from": "5"}, {"trl_from": "4", "region": "330000"}):
        html = page(m.buyer, path, **filters)
        assert m.achievement.title in html
        assert all(f'value="{value}" selected' in html for value in filters.values())
    for filters in ({"region": "110000"}, {"trl_from": "6"}):
        html = page(m.buyer, path, **filters)
        assert m.achievement.title not in html
        assert 'href="?for=results"' in html


@pytest.mark.parametrize("q", [*HOSTILE, "“", '"""""', "电" * 3000])
def test_the_search_page_answers_whatever_is_asked(m, q):
    assert "<script>" not in page(None, "/search", q=q)


def test_nobody_opens_the_candidates_of_what_they_may_not_see(m):
    secret = DemandFactory(confidentiality="core")
    page(m.outsider, f"/demands/{secret.pk}/candidates", status=404)
    page(m.outsider, f"/demands/{secret.pk}/matches", status=404)
    page(m.operator, f"/demands/{secret.pk}/candidates")
    for folder in ("demands", "achievements", "scenarios", "services"):
        page(m.operator, f"/{folder}/0/candidates", status=404)


def test_a_blind_reviewer_sees_no_owner_on_the_page(m):
    let_in(m.achievement, m.expert, "blind")
    Achievement.objects.filter(pk=m.achievement.pk).update(region="330203")
    Demand.objects.filter(pk=m.demand.pk).update(region="330203")

    html = page(m.expert, f"/demands/{m.demand.pk}/candidates")
    theirs = page(m.expert, f"/achievements/{m.achievement.pk}/candidates")

    assert "Owner not shown to reviewers" in page(
        m.expert, f"/demands/{m.demand.pk}/candidates", "en"
    )
    assert m.university.name not in html + theirs
    assert "浙江" not in main(html) + main(theirs)


def main(html):
    """The page without its filters, which name every province."""
    return re.sub(r"<select.*?</select>", "", html.split("<main")[-1], flags=re.DOTALL)


def matched(m):
    Achievement.objects.filter(pk=m.achievement.pk).update(
        summary="离子电导率高的硫化物固态电解质，纯度约99.4%，水分41ppm。", trl_level=4, price_fen=None,
        cooperation=["licence"], region="330203", industry="C2614",
    )  # fmt: skip
    Demand.objects.filter(pk=m.demand.pk).update(
        summary="需要固态电解质，纯度不低于99.5%，水分≤50ppm，收率不低于80%。", trl_wanted=6, budget_fen=100,
        cooperation=["licence"], region="110000", industry="C2614",
    )  # fmt: skip
    return commands.propose(
        achievement_id=m.achievement.pk, demand_id=m.demand.pk, actor_id=m.manager.pk, at=AT
    )


def test_a_match_shows_what_is_met_unmet_and_unknown_and_what_would_help(m):
    match = matched(m)

    zh, en = (page(m.buyer, f"/matches/{match.pk}", language) for language in ("zh-hans", "en"))

    for html, words in (
        (zh, ("满足", "不满足", "未说明", "<mark>固态电解质</mark>", "收率", "TRL 6")),
        (en, ("met", "not met", "not said", "<mark>固态电解质</mark>", "What would make it fit better",
              "The result is to be brought to TRL 6", "The result names no price",
              "纯度 is to reach", "The result says nothing of 收率", "km between the provincial capitals")),
    ):  # fmt: skip
        for word in words:
            assert word in html, word
    assert "fit better" not in zh
    kinds = {(r["kind"], r.get("outcome")) for r in match.reasons}
    assert {("figure", "met"), ("figure", "unmet"), ("figure", "unknown"), ("readiness", "unmet"),
            ("price", "unknown"), ("ways", "met"), ("field", "met"), ("place", "informs")} <= kinds  # fmt: skip


@pytest.mark.parametrize("path", ["/subscriptions", "/matches", "/search-index", "candidates"])
def test_the_pages_speak_the_language_of_the_reader(m, path):
    path = f"/demands/{m.demand.pk}/candidates" if path == "candidates" else path
    zh, en = page(m.operator, path), page(m.operator, path, "en")

    assert 'lang="zh' in zh
    assert 'lang="en' in en
    question = re.search(r"<h1[^>]*>(.*?)</h1>", en, re.DOTALL).group(1)
    assert not HAN.search(question)
    assert HAN.search(re.search(r"<h1[^>]*>(.*?)</h1>", zh, re.DOTALL).group(1))


def questions(actor, path, **params):
    client = browser(actor)
    client.get(path, params)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, params)
    assert answer.status_code == 200
    return len(captured), answer.content.decode()


@pytest.mark.parametrize("tab", ["results", "patents", "scenarios", "lines", "experts"])
def test_twenty_hits_ask_no_more_of_the_database_than_one(m, tab):
    path, actor = f"/demands/{m.demand.pk}/candidates", m.manager
    one, html = questions(actor, path, **{"for": tab})
    assert html.count("<h2") >= 1
    for number in range(19):
        result = AchievementFactory(title=f"固态电解质粉体公斤级稳定供样{number}")
        IpAsset.objects.create(achievement=result, kind="software", title="固态电解质专利")
        ScenarioFactory(title="固态电解质产品", direction="product_seeks_scenario")
        EquipmentFactory(line=LineFactory(name="固态电解质线"), name="固态电解质炉")
        MembershipFactory(role=Role.EXPERT, field="固态电解质")
    index.fill_gaps()

    many, html = questions(actor, path, **{"for": tab})

    assert html.count("<h2") >= 10
    assert many == one


def test_many_subscriptions_ask_no_more_of_the_database_than_two(m):
    def begin(number):
        need = DemandFactory(owner=m.company, posted_by=m.buyer)
        commands.subscribe(kind=ACHIEVEMENT, demand_id=need.pk, actor_id=m.buyer.pk, at=AT)
        commands.subscribe(kind=ACHIEVEMENT, text=f"电解质{number}", actor_id=m.buyer.pk, at=AT)

    begin(0)
    one, _html = questions(m.buyer, "/subscriptions")
    for number in range(1, 10):
        begin(number)
    many, html = questions(m.buyer, "/subscriptions")

    assert html.count("/end") == 20
    assert many == one


def test_subscribing_and_ending_on_the_page(m):
    client = browser(m.buyer)
    assert "/end" not in client.get("/subscriptions").content.decode()
    made = client.post(
        "/subscriptions/new", {"kind": "results", "text": "钠离子<b>电池"}, follow=True
    )
    assert "钠离子&lt;b&gt;电池" in made.content.decode()
    one = Subscription.objects.get()

    browser(m.outsider).post(f"/subscriptions/{one.pk}/end")
    assert Subscription.objects.filter(pk=one.pk).exists()
    assert browser(m.outsider).get("/subscriptions").content.decode().count("/end") == 0
    client.post("/subscriptions/new", {"kind": "results", "demand_id": str(m.demand.pk)})
    assert Subscription.objects.count() == 2
    client.post(f"/subscriptions/{one.pk}/end")
    assert not Subscription.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize(
    "said",
    [
        {}, {"kind": "lines", "text": "x"}, {"kind": "results", "text": " "}, {"kind": "results", "text": "x" * 501},
        {"kind": "results", "demand_id": "0"}, {"kind": "results", "demand_id": "9" * 30},
        {"kind": "results", "demand_id": "x"}, {"kind": "results", "achievement_id": "1", "demand_id": "1"},
    ],
)  # fmt: skip
def test_nonsense_on_the_page_is_refused_kindly(m, said):
    answer = browser(m.buyer).post("/subscriptions/new", said)

    assert answer.status_code < 500
    assert not Subscription.objects.exists()


def test_the_public_is_asked_to_sign_in(m):
    for path in ("/subscriptions", "/search-index", f"/demands/{m.demand.pk}/candidates"):
        assert Client().get(path).status_code in {302, 404}


@pytest.mark.parametrize(
    "name", ["buyer", "tto", "inventor", "manager", "expert", "auditor", "advisor", "outsider"]
)
def test_the_index_is_shown_to_those_who_run_the_harbour_alone(m, name):
    client = browser(getattr(m, name))

    assert client.get("/search-index").status_code == 404
    assert client.post("/search-index/rebuild").status_code == 404


@pytest.mark.parametrize("name", ["operator", "administrator"])
def test_a_harbour_without_a_finder_says_so(m, name):
    html = page(getattr(m, name), "/search-index", "en")

    assert "searches its database" in html
    assert "search-index/rebuild" not in html
    assert browser(m.operator).post("/search-index/rebuild").status_code == 302


def test_a_finder_that_is_away_is_told_and_nothing_breaks(m, away):
    assert "does not answer" in page(m.operator, "/search-index", "en")
    answer = browser(m.operator, "en").post("/search-index/rebuild", follow=True)
    assert "nothing was begun" in answer.content.decode()
    assert m.achievement.title in page(m.buyer, f"/demands/{m.demand.pk}/candidates")
    assert "does not answer at the moment" in page(
        m.buyer, f"/demands/{m.demand.pk}/candidates", "en"
    )


def test_a_finder_at_work_is_shown_and_made_anew(m, finder):
    finder()
    html = page(m.operator, "/search-index", "en")

    assert "ready" in html
    assert "letters" in html
    answer = browser(m.operator, "en").post("/search-index/rebuild", follow=True)
    assert "is being made anew" in answer.content.decode()
    part = browser(m.operator).get("/search-index", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 3s"' in part
    finder()
    found = page(m.buyer, f"/demands/{m.demand.pk}/candidates", "en")
    assert "and by meaning" in found
    assert m.achievement.title in found


def test_what_nobody_says_stands_in_one_line_and_money_has_its_commas():
    figures = [
        Figure("纯度", "≥ 99.5 %", "≥ 99.6 %", "met"), Figure("收率", "≥ 80 %", None, "unknown"),
    ]  # fmt: skip
    facts = [
        {"kind": "price", "outcome": "unknown", "asked": "60000000", "said": None, "amount": None}
    ]

    found = tags.told_checks(figures, facts)

    assert [(one.name, one.outcome) for one in found.told] == [("纯度 ≥ 99.5 %", "met")]
    assert "收率 ≥ 80 %" in found.silent
    assert "600,000.00" in found.silent


@pytest.mark.parametrize(
    ("standing_bp", "tone"),
    [(None, ""), (0, "quiet"), (2499, "quiet"), (2500, "accent"), (6999, "accent"), (7000, "good")],
)
def test_how_far_a_find_stands_out_is_one_word(standing_bp, tone):
    found = tags.standing_word(standing_bp)

    assert (found.tone, bool(found.word)) == (tone, tone != "")
