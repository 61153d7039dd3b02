"""How rare is a word among all texts? Told in steps, so that it does not tell of a single text.

Rarity is counted over everything that is published, also over what the one who asks may not see. If it
were exact, the scores of two texts of one's own would show how many hidden ones use a word. In steps of
two, with everything very rare counted alike, one hidden text more or less shows nothing, save where
it happens to complete a step. Source: R-MATCH-25.
"""

from math import log, log2

# What stands in fewer texts than this counts as if it stood in so many; in few texts, in a tenth of them.
FEWEST = 4


def idf(texts: int, having: int) -> float:
    """Rarity of a word that exactly ``having`` of ``texts`` have."""
    return log(1 + (texts - having + 0.5) / (having + 0.5))


def step(texts: int, having: int) -> int:
    """The number that ``having`` is rounded to."""
    fewest = max(1, min(FEWEST, texts // 10))
    rounded = 2 ** round(log2(having)) if having > 0 else 0
    return min(texts, max(fewest, rounded))


def rarity(texts: int, having: int) -> float:
    """Rarity of a word, in steps."""
    return idf(texts, step(texts, having))


def correction(texts: int, having: int) -> float:
    """By what an exact rarity is multiplied to be one in steps."""
    exact = idf(texts, having)
    return rarity(texts, having) / exact if exact > 0 else 1.0
