"""Entries of one cell are told apart as they were put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.web.transfer import parsing

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(str.strip)
texts = texts.filter(bool)


@given(st.lists(texts, max_size=6, unique=True))
def test_words_that_were_joined_are_taken_apart_as_they_were(entries):
    assert parsing.Listed(20)(parsing.joined(entries)) == entries


@given(st.lists(st.just("") | texts, max_size=6).filter(lambda e: e != [""]))
def test_places_are_kept_where_columns_belong_together(entries):
    joined = parsing.joined(entries)

    assert joined == "" or parsing.Listed(20, places=True)(joined) == entries


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("甲、乙，丙|丁\n戊", ["甲", "乙", "丙", "丁", "戊"]),
        ("甲；乙、丙;丁", ["甲", "乙、丙", "丁"]),
        ("甲、乙；", ["甲、乙"]),
        ('"甲；乙"；丙', ["甲；乙", "丙"]),
        ('"甲"乙；丙', ['"甲"乙', "丙"]),
        ('"甲；乙', ['"甲', "乙"]),
        ("；；甲；；甲；", ["甲"]),
        ("", []),
    ],
)
def test_semicolons_alone_set_apart_where_there_are_any(text, entries):
    assert parsing.Listed(20)(text) == entries
