"""Does the finder answer its harbour and nobody else, and does bad input do it no harm?"""

import http.client
import json
import socket
import threading

import pytest

from pilotharbor.matching import index
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.finder.client import Away, Client
from pilotharbor.matching.finder.serve import Finder, Server
from tests.matching.finder.conftest import eventually
from tests.matching.finder.test_follow import PUBLIC, row

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = [
    "", " ", "锂", "。，！", "锂" * 10_000, "a" * 10_000, "\x00\x01", "\ud800", "+-*/\\\"'(){}[]^~:",
    "title:锂 AND NOT (x OR", "🜁 ☃", "العربية", "\u202e", '"', '""', "“”", "\u200b", "/.*/", "a" * 300 + "?",
]  # fmt: skip


@pytest.fixture
def address(tmp_path, dsn, letters):
    finder = Finder(tmp_path / "search", dsn, letters)
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener, finder, "key")
    finder.follower.start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finder.follower.stop()
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(address):
    made = Client(address, "key")
    eventually(lambda: made.state()["ready"])
    return made


def test_it_finds_by_words_and_meaning(client):
    index.write([row(1, "固态电解质"), row(2, "抗体纯化"), row(3, "固态", level="core")])
    eventually(lambda: client.state()["with_meaning"] == 3)

    first, second = client.search(["固态电解质", "抗体"], PUBLIC, 2)

    assert [len(first.hits), len(second.hits)] == [2, 2]
    assert (first.meaning, first.why) == (True, "")
    assert client.search(["固态"], PUBLIC, 9, meaning=False)[0].meaning is False
    assert client.check() == {
        "agrees": True, "entries": 3, "with_meaning": 3, "missing": 0, "stale": 0, "too_many": 0,
        "sample": [],
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_asked_is_answered(client, text):
    index.write([row(1, "固态电解质")])
    eventually(lambda: client.state()["with_meaning"] == 1)

    (answer,) = client.search([text], PUBLIC, 5)

    assert len(answer.hits) <= 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/search", "{", 400), ("/search", "[]", 400), ("/search", "{}", 400), ("/nothing", "{}", 404),
        ("/search", '{"texts": 5, "groups": [], "limit": 1}', 400),
        ("/search", '{"texts": [], "groups": [], "limit": "x"}', 400),
        ("/search", '{"texts": [], "groups": [], "limit": 1}', 200),
    ],
)  # fmt: skip
def test_bad_questions_are_refused(address, client, path, body, status):
    assert _post(address, path, body, "key")[0] == status


@pytest.mark.parametrize("token", ["", "wrong", "ключ"])
def test_who_does_not_know_the_token_learns_nothing(address, client, token):
    assert _post(address, "/state", "{}", token) == (403, {"error": "token"})


def _post(address, path, body, token):
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    headers = {"Authorization": f"Bearer {token}".encode()}
    connection.request("POST", path, body.encode(), headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_a_finder_that_is_gone_is_away_and_one_that_came_back_is_asked_again(
    tmp_path, dsn, letters
):
    nobody = socket.create_server(("127.0.0.1", 0))
    port = nobody.getsockname()[1]
    nobody.close()
    client = Client(f"http://127.0.0.1:{port}", "key")
    with pytest.raises(Away):
        client.search(["锂"], Wanted(), 5)

    for _ in range(2):
        finder = Finder(tmp_path / "search", dsn, letters)
        server = Server(socket.create_server(("127.0.0.1", port)), finder, "key")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert client.state()["provider"] == "letters"
        server.shutdown()
        server.server_close()


def test_before_there_is_an_index_it_says_so(tmp_path, dsn, letters):
    finder = Finder(tmp_path / "search", dsn, letters)
    server = Server(socket.create_server(("127.0.0.1", 0)), finder, "key")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = Client(f"http://127.0.0.1:{server.socket.getsockname()[1]}", "key")
    try:
        with pytest.raises(Away, match="503"):
            client.search(["锂"], Wanted(), 5)
        assert client.state()["ready"] is False
    finally:
        server.shutdown()
        server.server_close()


def test_one_that_does_not_answer_is_left_alone_for_a_while(monkeypatch):
    monkeypatch.setattr("pilotharbor.matching.finder.client.PATIENCE_S", 0.2)
    silent = socket.create_server(("127.0.0.1", 0))
    client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", "key")
    try:
        with pytest.raises(Away, match="TimeoutError"):
            client.search(["锂"], Wanted(), 5)
        with pytest.raises(Away, match="resting"):
            client.search(["锂"] * 100, Wanted(), 5)
        monkeypatch.setattr("pilotharbor.matching.finder.client.REST_S", 0.0)
        client._resting_until = 0.0
        with pytest.raises(Away, match="TimeoutError"):
            client.search(["锂"], Wanted(), 5)
    finally:
        silent.close()
