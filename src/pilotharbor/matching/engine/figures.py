"""Which figures does one text ask for, and does the other one meet them?"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from pilotharbor.matching.engine.reasons import Figure

MOST = 12
LONGEST = 6000
_AT_LEAST = "≥|>=|>|不低于|不少于|不小于|大于等于|大于|高于|超过|至少|达到|达|优于|at least|above|over|more than"
_AT_MOST = (
    "≤|<=|<|不高于|不超过|不大于|小于等于|小于|低于|少于|至多|最多|at most|below|under|less than"
)
_AFTER_LEAST, _AFTER_MOST = "以上", "以下|以内|之内"
_UNIT = r"%|‰|[a-zμ℃°Ω²³·]+[23]?(?:/(?:\([a-zμ²³·*23]{1,12}\)|[a-zμ²³·]+))?(?:-?[123])?|[年月天小时分钟秒万亿元吨公斤克升毫批次倍]{1,3}(?:/(?:[年月天日批台件h]|小时|分钟))?"
_NAME = r"[\u4e00-\u9fff]{2,12}?|(?!(?:of|at|than|least|most|the|by)\b)[a-z][a-z0-9\-]{1,20}"
_STATEMENT = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\(.{{0,20}}?\))?\s*(?:为|是|在|约|可|要求|控制在|稳定在|:|的|of\b|is\b)*\s*"
    rf"(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST}))?\s*(?:到|至|of)?\s*"
    rf"(?P<value>\d{{1,12}}(?:\.\d{{1,9}})?)\s*(?P<unit>{_UNIT})?\s*"
    rf"(?:(?P<after_least>{_AFTER_LEAST})|(?P<after_most>{_AFTER_MOST}))?",
    re.IGNORECASE,
)
# Words that cling to the front of an attribute's name without belonging to it.
_FRONT = re.compile(
    r"^(?:希望|期望|公斤级|吨级|批次|每批|单批|目标|最终|要求|需要|其中|产品|样品|使得?|且|并|而|和|及|将|的|平均|实现|具有|保持|保证)+"
)
_SCALES: dict[str, tuple[str, Decimal]] = {
    "kg": ("g", Decimal(1000)), "公斤": ("g", Decimal(1000)), "mg": ("g", Decimal("0.001")),
    "克": ("g", Decimal(1)), "t": ("g", Decimal(1_000_000)), "吨": ("g", Decimal(1_000_000)),
    "mm": ("m", Decimal("0.001")), "cm": ("m", Decimal("0.01")), "μm": ("m", Decimal("0.000001")),
    "um": ("m", Decimal("0.000001")), "nm": ("m", Decimal("0.000000001")),
    "ml": ("l", Decimal("0.001")), "升": ("l", Decimal(1)), "°c": ("℃", Decimal(1)),
    "小时": ("h", Decimal(1)), "min": ("h", Decimal(1) / 60), "分钟": ("h", Decimal(1) / 60),
    "天": ("h", Decimal(24)), "‰": ("%", Decimal("0.1")), "s/cm": ("ms/cm", Decimal(1000)),
}  # fmt: skip


_JOINERS = re.compile(r"[()·*]")


class Statement(NamedTuple):
    """One figure of a text: ``bound`` is ``at_least``, ``at_most`` or ``exactly``."""

    name: str
    bound: str
    value: Decimal
    unit: str
    words: str


def statements(text: str) -> list[Statement]:
    """The figures of a text with what they are about."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    found = []
    for match in _STATEMENT.finditer(plain):
        name = _FRONT.sub("", match["name"].rsplit("的", 1)[-1])
        if len(name) < 2:
            continue
        least, most = match["least"] or match["after_least"], match["most"] or match["after_most"]
        bound = "at_most" if most else "at_least" if least else "exactly"
        unit = match["unit"] or ""
        found.append(Statement(name, bound, Decimal(match["value"]), unit, match.group().strip()))
    return found[: 4 * MOST]


def compare(query: str, document: str) -> list[Figure]:
    """Each figure the query demands: met, unmet, or unknown where the document is silent."""
    said = statements(document)
    outcomes = []
    for wish in statements(query):
        if wish.bound == "exactly":
            continue
        answer = _answer(wish, said)
        outcome = "unknown" if answer is None else "met" if _meets(wish, answer) else "unmet"
        outcomes.append(
            Figure(wish.name, _shown(wish), answer and _shown(answer), outcome)  # type: ignore[arg-type]
        )
    return list(dict.fromkeys(outcomes))[:MOST]


def _answer(wish: Statement, said: Iterable[Statement]) -> Statement | None:
    """What is said about the same attribute in the same unit; the best of several."""
    unit = _base(wish.unit)[0]
    about = [s for s in said if _same_name(wish.name, s.name) and _base(s.unit)[0] == unit]
    if not about:
        return None
    best = min if wish.bound == "at_most" else max
    return best(about, key=lambda s: s.value * _base(s.unit)[1])


def _same_name(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    return one.endswith(other) or other.endswith(one)


def _meets(wish: Statement, answer: Statement) -> bool:
    wanted = wish.value * _base(wish.unit)[1]
    offered = answer.value * _base(answer.unit)[1]
    if wish.bound == "at_least":
        return offered >= wanted and answer.bound != "at_most"
    return offered <= wanted and answer.bound != "at_least"


def _base(unit: str) -> tuple[str, Decimal]:
    # W/(m·K) and W/m·K are the same.
    plain = _JOINERS.sub("", unit.lower())
    return _SCALES.get(plain, (plain, Decimal(1)))


_SIGNS = {"at_least": "≥ ", "at_most": "≤ ", "exactly": ""}


def _shown(statement: Statement) -> str:
    value = f"{statement.value.normalize():f}"
    unit = f" {statement.unit}" if statement.unit else ""
    return f"{_SIGNS[statement.bound]}{value}{unit}"
