"""What a file says, and which line is wrong when it says nonsense."""

import subprocess
import sys
from pathlib import Path

import pytest

from pilotharbor.booking.engine.jobshop import fjs
from pilotharbor.booking.engine.jobshop.fjs import Shop, Unreadable, parse
from pilotharbor.launcher.paths import ROOT
from pilotharbor.launcher.sentences import SENTENCES
from pilotharbor.scheduling import cli

DATA = ROOT / "benchmarks" / "data" / "fjs"
GOOD = "2 3 1.5\n2 1 1 4 2 2 5 3 6\n1 1 3 7\n"


def test_a_small_shop_is_read():
    assert parse(GOOD) == Shop(3, (({0: 4}, {1: 5, 2: 6}), ({2: 7},)))
    assert parse(GOOD).bound == 9
    assert parse("1 1\r\n\r\n1 2 1 5 1 3   \n\n").jobs == (({0: 3},),)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "empty"),
        ("\n \n", 1, "empty"),
        ("2\n", 1, "head"),
        ("2 2 2 2\n", 1, "head"),
        ("0 3\n", 1, "head_numbers"),
        ("a 3\n", 1, "number"),
        ("1 -3\n", 1, "number"),
        ("1 1\n1 1 1 2.5\n", 2, "number"),
        ("2 3\n1 1 1 4\n", 2, "jobs"),
        ("1 3\n1 1 1 4\n1 1 1 4\n", 3, "jobs"),
        ("1 3\n0\n", 2, "no_operation"),
        ("1 3\n2 1 1 4\n", 2, "short"),
        ("1 3\n1 1 1 4 9\n", 2, "long"),
        ("1 3\n1 0\n", 2, "no_machine"),
        ("1 3\n1 2 1 4\n", 2, "pairs"),
        ("1 3\n\n1 1 4 4\n", 3, "machine"),
        ("1 3\n1 1 0 4\n", 2, "machine"),
        ("1 3\n1 1 1 0\n", 2, "time"),
    ],
)
def test_each_fault_is_told_with_its_line_and_a_remedy(monkeypatch, text, line, what):
    with pytest.raises(Unreadable) as caught:
        parse(text)

    assert (caught.value.line, caught.value.what) == (line, what)
    for language in ("en", "zh"):
        monkeypatch.setenv("PILOTHARBOR_LANG", language)
        sentence = cli.reason(caught.value)
        assert "{" not in sentence
        assert sentence != SENTENCES[f"fjs_{what}"][0 if language == "zh" else 1]


def test_what_is_no_text_is_said(tmp_path):
    path = tmp_path / "x.fjs"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(Unreadable) as caught:
        fjs.read(path)

    assert caught.value.what == "no_text"


@pytest.mark.parametrize("number", range(1, 11))
def test_the_shops_of_brandimarte_are_whole(number):
    """Each is made of few kinds of operation: a slip of the pen would make another one."""
    shop = fjs.read(DATA / f"mk{number:02}.fjs")
    sizes = [(10, 55), (10, 58), (15, 150), (15, 90), (15, 106), (10, 150), (20, 100), (20, 225)]
    sizes += [(20, 240), (20, 240)]
    kinds = {tuple(sorted(o.items())) for o in shop.operations}

    assert (len(shop.jobs), len(shop.operations)) == sizes[number - 1]
    assert len(kinds) == (14, 15, 15, 15, 15, 15, 25, 24, 25, 25)[number - 1]


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "pilotharbor.launcher", "schedule", "solve", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "LANG": "C"},
    )  # fmt: skip


def test_the_command_refuses_what_it_cannot_read(tmp_path):
    bad = tmp_path / "bad.fjs"
    bad.write_text("1 2\n1 1 3 4\n")

    said = run(bad)

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == (
        f"{bad}, line 2: operation 1 names machine 3, but machines are counted from 1 to 2; correct it.\n"
    )
    missing = run(Path(tmp_path / "none.fjs"))
    assert missing.returncode == 2
    assert "check the path" in missing.stderr
    assert run(bad, "--time-limit", "0").returncode == 2
    assert run(bad, "--time-limit", "nan").returncode == 2
