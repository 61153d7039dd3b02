"""Do two texts describe the same thing? The share of the shorter one's terms that stand in the other.

Measured on 1,936 abstracts: of 300 different ones none shared more than 39 % with any other; what was cut to
two thirds and put in another order shared all of it (docs/rules/matching.md).
"""

from pilotharbor.matching.engine import words

ALIKE_BP = 5000
FEWEST_TERMS = 8


def share_bp(one: str, other: str) -> int:
    """0–10000: how much of the shorter text stands in the longer one; 0 of texts too short to tell."""
    mine, theirs = set(words.terms(one)), set(words.terms(other))
    fewer = min(len(mine), len(theirs))
    if fewer < FEWEST_TERMS:
        return 0
    return round(10_000 * len(mine & theirs) / fewer)
