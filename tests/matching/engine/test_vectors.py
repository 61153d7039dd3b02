"""Are the nearest vectors found, against the exact answer?"""

import numpy as np
import pytest

from pilotharbor.matching.engine.vectors import Vectors


@pytest.fixture(scope="module")
def rows():
    """Like those of the model: crowded around a common mean, in clusters."""
    random = np.random.default_rng(7)
    centres = random.normal(size=(60, 128))
    made = random.normal(size=128) * 2 + centres[random.integers(60, size=5000)]
    made += 0.7 * random.normal(size=made.shape)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def test_the_ten_nearest_are_those_of_the_exact_answer(rows):
    vectors = Vectors(128)
    vectors.fill(range(5000), rows)
    asked = rows[:40]

    found = vectors.search_all(asked, 10)

    exact = np.argsort(-(asked @ rows.T), axis=1)[:, :10]
    shared = [
        len({hit.key for hit in hits} & set(right.tolist()))
        for hits, right in zip(found, exact, strict=True)
    ]
    assert np.mean(shared) >= 9.5
    assert [hits[0].key for hits in found] == list(range(40))
    assert found[0][0].score == pytest.approx(1, abs=1e-2)


def test_only_what_the_mask_allows_is_found(rows):
    vectors = Vectors(128)
    vectors.fill(range(5000), rows)
    mask = np.zeros(5000, np.bool_)
    mask[[17, 4000]] = True

    assert {hit.key for hit in vectors.search(rows[0], 10, mask)} == {17, 4000}
    assert vectors.search(rows[0], 10, np.zeros(5000, np.bool_)) == []


def test_no_vectors_no_finds():
    assert Vectors(64).search(np.ones(64, np.float32), 10) == []


def test_equal_vectors_are_all_candidates():
    vectors = Vectors(64)
    vectors.fill(range(3000), np.full((3000, 64), 0.125, np.float32))

    assert len(vectors.search(np.full(64, 0.125, np.float32), 100)) == 100


def test_what_came_after_a_mask_was_made_is_not_found_by_it():
    """Rights are told as a mask; a text that is added while somebody searches is in none of them."""
    rows = np.eye(64, dtype=np.float32)
    vectors = Vectors(64)
    vectors.add([1, 2], rows[:2])
    mask = np.array([True, False])
    vectors.add([3], rows[2:3])

    assert [hit.key for hit in vectors.search(rows[2], 10, mask)] == [1]
    assert vectors.search(rows[2], 10)[0].key == 3
