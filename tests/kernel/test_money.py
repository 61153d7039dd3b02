"""Fen are neither lost nor invented, and the two voyages' figures come out."""

import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.kernel import money

fen = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


def _decimal_half_up(value: Fraction) -> int:
    """An independent oracle: the decimal library's rounding (exact, since ours is a ratio)."""
    whole = int(abs(value))
    rest = abs(value) - whole
    part = Decimal(rest.numerator) / Decimal(rest.denominator)
    size = whole + int(part.quantize(Decimal(1), ROUND_HALF_UP))
    return size if value >= 0 else -size


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_up_agrees_with_the_decimal_library(numerator: int, denominator: int) -> None:
    assert money.half_up(numerator, denominator) == _decimal_half_up(
        Fraction(numerator, denominator)
    )


def test_half_up_mirrors_and_refuses_no_denominator() -> None:
    assert [money.half_up(n, 2) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
    with pytest.raises(ValueError, match="positive"):
        money.half_up(1, 0)


@given(fen, weights)
def test_split_loses_and_invents_nothing(total: int, parts: list[int]) -> None:
    shares = money.split(total, parts)

    assert sum(shares) == total
    assert all(share == 0 for share, weight in zip(shares, parts, strict=True) if weight == 0)


@given(fen, weights)
def test_split_is_never_a_fen_away_from_the_exact_share(total: int, parts: list[int]) -> None:
    whole = sum(parts)

    for share, weight in zip(money.split(total, parts), parts, strict=True):
        assert abs(share - Fraction(total * weight, whole)) < 1


@given(fen, weights)
def test_split_of_a_claw_back_mirrors_the_payment(total: int, parts: list[int]) -> None:
    assert money.split(-total, parts) == [-share for share in money.split(total, parts)]


def test_split_breaks_ties_by_position() -> None:
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(2, [1, 0, 1, 1]) == [1, 0, 1, 0]
    assert money.split(-1, [1, 1]) == [-1, 0]


@pytest.mark.parametrize("parts", [[], [0, 0], [1, -1], [2, -1]])
def test_split_refuses_weights_that_share_nothing(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split(1, parts)


@given(fen, st.lists(st.integers(1, 3000), min_size=1, max_size=6))
def test_cumulative_instalments_add_up(total: int, shares: list[int]) -> None:
    shares = [*shares, 10_000 - sum(shares)] if sum(shares) <= 10_000 else [10_000]

    assert sum(money.cumulative(total, shares)) == total


@given(fen, st.integers(0, 10_000))
def test_net_and_tax_make_the_gross(gross: int, vat_bp: int) -> None:
    net = money.net_of_vat(gross, vat_bp)

    assert abs(net * (10_000 + vat_bp) - gross * 10_000) * 2 <= 10_000 + vat_bp


def test_biomed_voyage_figures() -> None:
    gross = money.cumulative(80_000_000, [3000, 4000, 3000])
    net = money.steps(money.net_of_vat(so_far, 600) for so_far in itertools.accumulate(gross))

    assert gross == [24_000_000, 32_000_000, 24_000_000]
    assert net == [22_641_509, 30_188_680, 22_641_509]
    assert sum(net) == 75_471_698
    assert money.split(4000, [3000, 7000]) == [1200, 2800]


def test_electrolyte_voyage_figures() -> None:
    gross = money.cumulative(50_000_000, [5000, 5000])
    net = money.steps(money.net_of_vat(so_far, 600) for so_far in itertools.accumulate(gross))

    assert net == [23_584_906, 23_584_905]
    assert money.cumulative_rate([1_234_567_890, 87_654_321, 1], 500) == [61_728_395, 4_382_716, 0]
    assert money.pro_rata(120_000, 36 * 3600, per=3600) == 4_320_000


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.56", 123_456),
        ("80万", 80_000_000),
        ("¥1.2亿", 12_000_000_000),
        ("￥ 1.2 亿元", 12_000_000_000),
        ("１２３４．５", 123_450),
        ("-0.01", -1),
        ("¥-5元", -500),
        ("-¥5", -500),
        ("0", 0),
        ("300千元", 30_000_000),
        ("3百万", 300_000_000),
        ("2千万元", 2_000_000_000),
        ("0.000001亿", 10_000),
        ("CNY 100", 10_000),
    ],
)
def test_parse_reads_what_people_write(text: str, amount: int) -> None:
    assert money.parse_fen(text) == amount


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "1.2.3", "八十万", "1e5", "--5", "-¥-5", "$5", "5%", "1,2345", "."]
)
def test_parse_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(money.BadAmount) as refusal:
        money.parse_fen(text)

    assert type(refusal.value) is money.BadAmount


def test_parse_never_rounds_or_overflows() -> None:
    with pytest.raises(money.TooPrecise):
        money.parse_fen("1.005")
    with pytest.raises(money.TooLarge):
        money.parse_fen("1" * 60)
    with pytest.raises(money.TooLarge):
        money.parse_fen("92233720368547758.08")
    assert money.parse_fen("92233720368547758.07") == money.LARGEST_FEN


@given(st.integers(-money.LARGEST_FEN, money.LARGEST_FEN))
def test_parse_reads_back_what_is_printed(amount: int) -> None:
    assert money.parse_fen(money.format_cny(amount)) == amount
    assert money.parse_fen(money.plain_yuan(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (80_000_000, "80万元", "800 thousand"),
        (12_000_000_000, "1.2亿元", "120 million"),
        (123_456_789, "≈ 123.46万元", "≈ 1.23 million"),
        (-80_000_000, "-80万元", "-800 thousand"),
        (999_900, "", "≈ 10 thousand"),
        (0, "", ""),
    ],
)
def test_reading_is_a_second_look_at_large_sums(amount: int, zh: str, en: str) -> None:
    assert money.reading(amount, "zh-hans") == zh
    assert money.reading(amount, "en") == en
