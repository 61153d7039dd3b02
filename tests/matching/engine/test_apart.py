"""Does the model in its own process answer like the one in this process, rest, and survive its end?"""

import os
import sys
import time

import numpy as np
import pytest

from pilotharbor.matching.engine.apart import Apart
from pilotharbor.matching.engine.e5.model import E5
from pilotharbor.matching.engine.provider import Unavailable

SILENT = [sys.executable, "-c", "import time; time.sleep(60)"]
TALKS_NONSENSE = [sys.executable, "-c", "print('x' * 100, flush=True); import time; time.sleep(9)"]
REFUSES = [
    sys.executable, "-c",
    (
        "import sys, json, struct; c = json.dumps({'refused': 'no file'}).encode();"
        "sys.stdout.buffer.write(struct.pack('<I', len(c)) + c); sys.stdout.flush()"
    ),
]  # fmt: skip


def patient(apart: Apart, texts: list[str]) -> np.ndarray:
    """The answer, however long a busy machine takes to load the model."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return apart.queries(texts)
        except Unavailable:
            if time.monotonic() > deadline:
                raise


def test_it_answers_like_the_model_itself():
    apart = Apart()
    try:
        asked = patient(apart, ["轴承磨损", "seal"])
        answered = apart.passages(["a", "b", "c", "d", "甲"])
    finally:
        apart.close()

    model = E5()
    assert np.allclose(asked, model.queries(["轴承磨损", "seal"]), atol=1e-5)
    assert np.allclose(answered[4], model.passages(["甲"])[0], atol=1e-3)
    assert answered.shape == (5, 384)


def test_an_idle_one_gives_its_memory_back_and_wakes_up_again():
    apart = Apart(idle_s=0.0)
    try:
        patient(apart, ["甲"])
        process = apart._process
        apart.rest()
        assert process is not None
        assert process.poll() is not None
        assert not apart.awake
        assert patient(apart, ["甲"]).shape == (1, 384)
    finally:
        apart.close()


def test_a_killed_one_is_told_and_comes_back():
    apart = Apart()
    try:
        patient(apart, ["甲"])
        assert apart._process is not None
        os.kill(apart._process.pid, 9)
        apart._process.wait()

        with pytest.raises(Unavailable):
            apart.queries(["甲"])
        assert patient(apart, ["甲"]).shape == (1, 384)
    finally:
        apart.close()


@pytest.mark.parametrize("command", [SILENT, TALKS_NONSENSE, REFUSES, ["/nowhere/at/all"]])
def test_whatever_it_does_a_query_goes_on(command, monkeypatch):
    monkeypatch.setattr("pilotharbor.matching.engine.apart.QUERY_PATIENCE_S", 0.5)
    apart = Apart(command=command)
    try:
        started = time.monotonic()
        with pytest.raises(Unavailable, match="multilingual-e5-small"):
            apart.queries(["甲"])
        assert time.monotonic() - started < 5
    finally:
        apart.close()


def test_an_answer_of_absurd_length_is_not_waited_for():
    apart = Apart(command=TALKS_NONSENSE)
    try:
        with pytest.raises(Unavailable, match="ValueError"):
            apart.queries(["甲"])
        assert not apart.awake
    finally:
        apart.close()
