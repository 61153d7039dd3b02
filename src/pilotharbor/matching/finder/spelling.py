"""What might somebody have meant to write? Read from what everybody may read, so that nothing else shows."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg

from pilotharbor.matching.engine import related, suggest, tokens, vocabulary
from pilotharbor.matching.engine.related import Relations
from pilotharbor.matching.engine.vocabulary import Material, Vocabulary
from pilotharbor.matching.finder import source

log = logging.getLogger(__name__)

# The newest so many public texts have the words; more would only take time.
MOST_TEXTS = 20_000
LONGEST_QUERY = 60
MOST_BESIDE = 4
FIRST_S, AGAIN_S = 20.0, 3600.0


class Speller:
    """Keeps a vocabulary of the public texts, read anew now and then."""

    def __init__(self, database: str, ready: Callable[[], bool]) -> None:
        """``ready``  whether the index is there: words come first."""
        self._database = database
        self._ready = ready
        self._known: Vocabulary | None = None
        self._relations: Relations | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="speller")

    def start(self) -> None:
        """Begin; the words are there a moment later."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stop.set()
        self._thread.join()

    def meant(self, text: str) -> str:
        """What was probably meant, or nothing: offered, never searched by instead."""
        known = self._known
        if known is None or not text.strip() or len(text) > LONGEST_QUERY:
            return ""
        found = suggest.correct(text, known)
        return found.text if found is not None else ""

    def beside(self, text: str) -> list[str]:
        """Other words that the texts use for words of this one, or always beside them."""
        relations = self._relations
        if relations is None or not text.strip() or len(text) > LONGEST_QUERY:
            return []
        asked = [text, *tokens.of(text).words]
        known = dict.fromkeys(one.word for part in asked for one in related.of(part, relations))
        return [word for word in known if word not in text][:MOST_BESIDE]

    def read(self) -> None:
        """Read the vocabulary now."""
        with closing(psycopg.connect(self._database, autocommit=True)) as connection:
            materials = list(_materials(connection))
        self._known = vocabulary.read(materials)
        self._relations = related.read(materials)

    def _keep(self) -> None:
        pause = FIRST_S
        while not self._stop.wait(pause):
            pause = FIRST_S
            if not self._ready():
                continue
            try:
                self.read()
            except psycopg.Error:
                log.exception("the vocabulary could not be read")
            else:
                pause = AGAIN_S


def _materials(connection: psycopg.Connection) -> Iterator[Material]:
    for title, body in source.public_texts(connection, MOST_TEXTS):
        keywords, _, summary = body.partition("\n")
        yield Material(f"{title}\n{summary or keywords}", tuple(keywords.split("；")))
