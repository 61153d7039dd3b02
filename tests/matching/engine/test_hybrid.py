"""Do words and meaning add up, and does search go on when meaning is not to be had?"""

import numpy as np
import pytest

from pilotharbor.matching.engine import dictionary, hybrid
from pilotharbor.matching.engine.hits import Hit, Wanted
from pilotharbor.matching.engine.hybrid import Engine, fuse
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text
from pilotharbor.matching.engine.provider import Unavailable


class Meaning:
    """A provider whose vectors are chosen by the test."""

    name = "by hand"
    dimensions = 64

    def __init__(self, rows):
        self.rows = rows

    def queries(self, texts):
        if self.rows is None:
            raise Unavailable("the endpoint is away")
        return np.stack([self.rows[text] for text in texts])

    passages = queries


def unit(place):
    row = np.zeros(64, np.float32)
    row[place] = 1
    return row


def test_fuse_takes_both_lists_independently():
    words = [Hit(1, 9.0), Hit(2, 4.0), Hit(3, 2.0)]
    meaning = [Hit(4, 0.9), Hit(2, 0.85), Hit(5, 0.8)]

    found = fuse(words, meaning, 0.4, 10)

    # Fewer words than asked for: 1, 4/9, 2/9; meaning stretched to 1, 1/2, 0.
    assert [hit.key for hit in found] == [4, 2, 1, 3, 5]
    assert [hit.score for hit in found] == pytest.approx([0.6, 0.4 * 4 / 9 + 0.3, 0.4, 0.8 / 9, 0])


def test_a_full_list_of_words_is_stretched_to_nothing_at_its_end():
    words = [Hit(key, 200.0 - key) for key in range(100)]

    found = fuse(words, [], 1.0, 100)

    assert (found[0].score, found[-1].score) == (1.0, 0.0)


def test_a_list_of_one_counts_in_full():
    assert fuse([Hit(1, 3.0)], [], 0.4, 10) == [Hit(1, 0.4)]


def test_what_says_the_same_in_other_words_is_found_by_meaning():
    provider = Meaning({"想把外壳做轻": unit(3)})
    engine = Engine(EmbeddedWords(), provider)
    engine.words.write([Text(1, "飞轮密封罩减重优化"), Text(2, "抗体纯化")])
    engine.meaning.put([1, 2], [0, 0], np.stack([unit(3), unit(9)]), [(), ()])

    found = engine.search("想把外壳做轻")

    assert found.with_meaning
    assert found.hits[0].key == 1


def test_search_goes_on_with_words_when_meaning_is_away_and_says_so():
    engine = Engine(EmbeddedWords(), Meaning(None))
    engine.words.write([Text(1, "飞轮密封罩减重优化")])
    engine.meaning.put([1], [0], unit(3)[None, :], [()])

    found = engine.search("密封罩")

    assert [hit.key for hit in found.hits] == [1]
    assert (found.with_meaning, found.why) == (False, "the endpoint is away")


def test_without_a_provider_words_alone_are_searched():
    engine = Engine(EmbeddedWords(), None)
    engine.words.write([Text(1, "飞轮密封罩减重优化")])

    assert engine.search("密封罩") == hybrid.Found(
        [Hit(1, 1.0)], with_meaning=False, shares={1: (1, 0)}
    )


def test_filters_hold_for_words_and_for_meaning_before_anything_is_ranked():
    provider = Meaning({"密封罩": unit(3)})
    engine = Engine(EmbeddedWords(), provider)
    texts = [Text(k, "飞轮密封罩减重优化", marks=(f"see/{k % 2}",)) for k in range(150)]
    engine.words.write(texts)
    keys = [text.key for text in texts]
    engine.meaning.put(keys, keys, np.stack([unit(3)] * 150), [text.marks for text in texts])

    found = engine.search("密封罩", wanted=Wanted((frozenset({"see/1"}),)), limit=200)

    assert {hit.key for hit in found.hits} == set(range(1, 150, 2))


@pytest.mark.parametrize("query", ['"密封罩减重"', "轻 “密封罩减重”", "「密封罩减重」"])
def test_what_stands_in_quotes_must_stand_there_as_it_is(query):
    engine = Engine(EmbeddedWords(), Meaning({query: unit(3)}))
    engine.words.write([Text(1, "飞轮密封罩减重优化"), Text(2, "减重之后的密封罩")])
    engine.meaning.put([1, 2], [0, 0], np.stack([unit(3)] * 2), [(), ()])

    assert [hit.key for hit in engine.search(query).hits] == [1]


def test_many_needs_are_answered_as_one_by_one():
    rows = {"密封罩": unit(3), "抗体": unit(9), "  ": unit(5), "?": unit(5)}
    engine = Engine(EmbeddedWords(), Meaning(rows))
    engine.words.write([Text(1, "飞轮密封罩减重优化"), Text(2, "抗体纯化")])
    engine.meaning.put([1, 2], [0, 0], np.stack([unit(3), unit(9)]), [(), ()])

    found = engine.search_all(["密封罩", "抗体", "  "])

    assert found[:2] == [engine.search("密封罩"), engine.search("抗体")]
    assert found[2].hits == []


def test_the_dictionary_offers_chinese_for_each_telling_word():
    found = {some[0]: some[1:] for some in dictionary.choices("the adsorption of heavy metals")}

    assert set(found) == {"adsorption", "heavy", "metals"}
    assert "吸附" in found["adsorption"]
    assert "重金属" in found["heavy"]


def test_a_text_is_foreign_when_hardly_a_chinese_character_stands_in_it():
    assert dictionary.is_foreign("solid electrolyte powder")
    assert not dictionary.is_foreign("GMP 条件下的放大")
    assert not dictionary.is_foreign("固态电解质")
    assert not dictionary.is_foreign("")


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("“固态电解质”", ("固态电解质",)),
        ('公斤级 "固态电解质" 「烧结」', ("固态电解质", "烧结")),
        ("“零距离”的电视新闻理念", ()),
        ("对“城市廊道”概念的思考", ()),
        ('奶牛的"亚健康状态"不可忽视', ()),
        ("希望找到 “固态电解质” " + "公斤级制备的办法" * 12, ()),
        ('" “ 』', ()),
    ],
)
def test_quotation_marks_demand_in_a_search_and_stress_in_a_sentence(text, phrases):
    assert hybrid.asked(text).phrases == phrases
