"""A harbour with a real finder over the test database, asked over HTTP as in real life."""

import socket
import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from pilotharbor.matching.finder import client
from pilotharbor.matching.finder.serve import Finder, Server
from pilotharbor.matching.models import IndexEntry
from tests.matching.finder.conftest import Letters, eventually


@pytest.fixture(autouse=True)
def no_finder(monkeypatch):
    """Nobody's environment gives a test a finder that it did not ask for."""
    monkeypatch.delenv("PILOTHARBOR_FINDER_URL", raising=False)
    monkeypatch.delenv("PILOTHARBOR_FINDER_TOKEN", raising=False)
    client.configured.cache_clear()
    yield
    client.configured.cache_clear()


@contextmanager
def serving(folder, monkeypatch, provider):
    """A running finder that ``client.configured`` names; yields the client."""
    known = connection.settings_dict
    database = psycopg.conninfo.make_conninfo(
        host=known["HOST"], port=known["PORT"], dbname=known["NAME"], user=known["USER"],
        password=known["PASSWORD"],
    )  # fmt: skip
    finder = Finder(folder, database, provider)
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener, finder, "key")
    finder.follower.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PILOTHARBOR_FINDER_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("PILOTHARBOR_FINDER_TOKEN", "key")
    client.configured.cache_clear()
    try:
        yield client.configured()
    finally:
        finder.follower.stop()
        server.shutdown()
        server.server_close()
        client.configured.cache_clear()


def in_step(asked):
    """Wait until the finder knows every entry, words and meaning."""

    def all_there():
        state = asked.state()
        if not state["ready"] or not asked.check()["agrees"]:
            return False
        published = IndexEntry.objects.filter(status="published").count()
        return state["with_meaning"] == published or not state["provider"]

    eventually(all_there)


@pytest.fixture
def finder(tmp_path, transactional_db, monkeypatch):
    """``finder()`` waits until it is in step."""
    with serving(tmp_path / "search", monkeypatch, Letters()) as asked:
        yield lambda: in_step(asked)


@pytest.fixture
def away(monkeypatch):
    """A finder that does not answer."""
    nobody = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("PILOTHARBOR_FINDER_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
    nobody.close()
    client.configured.cache_clear()
