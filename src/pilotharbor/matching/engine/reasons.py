"""Why were these two texts put together? Phrases both use, and figures one asks of the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pilotharbor.matching.engine import cutting, words

MOST_PHRASES = 8
# Words that say nothing about the matter: no phrase begins or ends with one.
_EMPTY_WORDS = (
    "的 了 和 与 及 在 是 对 为 以 中 有 于 其 或 等 可 并 从 由 被 将 所 能 该 后 前 上 下 不 个 时 小 大 高 低 各 需 "
    "需要 用于 进行 采用 要求 具有 实现 通过 研究 以及 能够 可以 基于 提供 方法 技术 系统 应用 问题 结果 表明 提高 分析 "
    "效果 影响 希望 达到 获得 得到 使用 利用 解决 目前 现有 我们 公司 企业 项目 产品 相关 有效 主要 一种 一个 不同 较高 "
    "良好 低于 高于 大于 小于 以上 以下 左右 不低于 不高于 不超过 不少于 至少 其中 同时 并且 因此 由于 对于 寻找 寻求 合作 开展 完成 支持 "
    "the and for with from are that this of to in on is we our"
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
    """The longest phrases of whole words that stand in both, best first."""
    theirs = _Text(document)
    found: dict[str, None] = {}
    for run in words.runs(query):
        for phrase in _longest_common(run, theirs):
            found.setdefault(phrase)
    whole = [p for p in found if not any(p != other and p in other for other in found)]
    return sorted(whole, key=lambda p: (-len(p), p))[:MOST_PHRASES]


class _Text:
    """A text that is searched in, and where its words begin and end."""

    def __init__(self, text: str) -> None:
        self.flat = words.flat(text)
        self.edges: set[int] = set()
        at = 1
        for run in words.runs(text):
            for word in _words_of(run):
                self.edges |= {at, at + len(word)}
                at += len(word)
            at += 1

    def holds(self, phrase: str) -> bool:
        """Whether the phrase stands there from the edge of a word to the edge of a word."""
        at = self.flat.find(phrase)
        while at >= 0:
            if at in self.edges and at + len(phrase) in self.edges:
                return True
            at = self.flat.find(phrase, at + 1)
        return False


def _words_of(run: str) -> list[str]:
    return list(cutting.cut(run)) if words.is_han(run) else [run]


def _longest_common(run: str, theirs: _Text) -> Iterator[str]:
    if not words.is_han(run):
        if len(run) > 1 and run not in _EMPTY and not run.isdigit() and theirs.holds(run):
            yield run
        return
    parts = _words_of(run)
    last_end = 0
    for start, first in enumerate(parts):
        if first in _EMPTY:
            continue
        for end in range(len(parts), max(start, last_end), -1):
            phrase = "".join(parts[start:end])
            if len(phrase) < 2 or parts[end - 1] in _EMPTY:
                continue
            if theirs.holds(phrase):
                last_end = end
                yield phrase
                break


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
