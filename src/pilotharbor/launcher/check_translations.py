"""Is every sentence there in Chinese, and does no template speak past the translator?"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

from pilotharbor.launcher import catalogues, texts
from pilotharbor.launcher.paths import SOURCE

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
INVISIBLE = re.compile(
    r"{%\s*comment.*?{%\s*endcomment\s*%}|{%\s*blocktrans.*?{%\s*endblocktrans\w*\s*%}"
    r"|<(script|style|code|kbd|svg)\b.*?</\1>|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|&\w+;",
    re.DOTALL,
)
SPOKEN = re.compile(r'>([^<>]+)<|\b(?:title|placeholder|alt|aria-label)="([^"]+)"')
WORD = re.compile(r"[A-Za-z]*[a-z]{3,}[A-Za-z]*|[\u3400-\u9fff]+")
# Names that are the same in both languages.
NAMES = {"PilotHarbor", "English", "简体中文", "中文", "中试港"}


def problems() -> list[str]:
    """Everything that is wrong, one line each."""
    return [*untranslated(), *mute_templates()]


def untranslated() -> Iterator[str]:
    """Sentences without a finished Chinese translation, or with other placeholders in it."""
    entries, counted = known(), texts.counted()
    for (context, sentence), places in sorted(texts.collect().items(), key=lambda item: item[1]):
        if texts.CHINESE.search(sentence) and sentence not in NAMES:
            yield f"{places[0]}: the source sentence is not English: {sentence!r}"
            continue
        entry = entries.get((context, sentence))
        if entry is None:
            yield f"{places[0]}: no Chinese for {sentence!r}"
        elif entry.msgid_plural != counted.get((context, sentence), ""):
            yield f"{places[0]}: counted here, or in its Chinese, but not in both: {sentence!r}"
        elif sorted(set(PLACEHOLDER.findall(sentence))) != sorted(
            set(PLACEHOLDER.findall(_chinese(entry)))
        ):
            yield f"{places[0]}: other placeholders in the Chinese of {sentence!r}"


def known() -> dict[tuple[str | None, str], polib.POEntry]:
    """All finished translations, those of every domain together."""
    entries: dict[tuple[str | None, str], polib.POEntry] = {}
    for path in catalogues.sources():
        for entry in polib.pofile(str(path)):
            if not entry.obsolete and "fuzzy" not in entry.flags and _chinese(entry).strip():
                entries[(entry.msgctxt, entry.msgid)] = entry
    return entries


def _chinese(entry: polib.POEntry) -> str:
    plural = entry.msgstr_plural.get(0, "") if entry.msgstr_plural else ""
    return str(entry.msgstr or plural)


def mute_templates() -> Iterator[str]:
    """Words in templates outside the translation tags."""
    for path in sorted((SOURCE / "pilotharbor").glob("*/**/templates/**/*.html")):
        if "/documents/" in str(path):
            continue
        for line, word in _spoken(path.read_text(encoding="utf-8")):
            yield f"{_shown(path)}:{line}: outside the translation tags: {word!r}"


def _shown(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def _spoken(source: str) -> Iterator[tuple[int, str]]:
    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    visible = INVISIBLE.sub(blank, source)
    for match in SPOKEN.finditer(visible):
        text = match[1] or match[2] or ""
        words = [word for word in WORD.findall(text) if word not in NAMES]
        if words:
            yield visible.count("\n", 0, match.start()) + 1, " ".join(text.split())[:60]


def main() -> int:
    """Print every problem; 1 if there is any."""
    found = problems()
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
