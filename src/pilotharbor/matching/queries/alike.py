"""Which entries, and which of their sentences, say the same?"""

import re
from dataclasses import dataclass
from typing import Any

from pilotharbor.matching.engine import similar as similarity
from pilotharbor.matching.findable import label_of
from pilotharbor.matching.finder import client
from pilotharbor.matching.finder.client import Away
from pilotharbor.matching.queries.finding import find_all, text_of
from pilotharbor.matching.ranking import Asking
from pilotharbor.parties.models import Membership
from pilotharbor.technologies.queries import Entry

# Among so many of the nearest, what says the same must be.
LOOKED_AT = 30
_SENTENCE = re.compile(r"[^。！？；!?;\n]+")
MOST_SENTENCES, SHORTEST_SENTENCE, SHOWN_PAIRS = 16, 6, 3


@dataclass(frozen=True, slots=True)
class Similar:
    """An entry that may be the same thing again: how much of the shorter text both share."""

    entry: Any
    share_bp: int


def similar(*, entry: Any, actor: Membership | None) -> list[Similar]:
    """Published entries of the same kind that say much the same, most first; never the entry itself.

    Source: R-MATCH-8.
    """
    label, text = label_of(entry), text_of(entry)
    asking = Asking(actor, (label,), meaning=False)
    (found,) = find_all(texts=[text], asking=asking, limit=LOOKED_AT, with_figures=False)
    others = [hit.entry for hit in found.hits if hit.entry.pk != entry.pk]
    shared = [Similar(other, similarity.share_bp(text, text_of(other))) for other in others]
    alike = [one for one in shared if one.share_bp >= similarity.ALIKE_BP]
    return sorted(alike, key=lambda one: (-one.share_bp, one.entry.pk))


@dataclass(frozen=True, slots=True)
class Alike:
    """A sentence of one text and the sentence of another that is nearest to it in meaning."""

    one: str
    other: str
    cosine: float


def alike(*, one: Entry, other: Entry) -> list[Alike] | None:
    """The sentences of two entries that say the same, closest first; nothing while meaning is away."""
    finder = client.configured()
    mine, theirs = _sentences(one), _sentences(other)
    if finder is None or not mine or not theirs:
        return None
    try:
        rows = finder.alike(mine, theirs)
    except Away:
        return None
    best = [max(range(len(theirs)), key=row.__getitem__) for row in rows]
    pairs = [
        Alike(sentence, theirs[at], row[at])
        for sentence, at, row in zip(mine, best, rows, strict=True)
    ]
    return sorted(pairs, key=lambda pair: -pair.cosine)[:SHOWN_PAIRS]


def _sentences(entry: Entry) -> list[str]:
    found = (part.strip() for part in _SENTENCE.findall(f"{entry.title}\n{entry.summary}"))
    return [part for part in found if len(part) >= SHORTEST_SENTENCE][:MOST_SENTENCES]
