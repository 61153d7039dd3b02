"""What do the experts say together? Exact arithmetic, rounded once, at the end."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from pilotharbor.kernel.money import BP, half_up


def weighted_mean(
    sheets: Sequence[Mapping[str, Decimal]], weights_bp: Mapping[str, int]
) -> Decimal:
    """The mean over experts of each one's weighted points, half up to two decimals.

    ``weights_bp`` sums to 10,000 and every sheet has points for exactly its criteria.
    Source: R-ASMT-4.
    """
    if not sheets or sum(weights_bp.values()) != BP:
        raise ValueError("there are sheets, and the weights sum to 10,000")
    total = sum(
        (Fraction(sheet[key]) * weight for sheet in sheets for key, weight in weights_bp.items()),
        Fraction(0),
    )
    hundredths = total * 100 / (BP * len(sheets))
    return Decimal(half_up(hundredths.numerator, hundredths.denominator)) / 100
