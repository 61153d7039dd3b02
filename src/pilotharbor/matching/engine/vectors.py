"""Which vectors are nearest? One bit a number to choose a thousand, then half precision to rank them.

Source: M. Charikar, Similarity Estimation Techniques from Rounding Algorithms (2002). Measured in
benchmarks/matching.py against the exact answer: recall, and milliseconds at a million vectors.
"""

import threading
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.hits import Hit

RANKED = 1000
# Rows whose differing bits are counted in one go: the counts stay in the cache.
CHUNK = 65_536
# When so many times as many vectors are held, the mean that the bits are taken from is found anew.
REMEASURED = 1.5
SMALLEST = 1024

type Floats = NDArray[np.float32]
type Mask = NDArray[np.bool_]


class Vectors:
    """Unit vectors by number; ``search`` gives those with the greatest cosine.

    Kept as bits (48 bytes for 384 numbers) and as half-precision numbers. A bit says on which side of
    the mean a number lies: what all texts share tells none apart.

    Rows are only ever added: a vector that takes the place of another gets a new row, and the old row
    is no longer alive. One thread writes at a time, any number search meanwhile.
    """

    def __init__(self, dimensions: int) -> None:
        """An empty set of vectors with so many numbers each, a multiple of 64."""
        self.dimensions = dimensions
        self._lock = threading.RLock()
        self._make_room(0)

    def _make_room(self, capacity: int) -> None:
        self._count = 0
        self._row_of: dict[int, int] = {}
        self._keys: NDArray[np.int64] = np.empty(capacity, np.int64)
        self._exact: NDArray[np.float16] = np.empty((capacity, self.dimensions), np.float16)
        # 64 bits of all vectors, then the next 64: one pass over memory for each.
        self._bits: NDArray[np.uint64] = np.empty((self.dimensions // 64, capacity), np.uint64)
        self._alive: Mask = np.zeros(capacity, np.bool_)
        self._mean: Floats = np.zeros(self.dimensions, np.float32)
        self._measured = 0

    def __len__(self) -> int:
        """How many vectors can be found."""
        return len(self._row_of)

    @property
    def rows(self) -> int:
        """How many rows there are, alive or not: a mask for ``search`` has so many places."""
        return self._count

    @property
    def keys(self) -> NDArray[np.int64]:
        """The number of each row."""
        return self._keys[: self._count]

    def row_of(self, key: int) -> int | None:
        """The row of a number that is held."""
        return self._row_of.get(key)

    def fill(self, keys: Sequence[int], rows: Floats) -> None:
        """Hold these vectors and no others."""
        with self._lock:
            self._make_room(len(keys))
            self.add(keys, rows)

    def add(self, keys: Sequence[int], rows: NDArray[np.floating]) -> range:
        """Hold these too, each in the place of an older one of its number; the rows they got."""
        with self._lock:
            start, end = self._count, self._count + len(keys)
            self._grow(end)
            self._keys[start:end] = keys
            self._exact[start:end] = rows
            if end > REMEASURED * self._measured:
                self._measure(end)
            else:
                self._bits[:, start:end] = self._code(self._exact[start:end])
            for row, key in enumerate(keys, start):
                before = self._row_of.get(key)
                if before is not None:
                    self._alive[before] = False
                self._row_of[key] = row
            self._alive[start:end] = True
            self._count = end
            return range(start, end)

    def drop(self, keys: Iterable[int]) -> None:
        """Hold these no longer."""
        with self._lock:
            for key in keys:
                row = self._row_of.pop(key, None)
                if row is not None:
                    self._alive[row] = False

    def exact(self, key: int) -> Floats | None:
        """The vector of a number, in half precision."""
        row = self._row_of.get(key)
        return None if row is None else self._exact[row].astype(np.float32)

    def _grow(self, needed: int) -> None:
        """Room for so many rows. Whoever searches goes on in the old arrays."""
        capacity = len(self._keys)
        if needed <= capacity:
            return
        more = max(needed, SMALLEST, capacity + capacity // 2) - capacity
        self._keys = np.concatenate([self._keys, np.empty(more, np.int64)])
        self._alive = np.concatenate([self._alive, np.zeros(more, np.bool_)])
        rows = np.empty((more, self.dimensions), np.float16)
        self._exact = np.concatenate([self._exact, rows])
        bits = np.empty((self.dimensions // 64, more), np.uint64)
        self._bits = np.concatenate([self._bits, bits], axis=1)

    def _measure(self, count: int) -> None:
        """Find the mean anew and take the bits of all rows from it."""
        total = np.zeros(self.dimensions, np.float64)
        for start in range(0, count, CHUNK):
            part = self._exact[start : min(start + CHUNK, count)]
            total += part.sum(axis=0, dtype=np.float64)
        self._mean = (total / max(count, 1)).astype(np.float32)
        bits = np.empty_like(self._bits)
        for start in range(0, count, CHUNK):
            end = min(start + CHUNK, count)
            bits[:, start:end] = self._code(self._exact[start:end])
        self._bits = bits
        self._measured = max(count, SMALLEST)

    def search(self, row: Floats, limit: int, mask: Mask | None = None) -> list[Hit]:
        """The nearest vectors, nearest first; of those where ``mask`` is true, if one is given."""
        (found,) = self.search_all(row[None, :], limit, mask)
        return found

    def search_all(self, rows: Floats, limit: int, mask: Mask | None = None) -> list[list[Hit]]:
        """The same for many at once."""
        with self._lock:
            count = self._count
            held = _Held(self._keys, self._exact, self._bits[:, :count], self._alive[:count].copy())
            codes = self._code(rows).T
        if mask is not None:
            # Rows that came after the mask was made are not in it.
            held.alive[: len(mask)] &= mask[:count]
            held.alive[len(mask) :] = False
        if not held.alive.any():
            return [[] for _ in rows]
        return [held.nearest(row, code, limit) for row, code in zip(rows, codes, strict=True)]

    def _code(self, rows: NDArray[np.floating]) -> NDArray[np.uint64]:
        bits = np.packbits(rows > self._mean, axis=1)
        return np.ascontiguousarray(bits.view(np.uint64).T)


class _Held:
    """The rows as they were when a search began."""

    def __init__(
        self,
        keys: NDArray[np.int64],
        exact: NDArray[np.float16],
        bits: NDArray[np.uint64],
        alive: Mask,
    ) -> None:
        self.keys, self.exact, self.bits, self.alive = keys, exact, bits, alive

    def nearest(self, row: Floats, code: NDArray[np.uint64], limit: int) -> list[Hit]:
        """The nearest rows by bits, ranked by their half-precision numbers."""
        chosen = self._candidates(code, max(RANKED, limit))
        scores = self.exact[chosen].astype(np.float32) @ row
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(int(self.keys[chosen[i]]), float(scores[i])) for i in best]

    def _candidates(self, code: NDArray[np.uint64], ranked: int) -> NDArray[np.intp]:
        """The rows whose bits differ least, ``ranked`` of them, in order of place."""
        places = len(self.alive)
        never = 64 * len(self.bits) + 1
        distances = np.zeros(places, np.uint16)
        for start in range(0, places, CHUNK):
            part = slice(start, start + CHUNK)
            for bits, word in zip(self.bits, code, strict=True):
                distances[part] += np.bitwise_count(bits[part] ^ word)
        distances[~self.alive] = never
        # How far the farthest of the wanted number is, by counting: cheaper than sorting a million.
        counted = np.bincount(distances, minlength=never + 1)
        reach = int(np.searchsorted(np.cumsum(counted), min(ranked, places)))
        chosen = np.flatnonzero(distances <= min(reach, never - 1))
        if len(chosen) > 4 * ranked:
            chosen = chosen[np.argsort(distances[chosen], kind="stable")[:ranked]]
        return chosen
