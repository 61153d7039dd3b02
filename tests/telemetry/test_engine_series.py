"""Batches are judged as somebody would who looks at one sample after another."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.telemetry.engine import series
from pilotharbor.telemetry.engine.series import (
    AFTER_GAP,
    ENDLESS,
    IMPOSSIBLE,
    JOINED,
    NEVER,
    SECOND,
    STUCK,
    Known,
)

samples = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(0, 400).map(lambda s: s * SECOND),
        st.sampled_from([-5.0, 0.0, 1.0, 2.0, 99.0]),
    ),
    max_size=60,
)


def ordered(rows):
    """The first that came of each tag and time, by tag and time."""
    first = {}
    for tag, at, value in rows:
        first.setdefault((tag, at), value)
    return [(tag, at, value) for (tag, at), value in sorted(first.items())]


def made(rows):
    return series.of([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])


def listed(batch):
    return list(zip(batch.tag.tolist(), batch.at.tolist(), batch.value.tolist(), strict=True))


@given(samples)
def test_in_order_sorts_and_keeps_the_first_of_equals(rows):
    assert listed(series.in_order(made(rows))) == ordered(rows)


class Watcher:
    """The oracle: one tag, sample by sample."""

    def __init__(self, known):
        self.at, self.value, self.changed = known
        self.stretches = {"gap": [], "stuck": [], "impossible": []}

    def join(self, kind, start, end, missing=0):
        kept = self.stretches[kind]
        if kept and start - kept[-1][1] <= JOINED:
            kept[-1][1], kept[-1][2], kept[-1][3] = end, kept[-1][2] + 1, kept[-1][3] + missing
        else:
            kept.append([start, end, 1, missing])

    def see(self, at, value, *, lowest, highest, gap, stuck):
        flags = 0
        if not lowest <= value <= highest:
            flags |= IMPOSSIBLE
            self.join("impossible", at, at)
        seen = self.at is not None
        if seen and at - self.at > gap:
            flags |= AFTER_GAP
            self.join("gap", self.at, at, at - self.at)
        elif seen and value == self.value and at - self.changed >= stuck:
            flags |= STUCK
            self.join("stuck", self.changed, at)
        if not seen or value != self.value or flags & AFTER_GAP:
            self.changed = at
        self.at, self.value = at, value
        return flags


@given(samples, st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_judging_a_batch_is_looking_at_one_sample_after_another(rows, gap, stuck, known_before):
    rows = [(tag, at + 1000 * SECOND, value) for tag, at, value in ordered(rows)]
    tags = sorted({r[0] for r in rows})
    before = (998 * SECOND, 1.0, 990 * SECOND) if known_before else (None, None, None)
    limits = {"lowest": -1.0, "highest": 50.0, "gap": gap * SECOND, "stuck": stuck * SECOND}
    n = len(tags)
    known = Known(
        tag=np.array(tags, dtype=np.int64),
        at=np.full(n, before[0] if known_before else NEVER),
        value=np.full(n, before[1] if known_before else math.nan),
        changed=np.full(n, before[2] if known_before else NEVER),
        lowest=np.full(n, -1.0),
        highest=np.full(n, 50.0),
        gap_after=np.full(n, gap * SECOND),
        stuck_after=np.full(n, stuck * SECOND),
    )

    judged = series.judge(made(rows), known)

    watchers = {tag: Watcher(before) for tag in tags}
    assert judged.flags.tolist() == [watchers[t].see(at, v, **limits) for t, at, v in rows]
    assert judged.changed.tolist() == [watchers[tag].changed for tag in tags]
    for kind, found in (
        ("gap", judged.gaps), ("stuck", judged.stuck), ("impossible", judged.impossible),
    ):  # fmt: skip
        told = [(tag, *one) for tag in tags for one in watchers[tag].stretches[kind]]
        if kind != "gap":
            told = [(*one[:4], 0) for one in told]
        assert [tuple(one) for one in found] == told


def test_without_limits_nothing_is_flagged():
    rows = [(1, 0, 1e99), (1, 10**15, 1e99)]
    none = np.array([ENDLESS])
    known = Known(
        np.array([1]), np.array([NEVER]), np.array([math.nan]), np.array([NEVER]),
        np.array([-math.inf]), np.array([math.inf]), none, none,
    )  # fmt: skip

    assert series.judge(made(rows), known).flags.tolist() == [0, 0]


@given(samples, st.sampled_from([60, 3600]))
def test_sums_are_those_of_each_step(rows, step_s):
    rows, step = ordered(rows), step_s * SECOND
    flags = np.array([IMPOSSIBLE * (v == 99.0) for _, _, v in rows], dtype=np.int16)

    found = series.sums(made(rows), flags, step)

    steps = {}
    for (tag, at, value), bad in zip(rows, flags.tolist(), strict=True):
        steps.setdefault((tag, at // step * step), []).append((value, bad))
    told = []
    for (tag, at), values in sorted(steps.items()):
        good = [v for v, bad in values if not bad]
        told.append(
            (
                tag,
                at,
                min(good, default=None),
                max(good, default=None),
                sum(good),
                len(good),
                len(values) - len(good),
            )
        )
    columns = (found.tag, found.at, found.low, found.high, found.total, found.good, found.bad)
    plain = [
        tuple(None if isinstance(c, float) and math.isnan(c) else c for c in row)
        for row in zip(*(c.tolist() for c in columns), strict=True)
    ]
    assert plain == told
