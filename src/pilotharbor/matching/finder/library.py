"""The index of one harbour: opened, found broken, rebuilt while it answers, brought up to date."""

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from pilotharbor.matching.engine.distributed import Away, Meaning
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.hybrid import Engine, Found
from pilotharbor.matching.engine.lexical import EmbeddedWords, Words
from pilotharbor.matching.engine.provider import Provider
from pilotharbor.matching.engine.shelf import Shelf
from pilotharbor.matching.engine.vectors import Floats
from pilotharbor.matching.finder import source
from pilotharbor.matching.finder.source import Entry

log = logging.getLogger(__name__)

# Another number than that of the folder: what lies there was made by another version, and is made anew.
FORMAT = 2
CURRENT, STATE = "current.json", "words-{}"
PROGRESS_EVERY = 500


class NotReady(Exception):
    """There is no index of words yet, or it has just been found broken."""


@dataclass
class Progress:
    """How far a rebuild is."""

    done: int = 0
    total: int = 0
    running: bool = False


class Library:
    """Words and meaning of every published entry.

    ``folder/current.json``  which generation of the words is in use, and up to where it is true
    ``folder/words-N/``      the words, generation N
    ``folder/meaning/NAME``  the vectors of one provider
    """

    def __init__(
        self,
        folder: Path,
        provider: Provider | None,
        words: Callable[[Path], Words] = EmbeddedWords,
        shelf: Callable[[Provider], Meaning] | None = None,
    ) -> None:
        """Open what lies in the folder; what cannot be opened is missing, and will be rebuilt.

        ``words`` and ``shelf`` open the two parts where they lie elsewhere than in the folder.

        Raises: Away when they lie on another machine that does not answer.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.provider = provider
        self.rebuilding = Progress()
        self.since = 0
        self.trouble = ""
        self._make = words
        self._generation = 0
        self._words: Words | None = None
        # One writer at a time; whoever searches holds nothing.
        self._writing = threading.RLock()
        self._swapping = threading.Lock()
        self._open()
        self.meaning = (shelf or self._shelf)(provider) if provider else None

    def _shelf(self, provider: Provider) -> Shelf:
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in provider.name)
        place = self.folder / "meaning" / f"{name}-{provider.dimensions}"
        return Shelf(provider.dimensions, place)

    def _open(self) -> None:
        try:
            state = json.loads((self.folder / CURRENT).read_text())
            if state["format"] != FORMAT:
                return
            self._generation, self.since = int(state["generation"]), int(state["since"])
            place = self.folder / STATE.format(self._generation)
            if place.is_dir():
                self._words = self._make(place)
        except FileNotFoundError:
            self._words = None
        except Away:
            raise
        except Exception as exc:  # noqa: BLE001  (whatever the engine says of what it cannot read)
            # It is made anew.
            log.warning("the index cannot be opened: %r", exc)
            self.trouble, self._words = type(exc).__name__, None

    @property
    def ready(self) -> bool:
        """Whether words can be searched."""
        return self._words is not None

    @property
    def words(self) -> Words:
        """The words in use.

        Raises: NotReady.
        """
        if self._words is None:
            raise NotReady
        return self._words

    def search(
        self, texts: Sequence[str], wanted: Wanted, limit: int, *, meaning: bool = True
    ) -> list[Found]:
        """The best entries for each need.

        Raises: NotReady when there is no index, or it has just been found broken.
        """
        words = self.words
        provider = self.provider if meaning else None
        engine = Engine(words, provider, self.meaning if meaning else None)
        with self._watched(words):
            return engine.search_all(texts, wanted=wanted, limit=limit)
        raise NotReady

    def versions(self) -> dict[int, int]:
        """Key → version of every entry whose words are indexed.

        Raises: NotReady.
        """
        words = self.words
        with self._watched(words):
            return words.versions()
        raise NotReady

    @contextmanager
    def _watched(self, words: Words) -> Iterator[None]:
        """What breaks in here breaks these words: they are forgotten, and made anew by the follower.

        Raises: NotReady.
        """
        try:
            yield
        except Away as exc:
            # Nothing is broken: another machine does not answer for now.
            self.trouble = str(exc)
            raise NotReady from exc
        except BaseException as exc:
            # A panic of the engine is no Exception.
            if isinstance(exc, (KeyboardInterrupt, SystemExit, GeneratorExit)):
                raise
            log.warning("the index is broken: %r", exc)
            with self._swapping:
                if self._words is words:
                    self._words, self.trouble = None, type(exc).__name__
            raise NotReady from exc

    def take(self, entries: Iterable[Entry], since: int) -> None:
        """Bring the words up to date with these entries; then everything before ``since`` is in.

        Raises: NotReady.
        """
        with self._writing:
            words = self.words
            found = list(entries)
            shown = [entry.text for entry in found if entry.published]
            gone = [entry.key for entry in found if not entry.published]
            with self._watched(words):
                if shown:
                    words.write(shown)
                if gone:
                    words.remove(gone)
            if self.meaning is not None:
                known = self.meaning.versions
                old = (text.key for text in shown if known.get(text.key) != text.version)
                self.meaning.drop([*gone, *old])
            self.since = since
            self._remember()

    def _remember(self) -> None:
        state = {"format": FORMAT, "generation": self._generation, "since": self.since}
        fresh = self.folder / f"{CURRENT}.new"
        fresh.write_text(json.dumps(state))
        fresh.replace(self.folder / CURRENT)

    def forget(self, keys: Sequence[int]) -> None:
        """Find these no more: no entry has such a key.

        Raises: NotReady.
        """
        with self._writing:
            words = self.words
            with self._watched(words):
                if keys:
                    words.remove(keys)
            if self.meaning is not None:
                self.meaning.drop(keys)

    def keep_meaning(
        self, connection: psycopg.Connection, entries: Sequence[Entry], rows: Floats
    ) -> None:
        """Keep vectors of these entries, but for those that have changed while they were made."""
        if self.meaning is None or not entries:
            return
        with self._writing:
            now = source.some(connection, [entry.key for entry in entries])
            current = {entry.key: entry.version for entry in now if entry.published}
            true = [at for at, e in enumerate(entries) if current.get(e.key) == e.version]
            kept = [entries[at] for at in true]
            keys, versions = [e.key for e in kept], [e.version for e in kept]
            self.meaning.put(keys, versions, rows[true], [e.marks for e in kept])

    def rebuild(self, connection: psycopg.Connection) -> int:
        """Make the words anew from the database while the old ones go on answering; how many.

        What changes meanwhile is read again afterwards: ``since`` is where the reading began.
        """
        with self._writing:
            since = source.horizon(connection)
            self.rebuilding = Progress(0, source.count(connection), running=True)
            generation = self._generation + 1
            place = self.folder / STATE.format(generation)
            shutil.rmtree(place, ignore_errors=True)
            try:
                made = self._make(place)
                count = made.write(self._counted(source.everything(connection)))
            finally:
                self.rebuilding.running = False
            before = self._generation
            with self._swapping:
                self._words, self.trouble = made, ""
            self._generation, self.since = generation, since
            self._remember()
        # Whoever is searching the old ones has their files open still.
        with suppress(OSError):
            shutil.rmtree(self.folder / STATE.format(before), ignore_errors=True)
        return count

    def _counted(self, entries: Iterable[Entry]) -> Iterable[Any]:
        for entry in entries:
            self.rebuilding.done += 1
            yield entry.text


@dataclass(frozen=True, slots=True)
class Difference:
    """What the index and the database do not agree on, as keys of entries."""

    missing: list[int]
    stale: list[int]
    too_many: list[int]
    entries: int
    with_meaning: int

    @property
    def agrees(self) -> bool:
        """Whether words and database agree."""
        return not (self.missing or self.stale or self.too_many)


def compare(library: Library, connection: psycopg.Connection) -> Difference:
    """Hold the words against the database, entry by entry.

    Raises: NotReady.
    """
    indexed = library.versions()
    missing, stale, entries = [], [], 0
    for part in source.versions(connection):
        for key, version, _marks in part:
            entries += 1
            found = indexed.pop(key, None)
            if found is None:
                missing.append(key)
            elif found != version:
                stale.append(key)
    known = len(library.meaning) if library.meaning is not None else 0
    return Difference(missing, stale, sorted(indexed), entries, known)
