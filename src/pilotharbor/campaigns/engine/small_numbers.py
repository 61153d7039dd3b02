"""What do so few batches say about the next one?"""

from math import comb

CONFIDENCE = 0.95
_HALVINGS = 60


def lower_bound(good: int, judged: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided lower bound of Clopper and Pearson for the chance that a batch is good.

    The smallest chance under which ``good`` or more of ``judged`` batches would still come out
    with probability ``1 - confidence``. All good: ``(1 - confidence) ** (1 / judged)``, which is
    0.368 for three of three. It assumes that batches are independent and alike.
    Source: Clopper & Pearson (1934), Biometrika 26, 404–413; R-CAMP-6.
    """
    if not 0 <= good <= judged or judged < 1:
        raise ValueError("between none and all of at least one batch are good")
    if good == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_least(good, judged, middle) < 1 - confidence:
            low = middle
        else:
            high = middle
    return low


def _at_least(good: int, judged: int, chance: float) -> float:
    """The probability of ``good`` or more successes."""
    return sum(
        comb(judged, k) * chance**k * (1 - chance) ** (judged - k) for k in range(good, judged + 1)
    )
