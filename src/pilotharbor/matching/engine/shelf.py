"""The meaning of texts, kept on disk: a vector a text, with the version of the text it was made of.

One file that only grows: a record is a number, a version, a vector and a checksum. What was cut off by
a crash, or does not check, is made anew. Which marks a text has is told when it is opened.
"""

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.hits import EVERYTHING, Hit, Wanted
from pilotharbor.matching.engine.marks import Marks
from pilotharbor.matching.engine.vectors import Floats, Vectors

AT_ONCE = 20_000
# A file in which more than this share of the records is of no use is written anew.
WASTE = 0.5


class Shelf:
    """Vectors that can be found by meaning, each with its version and its marks.

    A vector read from disk is found only after ``admit`` has said that it is still true.
    """

    def __init__(self, dimensions: int, path: Path | None = None) -> None:
        """Read what lies at ``path``; without one, keep everything in memory only."""
        self.dimensions = dimensions
        self._path = path
        self._vectors = Vectors(dimensions)
        self._marks = Marks()
        self._versions: dict[int, int] = {}
        # Read, but not admitted yet: number → version and place in ``_kept``.
        self._waiting: dict[int, tuple[int, int]] = {}
        self._kept: NDArray[np.void] = np.empty(0, self._record)
        if path is not None:
            self._read(path)

    def __len__(self) -> int:
        """How many texts can be found."""
        return len(self._vectors)

    @property
    def versions(self) -> dict[int, int]:
        """Number → version of what can be found."""
        return self._versions

    @property
    def _record(self) -> np.dtype[np.void]:
        fields = [("key", "<i8"), ("version", "<i8"), ("row", "<f2", (self.dimensions,))]
        return np.dtype([*fields, ("check", "<u4")])

    def _read(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return
        size = self._record.itemsize
        whole = path.stat().st_size // size
        kept = np.fromfile(path, self._record, whole)
        if path.stat().st_size != whole * size:
            with path.open("r+b") as file:
                file.truncate(whole * size)
        for place, record in enumerate(kept):
            if _check(record) == record["check"]:
                self._waiting[int(record["key"])] = (int(record["version"]), place)
        self._kept = kept
        if whole and len(self._waiting) < (1 - WASTE) * whole:
            self._write_anew(path)

    def _write_anew(self, path: Path) -> None:
        places = sorted(place for _version, place in self._waiting.values())
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            self._kept[places].tofile(file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def admit(self, some: Iterable[tuple[int, int, Sequence[str]]]) -> list[int]:
        """Let what was read be found: (number, version, marks); numbers whose vector is missing."""
        missing, admitted = [], []
        for key, version, marks in some:
            version_read, place = self._waiting.pop(key, (0, -1))
            if place >= 0 and version_read == version:
                admitted.append((key, version, place, marks))
            elif self._versions.get(key) != version:
                missing.append(key)
        if admitted:
            keys = [key for key, *_ in admitted]
            rows = self._kept["row"][[place for _, _, place, _ in admitted]]
            self._hold(keys, [version for _, version, *_ in admitted], rows,
                       [marks for *_, marks in admitted])  # fmt: skip
        return missing

    def settled(self) -> None:
        """All that is true has been admitted: forget the rest of what was read."""
        self._waiting = {}
        self._kept = np.empty(0, self._record)

    def put(
        self,
        keys: Sequence[int],
        versions: Sequence[int],
        rows: Floats,
        marks: Sequence[Sequence[str]],
    ) -> None:
        """Keep vectors, each in the place of an older one of its number."""
        if self._path is not None:
            records = np.zeros(len(keys), self._record)
            records["key"], records["version"], records["row"] = keys, versions, rows
            for record in records:
                record["check"] = _check(record)
            with self._path.open("ab") as file:
                records.tofile(file)
                file.flush()
                os.fsync(file.fileno())
        self._hold(keys, versions, rows, marks)

    def _hold(
        self,
        keys: Sequence[int],
        versions: Sequence[int],
        rows: NDArray[np.floating],
        marks: Sequence[Sequence[str]],
    ) -> None:
        for start in range(0, len(keys), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            places = self._vectors.add(keys[part], rows[part])
            self._marks.add(places, marks[part])
        self._versions.update(zip(keys, versions, strict=True))

    def drop(self, keys: Iterable[int]) -> None:
        """Texts that are found no more; their records go when the file is written anew."""
        gone = list(keys)
        self._vectors.drop(gone)
        for key in gone:
            self._versions.pop(key, None)
            self._waiting.pop(key, None)

    def search(self, row: Floats, limit: int, wanted: Wanted = EVERYTHING) -> list[Hit]:
        """The nearest of those that have the wanted marks, nearest first."""
        return self._vectors.search(row, limit, self._marks.mask(wanted))

    def search_all(self, rows: Floats, limit: int, wanted: Wanted) -> Iterator[list[Hit]]:
        """The same for many at once, one after the other."""
        mask = self._marks.mask(wanted)
        for row in rows:
            yield self._vectors.search(row, limit, mask)


def _check(record: np.void) -> int:
    return zlib.crc32(record.tobytes()[:-4])
