"""What no page may carry: the Content-Security-Policy would refuse it in the browser."""

import re

import pytest

from tests.architecture import source

TEMPLATES = sorted(source.SOURCE.rglob("templates/**/*.html"))
INLINE = re.compile(r"<[^>]*\s(?:style|on[a-z]+)=", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*(?:src=|application/json))", re.IGNORECASE)
OUTSIDE = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=source.name)
def test_no_inline_style_or_script_and_nothing_from_outside(path):
    text = path.read_text(encoding="utf-8")

    assert not INLINE.search(text)
    assert not SCRIPT.search(text)
    assert not OUTSIDE.search(text)
