"""Does a find that answers stand out, and nothing where nothing answers?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.matching.engine.hits import Hit
from pilotharbor.matching.engine.hybrid import fused, words_alone
from pilotharbor.matching.engine.standing import LIKELY, WEAK, standing, standing_by_words


def level(best: float, *, step: float = 0.02, count: int = 100) -> list[Hit]:
    """Scores that fall slowly from 1 on, with ``best`` in front."""
    return [Hit(0, best), *(Hit(key, 1.0 - step * key / 10) for key in range(1, count))]


def test_a_find_far_above_both_lists_is_likely():
    assert standing(level(3.5), level(1.6))[0] > LIKELY


def test_where_all_are_alike_none_stands_out():
    found = standing(level(1.02), level(1.01))

    assert len(found) == 100
    assert max(found.values()) < WEAK


def test_words_alone_and_meaning_alone_say_less_than_both():
    both = standing(level(3.5), level(1.6))[0]

    assert standing(level(3.5), level(1.0))[0] < both
    assert standing(level(1.0), level(1.6))[0] < both


def test_a_find_without_the_words_may_stand_out_by_meaning_but_not_far():
    words = [Hit(key, 1.0) for key in range(1, 101)]

    assert standing(words, level(1.6))[0] < LIKELY


def test_among_a_handful_nothing_can_be_told():
    assert standing(level(3.0), level(2.0, count=29)) == {}
    assert standing_by_words(level(3.0, count=29)) == {}
    assert fused(level(3.0), level(2.0, count=10), 0.4, 10).standing == {}


def test_without_meaning_words_tell_alone():
    assert standing_by_words(level(5.0))[0] > LIKELY
    assert words_alone(level(5.0), 3).standing.keys() == {0, 1, 2}


def test_words_that_hardly_anything_has_count_the_rest_as_nothing():
    few = [Hit(0, 4.0), *(Hit(key, 1.0) for key in range(1, 12))]

    assert standing(few, level(1.0))[0] > standing(level(4.0), level(1.0))[0]


@given(
    st.lists(st.floats(0, 50), min_size=0, max_size=100),
    st.lists(st.floats(-1, 1), min_size=30, max_size=100),
)
def test_it_is_a_share_whatever_the_scores(words, meaning):
    lists = [
        [Hit(key, score) for key, score in enumerate(sorted(some, reverse=True))]
        for some in (words, meaning)
    ]

    found = standing(*lists)

    assert all(0 < share < 1 for share in found.values())
    assert found.keys() == {hit.key for some in lists for hit in some}


@pytest.mark.parametrize("factor", [0.001, 1.0, 1000.0])
def test_the_scale_of_either_score_is_of_no_matter(factor):
    plain = standing(level(2.0), level(1.3))
    scaled = [Hit(hit.key, hit.score * factor) for hit in level(2.0)]
    near = [Hit(hit.key, hit.score * factor) for hit in level(1.3)]

    assert standing(scaled, near) == pytest.approx(plain, rel=1e-3)
