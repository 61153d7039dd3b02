"""The finder as a process: ``python -m pilotharbor.matching.finder.serve``, asked over HTTP by its harbour.

It listens on a loopback address and answers only whoever knows its token.
"""

import hmac
import json
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg

from pilotharbor.matching.engine import distributed, embedding
from pilotharbor.matching.engine.apart import Apart
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.hybrid import Found
from pilotharbor.matching.engine.provider import Provider, Unavailable
from pilotharbor.matching.finder.follow import Follower
from pilotharbor.matching.finder.library import Library, NotReady, compare
from pilotharbor.matching.finder.spelling import Speller

log = logging.getLogger(__name__)

LONGEST_BODY = 64_000_000
MOST_TEXTS, MOST_HITS, MOST_ALIKE = 5000, 1000, 40
REST_EVERY_S = 15.0
FIRST_VECTORS_S = 20.0
SAMPLE = 20


class Finder:
    """A library, whoever follows the database for it, and what is said about both."""

    def __init__(
        self,
        folder: Path,
        database: str,
        provider: Provider | None,
        why: str = "",
        engine: str = distributed.EMBEDDED,
        *,
        vectors_after_s: float = 0.0,
    ) -> None:
        """``why`` there is no provider, if one was wanted; ``engine`` as ``distributed.choose`` takes it.

        Raises: Away.
        """
        self.library = Library(
            folder, provider, distributed.words(engine), distributed.shelf(engine)
        )
        self.follower = Follower(self.library, database, vectors_after_s=vectors_after_s)
        self.speller = Speller(database, lambda: self.library.ready)
        self._database = database
        self._why = why

    def start(self) -> None:
        """Begin to follow the database."""
        self.follower.start()
        self.speller.start()

    def stop(self) -> None:
        """End, and wait for it."""
        self.speller.stop()
        self.follower.stop()

    def search(self, asked: dict[str, Any]) -> dict[str, Any]:
        """``{"texts", "groups", "limit", "meaning"}`` → for each text its hits.

        Raises: NotReady, ValueError.
        """
        texts = [str(text) for text in asked["texts"]][:MOST_TEXTS]
        groups = tuple(frozenset(str(mark) for mark in group) for group in asked["groups"])
        limit = max(1, min(int(asked["limit"]), MOST_HITS))
        meaning = bool(asked.get("meaning", True))
        found = self.library.search(texts, Wanted(groups), limit, meaning=meaning)
        alone = texts[0] if len(texts) == 1 else ""
        return {
            "answers": [self._answer(one) for one in found],
            "meant": self.speller.meant(alone),
            "beside": self.speller.beside(alone),
        }

    def _answer(self, found: Found) -> dict[str, Any]:
        return {
            "hits": [
                [
                    hit.key,
                    round(hit.score, 6),
                    *(round(part, 4) for part in found.shares[hit.key]),
                    _rounded(found.standing.get(hit.key)),
                ]
                for hit in found.hits
            ],
            "meaning": found.with_meaning,
            "why": found.why or self._why,
        }

    def alike(self, asked: dict[str, Any]) -> dict[str, Any]:
        """``{"needs", "texts"}`` → for each need how close each text is to it, by meaning.

        Raises: NotReady when there is no meaning to be had.
        """
        provider = self.library.provider
        needs = [str(text) for text in asked["needs"]][:MOST_ALIKE]
        texts = [str(text) for text in asked["texts"]][:MOST_ALIKE]
        if provider is None or not needs or not texts:
            raise NotReady
        try:
            close = provider.queries(needs) @ provider.passages(texts).T
        except Unavailable as exc:
            raise NotReady from exc
        return {"close": [[round(float(value), 4) for value in row] for row in close]}

    def state(self) -> dict[str, Any]:
        """How it stands: whether words are ready, how far a rebuild is, what meaning lacks."""
        library, follower = self.library, self.follower
        provider = library.provider
        return {
            "ready": library.ready,
            "trouble": library.trouble,
            "lag_s": follower.lag_s,
            "rebuild": {
                "running": library.rebuilding.running,
                "done": library.rebuilding.done,
                "total": library.rebuilding.total,
            },
            "provider": provider.name if provider else "",
            "provider_trouble": follower.embedding_trouble or self._why,
            "with_meaning": len(library.meaning) if library.meaning is not None else 0,
            "without_meaning": follower.embedding_left,
        }

    def check(self) -> dict[str, Any]:
        """The words held against the database.

        Raises: NotReady.
        """
        with closing(psycopg.connect(self._database, autocommit=True)) as connection:
            found = compare(self.library, connection)
        return {
            "agrees": found.agrees,
            "entries": found.entries,
            "with_meaning": found.with_meaning,
            "missing": len(found.missing),
            "stale": len(found.stale),
            "too_many": len(found.too_many),
            "sample": [*found.missing, *found.stale, *found.too_many][:SAMPLE],
        }

    def rebuild(self) -> dict[str, Any]:
        """Make the words anew in the background."""
        self.follower.ask_for_rebuild()
        return self.state()


class Handler(BaseHTTPRequestHandler):
    """Requests of the harbour."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        """``/search``, ``/alike``, ``/state``, ``/check``, ``/rebuild``: a JSON object in, one out."""
        if not self._known():
            self._say(HTTPStatus.FORBIDDEN, {"error": "token"})
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "too long"})
            return
        body = self.rfile.read(length)
        finder = self.server.finder
        try:
            asked = json.loads(body or b"{}")
            answers = {"/state": finder.state, "/check": finder.check, "/rebuild": finder.rebuild}
            if self.path in {"/search", "/alike"}:
                answer = finder.search(asked) if self.path == "/search" else finder.alike(asked)
            elif self.path in answers:
                answer = answers[self.path]()
            else:
                self._say(HTTPStatus.NOT_FOUND, {"error": "path"})
                return
        except NotReady:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, finder.state())
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            self._say(HTTPStatus.BAD_REQUEST, {"error": type(exc).__name__})
        except psycopg.Error as exc:
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, {"error": type(exc).__name__})
        else:
            self._say(HTTPStatus.OK, answer)

    def _known(self) -> bool:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), self.server.token.encode())

    def _say(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Nothing: what people search for is theirs."""


class Server(ThreadingHTTPServer):
    """Listens on a socket that is open already."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, finder: Finder, token: str) -> None:
        super().__init__(listener.getsockname()[:2], Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.finder = finder
        self.token = token


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def provider_of(wanted: str) -> tuple[Provider | None, str]:
    """The provider of that name, or why there is none."""
    try:
        return embedding.choose(wanted, Apart), ""
    except Unavailable as exc:
        return None, str(exc)


def main() -> int:
    """Serve until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    provider, why = provider_of(os.environ.get("PILOTHARBOR_EMBEDDING", embedding.LOCAL))
    folder = Path(os.environ["PILOTHARBOR_DATA"]) / "search"
    engine = os.environ.get("PILOTHARBOR_SEARCH_ENGINE", distributed.EMBEDDED)
    database = os.environ["PILOTHARBOR_DB_URL"]
    finder = Finder(folder, database, provider, why, engine, vectors_after_s=FIRST_VECTORS_S)
    listener = socket.create_server(("127.0.0.1", int(os.environ["PILOTHARBOR_FINDER_PORT"])))
    server = Server(listener, finder, os.environ["PILOTHARBOR_FINDER_TOKEN"])
    stop = threading.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: stop.set())
    finder.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not stop.wait(REST_EVERY_S):
        if isinstance(provider, Apart):
            provider.rest()
    server.shutdown()
    if isinstance(provider, Apart):
        provider.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
