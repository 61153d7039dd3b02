"""Sub-command ``messages``: which sentences still wait for their Chinese?"""

import argparse
from collections import defaultdict
from pathlib import Path

import polib

from pilotharbor.launcher import catalogues, check_translations, console, texts
from pilotharbor.launcher.paths import SOURCE
from pilotharbor.launcher.words import say

HEADER = {
    "Project-Id-Version": "PilotHarbor",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``messages``."""
    parser.add_argument("--only", metavar="DOMAIN", help="touch only this domain's file")


def run(args: argparse.Namespace) -> int:
    """Carry ``messages`` out."""
    listed = _listed()
    missing: dict[Path, list[tuple[str | None, str, str]]] = defaultdict(list)
    for (context, sentence), places in texts.collect().items():
        target = texts.catalogue_of(places[0])
        if (context, sentence) not in listed and args.only in {None, _domain(target)}:
            missing[target].append((context, sentence, places[0]))
    for target, sentences in sorted(missing.items()):
        _append(target, sentences)
        console.line(f"{target.relative_to(SOURCE)}: +{len(sentences)}")
    waiting = sum(1 for _ in check_translations.untranslated())
    console.line(say("texts_waiting", count=waiting))
    return 0


def _listed() -> set[tuple[str | None, str]]:
    return {
        (entry.msgctxt, entry.msgid)
        for path in catalogues.sources()
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }


def _domain(catalogue: Path) -> str:
    return catalogue.relative_to(SOURCE / "pilotharbor").parts[0]


def _append(target: Path, sentences: list[tuple[str | None, str, str]]) -> None:
    if target.exists():
        catalogue = polib.pofile(str(target), wrapwidth=100)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.POFile(wrapwidth=100)
        catalogue.metadata = dict(HEADER)
    for context, sentence, place in sentences:
        entry = polib.POEntry(
            msgid=sentence, msgstr="", occurrences=[(place.partition(":")[0], "")]
        )
        entry.msgctxt = context
        catalogue.append(entry)
    catalogue.save(str(target))
