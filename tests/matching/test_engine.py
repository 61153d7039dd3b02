import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import figures, reasons, score, scripts, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("固態電解質", ["固态", "态电", "电解", "解质"]),
        ("ＬｉＦｅＰＯ４ 电池", ["lifepo4", "电池"]),
        ("Li-S batteries, gas", ["li-s", "li", "s", "battery", "gas"]),
        ("水", ["水"]),
        ("纯度 99.5%", ["纯度", "99.5", "99", "5"]),
        ("", []),
        ("、。！？%%", []),
    ],
)
def test_terms_need_no_dictionary(text, expected):
    assert words.terms(text) == expected


@given(st.text(max_size=400))
def test_every_term_of_a_text_is_found_in_its_flat_form(text):
    flat = words.flat(text)

    assert all(words.count(term, flat) for term in words.terms(text))
    assert all(" " not in term and "'" not in term for term in words.terms(text))


# Marks, compatibility forms and jamo among letters and characters: what joins its neighbours.
JOINING = st.text(st.sampled_from("aeA\u0301\u0327\u0344\u1100\u1161\u11a8가ｱﾞＬ①㎏﹅ 水漢\uf900"))


@given(st.one_of(st.text(max_size=60), JOINING))
def test_a_text_is_normalised_as_a_whole_however_it_is_cut(text):
    whole = unicodedata.normalize("NFKC", text).lower()

    assert words.normal(text) == scripts.simplified(whole)


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_score_is_a_share_of_the_perfect_one(asked, said):
    weights = score.weigh(score.asked(asked), {}, 1000)
    query = score.Query(weights, 50.0)
    flat = score.weighted_flat(said, [], said)

    assert 0 <= query.share_bp(query.score(flat, score.length_of(flat))) <= 10_000


def test_a_word_in_the_title_weighs_twice():
    weights = score.weigh(score.asked("电解质"), {}, 1000)
    query = score.Query(weights, 8.0)
    in_title = score.weighted_flat("电解质", [], "别的内容")
    in_summary = score.weighted_flat("别的内容", [], "电解质")

    assert query.score(in_title, 8) > query.score(in_summary, 8) > 0


def test_a_rare_word_weighs_more_than_a_common_one():
    weights = score.weigh(score.asked("电解 方法"), {"电解": 3, "方法": 900}, 1000)

    assert weights["电解"] > weights["方法"]


def test_reasons_are_the_longest_phrases_both_use():
    said = "离子电导率高的硫化物固态电解质，放大时批间电导率波动。HPLC 检测。"

    found = reasons.shared_phrases("批间离子电导率波动小的固态电解质 hplc 的研究", said)

    assert found == ["固态电解质", "电导率波动", "离子电导率", "hplc", "批间"]


@pytest.mark.parametrize(
    ("asked", "said", "found"),
    [
        ("希望收率达到85%", "高收率达到八成", ["收率"]),
        ("骨科植入物涂层", "用于骨科植入", ["骨科"]),
        ("希望降低成本", "我们希望合作", []),
        ("批间差异小", "批次之间的差异", ["差异"]),
        (
            "pharmaceutical grade of 99",
            "the grade of 99 pharmaceuticals",
            ["pharmaceutical", "grade"],
        ),
    ],
)
def test_a_reason_is_made_of_whole_words_that_say_something(asked, said, found):
    assert reasons.shared_phrases(asked, said) == found


@pytest.mark.parametrize(
    ("asked", "said", "outcome"),
    [
        ("纯度不低于99.5%", "产物纯度达到99.6%", "met"),
        ("纯度≥99.5％", "纯度约99.4%", "unmet"),
        ("水分≤50ppm", "水分41 ppm", "met"),
        ("水分不超过 50 ppm", "水分≥41ppm", "unmet"),
        ("收率80%以上", "收率≤90%", "unmet"),
        ("批量不少于 2 kg", "批量2500g", "met"),
        ("电导率5 mS/cm以上", "离子电导率5.3 mS/cm，室温", "met"),
        ("纯度不低于99.5%", "粒径 5 μm", "unknown"),
        ("纯度不低于99.5%", "纯度 99.9 ppm", "unknown"),
        ("purity of at least 99.5 %", "a purity above 99.9 %", "met"),
    ],
)
def test_a_figure_asked_for_is_met_unmet_or_unknown(asked, said, outcome):
    (figure,) = figures.compare(asked, said)

    assert figure.outcome == outcome


def test_a_figure_that_nobody_demands_is_no_requirement():
    assert figures.compare("纯度99.5%", "纯度99.9%") == []


def test_figures_keep_their_unit_as_written():
    (figure,) = figures.compare("电导率≥5.0 mS/cm", "电导率 5.40 mS/cm")

    assert (figure.attribute, figure.asked, figure.said) == ("电导率", "≥ 5 mS/cm", "5.4 mS/cm")
    assert figures.statements("纯度≥99.5%")[0].value == Decimal("99.5")


@given(st.text(max_size=2000), st.text(max_size=500))
def test_no_text_breaks_the_engine(one, other):
    reasons.as_json(reasons.shared_phrases(one, other), figures.compare(one, other))


def test_words_of_every_discipline_are_no_reason():
    query = "随着人类文明程度的提高,推动了脑瘫的研究 希望有成熟的解决办法"

    assert reasons.shared_phrases(query, "随着城镇化,手段越来越多,成熟的解决办法") == []
    assert reasons.shared_phrases("强度不低于2 MPa", "弹性模量以MPa计") == []


def test_a_unit_of_several_parts_is_read_whole():
    (found,) = figures.compare("导热系数不高于0.2 W/(m·K)", "导热系数为0.25 W/m·K")
    (output,) = figures.compare("产量不低于20吨/天", "产量为25吨")

    assert (found.asked, found.outcome) == ("≤ 0.2 W/(m·K)", "unmet")
    assert output.outcome == "unknown"
