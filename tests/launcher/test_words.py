"""Is every sentence of the launcher there, in both languages?"""

import re

import pytest

from pilotharbor.launcher import words
from pilotharbor.launcher.__main__ import COMMANDS
from pilotharbor.launcher.paths import SOURCE
from pilotharbor.launcher.sentences import SENTENCES

LAUNCHER = SOURCE / "pilotharbor" / "launcher"
USED = re.compile(r"""\b(?:say|step|Trouble)\(\s*["'](\w+)["']""")


def test_both_languages_take_the_same_facts():
    for key, (english, chinese) in SENTENCES.items():
        slots = [sorted(set(re.findall(r"{(\w+)}", text))) for text in (english, chinese)]
        assert slots[0] == slots[1], key


def test_every_sentence_that_is_said_exists_and_none_is_idle():
    said = {f"help_{name}" for name in COMMANDS}
    said |= {f"verdict_{name}" for name in ("ok", "note", "problem")}
    # A sub-command that a domain brings along speaks the launcher's sentences too.
    brought = {SOURCE / f"{module.replace('.', '/')}.py" for module in COMMANDS.values()}
    for path in {*LAUNCHER.glob("*.py"), *brought}:
        source = path.read_text()
        said |= set(USED.findall(source))
        said |= {f"look_{name}" for name in re.findall(r'Finding\("(\w+)"', source)}
        said |= {key for key in SENTENCES if f'"{key}"' in source and path.name == "database.py"}

    assert said - set(SENTENCES) == set()
    assert set(SENTENCES) - said == set()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh_CN.UTF-8", True), ("zh", True), ("en_US.UTF-8", False), ("C", False), ("", False)],
)
def test_language_follows_the_terminal(monkeypatch, language, expected):
    for name in ("PILOTHARBOR_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)

    assert words.chinese() == expected
