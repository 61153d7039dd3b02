"""Which entries are there to be found, and which have changed? Read from the one table that says it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg

from pilotharbor.matching.engine.lexical import Text

CHANNEL = "matching_index"
AT_ONCE = 1000

# Whatever a transaction below the oldest running one has written is there to be read by now.
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_CHANGED = "SELECT id, event_id FROM matching_indexentry WHERE touched >= %s ORDER BY id"
_SOME = """
SELECT id, event_id, title, body, marks, status = 'published' FROM matching_indexentry WHERE id = ANY(%s)
"""
_ALL = """
SELECT id, event_id, title, body, marks FROM matching_indexentry
WHERE status = 'published' AND id > %s ORDER BY id LIMIT %s
"""
_VERSIONS = """
SELECT id, event_id, marks FROM matching_indexentry
WHERE status = 'published' AND id > %s ORDER BY id LIMIT %s
"""
_PUBLIC = """
SELECT title, body FROM matching_indexentry
WHERE status = 'published' AND level = 'public' ORDER BY id DESC LIMIT %s
"""
_COUNT = "SELECT count(*) FROM matching_indexentry WHERE status = 'published'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is now; ``published`` or to be found no more."""

    key: int
    version: int
    title: str
    body: str
    marks: tuple[str, ...]
    published: bool = True

    @property
    def text(self) -> Text:
        """As the words are indexed."""
        return Text(self.key, self.body, self.title, self.marks, self.version)

    @property
    def passage(self) -> str:
        """As its meaning is taken."""
        return f"{self.title}\n{self.body}"


def horizon(connection: psycopg.Connection) -> int:
    """Everything written before this transaction can be read; ask before reading."""
    row = connection.execute(_HORIZON).fetchone()
    return int(row[0]) if row else 0


def changed(connection: psycopg.Connection, since: int) -> list[tuple[int, int]]:
    """(key, version) of what transactions from ``since`` on have written."""
    return [(int(k), int(v)) for k, v in connection.execute(_CHANGED, [since]).fetchall()]


def some(connection: psycopg.Connection, keys: Sequence[int]) -> list[Entry]:
    """These entries as they are now."""
    rows = connection.execute(_SOME, [list(keys)]).fetchall()
    return [Entry(k, v, title, body, tuple(m), bool(shown)) for k, v, title, body, m, shown in rows]


def everything(connection: psycopg.Connection) -> Iterator[Entry]:
    """Every published entry, by key."""
    last = 0
    while rows := connection.execute(_ALL, [last, AT_ONCE]).fetchall():
        for key, version, title, body, marks in rows:
            yield Entry(key, version, title, body, tuple(marks))
        last = rows[-1][0]


def versions(connection: psycopg.Connection) -> Iterator[list[tuple[int, int, tuple[str, ...]]]]:
    """(key, version, marks) of every published entry, by key, a thousand at a time."""
    last = 0
    while rows := connection.execute(_VERSIONS, [last, AT_ONCE]).fetchall():
        yield [(int(key), int(version), tuple(marks)) for key, version, marks in rows]
        last = rows[-1][0]


def public_texts(connection: psycopg.Connection, most: int) -> Iterator[tuple[str, str]]:
    """Title and body of the newest entries that everybody may read."""
    yield from connection.execute(_PUBLIC, [most])


def count(connection: psycopg.Connection) -> int:
    """How many entries are published."""
    row = connection.execute(_COUNT).fetchone()
    return int(row[0]) if row else 0
