"""How does the index stay in step? One thread follows the table, one makes vectors of what is new."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg

from pilotharbor.matching.engine.provider import Unavailable
from pilotharbor.matching.finder import source
from pilotharbor.matching.finder.library import Library, NotReady, compare

log = logging.getLogger(__name__)

# Notifications wake it at once; this is for databases behind a pooler that swallows them.
POLL_S = 1.0
AT_ONCE = 400
AWAY_S = 5.0
PASSAGES_AT_ONCE = 16


class Follower:
    """Brings a library up to date until it is stopped.

    ``lag_s`` is how long ago the index was in step with the database.
    """

    def __init__(self, library: Library, database: str, *, vectors_after_s: float = 0.0) -> None:
        """``vectors_after_s``  how long the first vectors wait: a harbour that starts has other things to do."""
        self.library = library
        self.embedding_left = 0
        self.embedding_trouble = ""
        self._database = database
        self._stop = threading.Event()
        self._wanted_rebuild = threading.Event()
        self._in_step = 0.0
        self._seen: dict[int, int] = {}
        self._unembedded: dict[int, None] = {}
        self._some_unembedded = threading.Event()
        self._lock = threading.Lock()
        self._vectors_after_s = vectors_after_s
        self._threads = [
            threading.Thread(target=self._keep, args=(self._follow,), daemon=True, name="follow"),
            threading.Thread(target=self._embed, daemon=True, name="embed"),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        self._some_unembedded.set()
        for thread in self._threads:
            thread.join()

    def ask_for_rebuild(self) -> None:
        """Have the words made anew soon, while the old ones go on answering."""
        self._wanted_rebuild.set()

    @property
    def lag_s(self) -> float | None:
        """Seconds since the index was last in step; nothing before it ever was."""
        return time.monotonic() - self._in_step if self._in_step else None

    def _keep(self, work: Callable[[psycopg.Connection], None], *, once: bool = False) -> None:
        """Do the work again whenever the database was away; ``once`` until it is done."""
        while not self._stop.is_set():
            try:
                with closing(psycopg.connect(self._database, autocommit=True)) as connection:
                    work(connection)
                if once:
                    return
            except Exception:
                # The thread must outlive whatever goes wrong; the next round begins from the state on disk.
                log.exception("%s stopped", work.__name__)
                self._stop.wait(AWAY_S)

    def _follow(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {source.CHANNEL}")
        if self.library.ready:
            self._reconcile(connection)
        met = False
        while not self._stop.is_set():
            if self._wanted_rebuild.is_set() or not self.library.ready:
                self._wanted_rebuild.clear()
                self.library.rebuild(connection)
                self._seen = {}
            self.step(connection)
            if not met:
                self._meet_meaning(connection)
                met = True
            for _ in connection.notifies(timeout=POLL_S, stop_after=1):
                pass

    def _reconcile(self, connection: psycopg.Connection) -> None:
        """Bring in what the index and the database do not agree on.

        After a crash, or when the database was restored from a copy or is another one.
        """
        since = source.horizon(connection)
        try:
            found = compare(self.library, connection)
            self.library.forget(found.too_many)
            wrong = [*found.missing, *found.stale]
            for start in range(0, len(wrong), AT_ONCE):
                entries = source.some(connection, wrong[start : start + AT_ONCE])
                self.library.take(entries, self.library.since)
            self.library.take([], since)
        except NotReady:
            return

    def step(self, connection: psycopg.Connection) -> int:
        """Bring in what has changed; how many entries that were."""
        horizon = source.horizon(connection)
        found = source.changed(connection, self.library.since)
        fresh = [key for key, version in found if self._seen.get(key) != version]
        for start in range(0, len(fresh), AT_ONCE):
            entries = source.some(connection, fresh[start : start + AT_ONCE])
            try:
                self.library.take(entries, self.library.since)
            except NotReady:
                return 0
            self._seen |= {entry.key: entry.version for entry in entries}
            self._want_meaning([entry.key for entry in entries if entry.published])
        if horizon != self.library.since:
            if found or self.library.since == 0:
                self.library.take([], horizon)
            # Seen again are only those that a transaction still running may have written beside.
            self._seen = dict(found)
        self._in_step = time.monotonic()
        return len(fresh)

    def _meet_meaning(self, connection: psycopg.Connection) -> None:
        """Admit the vectors that are still true, and ask for the others."""
        meaning = self.library.meaning
        if meaning is None:
            return
        for part in source.versions(connection):
            self._want_meaning(meaning.admit(part))
        meaning.settled()

    def _want_meaning(self, keys: list[int]) -> None:
        if self.library.meaning is None or not keys:
            return
        with self._lock:
            self._unembedded |= dict.fromkeys(keys)
            self.embedding_left = len(self._unembedded)
        self._some_unembedded.set()

    def _embed(self) -> None:
        """Make vectors while there is something to make them of; connected only meanwhile."""
        self._stop.wait(self._vectors_after_s)
        while not self._stop.is_set():
            if self._some_unembedded.wait() and not self._stop.is_set():
                self._keep(self._embed_some, once=True)

    def _embed_some(self, connection: psycopg.Connection) -> None:
        while not self._stop.is_set() and (keys := self._next_unembedded()):
            try:
                self._make_vectors(connection, keys)
            except Unavailable as exc:
                self.embedding_trouble = str(exc)
                self._want_meaning(keys)
                self._stop.wait(AWAY_S)
            except BaseException:
                self._want_meaning(keys)
                raise
            else:
                self.embedding_trouble = ""

    def _next_unembedded(self) -> list[int]:
        """Some entries without a vector, taken from the list: what changes meanwhile is asked for anew."""
        with self._lock:
            keys = list(self._unembedded)[:PASSAGES_AT_ONCE]
            for key in keys:
                del self._unembedded[key]
            self.embedding_left = len(self._unembedded)
            if not keys and not self._stop.is_set():
                self._some_unembedded.clear()
        return keys

    def _make_vectors(self, connection: psycopg.Connection, keys: list[int]) -> None:
        """Vectors of these entries as they are now; of those that have none yet."""
        provider, meaning = self.library.provider, self.library.meaning
        if provider is None or meaning is None:
            return
        entries = [e for e in source.some(connection, keys) if e.published]
        entries = [e for e in entries if meaning.versions.get(e.key) != e.version]
        if entries:
            rows = provider.passages([entry.passage for entry in entries])
            self.library.keep_meaning(connection, entries, rows)
