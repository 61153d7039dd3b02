"""Do the embedded engine and a distributed one give the same answers to the same questions?

The distributed one is run where its client and Milvus Lite are installed (docs/operate.md says how);
elsewhere its half is skipped, and the reason is shown.
"""

import importlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from pilotharbor.matching.engine import distributed, hybrid
from pilotharbor.matching.engine.distributed import MilvusShelf, MilvusWords
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.lexical import EmbeddedWords, Text
from pilotharbor.matching.engine.shelf import Shelf
from tests.matching.engine.test_lexical import TEXTS

MILVUS = "milvus"
ENGINES = [
    "embedded",
    pytest.param(
        MILVUS,
        marks=pytest.mark.skipif(
            not (find_spec("pymilvus") and find_spec("milvus_lite")),
            reason="the extra distributed-test is not installed",
        ),
    ),
]
CORPUS = Path(__file__).parents[3] / "examples" / "matching" / "documents.jsonl"
PUBLIC, SECRET = ("see/public", "in/CN-ZJ"), ("see/9", "in/CN-SH")


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    """What makes the two halves of an engine, empty ones."""
    yield from made(request.param, tmp_path)


@pytest.fixture(params=ENGINES, scope="module")
def shared(request, tmp_path_factory):
    yield from made(request.param, tmp_path_factory.mktemp("engine"))


class Halves:
    def __init__(self, store=None):
        self.store = store

    def words(self):
        return MilvusWords(self.store) if self.store else EmbeddedWords()

    def shelf(self, dimensions):
        return MilvusShelf(self.store, dimensions) if self.store else Shelf(dimensions)


def made(name, folder):
    if name != MILVUS:
        yield Halves()
        return
    store = distributed.choose(f"milvus://{folder}/engine.db")
    yield Halves(store)
    store.close()
    # Its threads would outlive this test, and trouble those that fork.
    importlib.import_module("milvus_lite.server_manager").server_manager_instance.release_all()


def wanted(*groups):
    return Wanted(tuple(frozenset(group) for group in groups))


def keys(index, text, *groups, limit=10):
    return [hit.key for hit in index.search(hybrid.asked(text), wanted(*groups), limit)]


@pytest.fixture
def index(engine):
    words = engine.words()
    words.write(TEXTS)
    return words


def test_the_text_with_the_words_comes_first(index):
    assert keys(index, "固态电解质公斤级制备")[0] == 2
    assert keys(index, "固態電解質")[0] == 2
    assert keys(index, "99.6%的纯化")[0] == 3
    assert 1 in keys(index, "轮子")


def test_an_english_need_finds_a_chinese_result_by_dictionary(index):
    assert keys(index, "sulfide solid electrolyte preparation at kilogram scale")[0] == 2
    assert keys(index, "purification of antibody")[0] == 3


def test_filters_hold_before_ranking(index):
    assert keys(index, "轮子外罩", {"public"}) == [1]
    assert keys(index, "轮子外罩", {"public", "core"}, {"CN-SH"}) == [4]
    assert keys(index, "轮子外罩", {"nobody"}) == []
    assert keys(index, "轮子外罩", set()) == []
    assert keys(index, "轮子外罩", {"public"}, limit=1) == [1]


@pytest.mark.parametrize(
    "mark", ['"] or key > 0 or ["', "a'b", "back\\slash", "新\n行", "%", "{x}"]
)
def test_a_mark_is_only_ever_a_mark(engine, mark):
    index = engine.words()
    index.write([Text(1, "轮子外罩", marks=(mark,)), Text(2, "轮子外罩", marks=("other",))])

    assert keys(index, "轮子", {mark}) == [1]
    assert keys(index, "轮子", {mark + "x"}) == []


def test_a_text_written_again_takes_the_place_of_the_older_one(index):
    index.write([Text(3, "改为介绍污水处理。", version=7)])
    index.remove([4, 4, 999])

    assert len(index) == 3
    assert keys(index, "抗体层析") == []
    assert keys(index, "污水处理") == [3]
    assert 4 not in keys(index, "轮子外罩抽真空")
    assert index.versions() == {1: 0, 2: 0, 3: 7}


def test_what_is_empty_answers_nothing_and_can_be_filled_again(engine):
    index = engine.words()
    assert (len(index), keys(index, "轮子"), index.versions()) == (0, [], {})
    assert index.write([]) == 0
    assert index.write(iter(TEXTS)) == 4
    index.remove([1, 2, 3, 4])
    assert (len(index), keys(index, "轮子"), index.versions()) == (0, [], {})
    index.write([Text(5, ""), Text(6, "轮子")])

    assert keys(index, "轮子") == [6]
    assert set(index.versions()) == {5, 6}


def test_rarity_follows_what_is_written_and_taken_out(engine):
    """The scores after many changes are nearly those of an index that was made at once.

    Nearly: the embedded engine forgets what was taken out when it merges, the other one damps a text
    by the lengths of its day. What is forgotten late may be a whole step of rarity.
    """
    changed, anew = engine.words(), EmbeddedWords()
    texts = [Text(key, text.body, text.title, text.marks) for key, text in enumerate(TEXTS * 3)]
    changed.write(texts[:6])
    changed.write([Text(2, "轮子轮子轮子"), *texts[6:]])
    changed.write([texts[2]])
    changed.remove([4, 5])
    anew.write([text for text in texts if text.key not in {4, 5}])

    for text in ("固态电解质公斤级制备", "轮子外罩", "抗体"):
        found = {hit.key: hit.score for hit in changed.search(hybrid.asked(text), Wanted(), 20)}
        right = {hit.key: hit.score for hit in anew.search(hybrid.asked(text), Wanted(), 20)}
        assert found.keys() == right.keys()
        assert sorted(found, key=found.__getitem__) == sorted(right, key=right.__getitem__)
        assert all(0.4 < found[key] / right[key] < 2.5 for key in right)


