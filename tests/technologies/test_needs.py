"""A need asked question by question: what the answers become, and what they never overwrite."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.matching.engine import figures as matching
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies.commands import (
    ContentWrong,
    NotOpenForChange,
    StateSecretRefused,
    needs,
)
from pilotharbor.technologies.commands.demands import revise_demand
from pilotharbor.technologies.models import Demand
from pilotharbor.technologies.needs.answers import Bound, composed, in_words, number, title_of
from pilotharbor.technologies.views.entry_words import timeline
from tests.conftest import AT
from tests.factories.callers import Caller
from tests.factories.technologies import market
from tests.technologies.test_pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEM = "层析柱每批都堵。一周停两次，每次损失三万元。"
PURITY = {"name": "纯度", "bound": "at_least", "value": "９９．５", "unit": "%"}
WATER = {"name": "水分", "bound": "between", "value": "0.10", "upper": "0.5", "unit": "%"}


@pytest.fixture(autouse=True)
def in_chinese():
    """The text follows the language of the moment, which pages read before have left behind."""
    with override("zh-hans"):
        yield


def do(command, actor, **kwargs):
    return command(**kwargs, actor_id=actor.pk, at=AT)


def begun(m, **answers):
    return do(needs.begin_need, m.buyer, answers={"problem": PROBLEM, **answers})


def test_answers_become_a_text_with_figures_that_matching_reads():
    m = market()
    made = begun(m, purpose="抗体原液")

    do(needs.answer_need, m.buyer, demand_id=made.pk, answers={"figures": [PURITY, WATER]})
    do(needs.answer_need, m.buyer, demand_id=made.pk,
       answers={"needed_by": "2027-03-01", "conditions": "4 ℃\n洁净区"},
       content={"budget_fen": 50_000_000, "trl_wanted": 5})  # fmt: skip

    made.refresh_from_db()
    assert (made.status, made.title, made.budget_fen, made.trl_wanted) == (
        "draft", "层析柱每批都堵", 50_000_000, 5,
    )  # fmt: skip
    assert made.summary == (
        f"现状与问题：{PROBLEM}\n用途：抗体原液\n技术指标：纯度 ≥ 99.5 %；水分 ≥ 0.1 % 且水分 ≤ 0.5 %\n"
        "使用条件：4 ℃\n洁净区\n期望完成日期：2027-03-01"
    )
    read = [(s.name, s.bound, s.value, s.unit) for s in matching.statements(made.summary)]
    for wanted in (("纯度", "at_least", Decimal("99.5"), "%"), ("水分", "at_least", Decimal("0.1"), "%"),
                   ("水分", "at_most", Decimal("0.5"), "%")):  # fmt: skip
        assert wanted in read


@given(
    name=st.sampled_from(["纯度", "离子电导率", "收率", "批间偏差", "粘度", "yield", "throughput"]),
    bound=st.sampled_from([Bound.AT_LEAST, Bound.AT_MOST]),
    value=st.decimals(0, 10**6, places=3),
    unit=st.sampled_from(["", "%", "mS/cm", "℃", "kg", "h", "nm", "吨"]),
    language=st.sampled_from(["zh-hans", "en"]),
)
def test_every_figure_is_read_back_as_it_was_given(name, bound, value, unit, language):
    figure = {"name": name, "bound": bound, "value": f"{value.normalize():f}", "unit": unit}

    with override(language):
        read = matching.statements(f"技术指标：{in_words(figure)}")

    assert [(s.name, s.bound, s.value) for s in read] == [(name, bound, value)]


def test_an_edited_text_stays_as_it_was_edited_until_its_author_gives_it_up():
    m = market()
    made = begun(m)
    do(revise_demand, m.buyer, demand_id=made.pk, content={"title": "层析柱堵塞求解"})

    answered = do(needs.answer_need, m.buyer, demand_id=made.pk, answers={"tried": "换过滤膜"})

    assert (answered.title, "换过滤膜" in answered.summary) == ("层析柱堵塞求解", False)
    assert not needs.follows(answered)
    again = do(needs.rewrite_need, m.buyer, demand_id=made.pk)
    assert (again.title, "已尝试的办法：换过滤膜" in again.summary) == ("层析柱每批都堵", True)
    assert needs.follows(again)
    assert answered.answers["tried"] == "换过滤膜"


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ({"problem": " "}, "problem"),
        ({"problem": "长" * 701}, "problem"),
        ({"tried": "长" * 601}, "tried"),
        ({"needed_by": "soon"}, "needed_by"),
        ({"figures": [PURITY, {**PURITY, "value": "高"}]}, "figures.1"),
        ({"figures": [{**PURITY, "name": ""}]}, "figures.0"),
        ({"figures": [{**PURITY, "bound": "near"}]}, "figures.0"),
        ({"figures": [{**WATER, "upper": "0.1"}]}, "figures.0"),
        ({"figures": [{**WATER, "upper": ""}]}, "figures.0"),
        ({"figures": [{**PURITY, "unit": "长" * 17}]}, "figures.0"),
        ({"figures": [PURITY] * 11}, "figures"),
    ],
)
def test_a_wrong_answer_is_named_and_leaves_no_trace(answers, question):
    m = market()

    with pytest.raises(ContentWrong) as refused:
        begun(m, **answers)

    assert list(refused.value.problems) == [question]
    assert Demand.objects.count() == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.5", "1234.5"), ("９９", "99"), ("-5", "-5"), ("5e99", None), ("NaN", None), ("", None),
     ("9" * 17, None)],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text, value):
    assert number(text) == (value and Decimal(value))


def test_the_longest_answers_still_fit_the_summary():
    m = market()
    rows = [{"name": "指" * 30, "bound": "between", "value": "1" * 12, "upper": "9" * 12,
             "unit": "单" * 16}] * 10  # fmt: skip

    made = begun(
        m, problem="问" * 700, purpose="用" * 300, tried="试" * 600, figures=rows,
        conditions="件" * 500, equipment="备" * 300, needed_by="2027-03-01",
    )  # fmt: skip

    assert len(made.summary) <= 4000
    with override("en"):
        assert len(composed(made.answers)["summary"]) <= 4000


@pytest.mark.parametrize(
    ("problem", "title"),
    [("堵了！怎么办", "堵了"), ("The column clogs. Twice a week.", "The column clogs"), ("。", "。"),
     ("长" * 80, "长" * 59 + "…")],
)  # fmt: skip
def test_the_title_is_the_first_sentence(problem, title):
    assert title_of(problem) == title


def test_only_who_may_write_answers_and_only_while_it_is_open():
    m = market()
    made = begun(m)

    for stranger in (m.outsider, m.inventor):
        with pytest.raises((NotFound, NotYourRole)):
            do(needs.answer_need, stranger, demand_id=made.pk, answers={"tried": "x"})
    with pytest.raises(StateSecretRefused):
        do(needs.answer_need, m.buyer, demand_id=made.pk, answers={"tried": "机密★10年"})
    Demand.objects.filter(pk=m.demand.pk).update(status="draft")
    with pytest.raises(needs.NoAnswers):
        do(needs.rewrite_need, m.buyer, demand_id=m.demand.pk)
    Demand.objects.filter(pk=made.pk).update(status="submitted")
    with pytest.raises(NotOpenForChange):
        do(needs.answer_need, m.buyer, demand_id=made.pk, answers={"tried": "x"})

    made.refresh_from_db()
    assert "tried" not in made.answers


def test_the_api_asks_the_same_questions():
    m = market()
    buyer = Caller(m.buyer)

    made = buyer.post("/needs", {"problem": PROBLEM}).json()
    path = f"/needs/{made['id']}"
    bad = buyer.patch(path, {"answers": {"figures": [{**PURITY, "value": "x"}]}})
    full = buyer.patch(path, {
        "answers": {"figures": [PURITY], "needed_by": "2027-03-01"},
        "facts": {"cooperation": ["service"], "confidentiality": "nda", "detail": "配方"},
    }).json()  # fmt: skip

    assert (bad.status_code, [e["field"] for e in bad.json()["errors"]]) == (422, ["figures.0"])
    assert full["answers"]["figures"][0]["value"] == "99.5"
    assert (full["edited"], "≥ 99.5 %" in full["summary"]) == (False, True)
    shown = buyer.get(f"/demands/{made['id']}").json()
    assert (shown["cooperation"], shown["detail"]) == (["service"], "配方")
    assert Caller(m.outsider).get(path).status_code == 404
    assert buyer.get(f"/needs/{m.demand.pk}").json()["answers"] == {}
    assert buyer.post(f"{path}/text").json()["edited"] is False


def test_a_need_is_written_question_by_question_on_pages():
    m = market()
    buyer = browse(m.buyer)

    assert "I have a text already" in buyer.get("/demands/new").content.decode()
    assert browse(m.inventor).get("/demands/new").status_code == 403
    assert buyer.post("/demands/new", {"problem": ""}).status_code == 422
    first = buyer.post("/demands/new", {"problem": "The column clogs. Twice a week."})
    need = Demand.objects.get(title="The column clogs")
    at = f"/demands/{need.pk}/questions"
    assert first.url == f"{at}/tried"
    assert buyer.post(first.url, {"tried": "a finer filter"}).url == f"{at}/figures"
    rows = {"figure-TOTAL_FORMS": 3, "figure-INITIAL_FORMS": 0, "figure-0-name": "purity",
            "figure-0-bound": "at_least", "figure-0-value": "many", "figure-0-unit": "%"}  # fmt: skip
    bad = buyer.post(f"{at}/figures", rows)
    assert bad.status_code == 422
    assert 'value="many"' in bad.content.decode()
    more = buyer.post(f"{at}/figures", rows | {"figure-0-value": "99.5", "more": "1"})
    assert more.url == f"{at}/figures"
    assert 'value="purity"' in buyer.get(more.url).content.decode()
    assert (
        buyer.post(f"{at}/conditions", {"conditions": "4 degrees", "region": "330000"}).url
        == f"{at}/time"
    )
    assert (
        buyer.post(f"{at}/time", {"needed_by": "2027-03-01", "trl_wanted": "5"}).url
        == f"{at}/money"
    )
    assert buyer.post(f"{at}/money", {"budget_fen": "lots"}).status_code == 422
    assert (
        buyer.post(f"{at}/money", {"budget_fen": "50万", "cooperation": "service"}).url
        == f"{at}/readers"
    )
    last = buyer.post(f"{at}/readers", {"confidentiality": "members", "detail": "recipe"})
    assert last.url == f"{at}/text"
    preview = buyer.get(last.url).content.decode()
    assert "purity ≥ 99.5 %" in preview
    done = buyer.post(last.url, {"title": "Column clogs", "summary": "Ours.", "keywords": "column"})

    need.refresh_from_db()
    assert done.url == f"/demands/{need.pk}"
    assert (need.title, need.summary, need.keywords, need.status) == (
        "Column clogs", "Ours.", ["column"], "draft",
    )  # fmt: skip
    assert (need.budget_fen, need.cooperation, need.trl_wanted, need.region, need.detail) == (
        50_000_000, ["service"], 5, "330000", "recipe",
    )  # fmt: skip
    assert "Make the text anew" in buyer.get(last.url).content.decode()
    buyer.post(f"/demands/{need.pk}/rewrite")
    need.refresh_from_db()
    assert need.title == "The column clogs"


def test_a_need_written_as_a_text_keeps_its_own_form():
    m = market()
    Demand.objects.filter(pk=m.demand.pk).update(status="draft")
    buyer = browse(m.buyer)

    assert buyer.get(f"/demands/{m.demand.pk}/questions/tried").url == (
        f"/demands/{m.demand.pk}/edit/words"
    )
    assert buyer.get(f"/demands/{m.demand.pk}/questions/nothing").status_code == 404
    assert browse(m.outsider).get(f"/demands/{m.demand.pk}/questions/tried").status_code == 404
    assert "Ask me question by question" in buyer.get("/demands/new/text").content.decode()


def test_what_was_answered_in_one_sitting_is_one_change_in_its_history():
    m = market()
    made = begun(m)
    for conditions in ("4 ℃", "5 ℃", "6 ℃"):
        do(needs.answer_need, m.buyer, demand_id=made.pk, answers={"conditions": conditions})
    needs.answer_need(
        demand_id=made.pk, answers={"tried": "换过滤膜"}, actor_id=m.buyer.pk,
        at=AT + timedelta(hours=2),
    )  # fmt: skip

    told = [row["title"] for row in timeline(made)]

    assert len(told) == 3
    assert told[2] == "登记为草稿"
    assert all(title.startswith("已修改：") for title in told[:2])


def test_a_draft_shows_its_author_what_may_solve_it_and_nobody_else():
    m = market()
    made = begun(m)

    page = browse(m.buyer).get(f"/demands/{made.pk}").content.decode()

    assert f"/demands/{made.pk}/candidates" in page
    assert browse(m.buyer).get(f"/demands/{made.pk}/candidates").status_code == 200
    assert browse(m.tto).get(f"/demands/{made.pk}/candidates").status_code == 404
