"""Which vectors are nearest? One bit a number to choose a thousand, then half precision to rank them.

Source: A. Charikar, Similarity Estimation Techniques from Rounding Algorithms (2002). Measured in
benchmarks/matching.py against the exact answer: recall, and milliseconds at a million vectors.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.lexical import Hit

RANKED = 1000
# Rows whose differing bits are counted in one go: the counts stay in the cache.
CHUNK = 65_536

type Floats = NDArray[np.float32]
type Mask = NDArray[np.bool_]


class Vectors:
    """Unit vectors by number; ``search`` gives those with the greatest cosine.

    Kept as bits (48 bytes for 384 numbers) and as half-precision numbers. A bit says on which side of
    the mean a number lies: what all texts share tells none apart.
    """

    def __init__(self, dimensions: int) -> None:
        """An empty set of vectors with so many numbers each, a multiple of 64."""
        self.dimensions = dimensions
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._exact: NDArray[np.float16] = np.empty((0, dimensions), np.float16)
        # 64 bits of all vectors, then the next 64: one pass over memory for each.
        self._bits: NDArray[np.uint64] = np.empty((dimensions // 64, 0), np.uint64)
        self._mean: Floats = np.zeros(dimensions, np.float32)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._keys)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The numbers, in the order in which a mask for ``search`` speaks of them."""
        return self._keys

    def fill(self, keys: Sequence[int], rows: Floats) -> None:
        """Hold these vectors and no others."""
        self._keys = np.asarray(keys, np.int64)
        self._exact = rows.astype(np.float16)
        self._mean = rows.mean(axis=0) if len(rows) else np.zeros(self.dimensions, np.float32)
        self._bits = self._code(rows)

    def search(self, row: Floats, limit: int, mask: Mask | None = None) -> list[Hit]:
        """The nearest vectors, nearest first; of those where ``mask`` is true, if one is given."""
        (found,) = self.search_all(row[None, :], limit, mask)
        return found

    def search_all(self, rows: Floats, limit: int, mask: Mask | None = None) -> list[list[Hit]]:
        """The same for many at once."""
        if not len(self):
            return [[] for _ in rows]
        codes = self._code(rows).T
        return [
            self._nearest(row, code, limit, mask) for row, code in zip(rows, codes, strict=True)
        ]

    def _nearest(
        self, row: Floats, code: NDArray[np.uint64], limit: int, mask: Mask | None
    ) -> list[Hit]:
        chosen = self._candidates(code, mask)
        scores = self._exact[chosen].astype(np.float32) @ row
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(int(self._keys[chosen[i]]), float(scores[i])) for i in best]

    def _candidates(self, code: NDArray[np.uint64], mask: Mask | None) -> NDArray[np.intp]:
        """The rows whose bits differ least, ``RANKED`` of them, in order of place."""
        distances = np.zeros(len(self), np.uint16)
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            for bits, word in zip(self._bits, code, strict=True):
                distances[part] += np.bitwise_count(bits[part] ^ word)
        if mask is not None:
            distances[~mask] = self.dimensions + 1
        count = min(RANKED, len(self))
        # How far the farthest of the wanted number is, by counting: cheaper than sorting a million.
        counted = np.bincount(distances, minlength=self.dimensions + 2)
        reach = int(np.searchsorted(np.cumsum(counted), count))
        chosen = np.flatnonzero(distances <= min(reach, self.dimensions))
        if len(chosen) > 4 * RANKED:
            chosen = chosen[np.argsort(distances[chosen], kind="stable")[:RANKED]]
        return chosen

    def _code(self, rows: Floats) -> NDArray[np.uint64]:
        bits = np.packbits(rows > self._mean, axis=1)
        return np.ascontiguousarray(bits.view(np.uint64).T)
