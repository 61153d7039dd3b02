"""Are vectors found by their marks, kept through a crash, and never found in a state that is gone?"""

import numpy as np
import pytest

from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.engine.marks import Marks
from pilotharbor.matching.engine.shelf import Shelf

PUBLIC, SECRET = ("see/public", "region/33"), ("see/secret", "region/33")


def units(count: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 64)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def wanted(*groups: set[str]) -> Wanted:
    return Wanted(tuple(frozenset(group) for group in groups))


def keys(hits):
    return {hit.key for hit in hits}


def test_only_what_has_a_mark_of_each_group_is_ranked():
    rows, shelf = units(6), Shelf(64)
    shelf.put(range(6), [1] * 6, rows, [PUBLIC, SECRET, PUBLIC, (*PUBLIC, "own/7"), (), PUBLIC])

    assert keys(shelf.search(rows[1], 10, wanted({"see/public"}))) == {0, 2, 3, 5}
    assert keys(shelf.search(rows[1], 10, wanted({"see/public"}, {"own/7", "own/8"}))) == {3}
    assert keys(shelf.search(rows[1], 10, wanted({"own/8"}))) == set()
    assert keys(shelf.search(rows[1], 10)) == set(range(6))


def test_a_newer_state_takes_the_place_of_the_older_one():
    rows, shelf = units(3), Shelf(64)
    shelf.put([7], [1], rows[:1], [PUBLIC])
    assert keys(shelf.search(rows[0], 5, wanted({"see/public"}))) == {7}

    shelf.put([7], [2], rows[1:2], [SECRET])

    assert keys(shelf.search(rows[0], 5, wanted({"see/public"}))) == set()
    assert [hit.key for hit in shelf.search(rows[1], 5, wanted({"see/secret"}))] == [7]
    assert (len(shelf), shelf.versions) == (1, {7: 2})
    shelf.drop([7])
    assert (len(shelf), shelf.search(rows[1], 5)) == (0, [])


def test_what_is_read_from_disk_is_found_only_if_it_is_still_true(tmp_path):
    rows, path = units(4), tmp_path / "meaning"
    Shelf(64, path).put([1, 2, 3, 4], [1, 1, 1, 1], rows, [PUBLIC] * 4)

    again = Shelf(64, path)
    assert again.search(rows[0], 5) == []
    missing = again.admit([(1, 1, PUBLIC), (2, 9, PUBLIC), (5, 1, PUBLIC), (4, 1, SECRET)])
    again.settled()

    assert missing == [2, 5]
    assert keys(again.search(rows[0], 5)) == {1, 4}
    assert keys(again.search(rows[0], 5, wanted({"see/public"}))) == {1}


@pytest.mark.parametrize("damage", ["cut", "flipped", "rubbish"])
def test_a_damaged_end_costs_only_itself(tmp_path, damage):
    rows, path = units(3), tmp_path / "meaning"
    Shelf(64, path).put([1, 2, 3], [1, 1, 1], rows, [PUBLIC] * 3)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-5]
    elif damage == "flipped":
        content[-30] ^= 1
    else:
        content += b"never written to its end"
    path.write_bytes(content)

    again = Shelf(64, path)
    missing = again.admit([(key, 1, PUBLIC) for key in (1, 2, 3)])
    again.put(missing, [1] * len(missing), rows[[key - 1 for key in missing]], [PUBLIC])
    last = Shelf(64, path)

    assert missing == ([] if damage == "rubbish" else [3])
    assert last.admit([(key, 1, PUBLIC) for key in (1, 2, 3)]) == []
    assert [hit.key for hit in last.search(rows[2], 1)] == [3]


def test_a_file_of_many_old_states_is_written_anew(tmp_path):
    rows, path = units(10), tmp_path / "meaning"
    shelf = Shelf(64, path)
    for version in range(10):
        shelf.put([1], [version], rows[version : version + 1], [PUBLIC])
    before = path.stat().st_size

    again = Shelf(64, path)

    assert path.stat().st_size == before // 10
    assert again.admit([(1, 9, PUBLIC)]) == []
    assert again.search(rows[9], 1)[0].score == pytest.approx(1, abs=1e-2)


def test_masks_follow_what_is_added():
    marks = Marks()
    marks.add(range(3), [["a"], ["b"], ["a", "b"]])
    assert marks.mask(wanted({"a"})).tolist() == [True, False, True]
    marks.add(range(3, 5), [["a"], []])

    assert marks.mask(wanted({"a"})).tolist() == [True, False, True, True, False]
    assert marks.mask(wanted({"a", "b"}, {"b"})).tolist() == [False, True, True, False, False]
    assert marks.mask(Wanted()) is None
