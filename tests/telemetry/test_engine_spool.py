"""What was appended comes out again, once and in order, whatever stops in between."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pilotharbor.telemetry.engine import spool as engine
from pilotharbor.telemetry.engine.spool import Message, Spool, SpoolFull

MANY = 10**9


def one(n, size=3):
    return Message(1000 + n, f"主题/{n}", bytes([n % 256]) * size)


def opened(folder, **given):
    return Spool(Path(folder), **({"limit": MANY, "segment_bytes": 200} | given))


class AnyHistory(RuleBasedStateMachine):
    """Appends, reads, marks and restarts in any order, beside a plain list."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=os.environ["SPOOL_TEST"]))
        self.spool = opened(self.folder)
        self.waiting, self.n = [], 0

    @rule(many=st.integers(1, 5), size=st.integers(0, 120))
    def append(self, many, size):
        fresh = [one(self.n + i, size) for i in range(many)]
        self.n += many
        self.spool.append(fresh)
        self.waiting += fresh

    @rule(most=st.integers(1, 7), stored=st.booleans())
    def read(self, most, stored):
        found, mark = self.spool.read(most)
        assert found == self.waiting[:most]
        if stored and found:
            self.spool.done(mark, len(found))
            self.waiting = self.waiting[len(found) :]

    @rule()
    def restart(self):
        self.spool.close()
        self.spool = opened(self.folder)

    @rule(cut=st.integers(1, 30))
    def power_cut_while_writing(self, cut):
        """Half a message at the end, which nobody was told is safe."""
        self.spool.close()
        tail = max(self.folder.glob("*.spool"))
        with tail.open("ab") as file:
            file.write(engine._packed(one(99, 40))[:-cut])
        self.spool = opened(self.folder)
        assert self.spool.damaged == 1

    @precondition(lambda self: (self.folder / "mark").exists())
    @rule()
    def the_mark_is_lost(self):
        """Everything still on the disk comes again; nothing is missing."""
        self.spool.close()
        (self.folder / "mark").write_bytes(b"nonsense")
        self.spool = opened(self.folder)
        found, mark = self.spool.read(10_000)
        assert found[len(found) - len(self.waiting) :] == self.waiting
        self.spool.done(mark, len(found))
        self.waiting = []

    @invariant()
    def counts(self):
        assert len(self.spool) == len(self.waiting)

    def teardown(self):
        assert self.spool.read(10_000)[0] == self.waiting
        self.spool.close()


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SPOOL_TEST", str(tmp_path))


def test_any_history():
    AnyHistory.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
    AnyHistory.TestCase("runTest").runTest()


def test_segments_behind_the_mark_go(tmp_path):
    spool = opened(tmp_path)
    spool.append(one(n, 80) for n in range(10))
    assert len(list(tmp_path.glob("*.spool"))) == 1, "one append is one block"
    for n in range(10, 20):
        spool.append([one(n, 80)])
    assert len(list(tmp_path.glob("*.spool"))) > 3

    found, mark = spool.read(100)
    spool.done(mark, len(found))

    assert len(found) == 20
    assert len(list(tmp_path.glob("*.spool"))) <= 2
    assert spool.size <= 200


def test_a_full_spool_takes_nothing_and_loses_nothing(tmp_path):
    spool = opened(tmp_path, limit=500)
    spool.append([one(1, 300)])

    with pytest.raises(SpoolFull):
        spool.append([one(2, 10), one(3, 300)])

    assert spool.read(10)[0] == [one(1, 300)]
    spool.append([one(4, 10)])
    assert spool.read(10)[0] == [one(1, 300), one(4, 10)]


def test_a_full_disk_takes_nothing_and_loses_nothing(tmp_path, monkeypatch):
    spool = opened(tmp_path)
    spool.append([one(1)])
    monkeypatch.setattr(engine.os, "fdatasync", _no_space)

    with pytest.raises(OSError, match="No space"):
        spool.append([one(2)])
    monkeypatch.undo()
    spool.append([one(3)])
    spool.close()

    assert opened(tmp_path).read(10)[0] == [one(1), one(3)]


def _no_space(_handle):
    raise OSError(28, "No space left on device")


def test_only_one_process_holds_a_spool(tmp_path):
    spool = opened(tmp_path)

    with pytest.raises(OSError, match="temporarily unavailable"):
        opened(tmp_path)
    spool.close()
    opened(tmp_path).close()


def test_what_rots_on_the_disk_is_set_aside_and_told(tmp_path):
    spool = opened(tmp_path, segment_bytes=10**6)
    for n in range(3):
        spool.append([one(n)])
    spool.close()
    (file,) = tmp_path.glob("*.spool")
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(raw)

    again = opened(tmp_path, segment_bytes=10**6)

    assert again.read(10)[0] == [one(0)]
    assert again.damaged == 1
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1
