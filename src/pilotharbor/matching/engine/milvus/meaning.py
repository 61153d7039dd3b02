"""Which texts mean the same? The nearest vectors, from a Milvus of many machines.

The same questions as ``shelf.py`` answers; how vectors are indexed is left to that Milvus.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pilotharbor.matching.engine.hits import Hit, Wanted
from pilotharbor.matching.engine.milvus import store
from pilotharbor.matching.engine.milvus.store import KEY, MARKS, VERSION, Store
from pilotharbor.matching.engine.vectors import Floats

MEANING, VECTOR = "meaning", "vector"


class MilvusShelf:
    """Vectors that can be found by meaning, each with its version and its marks, in a Milvus."""

    def __init__(
        self, kept: Store, dimensions: int, model: str = "", index_type: str = "AUTOINDEX"
    ) -> None:
        """Make what is not there yet; vectors of another ``model`` lie apart. Raises: Away."""
        self.dimensions = dimensions
        self._store = kept
        digest = hashlib.blake2b(model.encode(), digest_size=6).hexdigest()
        self.collection = f"{MEANING}_{dimensions}_{digest}"
        kept.provide(
            self.collection,
            {
                KEY: {"datatype": "INT64", "is_primary": True},
                VERSION: {"datatype": "INT64"},
                MARKS: store.marks_field(),
                VECTOR: {"datatype": "FLOAT_VECTOR", "dim": dimensions},
            },
            {"field_name": VECTOR, "index_type": index_type, "metric_type": "IP"},
        )

    def __len__(self) -> int:
        """How many texts can be found."""
        return self._store.count(self.collection)

    @property
    def versions(self) -> dict[int, int]:
        """Number → version of what can be found; asked for anew each time. Raises: Away."""
        return {
            int(row[KEY]): int(row[VERSION]) for row in self._store.all(self.collection, VERSION)
        }

    def admit(self, some: Iterable[tuple[int, int, Sequence[str]]]) -> list[int]:
        """Let texts be found by these marks: (number, version, marks); numbers whose vector is missing.

        Raises: Away.
        """
        held = {int(row[KEY]): row for row in self._store.all(self.collection, VERSION, MARKS)}
        missing: list[int] = []
        other: dict[int, tuple[int, Sequence[str]]] = {}
        for key, version, marks in some:
            row = held.get(key)
            if row is None or row[VERSION] != version:
                missing.append(key)
            elif set(row[MARKS]) != set(marks):
                other[key] = (version, marks)
        for row in self._store.get(self.collection, other, VECTOR):
            version, marks = other[int(row[KEY])]
            self.put([int(row[KEY])], [version], np.array([row[VECTOR]], np.float32), [marks])
        return missing

    def settled(self) -> None:
        """Nothing waits here."""

    def put(
        self,
        keys: Sequence[int],
        versions: Sequence[int],
        rows: Floats,
        marks: Sequence[Sequence[str]],
    ) -> None:
        """Keep vectors, each in the place of an older one of its number. Raises: Away."""
        latest = {
            key: {KEY: key, VERSION: version, MARKS: list(dict.fromkeys(its)), VECTOR: row}
            for key, version, row, its in zip(keys, versions, rows, marks, strict=True)
        }
        self._store.put(self.collection, latest.values())

    def drop(self, keys: Iterable[int]) -> None:
        """Texts that are found no more. Raises: Away."""
        self._store.take(self.collection, keys)

    def search(self, row: Floats, limit: int, wanted: Wanted = Wanted()) -> list[Hit]:  # noqa: B008
        """The nearest of those that have the wanted marks, nearest first. Raises: Away."""
        (found,) = self.search_all(row[None, :], limit, wanted)
        return found

    def search_all(self, rows: Floats, limit: int, wanted: Wanted) -> Iterator[list[Hit]]:
        """The same for many at once, one after the other. Raises: Away."""
        condition = store.condition(wanted)
        if condition is None or limit < 1:
            yield from ([] for _ in rows)
            return
        for row in rows:
            (found,) = self._store.search(
                self.collection, [row], VECTOR, condition=condition, limit=limit
            )
            hits = [Hit(int(hit[KEY]), float(hit["distance"])) for hit in found]
            yield sorted(hits, key=lambda hit: (-hit.score, hit.key))
