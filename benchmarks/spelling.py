"""How often is a planted slip put right, and how often is something right doubted?

The vocabulary is read from every other abstract. Titles of those, and of the others, get one slip each:
a character that sounds alike, any other one, one left out, two exchanged. Thresholds were chosen on the
titles of part ``dev``; figures are told for ``test``.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Sequence

from pilotharbor.launcher.paths import ROOT
from pilotharbor.matching.engine import readings, vocabulary, words
from pilotharbor.matching.engine.suggest import correct
from pilotharbor.matching.engine.vocabulary import Material, Vocabulary

DOCUMENTS = ROOT / "examples" / "matching" / "documents.jsonl"
KINDS = ("alike", "other", "missing", "exchanged")
SEED, COMMON, TRIES = 2, 1500, 40
FUNCTION = frozenset("的和与及在中对")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def run() -> dict[str, object]:
    """The figures for the titles that no threshold was chosen on."""
    return measured("test")


def measured(part: str) -> dict[str, object]:
    """The figures for one part of the titles, ``dev`` or ``test``."""
    rows = [json.loads(line) for line in DOCUMENTS.open(encoding="utf-8")]
    started = time.perf_counter()
    known = vocabulary.read(
        Material(row["abstract"], tuple(row.get("keywords") or ())) for row in rows[::2]
    )
    took = time.perf_counter() - started
    counted = Counter(c for row in rows for c in row["abstract"] if "\u4e00" <= c <= "\u9fff")
    common = [c for c, _ in counted.most_common(COMMON)]
    first = 0 if part == "dev" else 2
    titles = {
        "of texts that were read": [row["title"] for row in rows[first::4]],
        "of other texts": [row["title"] for row in rows[first + 1 :: 4]],
    }
    found: dict[str, object] = {
        "texts": len(rows[::2]),
        "words": len(known),
        "bytes": known.nbytes,
        "read_s": round(took, 2),
        "latin": latin(known),
    }
    for name, some in titles.items():
        found[name] = {"titles": len(some), **chinese(known, some, common)}
    return found


def chinese(known: Vocabulary, titles: Sequence[str], common: Sequence[str]) -> dict[str, object]:
    """False alarms on titles as they are, and what becomes of one slip in each."""
    started = time.perf_counter()
    doubted = sum(correct(title, known) is not None for title in titles)
    figures: dict[str, object] = {
        "false_alarms": doubted,
        "ms": round(1000 * (time.perf_counter() - started) / len(titles), 2),
    }
    chance = random.Random(SEED)
    for kind in KINDS:
        meant = [words.normal(title) for title in titles]
        slips = [(m, w) for m in meant if (w := slip(m, kind, common, chance)) != m]
        figures[kind] = judged(known, slips)
    return figures


def judged(known: Vocabulary, slips: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Of (meant, written): how many were corrected, and how many rightly."""
    answers = [(meant, correct(written, known)) for meant, written in slips]
    suggested = [(meant, answer.text) for meant, answer in answers if answer is not None]
    right = sum(words.normal(text) == meant for meant, text in suggested)
    return {
        "planted": len(slips),
        "suggested": len(suggested),
        "precision": round(right / max(1, len(suggested)), 3),
        "recall": round(right / max(1, len(slips)), 3),
    }


def slip(text: str, kind: str, common: Sequence[str], chance: random.Random) -> str:
    """The text with one slip in it; as it is where none can be made."""
    places = [n for n, c in enumerate(text) if "\u4e00" <= c <= "\u9fff" and c not in FUNCTION]
    for _ in range(TRIES if places else 0):
        at = chance.choice(places)
        if kind == "missing":
            return text[:at] + text[at + 1 :]
        if kind == "exchanged":
            if at + 1 in places and text[at] != text[at + 1]:
                return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            continue
        others = [
            c for c in common if c != text[at] and (kind == "other" or readings.alike(c, text[at]))
        ]
        if others:
            return text[:at] + chance.choice(others) + text[at + 1 :]
    return text


def latin(known: Vocabulary) -> dict[str, float]:
    """The same for every Latin word of the vocabulary, four slips each."""
    chance = random.Random(SEED)
    slips = []
    for number in known.latin.tolist():
        word = known.word(number)
        slips += [(word, slipped(word, chance)) for _ in range(4)]
    return judged(known, [(meant, written) for meant, written in slips if meant != written])


def slipped(word: str, chance: random.Random) -> str:
    """One letter put in, left out, replaced, or exchanged with the next."""
    at = chance.randrange(1, len(word))
    letter = chance.choice(LETTERS)
    return chance.choice(
        [
            word[:at] + letter + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        ]
    )
