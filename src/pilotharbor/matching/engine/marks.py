"""Which rows may be found? Marks of rows, and the mask of those that have what is wanted."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.hits import Wanted

KEPT_MASKS = 32

type Mask = NDArray[np.bool_]


class Marks:
    """For each mark the rows that have it. Rows are only ever added, as in ``Vectors``."""

    def __init__(self) -> None:
        """No rows yet."""
        self._rows: dict[str, list[NDArray[np.uint32]]] = {}
        self._count = 0
        self._lock = threading.RLock()
        self._masks: OrderedDict[frozenset[str], Mask] = OrderedDict()

    def add(self, rows: range, marks: Iterable[Iterable[str]]) -> None:
        """Say which marks these new rows have."""
        having: dict[str, list[int]] = {}
        for row, some in zip(rows, marks, strict=True):
            for mark in some:
                having.setdefault(mark, []).append(row)
        with self._lock:
            for mark, places in having.items():
                parts = self._rows.setdefault(mark, [])
                parts.append(np.asarray(places, np.uint32))
                # Few long lists are read faster than many short ones.
                while len(parts) > 1 and len(parts[-2]) <= 2 * len(parts[-1]):
                    last = parts.pop()
                    parts[-1] = np.concatenate([parts[-1], last])
            self._count = max(self._count, rows.stop)
            self._masks.clear()

    def mask(self, wanted: Wanted) -> Mask | None:
        """Where a row has one mark of each group; None where everything is wanted."""
        if not wanted.groups:
            return None
        with self._lock:
            masks = [self._group(group) for group in wanted.groups]
        whole = masks[0].copy()
        for other in masks[1:]:
            whole &= other
        return whole

    def _group(self, group: frozenset[str]) -> Mask:
        known = self._masks.get(group)
        if known is not None:
            self._masks.move_to_end(group)
            return known
        mask = np.zeros(self._count, np.bool_)
        for mark in group:
            for rows in self._rows.get(mark, ()):
                mask[rows] = True
        self._masks[group] = mask
        if len(self._masks) > KEPT_MASKS:
            self._masks.popitem(last=False)
        return mask
