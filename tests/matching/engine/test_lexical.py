"""Are texts found by their words, and never past a filter?"""

import math
from collections import Counter

import pytest

from pilotharbor.matching.engine import hybrid, tokens
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.lexical import Asked, EmbeddedWords, Text

TEXTS = [
    Text(1, "研究了磁悬浮反作用飞轮密封罩结构的优化设计方法。", marks=("public", "CN-ZJ")),
    Text(2, "硫化物固态电解质的公斤级制备，离子电导率高。", "固态电解质", ("members", "CN-ZJ")),
    Text(3, "抗体层析纯化工艺，纯度达到99.6%。", marks=("public", "CN-SH")),
    Text(4, "高速轮子外罩的抽真空与减重。", marks=("core", "CN-SH")),
]


@pytest.fixture
def index():
    made = EmbeddedWords()
    made.write(TEXTS)
    return made


def keys(index, text, *groups, limit=10):
    wanted = Wanted(tuple(frozenset(group) for group in groups))
    return [hit.key for hit in index.search(hybrid.asked(text), wanted, limit)]


def test_the_text_with_the_words_comes_first(index):
    assert keys(index, "固态电解质公斤级制备")[0] == 2
    assert keys(index, "固態電解質")[0] == 2
    assert keys(index, "99.6%的纯化")[0] == 3


def test_one_shared_character_bridges_two_ways_to_say_it(index):
    assert 1 in keys(index, "轮子")


def test_an_english_need_finds_a_chinese_result_by_dictionary(index):
    assert keys(index, "sulfide solid electrolyte preparation at kilogram scale")[0] == 2
    assert keys(index, "purification of antibody")[0] == 3


def test_filters_hold_before_ranking(index):
    assert keys(index, "轮子外罩", {"public"}) == [1]
    assert keys(index, "轮子外罩", {"public", "core"}, {"CN-SH"}) == [4]
    assert keys(index, "轮子外罩", {"nobody"}) == []
    scores = index.search(hybrid.asked("轮子"), Wanted((frozenset({"public"}),)), 10)
    assert scores[0].score == pytest.approx(
        next(h.score for h in index.search(hybrid.asked("轮子"), Wanted(), 10) if h.key == 1)
    )


def test_a_text_written_again_takes_the_place_of_the_older_one(index):
    index.write([Text(3, "改为介绍污水处理。")])
    index.remove([4])

    assert len(index) == 3
    assert keys(index, "抗体层析") == []
    assert keys(index, "污水处理") == [3]


def test_an_index_in_a_folder_is_there_when_opened_again(tmp_path):
    EmbeddedWords(tmp_path / "words").write(TEXTS)

    assert keys(EmbeddedWords(tmp_path / "words"), "抗体层析纯化")[0] == 3


def test_a_phrase_is_found_only_where_it_stands_in_one_piece(index):
    assert [hit.key for hit in index.phrase("固态电解质", Wanted(), 10)] == [2]
    assert index.phrase("电解固态质", Wanted(), 10) == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "。。。", "轮", "x" * 10_000, "轮" * 10_000, "\x00\x01", "a AND (b OR", "🚢", "ﷺ" * 99, "“*”:~^",
     "привет мир", "こんにちは"],
)  # fmt: skip
def test_no_query_is_too_strange(index, text):
    assert isinstance(keys(index, text), list)


def test_scores_are_those_of_an_independent_bm25():
    """One kind of token alone, against the formula written anew (k1 = 1.2, b = 0.75)."""
    texts = ["离子电导率", "离子液体离子", "电导率测量仪器的校准", "蛋白纯化", "高分子材料的老化"]
    index = EmbeddedWords()
    index.write(Text(key, text) for key, text in enumerate(texts))
    only_pairs = tokens.Tokens(pairs=["离子", "电导"])

    hits = {hit.key: hit.score for hit in index.search(Asked(only_pairs), Wanted(), 10)}

    known = [tokens.of(text).pairs for text in texts]
    mean = sum(map(len, known)) / len(known)
    for key, pairs in enumerate(known):
        expected = 0.0
        for term in only_pairs.pairs:
            having = sum(term in other for other in known)
            rarity = math.log(1 + (len(known) - having + 0.5) / (having + 0.5))
            times = Counter(pairs)[term]
            norm = 1.2 * (1 - 0.75 + 0.75 * len(pairs) / mean)
            expected += rarity * times * 2.2 / (times + norm)
        assert hits.get(key, 0.0) == pytest.approx(expected, rel=1e-3)
