"""How is Milvus reached, and what lies in it?

Each harbour has collections of its own under one name. Milvus is an option: its client is loaded only
where an address of one is configured.
"""

import copy
import importlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Any

from pilotharbor.matching.engine.hits import Wanted

PATIENCE_S = 10.0
AT_ONCE = 500
# The most that Milvus answers to one question.
MOST_FINDS = 16_384
MOST_MARKS, LONGEST_MARK = 4096, 200
KEY, VERSION, MARKS = "key", "version", "marks"


class Away(Exception):
    """The search engine on other machines does not answer, or its client is not installed."""


class Store:
    """A connection to a Milvus and the collections under one name in it."""

    def __init__(
        self, uri: str, name: str, token: str = "", patience_s: float = PATIENCE_S
    ) -> None:
        """Connect; ``uri`` is an http(s) address, or a file for Milvus Lite.

        Raises: Away.
        """
        try:
            self._milvus = importlib.import_module("pymilvus")
        except ImportError as exc:
            raise Away(
                'the client is not installed: pip install "pilotharbor[distributed]"'
            ) from exc
        self._name = name
        self._patience_s = patience_s
        self.client: Any = self._told(
            lambda: self._milvus.MilvusClient(uri=uri, token=token, timeout=patience_s)
        )

    def part(self, name: str) -> "Store":
        """The same connection, for collections under a longer name."""
        other = copy.copy(self)
        other._name = self.full(name)  # noqa: SLF001
        return other

    def close(self) -> None:
        """Let go of the connection."""
        self.client.close()

    def _told(self, call: Any) -> Any:
        try:
            return call()
        # What the client raises when nobody answers, when what it loads is missing, when it refuses.
        except (self._milvus.MilvusException, OSError, ValueError) as exc:
            raise Away(f"Milvus: {type(exc).__name__}") from exc

    def ask(self, verb: str, collection: str, **said: Any) -> Any:
        """One request about a collection. Raises: Away."""
        call = getattr(self.client, verb)
        return self._told(
            lambda: call(collection_name=self.full(collection), timeout=self._patience_s, **said)
        )

    def full(self, collection: str) -> str:
        """The name of a collection in Milvus."""
        return f"{self._name}_{collection}"

    def provide(
        self, collection: str, fields: Mapping[str, Mapping[str, Any]], index: Mapping[str, str]
    ) -> None:
        """Make the collection if it is not there. ``fields``: name → type and its settings.

        Raises: Away.
        """
        if self.ask("has_collection", collection):
            return
        kinds = self._milvus.DataType
        schema = self.client.create_schema(auto_id=False, enable_dynamic_field=False)
        for name, settings in fields.items():
            of = {key: kinds[value] if key.endswith("type") else value
                  for key, value in settings.items()}  # fmt: skip
            schema.add_field(field_name=name, **of)
        indexes = self.client.prepare_index_params()
        indexes.add_index(**index)
        # Whoever writes a text finds it in the next moment, on whatever machine.
        self.ask(
            "create_collection",
            collection,
            schema=schema,
            index_params=indexes,
            consistency_level="Strong",
        )

    def forget(self, *collections: str) -> None:
        """Take whole collections away, if they are there. Raises: Away."""
        for collection in collections:
            if self.ask("has_collection", collection):
                self.ask("drop_collection", collection)

    def put(self, collection: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows, each in the place of an older one of its key. Raises: Away."""
        for some in batched(rows, AT_ONCE):
            self.ask("upsert", collection, data=list(some))

    def take(self, collection: str, keys: Iterable[int]) -> None:
        """Take rows out. Raises: Away."""
        for some in batched(keys, AT_ONCE):
            self.ask("delete", collection, ids=list(some))

    def get(self, collection: str, keys: Iterable[int], *fields: str) -> list[Mapping[str, Any]]:
        """The rows of those keys that are there. Raises: Away."""
        return [
            row
            for some in batched(keys, AT_ONCE)
            for row in self.ask("get", collection, ids=list(some), output_fields=[KEY, *fields])
        ]

    def all(self, collection: str, *fields: str) -> Iterator[Mapping[str, Any]]:
        """Every row. Raises: Away."""
        pages = self.ask("query_iterator", collection, batch_size=AT_ONCE,
                         output_fields=[KEY, *fields])  # fmt: skip
        try:
            while page := self._told(pages.next):
                yield from page
        finally:
            pages.close()

    def seal(self, collection: str) -> None:
        """Have what was just written in bulk indexed now, not at its leisure. Raises: Away."""
        self.ask("flush", collection)

    def count(self, collection: str) -> int:
        """How many rows there are. Raises: Away."""
        (row,) = self.ask("query", collection, filter="", output_fields=["count(*)"])
        return int(row["count(*)"])

    def search(
        self,
        collection: str,
        rows: Sequence[Any],
        field: str,
        *,
        condition: str,
        limit: int,
        fields: Sequence[str] = (),
    ) -> list[list[Mapping[str, Any]]]:
        """For each row the best by inner product, of those that meet the condition. Raises: Away."""
        found: list[list[Mapping[str, Any]]] = self.ask(
            "search",
            collection,
            data=list(rows),
            anns_field=field,
            filter=condition,
            limit=min(limit, MOST_FINDS),
            output_fields=[KEY, *fields],
            search_params={"metric_type": "IP"},
        )
        return found


def marks_field() -> dict[str, Any]:
    """How marks are kept."""
    return {
        "datatype": "ARRAY",
        "element_type": "VARCHAR",
        "max_capacity": MOST_MARKS,
        "max_length": LONGEST_MARK,
    }


def condition(wanted: Wanted, *others: str) -> str | None:
    """The filter in Milvus' words; None where nothing can meet it."""
    if not all(wanted.groups):
        return None
    groups = [f"ARRAY_CONTAINS_ANY({MARKS}, {_listed(group)})" for group in wanted.groups]
    return " and ".join([*groups, *others])


def _listed(group: frozenset[str]) -> str:
    return json.dumps(sorted(group), ensure_ascii=False)
