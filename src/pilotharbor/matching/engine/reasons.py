"""Why were these two texts put together? Phrases both use, and figures one asks of the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pilotharbor.matching.engine import words

MOST_PHRASES = 8
# Pairs that say nothing about the matter; a phrase of nothing else is not a reason.
_EMPTY_WORDS = (
    "的 了 和 与 及 在 是 对 为 以 中 有 于 其 或 等 可 并 从 由 被 将 所 能 该 后 前 上 下 不 需要 用于 进行 采用 "
    "要求 具有 实现 通过 研究 以及 能够 可以 基于 提供 方法 技术 系统 应用 问题 结果 表明 提高 分析 效果 影响 "
    "的研 究了 进行了 the and for with from are that this of to in on is we our"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase both texts use."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure the query asks for and what the other text says about it."""

    attribute: str
    asked: str
    said: str | None
    outcome: Literal["met", "unmet", "unknown"]


def shared_phrases(query: str, document: str) -> list[str]:
    """The longest phrases of the query that stand in the document too, best first."""
    haystack = words.flat(document)
    found: dict[str, None] = {}
    for run in words.runs(query):
        for phrase in _longest_common(run, haystack):
            if not _says_nothing(phrase):
                found.setdefault(phrase)
    whole = [p for p in found if not any(p != other and p in other for other in found)]
    return sorted(whole, key=lambda p: (-len(p), p))[:MOST_PHRASES]


def _longest_common(run: str, haystack: str) -> Iterator[str]:
    if not words.is_han(run):
        if words.count(run, haystack):
            yield run
        return
    start, last_end = 0, 0
    while start < len(run) - 1:
        end = start + 1
        while end < len(run) and run[start : end + 1] in haystack:
            end += 1
        if end - start >= 2 and end > last_end:
            last_end = end
            yield _trimmed(run[start:end])
        start += 1


def _trimmed(phrase: str) -> str:
    """Without the particles at either end."""
    while len(phrase) > 1 and phrase[0] in _EMPTY:
        phrase = phrase[1:]
    while len(phrase) > 1 and phrase[-1] in _EMPTY:
        phrase = phrase[:-1]
    return phrase


def _says_nothing(phrase: str) -> bool:
    if phrase in _EMPTY or (words.is_han(phrase) and len(phrase) < 2):
        return True
    return not words.is_han(phrase) and (len(phrase) < 2 or phrase.isdigit())


def as_json(phrases: list[str], figures: list[Figure]) -> list[dict[str, str | None]]:
    """Reasons as they are kept and sent: figures first, since they decide."""
    said: list[dict[str, str | None]] = [
        {
            "kind": "figure",
            "attribute": f.attribute,
            "asked": f.asked,
            "said": f.said,
            "outcome": f.outcome,
        }
        for f in figures
    ]
    return said + [{"kind": "phrase", "text": phrase} for phrase in phrases]
