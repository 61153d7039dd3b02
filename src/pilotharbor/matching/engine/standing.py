"""How far does a find stand out from what merely comes near?

A list of finds always has a best one, also where nothing answers. What answers stands out from its own
list: its score by words is a multiple of that of the finds some places below it, and so is its nearness
in meaning. How much of either tells how often such a find was the right one; see docs/rules/matching.md.
"""

from collections.abc import Sequence
from math import exp, log
from statistics import fmean

from pilotharbor.matching.engine.hits import Hit

# The places of a list that are beside the matter wherever one find answers.
FIRST, LAST = 10, 30
# Fitted on needs in plain words, English ones, problem sentences, titles and keywords, each with its
# answer in the corpus and once more without it: logarithm of the ratio of words, steps of meaning.
WORDS, MEANING, BASE = 1.88, 0.75, -3.62
WORDS_ALONE, BASE_ALONE = 2.84, -3.22
# A ratio beyond these says no more.
LEAST_RATIO, MOST_RATIO = 0.3, 12.0
FEWEST_STEPS, MOST_STEPS = -2.0, 6.0
TINY = 1e-6
# From here on nine in ten were right; below, fewer than one in six.
LIKELY, WEAK = 0.7, 0.25


def standing(words: Sequence[Hit], meaning: Sequence[Hit]) -> dict[int, float]:
    """For each find of both lists, 0…1: how often one that stands out so far is the right one.

    Nothing where there are too few texts to stand out from.
    """
    if len(meaning) < LAST:
        return {}
    by_words = _ratios(words)
    by_meaning = _steps(meaning)
    return {
        key: _share(
            WORDS * log(by_words.get(key, LEAST_RATIO))
            + MEANING * by_meaning.get(key, FEWEST_STEPS)
            + BASE
        )
        for key in {*by_words, *by_meaning}
    }


def standing_by_words(words: Sequence[Hit]) -> dict[int, float]:
    """The same where meaning took no part."""
    if len(words) < LAST:
        return {}
    return {
        key: _share(WORDS_ALONE * log(ratio) + BASE_ALONE) for key, ratio in _ratios(words).items()
    }


def _share(points: float) -> float:
    return 1 / (1 + exp(-points))


def _ratios(hits: Sequence[Hit]) -> dict[int, float]:
    """Each score as a multiple of what stands some places below; a text without the words counts as 0."""
    below = [hit.score for hit in hits[FIRST:LAST]]
    field = sum(below) / (LAST - FIRST)
    return {
        hit.key: min(MOST_RATIO, max(LEAST_RATIO, hit.score / field if field > 0 else MOST_RATIO))
        for hit in hits
    }


def _steps(hits: Sequence[Hit]) -> dict[int, float]:
    """How far above the field each is, in steps from there down to the last of the list."""
    field = fmean(hit.score for hit in hits[FIRST:LAST])
    step = max(TINY, field - hits[-1].score)
    return {hit.key: min(MOST_STEPS, max(FEWEST_STEPS, (hit.score - field) / step)) for hit in hits}
