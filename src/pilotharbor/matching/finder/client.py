"""Asking the finder: quickly, or not at all. Whoever gets no answer searches the database by words."""

import http.client
import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from pilotharbor.matching.engine.hits import Wanted

PATIENCE_S = 5.0
# A text of many takes no longer than this, the model included, on two busy cores.
EACH_S = 0.5
CHECK_PATIENCE_S = 600.0
# One that does not answer in time is left alone for so long: nobody else waits for it meanwhile.
REST_S = 10.0


class Away(Exception):
    """The finder does not answer, or has no index to search in yet."""


@dataclass(frozen=True, slots=True)
class Close:
    """One find by the key of its entry: its score, 0…1, and its share by words and by meaning.

    ``standing``  how far it stands out, 0…1, if that can be told
    """

    key: int
    score: float
    words: float
    meaning: float
    standing: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Finds, best first, and whether meaning took part; if not, ``why``.

    ``meant``   how the text was probably meant to be written
    ``beside``  other words that texts use for words of it
    """

    hits: list[Close]
    meaning: bool
    why: str
    meant: str = ""
    beside: tuple[str, ...] = ()


class Client:
    """One finder; each thread keeps a connection of its own."""

    def __init__(self, url: str, token: str) -> None:
        """``url`` like ``http://127.0.0.1:9000``."""
        self._address = urlsplit(url).netloc
        self._token = token
        self._kept = threading.local()
        self._resting_until = 0.0

    def search(
        self, texts: Sequence[str], wanted: Wanted, limit: int, *, meaning: bool = True
    ) -> list[Answer]:
        """The best entries for each text.

        Raises: Away.
        """
        asked = {
            "texts": list(texts),
            "groups": [sorted(group) for group in wanted.groups],
            "limit": limit,
            "meaning": meaning,
        }
        patience = PATIENCE_S + EACH_S * (len(texts) - 1)
        said = self.ask("/search", asked, patience)
        return [
            Answer(
                [Close(*hit) for hit in one["hits"]],
                one["meaning"],
                one["why"],
                said["meant"],
                tuple(said["beside"]),
            )
            for one in said["answers"]
        ]

    def alike(self, needs: Sequence[str], texts: Sequence[str]) -> list[list[float]]:
        """For each need how close each text is to it by meaning, as a cosine.

        Raises: Away, also when there is no meaning to be had.
        """
        asked = {"needs": list(needs), "texts": list(texts)}
        rows: list[list[float]] = self.ask("/alike", asked, PATIENCE_S)["close"]
        return rows

    def state(self) -> dict[str, Any]:
        """How the finder stands.

        Raises: Away.
        """
        return self.ask("/state", {}, PATIENCE_S)

    def rebuild(self) -> dict[str, Any]:
        """Have the index made anew.

        Raises: Away.
        """
        return self.ask("/rebuild", {}, PATIENCE_S)

    def check(self) -> dict[str, Any]:
        """The index held against the database.

        Raises: Away.
        """
        return self.ask("/check", {}, CHECK_PATIENCE_S)

    def ask(self, path: str, asked: dict[str, Any], patience: float) -> dict[str, Any]:
        """One question; a connection that was closed meanwhile is opened once more.

        Raises: Away.
        """
        if time.monotonic() < self._resting_until:
            raise Away("resting")
        content = json.dumps(asked, ensure_ascii=False).encode(errors="replace")
        for attempt in (1, 2):
            connection = self._connection(patience)
            try:
                headers = {"Authorization": f"Bearer {self._token}"}
                connection.request("POST", path, content, headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError) as exc:
                connection.close()
                self._kept.connection = None
                if isinstance(exc, TimeoutError):
                    self._resting_until = time.monotonic() + REST_S
                if attempt == 2 or isinstance(exc, (ConnectionRefusedError, TimeoutError)):
                    raise Away(type(exc).__name__) from exc
            else:
                if answer.status != http.client.OK or not isinstance(said, dict):
                    raise Away(str(answer.status))
                return said
        raise Away

    def _connection(self, patience: float) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if kept is None:
            kept = http.client.HTTPConnection(self._address, timeout=patience)
            self._kept.connection = kept
        kept.timeout = patience
        if kept.sock is not None:
            kept.sock.settimeout(patience)
        return kept


@cache
def configured() -> Client | None:
    """The finder of this harbour, if it has one."""
    url = os.environ.get("PILOTHARBOR_FINDER_URL", "")
    return Client(url, os.environ.get("PILOTHARBOR_FINDER_TOKEN", "")) if url else None
