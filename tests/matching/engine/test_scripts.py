"""Is a traditional text found as the simplified one it is, and a simplified one left alone?"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import scripts, words

ABSTRACTS = Path(__file__).parents[3] / "examples" / "matching" / "documents.jsonl"


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("固態電解質", "固态电解质"), ("薄膜乾燥機", "薄膜干燥机"), ("顯著提高", "显著提高"),
        ("試著於現場測量", "试着于现场测量"), ("聚氨酯發泡與頭髮", "聚氨酯发泡与头发"),
        ("鑄鐵鑽孔後開裂", "铸铁钻孔后开裂"), ("廢水過濾", "废水过滤"),
    ],
)  # fmt: skip
def test_technical_terms_are_written_in_simplified_characters(traditional, simplified):
    assert scripts.simplified(traditional) == simplified


def test_simplified_abstracts_are_left_as_they_are():
    texts = [json.loads(line)["abstract"] for line in ABSTRACTS.open(encoding="utf-8")]

    assert [text for text in texts if scripts.simplified(text) != text] == []


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_every_character_stays_in_its_place_and_twice_is_once(text):
    once = scripts.simplified(text)

    assert len(once) == len(text)
    assert scripts.simplified(once) == once


def test_a_query_in_traditional_characters_has_the_terms_of_the_text():
    assert words.terms("廢水過濾膜的清洗") == words.terms("废水过滤膜的清洗")
