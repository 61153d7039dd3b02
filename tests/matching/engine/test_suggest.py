"""Is what is written wrongly put right, and nothing else touched?"""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import readings, suggest, vocabulary, words
from pilotharbor.matching.engine.suggest import Change, correct, distance
from pilotharbor.matching.engine.vocabulary import Material

CORPUS = Path(__file__).parents[3] / "examples" / "matching" / "documents.jsonl"
TEXTS = [
    Material("硫化物固态电解质的公斤级制备，采用 electrolyte 浆料", ("固态电解质", "离子电导率")),
    Material("固态电解质离子电导率的测量与 electrolyte 配方", ("固态电解质", "离子电导率")),
    Material("磁悬浮反作用飞轮密封罩的结构优化设计与疲劳试验", ("飞轮", "结构优化设计")),
    Material("飞轮密封罩结构优化设计，疲劳试验结果与 perovskite", ("密封罩",)),
    Material("抗体层析纯化工艺的放大与质量标准 perovskite", ("层析纯化",)),
    Material("抗体层析纯化工艺，质量标准 chromatography", ("层析纯化",)),
    Material("质量标准研究 chromatography", ("质量标准",)),
]


@pytest.fixture(scope="module")
def known():
    return vocabulary.read(TEXTS)


@pytest.fixture(scope="module")
def abstracts():
    with CORPUS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    made = (Material(row["abstract"], tuple(row.get("keywords") or ())) for row in rows)
    return vocabulary.read(made), [row["title"] for row in rows]


@pytest.mark.parametrize(
    ("written", "meant", "change"),
    [
        # One character that sounds alike, one that does not, one missing, two exchanged.
        ("固态电洁质的制备", "固态电解质的制备", Change("固态电洁质", "固态电解质")),
        ("固态电喝质", "固态电解质", Change("固态电喝质", "固态电解质")),
        ("离子电率", "离子电导率", Change("离子电率", "离子电导率")),
        ("固态解电质", "固态电解质", Change("固态解电质", "固态电解质")),
        ("固態電洁質", "固態電解質", Change("固态电洁质", "固态电解质")),
        ("Perovskit 电池", "perovskite 电池", Change("perovskit", "perovskite")),
        ("elcetrolyte", "electrolyte", Change("elcetrolyte", "electrolyte")),
        ("chromatografy", "chromatography", Change("chromatografy", "chromatography")),
    ],
)
def test_what_is_written_wrongly_is_put_right(known, written, meant, change):
    found = correct(written, known)

    assert found is not None
    assert words.normal(found.text) == words.normal(meant)
    assert found.changes == (change,)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "固态电解质的公斤级制备", "抗体层析纯化", "我们想找合作伙伴", "electrolyte electrolytes",
        # Words of a dictionary that no text here uses, and what is no word at all.
        "polymer", "electrolytic", "水稻育种", "x", "轮", "XRD", "Li6PS5Cl", "\x00\x01", "🚢", "привет", "ﷺ" * 99,
        "1.5%", "a-b+c", "轮" * 10_000, "z" * 10_000,
    ],
)  # fmt: skip
def test_what_may_be_meant_so_is_left_alone(known, text):
    assert correct(text, known) is None


def test_only_what_is_wrong_is_changed_and_several_things_can_be(known):
    found = correct("GMP 条件下 Perovskit 与固态电洁质 99.5%", known)

    assert found is not None
    assert found.text == "GMP 条件下 perovskite 与固态电解质 99.5%"
    assert {change.wrong for change in found.changes} == {"perovskit", "固态电洁质"}


def test_between_two_that_are_as_near_nobody_decides():
    both = vocabulary.read(
        [Material(text) for text in ("anodic cathodic", "anodic cathodic", "anodig", "anodig")]
    )

    assert correct("anodit", both) is None
    often = vocabulary.read([Material("anodic")] * 6 + [Material("anodig")] * 2)
    found = correct("anodit", often)
    assert found is not None
    assert found.text == "anodic"


def test_of_two_terms_that_are_as_near_neither_is_put_in():
    two = [Material("固态电解质")] * 2 + [Material("固态电介质")] * 2
    keywords = [Material("", ("固态电解质", "固态电介质"))] * 2
    many = [Material("", ("固态电解质",))] * 60

    assert correct("固态电洁质", vocabulary.read(two + keywords)) is None
    found = correct("固态电洁质", vocabulary.read(two + keywords + many))
    assert found is not None
    assert found.text == "固态电解质"


