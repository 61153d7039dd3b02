"""Is the index in step with the database, whatever crashed, was restored or broke meanwhile?"""

import shutil

import psycopg
import pytest

from pilotharbor.matching import index
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.score import length_of, weighted_flat
from pilotharbor.matching.finder import source
from pilotharbor.matching.finder.follow import Follower
from pilotharbor.matching.finder.library import Library, NotReady, compare
from pilotharbor.matching.models import IndexEntry
from tests.matching.finder.conftest import eventually

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = Wanted((frozenset({"see/public"}),))


def row(number, title, *, event=1, level="public", status="published"):
    """An index row as ``index.write`` takes it."""
    shown = status == "published"
    text = weighted_flat(title, [], "") if shown else ""
    return (
        index.ACHIEVEMENT, number, title if shown else "", text, " ".join(sorted(set(text.split()))), length_of(text),
        level, status, 1, event, title if shown else "", f"see/{level}" if shown else "",
    )  # fmt: skip


def found(library, text, wanted=PUBLIC):
    """The numbers of the things found, best first."""
    (answer,) = library.search([text], wanted, 10)
    numbers = dict(IndexEntry.objects.values_list("pk", "object_id"))
    return [numbers[hit.key] for hit in answer.hits]


@pytest.fixture
def follower(library, dsn):
    made = Follower(library, dsn)
    made.start()
    yield made
    made.stop()


def test_what_is_written_is_found_within_two_seconds(library, follower):
    index.write([row(1, "固态电解质"), row(2, "抗体纯化")])
    eventually(lambda: library.ready and found(library, "电解质") == [1])

    index.write([row(3, "氧化物电解质")])
    assert eventually(lambda: 3 in found(library, "氧化物电解质")) < 2
    index.write([row(1, "", event=2, status="withdrawn")])
    assert eventually(lambda: 1 not in found(library, "固态电解质")) < 2
    assert follower.lag_s < 2


def test_meaning_follows_and_its_marks_change_at_once(library, follower, letters):
    index.write([row(1, "固态电解质"), row(2, "抗体纯化")])
    eventually(lambda: len(library.meaning) == 2)
    index.write([row(1, "固态电解质", event=2, level="core")])
    eventually(lambda: len(library.meaning) == 2 and library.meaning.versions[_key(1)] == 2)

    assert found(library, "固态电解质") == [2]
    assert 1 in found(library, "固态电解质", Wanted((frozenset({"see/core"}),)))


def _key(number):
    return IndexEntry.objects.get(object_id=number).pk


def test_a_vector_made_of_an_older_state_is_not_kept(library, link, letters):
    index.write([row(1, "固态电解质")])
    library.rebuild(link)
    entries = list(source.everything(link))
    letters.before_answer = lambda: index.write([row(1, "固态电解质", event=2, level="core")])
    rows = letters.passages([entry.passage for entry in entries])
    library.keep_meaning(link, entries, rows)

    assert len(library.meaning) == 0


def test_a_long_transaction_is_not_overlooked(library, dsn, link):
    """It began before the others and commits after them."""
    follower = Follower(library, dsn)
    index.write([row(1, "固态电解质")])
    library.rebuild(link)
    with psycopg.connect(dsn) as late:
        late.execute(
            "UPDATE matching_indexentry SET title = '钠离子', body = '钠离子', event_id = 2,"
            " touched = pg_current_xact_id()::text::bigint WHERE object_id = 1"
        )
        index.write([row(2, "抗体纯化"), row(3, "酶催化")])
        follower.step(link)
        assert (found(library, "抗体"), found(library, "钠离子")) == ([2], [])
        index.write([row(4, "薄膜")])
        follower.step(link)
        late.commit()

    follower.step(link)

    assert found(library, "钠离子") == [1]
    assert follower.step(link) == 0


def test_after_a_crash_before_anything_was_remembered_all_is_there(tmp_path, letters, dsn, link):
    folder = tmp_path / "search"
    index.write([row(1, "固态电解质")])
    Library(folder, letters).rebuild(link)
    index.write([row(2, "抗体纯化")])

    again = Library(folder, letters)
    assert again.ready
    Follower(again, dsn).step(link)

    assert found(again, "抗体") == [2]
    assert compare(again, link).agrees


