"""How many fen? Every rounding of the product stands here.

Amounts are integer fen (1 CNY = 100 fen), rates integer basis points (10,000 bp = 100 %).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise

from django.utils.translation import get_language

from pilotharbor.kernel.errors import Invalid

BP = 10_000
# What a BigIntegerField holds.
LARGEST_FEN = 2**63 - 1

_SCALES = {"": 1, "元": 1, "千": 1_000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_AMOUNT = re.compile(
    r"(?P<sign>[+-]?)(?:¥|RMB|CNY|人民币)?(?P<inner>-?)"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?"
    r"(?P<scale>百万|千万|[千万亿]?)(?:元|圆|CNY|RMB)?",
    re.ASCII,
)
# How each language counts large sums: a second reading, never the amount itself.
_READINGS: dict[str, tuple[tuple[int, str], ...]] = {
    "zh": ((10**8, "{}亿元"), (10**4, "{}万元")),
    "en": ((10**9, "{} billion"), (10**6, "{} million"), (10**3, "{} thousand")),
}


class BadAmount(Invalid):
    """“{text}” is not an amount of money; write it like 1,234.56."""

    code = "money.bad_amount"


class TooPrecise(BadAmount):
    """“{text}” has a part smaller than one fen."""

    code = "money.too_precise"


class TooLarge(BadAmount):
    """“{text}” is larger than any amount kept here."""

    code = "money.too_large"


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer, a half away from zero.

    A claw-back is then exactly the mirror of the payment it takes back.
    """
    if denominator <= 0:
        raise ValueError("the denominator is positive")
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def bp_of(fen: int, bp: int) -> int:
    """``bp`` basis points of an amount, half up."""
    return half_up(fen * bp, BP)


def pro_rata(rate_fen: int, amount: int, *, per: int) -> int:
    """The price of ``amount`` units at ``rate_fen`` for every ``per`` of them, half up."""
    return half_up(rate_fen * amount, per)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights so that the parts sum to it: largest remainder.

    Ties go to the earlier position, a zero weight gets zero, a negative total mirrors.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative and at least one is positive")
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return parts if total >= 0 else [-part for part in parts]


def steps(so_far: Iterable[int]) -> list[int]:
    """What each step adds, from the amounts due so far."""
    return [later - earlier for earlier, later in pairwise([0, *so_far])]


def cumulative(total: int, shares_bp: Sequence[int]) -> list[int]:
    """Instalments of a total: due so far (half up) less booked so far.

    Shares of 10,000 bp together give instalments that add up to the total.
    """
    return steps(bp_of(total, share) for share in accumulate(shares_bp))


def cumulative_rate(bases: Iterable[int], rate_bp: int) -> list[int]:
    """A rate on a base that grows period by period: due so far (half up) less booked so far."""
    return steps(bp_of(base, rate_bp) for base in accumulate(bases))


def net_of_vat(gross_so_far: int, vat_bp: int) -> int:
    """The part of a gross amount that is not value-added tax, half up."""
    return half_up(gross_so_far * BP, BP + vat_bp)


def parse_fen(text: str) -> int:
    """Read an amount of yuan a person wrote (``1,234.56``, ``80万``, ``¥1.2亿``) as fen.

    Raises: BadAmount, TooPrecise, TooLarge.
    """
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper().replace("−", "-")
    match = _AMOUNT.fullmatch(compact)
    if match is None or (match["sign"] and match["inner"]):
        raise BadAmount(text=text.strip())
    digits = match["whole"].replace(",", "") + (match["part"] or "")
    numerator = int(digits) * _SCALES[match["scale"]] * 100 if len(digits) < 40 else 10**40
    denominator: int = 10 ** len(match["part"] or "")
    if numerator > LARGEST_FEN * denominator:
        raise TooLarge(text=text.strip())
    fen, rest = divmod(numerator, denominator)
    if rest:
        raise TooPrecise(text=text.strip())
    return -fen if "-" in (match["sign"], match["inner"]) else fen


def format_cny(fen: int) -> str:
    """An amount as people read it: ``¥1,234,567.89``."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}.{rest:02d}"


def plain_yuan(fen: int) -> str:
    """An amount in yuan for files: ``1234567.89``, no grouping, no sign of currency."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def reading(fen: int, language: str | None = None) -> str:
    """The second reading of a large amount: ``80万元``, ``0.8 million``; small ones have none.

    Two decimals at most; where that is not the whole amount it begins with ``≈``.
    """
    family = (language or get_language() or "zh").split("-")[0]
    for unit, form in _READINGS.get(family, _READINGS["en"]):
        if abs(fen) >= unit * 100:
            exact = Decimal(fen) / (unit * 100)
            short = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
            number = f"{short:,f}".rstrip("0").rstrip(".")
            return ("" if short == exact else "≈ ") + form.format(number)
    return ""