def test_a_character_that_texts_have_beside_its_neighbour_is_not_doubted():
    elsewhere = [*TEXTS, Material("光电洁净室"), Material("机电洁净厂房")]

    assert correct("固态电洁质", vocabulary.read(TEXTS)) is not None
    assert correct("固态电洁质", vocabulary.read(elsewhere)) is None


def test_words_that_share_a_hash_are_told_apart(known, monkeypatch):
    right = correct("固态电洁质", known)
    monkeypatch.setattr(vocabulary, "_hash", lambda text: len(text) % 2)
    crowded = vocabulary.read(TEXTS)

    assert crowded.having("固态电解质") == 2
    assert crowded.having("固态电洁质") == 0
    assert dict(crowded.filling(3, "固态电质")) == {"固态电解质": 2}
    assert correct("固态电洁质", crowded) == right


def test_without_texts_nothing_is_suggested():
    empty = vocabulary.read([])

    assert len(empty) == 0
    assert correct("固态电洁质 perovskit", empty) is None


@given(st.text(alphabet="固态电解质洁离子导率飞轮的与abcelrty ,。1", max_size=30))
def test_what_is_suggested_the_texts_use(text):
    known = vocabulary.read(TEXTS)
    found = correct(text, known)

    if found is not None:
        assert found.text != text
        assert 1 <= len(found.changes) <= suggest.MOST_CHANGES
        assert all(known.having(change.right) for change in found.changes)


@given(st.text("abcd", max_size=7), st.text("abcd", max_size=7))
def test_distance_is_damerau_s(one, other):
    right = plainly(one, other)

    assert distance(one, other, 7) == right
    assert distance(one, other, 2) == min(right, 3)
    assert distance(one, other, 7) == distance(other, one, 7)


def plainly(one, other):
    """The definition itself, by recursion."""
    if not one or not other:
        return len(one) + len(other)
    costs = [plainly(one[:-1], other) + 1, plainly(one, other[:-1]) + 1]
    costs.append(plainly(one[:-1], other[:-1]) + (one[-1] != other[-1]))
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        costs.append(plainly(one[:-2], other[:-2]) + 1)
    return min(costs)


def test_readings_are_compared_without_their_tone():
    assert readings.alike("洁", "解")
    assert readings.alike("行", "航")  # háng, one of several
    assert not readings.alike("电", "解")
    assert not readings.alike("x", "解")
    assert readings.is_word("电解")
    assert not readings.is_word("电洁")


def test_the_vocabulary_counts_texts_and_forgets_what_stands_in_one(known):
    assert known.having("固态电解质") == 2
    assert known.having("perovskite") == 2
    assert known.having("公斤级") == known.having("nonsense") == 0
    assert known.having("飞轮") == 2
    assert known.knows_pair("电", "解")
    assert not known.knows_pair("公", "斤")
    assert dict(known.filling(3, "固态电质")) == {"固态电解质": 2}
    assert dict(known.filling(2, "固态电质")) == {}


def test_the_order_of_texts_changes_nothing_and_batches_neither(known, monkeypatch):
    monkeypatch.setattr(vocabulary, "AT_ONCE", 2)
    turned = vocabulary.read(iter(TEXTS[::-1]))

    assert [turned.word(at) for at in range(len(turned))] == [
        known.word(at) for at in range(len(known))
    ]
    assert np.array_equal(turned.counts, known.counts)
    assert np.array_equal(turned.pairs.numbers, known.pairs.numbers)
    assert np.array_equal(turned.pairs.counts, known.pairs.counts)


def test_on_real_titles_hardly_anything_right_is_doubted(abstracts):
    known, titles = abstracts
    some = titles[::8]

    doubted = [title for title in some if correct(title, known)]

    assert len(doubted) <= 0.01 * len(some)
    assert known.nbytes < 1_500_000


def test_planted_slips_of_the_ear_are_put_right_or_left_alone(abstracts):
    """One character of a title replaced by another that sounds alike."""
    known, titles = abstracts
    chance = random.Random(7)
    suggested = right = 0
    for title in titles[::4]:
        meant = words.normal(title)
        written = planted(meant, chance)
        found = correct(written, known)
        suggested += found is not None
        right += found is not None and words.normal(found.text) == meant

    assert suggested > 60
    assert right >= 0.95 * suggested


def planted(meant, chance):
    common = (
        "的地得机及级技际记制治质志置实石时式试是适施化花话画数书树属术输处出除成程城承电点店店法发"
    )
    places = [(at, c) for at, one in enumerate(meant) for c in common
              if c != one and readings.alike(one, c)]  # fmt: skip
    if not places:
        return meant
    at, instead = chance.choice(places)
    return meant[:at] + instead + meant[at + 1 :]
