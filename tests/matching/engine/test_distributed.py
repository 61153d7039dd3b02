"""What is special to an engine on other machines: how it is reached, counted, and missed?"""

import importlib
import itertools
from importlib.util import find_spec

import pytest

from pilotharbor.matching.engine import distributed, hybrid
from pilotharbor.matching.engine.distributed import Away, MilvusShelf, MilvusWords
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text
from pilotharbor.matching.engine.milvus import bm25, store
from pilotharbor.matching.engine.milvus.words import TEXTS, TOKENS
from tests.matching.engine import test_lexical
from tests.matching.engine.test_contract import units

needs_milvus = pytest.mark.skipif(
    not (find_spec("pymilvus") and find_spec("milvus_lite")),
    reason="the extra distributed-test is not installed",
)


@pytest.fixture
def kept(tmp_path):
    store = distributed.choose(f"milvus://{tmp_path}/engine.db")
    yield store
    store.close()
    importlib.import_module("milvus_lite.server_manager").server_manager_instance.release_all()


def counts(kept):
    return {row["key"]: row["count"] for row in kept.all(TOKENS, "count")}


@needs_milvus
def test_how_many_texts_hold_a_token_is_exact_after_any_changes(kept):
    words = MilvusWords(kept)
    words.write(test_lexical.TEXTS)
    right = counts(kept)
    words.write([Text(2, "改为介绍污水处理"), Text(3, "污水"), Text(3, "污水污泥")])
    words.write([Text(9, "轮子外罩", "标题"), *test_lexical.TEXTS, Text(10, "")])
    words.remove([9, 10, 11])

    assert counts(kept) == right
    assert len(words) == 4
    words.remove([1, 2, 3, 4])
    assert counts(kept) == {}


@needs_milvus
def test_what_is_in_a_file_is_there_when_it_is_opened_again(tmp_path):
    address = f"milvus://{tmp_path}/engine.db"
    first = distributed.choose(address)
    MilvusWords(first).write(test_lexical.TEXTS)
    MilvusShelf(first, 64).put([1], [3], units(1), [["public"]])
    first.close()

    again = distributed.choose(address)
    words, shelf = MilvusWords(again), MilvusShelf(again, 64)

    assert [hit.key for hit in words.search(hybrid.asked("抗体层析纯化"), Wanted(), 1)] == [3]
    assert shelf.versions == {1: 3}
    assert MilvusShelf(again, 64, "another model").versions == {}
    again.forget(TEXTS)
    with pytest.raises(Away):
        words.search(hybrid.asked("抗体"), Wanted(), 1)
    again.close()


@needs_milvus
def test_a_generation_is_made_empty_opened_again_and_dropped_when_two_came_after(tmp_path):
    words = distributed.words(f"milvus://{tmp_path}/engine.db")
    places = [tmp_path / "index" / f"words-{number}" for number in range(4)]
    for place in places[:3]:
        words(place).write(test_lexical.TEXTS)
    assert len(words(places[1])) == len(words(places[2])) == 4
    # Folder 0 is still there, but what it stood for was dropped with the third.
    assert len(words(places[0])) == 0

    # A rebuild that was broken off leaves nothing of itself to the next.
    places[2].rmdir()
    assert len(words(places[2])) == 0
    assert len(words(places[1])) == 4
    assert distributed.words("embedded") is EmbeddedWords


@needs_milvus
def test_changed_marks_are_taken_over_without_a_new_vector(kept):
    rows, shelf = units(2), MilvusShelf(kept, 64)
    shelf.put([1, 2], [1, 1], rows, [["public"], ["public"]])

    assert shelf.admit([(1, 1, ["secret"]), (2, 1, ["public"])]) == []

    public = Wanted((frozenset({"public"}),))
    assert [hit.key for hit in shelf.search(rows[0], 5, public)] == [2]
    found = shelf.search(rows[0], 5)[0]
    assert (found.key, found.score) == (1, pytest.approx(1, abs=1e-3))


@needs_milvus
def test_who_does_not_answer_is_away(monkeypatch):
    monkeypatch.setattr(store, "PATIENCE_S", 0.5)

    with pytest.raises(Away, match="Milvus"):
        distributed.Store("http://127.0.0.1:9", "harbour", patience_s=0.5)


def test_without_its_client_it_is_away_and_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(store.importlib, "import_module", missing)

    with pytest.raises(Away, match=r"pilotharbor\[distributed\]"):
        distributed.choose("milvus://search.example:19530/harbour")


def test_addresses_are_read_with_care(monkeypatch):
    opened = []
    monkeypatch.setattr(distributed, "Store", lambda *said: opened.append(said))
    token = {"PILOTHARBOR_SEARCH_TOKEN": "root:key"}

    assert distributed.choose("embedded") is distributed.choose("") is None
    distributed.choose("milvus://search.example", token)
    distributed.choose("milvuss://[::1]:7/east_2", token)
    distributed.choose("milvus:///srv/engine.db", token)

    assert opened == [
        ("http://search.example:19530", "pilotharbor", "root:key"),
        ("https://[::1]:7", "east_2", "root:key"),
        ("/srv/engine.db", "pilotharbor"),
    ]


@pytest.mark.parametrize(
    "wanted",
    ["http://search.example", "milvus", "milvus://a:b@host", "milvus://host/a-b", "milvus://host/a/b",
     "milvus://host:99999", "milvus://host:x", "milvus:///etc/passwd", "milvus://host?x=1", "milvus://[::1"],
)  # fmt: skip
def test_no_other_address_is_taken(wanted, monkeypatch):
    monkeypatch.setattr(distributed, "Store", lambda *said: pytest.fail(str(said)))

    with pytest.raises(Away):
        distributed.choose(wanted)


def test_places_of_tokens_are_within_what_milvus_takes_and_apart():
    tokens = ["".join(pair) for pair in itertools.product("轮子外罩电解质abcdefg", repeat=3)]
    numbers = {bm25.number(kind, token) for kind in bm25.KINDS for token in tokens}

    assert len(numbers) == len(bm25.KINDS) * len(tokens)
    assert min(numbers) >= 1
    assert max(numbers) < 2**32 - 1


def test_a_filter_that_nothing_can_meet_is_told_apart_from_none():
    assert store.condition(Wanted()) == ""
    assert store.condition(Wanted((frozenset({"a"}), frozenset()))) is None
    assert store.condition(Wanted((frozenset({'b"', "a"}),))) == (
        'ARRAY_CONTAINS_ANY(marks, ["a", "b\\""])'
    )
