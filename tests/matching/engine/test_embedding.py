"""Is an embedding endpoint asked as it should be, and is whatever it does survived?"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import numpy as np
import pytest

from pilotharbor.matching.engine import embedding
from pilotharbor.matching.engine.e5.model import E5
from pilotharbor.matching.engine.embedding import Endpoint
from pilotharbor.matching.engine.provider import Unavailable


@pytest.fixture
def server():
    """A real endpoint on loopback that answers what the test tells it to."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append((self.path, self.headers["Authorization"], body))
            status, content = made.answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.asked = []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def endpoint(server):
    with httpx.Client(timeout=1, headers={"Authorization": "Bearer k"}) as client:
        yield Endpoint(
            f"http://127.0.0.1:{server.server_port}/v1/",
            "m",
            dimensions=3,
            query="q: ",
            client=client,
        )


def vectors(*rows):
    items = [{"index": at, "embedding": row} for at, row in enumerate(rows)]
    return 200, json.dumps({"data": items[::-1]}).encode()


def test_rows_come_in_the_order_asked_and_of_length_one(server, endpoint):
    server.answer = lambda _: vectors([3, 4, 0], [0, 0, 2])

    rows = endpoint.queries(["甲", "乙"])

    assert rows == pytest.approx(np.array([[0.6, 0.8, 0], [0, 0, 1]]))
    assert server.asked == [
        ("/v1/embeddings", "Bearer k", {"model": "m", "input": ["q: 甲", "q: 乙"]})
    ]
    assert endpoint.passages([]).shape == (0, 3)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"), (200, b"no json"), (200, b"[]"), (200, b'{"data": []}'), (200, b'{"data": null}'),
        vectors([1, 2]), vectors([0, 0, 0]), (200, b'{"data": [{"index": 0, "embedding": [1, NaN, 2]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": ["a", 1, 2]}]}'),
    ],
)  # fmt: skip
def test_a_broken_answer_means_no_vectors_for_now(server, endpoint, answer):
    server.answer = lambda _: answer

    with pytest.raises(Unavailable):
        endpoint.passages(["甲"])


def test_nobody_there_means_no_vectors_for_now():
    with pytest.raises(Unavailable):
        Endpoint("http://127.0.0.1:9/v1", "m", dimensions=3).queries(["甲"])


def test_providers_are_chosen_by_name():
    chosen = embedding.choose(
        "https://vectors.example/v1",
        E5,
        {"PILOTHARBOR_EMBEDDING_MODEL": "bge", "PILOTHARBOR_EMBEDDING_DIMENSIONS": "64"},
    )

    assert (chosen.name, chosen.dimensions) == ("bge", 64)
    assert embedding.choose("none", E5) is None
    with pytest.raises(Unavailable, match="begins with http"):
        embedding.choose("magic", E5)


@pytest.mark.parametrize("dimensions", ["1000", "0", "many", "-64"])
def test_vectors_of_another_size_are_refused_with_the_name_of_the_setting(dimensions):
    with pytest.raises(Unavailable, match="PILOTHARBOR_EMBEDDING_DIMENSIONS"):
        embedding.choose(
            "http://127.0.0.1:9/v1", E5, {"PILOTHARBOR_EMBEDDING_DIMENSIONS": dimensions}
        )