def test_another_database_behind_the_same_folder_is_noticed(library, dsn, link):
    index.write([row(1, "固态电解质"), row(2, "抗体纯化")])
    library.rebuild(link)
    IndexEntry.objects.all().delete()
    index.write([row(7, "薄膜蒸发")])
    link.execute("UPDATE matching_indexentry SET touched = 0")
    follower = Follower(library, dsn)

    assert not compare(library, link).agrees
    follower._reconcile(link)

    assert compare(library, link).agrees
    assert library.search(["固态电解质 抗体纯化 薄膜蒸发"], PUBLIC, 10)[0].hits[0].key == _key(7)


def test_the_difference_is_told_entry_by_entry(library, link):
    index.write([row(1, "固态电解质"), row(2, "抗体纯化"), row(3, "酶催化")])
    library.rebuild(link)
    link.execute("UPDATE matching_indexentry SET event_id = 9 WHERE object_id = 1")
    index.write([row(2, "", event=2, status="withdrawn"), row(4, "薄膜")])

    difference = compare(library, link)

    assert (difference.missing, difference.stale) == ([_key(4)], [_key(1)])
    assert (difference.too_many, difference.entries) == ([_key(2)], 3)


@pytest.mark.parametrize("damage", ["emptied", "cut", "meta", "gone", "rubbish"])
def test_a_broken_index_is_found_and_made_anew(tmp_path, letters, dsn, link, damage):
    folder = tmp_path / "search"
    index.write([row(number, f"固态电解质{number}") for number in range(1, 50)])
    Library(folder, letters).rebuild(link)
    _damage(folder, damage)

    broken = Library(folder, letters)
    follower = Follower(broken, dsn)
    follower.start()
    try:
        eventually(lambda: _answers(broken))
    finally:
        follower.stop()

    assert compare(broken, link).agrees
    assert Library(folder, letters).ready


def _damage(folder, damage):
    place = next(folder.glob("words-*"))
    if damage == "gone":
        shutil.rmtree(place)
    elif damage == "rubbish":
        (folder / "current.json").write_text("{")
    elif damage == "meta":
        (place / "meta.json").write_text("no json")
    else:
        for file in place.iterdir():
            if file.suffix in {".term", ".idx", ".store", ".pos", ".fast", ".fieldnorm"}:
                content = file.read_bytes()
                file.write_bytes(b"" if damage == "emptied" else content[: len(content) // 2])


def _answers(library):
    try:
        return bool(found(library, "固态电解质7"))
    except NotReady:
        return False


def test_search_goes_on_while_the_index_is_made_anew(library, link, monkeypatch):
    index.write([row(number, f"固态电解质{number}") for number in range(1, 1500)])
    library.rebuild(link)
    answers = []
    counted = library._counted

    def slow(entries):
        for text in counted(entries):
            if library.rebuilding.done % 500 == 0:
                answers.append((len(found(library, "固态电解质7")), library.rebuilding.done))
            yield text

    monkeypatch.setattr(library, "_counted", slow)
    library.rebuild(link)

    assert answers == [(10, 500), (10, 1000)]
    assert (library.rebuilding.done, library.rebuilding.running) == (1499, False)
    assert len(list(library.folder.glob("words-*"))) == 1


def test_a_provider_that_is_away_is_waited_for(library, follower, letters, monkeypatch):
    monkeypatch.setattr("pilotharbor.matching.finder.follow.AWAY_S", 0.05)
    letters.away = True
    index.write([row(1, "固态电解质")])
    eventually(lambda: follower.embedding_trouble == "letters: away")
    assert found(library, "电解质") == [1]

    letters.away = False
    eventually(lambda: len(library.meaning) == 1)
    assert follower.embedding_trouble == ""


def test_vectors_are_not_made_twice(tmp_path, letters, dsn, link):
    folder = tmp_path / "search"
    index.write([row(1, "固态电解质"), row(2, "抗体纯化")])
    for _ in range(2):
        library = Library(folder, letters)
        follower = Follower(library, dsn)
        follower.start()
        eventually(lambda known=library: known.ready and len(known.meaning) == 2)
        follower.stop()

    assert letters.asked == 2
