"""Does every term of the glossary stand where it says, one English name per Chinese term?"""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pilotharbor"
ROW = re.compile(r"^\| (?!English|---)(.+?) \| (.+?) \| `(.+?)` \| (.+?) \|$", re.MULTILINE)
TERMS = ROW.findall((ROOT / "docs" / "glossary.md").read_text())


@pytest.fixture(scope="module")
def chinese() -> str:
    files = SOURCE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")
    return "\n".join(entry.msgstr for file in files for entry in polib.pofile(str(file)))


@pytest.fixture(scope="module")
def code() -> str:
    return "\n".join(file.read_text() for file in SOURCE.rglob("*.py"))


@pytest.mark.parametrize(("english", "term", "name", "meaning"), TERMS, ids=[t[0] for t in TERMS])
def test_a_term_is_the_word_of_pages_and_code(english, term, name, meaning, chinese, code):
    assert term in chinese
    assert re.search(rf"\b\w*{re.escape(name)}\b", code)


def test_one_english_name_per_chinese_term():
    assert len(TERMS) > 40
    assert len({english for english, *_ in TERMS}) == len(TERMS)
    assert len({term for _, term, *_ in TERMS}) == len(TERMS)
    assert [english for english, *_ in TERMS] == sorted((t[0] for t in TERMS), key=str.lower)
