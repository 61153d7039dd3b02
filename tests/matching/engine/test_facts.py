"""Facts of a pair, distances between provinces, marked phrases, and texts that say the same."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import facts, highlight, places, reasons, similar, words
from pilotharbor.matching.engine.facts import INFORMS, MET, UNKNOWN, UNMET, Offer, Wish

PRICE = [
    (None, 5, None), (100, None, UNKNOWN), (100, 100, MET), (100, 101, UNMET), (0, 0, MET), (100, 0, MET),
]  # fmt: skip
READINESS = [
    (None, 3, None, None), (6, None, UNKNOWN, None), (6, 6, MET, 0), (6, 9, MET, 0), (6, 4, UNMET, 2),
]  # fmt: skip
WAYS = [
    ((), ("licence",), None, ""), (("licence",), (), UNKNOWN, ""),
    (("licence", "equity"), ("equity", "licence"), MET, "licence,equity"),
    (("licence",), ("transfer",), UNMET, "transfer"),
]  # fmt: skip
FIELD = [
    ("", "C26", None), ("C26", "", None), ("C2614", "C2652", MET), ("C26", "C2614", MET),
    ("C2614", "C27", INFORMS), ("C", "C27", MET), ("C26", "D44", INFORMS), ("C2614", "C", MET),
]  # fmt: skip


def outcome(kind, wish, offer):
    return next((fact for fact in facts.compare(wish, offer) if fact.kind == kind), None)


@pytest.mark.parametrize(("asked", "said", "wanted"), PRICE)
def test_a_price_fits_a_budget(asked, said, wanted):
    fact = outcome("price", Wish(budget_fen=asked), Offer(price_fen=said))

    assert (fact and fact.outcome) == wanted


@pytest.mark.parametrize(("asked", "said", "wanted", "lacking"), READINESS)
def test_readiness_is_enough_or_lacks_levels(asked, said, wanted, lacking):
    fact = outcome("readiness", Wish(readiness=asked), Offer(readiness=said))

    assert (fact and (fact.outcome, fact.amount)) == (wanted and (wanted, lacking))


@pytest.mark.parametrize(("asked", "said", "wanted", "shown"), WAYS)
def test_one_way_in_common_is_enough(asked, said, wanted, shown):
    fact = outcome("ways", Wish(ways=asked), Offer(ways=said))

    assert (fact and (fact.outcome, fact.said)) == (wanted and (wanted, shown))


@pytest.mark.parametrize(("asked", "said", "wanted"), FIELD)
def test_a_field_is_the_same_division_or_merely_told(asked, said, wanted):
    fact = outcome("field", Wish(industry=asked), Offer(industry=said))

    assert (fact and fact.outcome) == wanted


def test_what_nobody_asks_for_is_no_fact():
    full = Offer(readiness=9, price_fen=1, ways=("licence",), industry="C26", region="330000")

    assert facts.compare(Wish(), full) == []
    assert facts.compare(Wish(), Offer()) == []


levels = st.none() | st.integers(1, 9)
money = st.none() | st.integers(0, 10**12)
ways = st.lists(st.sampled_from(["transfer", "licence", "equity"]), unique=True).map(tuple)
codes = st.sampled_from(["", "C", "C26", "C2614", "D44"])
regions = st.sampled_from(["", *(f"{code}0000" for code in places.SEATS), "999999", "3"])
wishes = st.builds(
    Wish, readiness=levels, budget_fen=money, ways=ways, industry=codes, region=regions
)
offers = st.builds(
    Offer, readiness=levels, price_fen=money, ways=ways, industry=codes, region=regions
)


@given(wishes, offers)
def test_every_fact_stands_once_and_answers_something_asked(wish, offer):
    found = facts.compare(wish, offer)

    assert len({fact.kind for fact in found}) == len(found)
    assert all(fact.asked for fact in found)
    assert all(bool(fact.said) == (fact.outcome != UNKNOWN) for fact in found)


@given(wishes, offers)
def test_more_of_what_is_asked_for_never_makes_a_fact_worse(wish, offer):
    better = Offer(
        min(9, (offer.readiness or 9) + 1), offer.price_fen and offer.price_fen // 2,
        (*offer.ways, *wish.ways), offer.industry, offer.region,
    )  # fmt: skip
    before = {fact.kind: fact.outcome for fact in facts.compare(wish, offer)}
    after = {fact.kind: fact.outcome for fact in facts.compare(wish, better)}

    assert all(after[kind] == MET for kind, was in before.items() if was == MET)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ("110000", "310000", 1070), ("330203", "330100", 0), ("440000", "810000", 140),
        ("650000", "230000", 3050),
    ],
)  # fmt: skip
def test_distances_are_about_those_of_an_atlas(one, other, km):
    assert places.distance_km(one, other) == pytest.approx(km, abs=40)


@pytest.mark.parametrize("code", ["", "9", "99", "000000", "省", "1", "１１0000"])
def test_where_a_code_says_no_province_there_is_no_distance(code):
    assert places.distance_km(code, "110000") is None
    assert places.distance_km("110000", code) is None


@given(
    st.sampled_from(sorted(places.SEATS)),
    st.sampled_from(sorted(places.SEATS)),
    st.sampled_from(sorted(places.SEATS)),
)
def test_distances_are_symmetric_not_negative_and_no_detour_is_shorter(one, other, third):
    direct = places.distance_km(one, other)

    assert direct == places.distance_km(other, one)
    assert 0 <= direct < 6000
    assert places.distance_km(one, one) == 0
    # Each is rounded to ten.
    assert direct <= places.distance_km(one, third) + places.distance_km(third, other) + 15


def test_every_province_has_a_seat():
    from pilotharbor.kernel.regions import PROVINCES

    assert {code[:2] for code in PROVINCES} == set(places.SEATS)


@pytest.mark.parametrize(
    ("text", "phrases", "marked"),
    [
        ("硫化物固态电解质", ["固态电解质"], ["固态电解质"]), ("固態電解質", ["固态电解质"], ["固態電解質"]),
        ("ＨＰＬＣ 检测", ["hplc"], ["ＨＰＬＣ"]), ("HPLC-MS", ["hplc"], ["HPLC"]),
        ("Batteries and gas", ["gas"], ["gas"]), ("gases", ["gas"], []), ("biogas", ["gas"], []),
        ("films and film", ["film"], ["film", "film"]), ("filmss", ["film"], []),
        ("锂电锂电", ["锂电"], ["锂电锂电"]), ("锂电锂", ["锂电", "电锂"], ["锂电锂"]),
        ("无关", ["锂电"], []), ("锂电", [""], []), ("", ["锂"], []), ("锂", [], []),
        ("㎏级", ["kg"], ["㎏"]), ("<b>锂电</b>", ["锂电"], ["锂电"]),
    ],
)  # fmt: skip
def test_phrases_are_marked_as_they_are_written(text, phrases, marked):
    assert [piece.text for piece in highlight.pieces(text, phrases) if piece.marked] == marked


texts = st.text(
    st.sampled_from("锂电池硫化物固态電解質 abcgasHPLCs-/．，。ＡＢ㎏ﷺßİ\x00\u0301🜁"), max_size=60
) | st.text(max_size=60)


@given(texts, st.lists(texts.map(words.normal), max_size=4))
def test_pieces_joined_are_the_text(text, phrases):
    found = highlight.pieces(text, phrases)

    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)
    assert all(one.marked != other.marked for one, other in itertools.pairwise(found))


@given(texts, texts)
def test_every_marked_piece_is_made_of_phrases(one, other):
    phrases = reasons.shared_phrases(one, other)

    for piece in highlight.pieces(other, phrases):
        if piece.marked:
            plain = "".join(words.normal(letter) for letter in piece.text)
            assert any(phrase in plain for phrase in phrases)


@given(st.text(max_size=120), st.text(max_size=120))
def test_how_much_two_texts_share_is_the_same_from_both_sides(one, other):
    share = similar.share_bp(one, other)

    assert share == similar.share_bp(other, one)
    assert 0 <= share <= 10_000


LONG = "以球磨压片与惰性气氛烧结制备硫化物固态电解质粉体并验证批间一致性"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (LONG, LONG, True), (LONG, LONG[: len(LONG) // 2], True), (LONG, f"{LONG}，另附设备清单与报价", True),
        (LONG, LONG.replace("硫化物固态电解质", "氧化物靶材"), True),
        (LONG, "抗体层析纯化工艺的放大与病毒灭活验证方案及其质量标准", False),
        (LONG, "固态电解质", False), ("", "", False), ("短", "短", False),
    ],
)  # fmt: skip
def test_what_says_the_same_shares_half_of_the_shorter_text(one, other, alike):
    assert (similar.share_bp(one, other) >= similar.ALIKE_BP) is alike
