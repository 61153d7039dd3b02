import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.documents.capitals import DIGITS, amount

WORTH = {digit: i for i, digit in enumerate(DIGITS)}


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (80_000_000, "捌拾万元整"),
        (50_000_000, "伍拾万元整"),
        (0, "零元整"),
        (100, "壹元整"),
        (1, "壹分"),
        (10, "壹角"),
        (15, "壹角伍分"),
        (105, "壹元零伍分"),
        (150, "壹元伍角"),
        # The worked examples of the rules for filling in bills (支付结算办法, 附一).
        (140_950, "壹仟肆佰零玖元伍角"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (100_000_100, "壹佰万零壹元整"),
        (1_000_100_000_000, "壹佰亿零壹佰万元整"),
        (3_000_000_000, "叁仟万元整"),
        (-22_641_509, "负贰拾贰万陆仟肆佰壹拾伍元零玖分"),
    ],
)
def test_amounts_read_as_the_rules_for_bills_want(fen, text):
    assert amount(fen) == text


def read(text: str) -> int:
    """The amount in fen that a text in capitals names, for the round trip."""
    sign = -1 if text.startswith("负") else 1
    yuan, _, rest = text.removeprefix("负").removesuffix("整").rpartition("元")
    fen = 0
    for unit, worth in (("角", 10), ("分", 1)):
        head, found, tail = rest.partition(unit)
        if found:
            fen += WORTH[head.removeprefix("零") or "零"] * worth
            rest = tail
    return sign * (whole(yuan) * 100 + fen)


def whole(text: str) -> int:
    total = 0
    for unit, worth in (("京", 10**16), ("兆", 10**12), ("亿", 10**8), ("万", 10**4), ("", 1)):
        head, found, tail = text.partition(unit) if unit else (text, "", "")
        if not unit or found:
            total += group(head) * worth
            text = tail if unit else ""
    return total


def group(text: str) -> int:
    total, digit = 0, 0
    for character in text.replace("零", ""):
        if character in "拾佰仟":
            total += digit * 10 ** ("拾佰仟".index(character) + 1)
            digit = 0
        else:
            digit = WORTH[character]
    return total + digit


@given(st.integers(min_value=-(2**63), max_value=2**63))
def test_every_amount_reads_back_as_itself(fen):
    assert read(amount(fen)) == fen