def test_a_phrase_is_found_only_where_it_stands_in_one_piece(index):
    def phrase(text, *groups):
        return [hit.key for hit in index.phrase(text, wanted(*groups), 10)]

    index.write([Text(7, "XRD analysis of Li3PS4 at 25 ℃", marks=("public",))])
    assert phrase("固态电解质") == [2]
    assert phrase("电解固态质") == []
    assert phrase("xrd") == [7]
    assert phrase("rd") == []
    assert phrase("固态 电解质") == [2]
    assert phrase("轮") == [4, 1] or set(phrase("轮")) == {1, 4}
    assert phrase("固态电解质", {"public"}) == []
    assert phrase("") == phrase('"%_') == []


def test_a_quoted_part_of_a_query_must_stand_there(index):
    assert set(keys(index, "轮子外罩")) >= {1, 4}
    assert keys(index, '轮子外罩 "抽真空"') == [4]
    assert keys(index, '轮子外罩 "真空抽"') == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "。。。", "轮", "x" * 10_000, "轮" * 10_000, "\x00\x01", "a AND (b OR", "🚢", "ﷺ" * 99, "“*”:~^",
     "привет мир", "こんにちは", '") or key > 0 or ("', "%", "_", "\\", "'; drop", '"轮子" "', "key in [1]"],
)  # fmt: skip
def test_no_query_and_no_text_is_too_strange(shared, text):
    index = shared.words()
    index.remove(index.versions())
    index.write(TEXTS)

    nobody = wanted({"nobody"})
    assert isinstance(keys(index, text), list)
    assert keys(index, text, {"nobody"}) == []
    assert index.phrase(text, nobody, 10) == []
    assert index.write([Text(9, text, text)]) == 1
    assert 9 in index.versions()


def abstracts(count=240):
    with CORPUS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(count), lines, strict=False)]
    return [
        Text(n, row["abstract"], marks=(PUBLIC, SECRET)[n % 2], version=n)
        for n, row in enumerate(rows)
    ], rows


def test_the_same_texts_and_questions_give_the_same_finds(shared):
    """On real abstracts: the same sets behind filters, nearly the same ranks."""
    texts, rows = abstracts()
    index, right = shared.words(), EmbeddedWords()
    index.remove(index.versions())
    index.write(texts)
    right.write(texts)
    titles = [row["title"] for row in rows[::16]]
    foreign = ["solid electrolyte for lithium batteries", "deep learning image segmentation"]

    shared_first, same_best = [], []
    for text in [*titles, *foreign]:
        asked = hybrid.asked(text)
        for some in (Wanted(), wanted({"see/public"}), wanted({"see/public", "x"}, {"in/CN-SH"})):
            ours, theirs = index.search(asked, some, 400), right.search(asked, some, 400)
            assert {hit.key for hit in ours} == {hit.key for hit in theirs}
        ten, other = ([h.key for h in i.search(asked, Wanted(), 10)] for i in (index, right))
        shared_first.append(len(set(ten) & set(other)) / len(other))
        same_best.append(ten[0] == other[0])
    assert np.mean(shared_first) >= 0.95
    assert np.mean(same_best) >= 0.9
    assert index.versions() == right.versions() == {text.key: text.version for text in texts}


def units(count, seed=3):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, 64)) + random.normal(size=64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_nearest_are_found_of_those_that_may_be(engine):
    rows, shelf = units(300), engine.shelf(64)
    shelf.put(range(300), [1] * 300, rows, [(PUBLIC, SECRET)[n % 2] for n in range(300)])

    for mine in (7, 8):
        exact = np.argsort(-(rows @ rows[mine]))
        assert [h.key for h in shelf.search(rows[mine], 10)] == exact[:10].tolist()
        found = shelf.search(rows[mine], 10, wanted({"see/9"}, {"in/CN-SH", "in/CN-ZJ"}))
        assert [h.key for h in found] == exact[exact % 2 == 1][:10].tolist()
        assert found[0].score == pytest.approx(float(rows[mine] @ rows[found[0].key]), abs=1e-2)
    assert shelf.search(rows[0], 10, wanted({"nobody"})) == []
    assert shelf.search(rows[0], 10, wanted(set())) == []
    assert len(list(shelf.search_all(rows[:3], 2, Wanted()))) == 3


def test_vectors_are_replaced_and_taken_out(engine):
    rows, shelf = units(4), engine.shelf(64)
    assert (len(shelf), dict(shelf.versions), shelf.search(rows[0], 3)) == (0, {}, [])
    shelf.put([1, 2], [1, 1], rows[:2], [PUBLIC, PUBLIC])
    shelf.put([2, 3], [2, 1], rows[2:], [SECRET, PUBLIC])
    shelf.drop([1, 99])

    assert dict(shelf.versions) == {2: 2, 3: 1}
    assert next(hit.key for hit in shelf.search(rows[2], 9)) == 2
    assert [hit.key for hit in shelf.search(rows[2], 9, wanted({"see/public"}))] == [3]


def test_what_is_held_already_is_not_asked_for_again(engine):
    """Numbers whose vector is missing or old are told, whatever was kept."""
    rows, shelf = units(3), engine.shelf(64)
    shelf.put([1, 2], [1, 5], rows[:2], [PUBLIC, PUBLIC])

    assert shelf.admit([(1, 1, PUBLIC), (2, 6, PUBLIC), (3, 1, PUBLIC)]) == [2, 3]
    shelf.settled()
    assert {hit.key for hit in shelf.search(rows[0], 9)} == {1, 2}
