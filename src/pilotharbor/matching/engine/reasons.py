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
    # Common in texts of every discipline alike (CSL, entropy over its thirteen categories above .78).
    "随着 过程 情况 手段 条件 基础 依据 作用 重要 之一 结合 因素 作为 发展 产生 基本 存在 形成 直接 意义 而且 方面 状况 关系 本文 "
    "合理 进一步 探讨 原因 介绍 变化 一定 其他 内容 之间 受到 成为 认为 程度 价值 方式 出现 运用 特点 特征 以来 比较 全面 传统 现象 "
    "复杂 思路 总结 两个 三个 包括 广泛 角度 一系列 为了 各种 从而 有关 领域 最终 人们 一些 可能 许多 阶段 重点 严重 促进 水平 成功 "
    "如何 原则 导致 特别 背景 考察 不断 经验 不仅 核心 国内外 大量 根据 提出 发生 方向 这种 采取 成熟 阐述 当前 工作 能力 两种 这一 "
    "所有 表现 丰富 符合 越来越 越来越多 自身 综合 积极 措施 制定 实际 相对 实施 总体 造成 发挥 不足 非常 模式 取得 逐渐 没有 相应 "
    "这些 现状 关于 在于 目标 一般 加强 改进 持续 较大 使得 明显 增加 需求 时间 范围 典型 构成 尤其 优势 已经 引起 国内 参考 趋势 "
    "状态 关注 更加 满足 但是 开始 最后 带来 初步 不能 指出 增强 处于 "
    # What needs say whatever they are about.
    "位置 办法 解决办法 经常 容易 成本 现在 自己 每次 老是 怎么 什么 想要 需求方 求解 急需 迫切 难题 现场 客户 车间 工厂 厂家 厂里 "
    "损失 希望能 最好 地方 东西 事情 不好 好用 便宜 "
    # Units: that both texts measure in them says nothing.
    "pa kpa mpa gpa kg mg mm cm um μm nm min kw mw kwh hz khz mhz ghz ml mol wt rpm "
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
