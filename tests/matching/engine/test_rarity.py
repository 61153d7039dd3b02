"""Is rarity told in steps, so that a hidden text does not show in the score of a visible one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine import hybrid, rarity
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text

SEEN = Wanted((frozenset({"seen"}),))


def written(hidden: list[str]) -> EmbeddedWords:
    """Forty visible texts, of which one speaks of perovskite and one of gypsum; and hidden ones."""
    index = EmbeddedWords()
    plain = [Text(key, "离心泵叶轮的水力设计", marks=("seen",)) for key in range(38)]
    mine = [
        Text(100, "钙钛矿薄膜", marks=("seen",)), Text(101, "脱硫石膏墙板", marks=("seen",)),
    ]  # fmt: skip
    index.write([*plain, *mine, *(Text(200 + n, text) for n, text in enumerate(hidden))])
    return index


def scores(index: EmbeddedWords) -> list[float]:
    found = index.search(hybrid.asked("钙钛矿 石膏"), SEEN, 10)
    by_key = {hit.key: hit.score for hit in found}
    return [by_key[100], by_key[101]]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_hidden_texts_do_not_show_in_the_scores_of_visible_ones(count):
    other, same = ["水稻土壤养分"] * count, ["钙钛矿电池"] * count

    assert scores(written(same)) == pytest.approx(scores(written(other)), rel=0.02)


def test_exact_rarity_would_have_shown_them(monkeypatch):
    """The control: without steps a hidden text is seen at once."""
    monkeypatch.setattr(
        "pilotharbor.matching.engine.lexical.correction", lambda _texts, _having: 1.0
    )

    assert scores(written(["钙钛矿电池"])) != pytest.approx(
        scores(written(["水稻土壤养分"])), rel=0.02
    )


@given(st.integers(1, 10_000_000), st.integers(0, 10_000_000))
def test_rarity_never_rises_with_what_has_the_word(texts, having):
    having = min(having, texts)

    assert rarity.rarity(texts, having) >= rarity.rarity(texts, min(texts, having + 1)) > 0


@given(st.integers(40, 1_000_000), st.integers(0, 5))
def test_everything_very_rare_counts_alike(texts, having):
    assert rarity.step(texts, having) == 4


@given(st.integers(1, 1_000_000), st.integers(1, 1_000_000))
def test_a_step_is_never_far_from_the_truth(texts, having):
    having = min(having, texts)

    assert rarity.step(texts, having) >= having / 1.5
    assert rarity.step(texts, having) <= max(4, having * 1.5)
