"""The vendored files are what their list says, and nothing of ours asks an outside host."""

import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "src" / "pilotharbor" / "web" / "static"
ROW = re.compile(r"^\| `([^`]+)` \| .* \| `([0-9a-f]{64})` \|$", re.MULTILINE)
LISTED = dict(ROW.findall((STATIC / "vendor" / "README.md").read_text(encoding="utf-8")))
# Namespaces are names, not addresses anyone fetches.
NAMESPACE = re.compile(r"http://www\.w3\.org/\S+")


@pytest.mark.parametrize("name", sorted(LISTED))
def test_vendored_file_is_the_listed_one(name):
    found = hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest()

    assert found == LISTED[name]


def test_every_vendored_script_and_style_is_listed():
    found = {
        str(p.relative_to(STATIC / "vendor"))
        for p in (STATIC / "vendor").rglob("*.*s")
        if p.is_file()
    }

    assert found == set(LISTED)


@pytest.mark.parametrize("path", sorted((STATIC / "pilotharbor").iterdir()), ids=lambda p: p.name)
def test_our_files_name_no_outside_host(path):
    text = NAMESPACE.sub("", path.read_text(encoding="utf-8"))

    assert re.findall(r"https?://|url\(\s*['\"]?//", text) == []


def test_vendored_styles_load_nothing_from_outside():
    css = (STATIC / "vendor" / "tabler" / "tabler.min.css").read_text(encoding="utf-8")

    assert re.findall(r"@import[^;]*|@font-face", css) == []
    assert re.findall(r"url\(\s*+['\"]?+(?!data:|#)[^)]{1,60}", css) == []
