"""What answers these words, and why?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilotharbor.matching import fitting
from pilotharbor.matching.engine import figures, reasons
from pilotharbor.matching.engine.facts import Fact
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.findable import FINDABLE, content_of
from pilotharbor.matching.fitting import Reason
from pilotharbor.matching.kinds import ACHIEVEMENT, USUAL
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import PUBLISHED, IndexEntry
from pilotharbor.matching.ranking import Asking, Place, ranked
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement

LONGEST_QUERY = 2000
SNIPPET = 120
EVERYTHING = Narrowing()
# Beside the best hit, one that fits less than a fifth as well is a chance word.
FLOOR = 5
# Of what has no word in common, only what is among the nearest by meaning.
NEAR_BP = 5000


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: the entry, how well it answers, and why; ``blind`` without its owner.

    ``score_bp``    beside the best find of the same search, which has 10000
    ``words_bp``    the same by words alone, ``meaning_bp`` by meaning alone; 0 if not found so
    ``standing_bp`` how far it stands out from what merely comes near, whatever the search; if known
    """

    entry: Any
    kind: str
    score_bp: int
    snippet: str
    phrases: list[str]
    figures: list[Figure]
    blind: bool
    words_bp: int = 0
    meaning_bp: int = 0
    standing_bp: int | None = None
    facts: list[Fact] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the entry is called."""
        return content_of(self.entry).title

    @property
    def said_facts(self) -> list[Reason]:
        """The facts as they are kept and sent."""
        return fitting.as_json(self.facts)

    @property
    def reasons(self) -> list[Reason]:
        """The reasons as they are kept and sent."""
        return [*reasons.as_json(self.phrases, self.figures), *fitting.as_json(self.facts)]


@dataclass(frozen=True, slots=True)
class Finds:
    """The finds, best first; ``with_meaning``: not by words alone.

    ``why``     there was no meaning: ``off`` and ``away`` of the finder itself, else what it says
    ``meant``   how the text was probably meant to be written: offered, never searched by instead
    ``beside``  other words that texts use for words of it
    ``learnt``  what became of earlier finds has moved them
    """

    hits: list[Hit]
    with_meaning: bool = False
    why: str = ""
    meant: str = ""
    beside: tuple[str, ...] = ()
    learnt: bool = False


def find(
    *,
    text: str,
    actor: Membership | None,
    kind: str | None = None,
    narrowing: Narrowing = EVERYTHING,
    limit: int = 20,
    meaning: bool = True,
) -> Finds:
    """The entries the actor may see that answer a text best, best first.

    Source: R-MATCH-2.
    """
    kinds = USUAL if kind is None else (kind,)
    (found,) = find_all(
        texts=[text],
        asking=Asking(actor, kinds, narrowing, meaning),
        limit=limit,
        with_figures=False,
    )
    return found


def find_all(
    *,
    texts: Sequence[str],
    asking: Asking,
    limit: int,
    with_figures: bool = True,
    of: Any = None,
) -> list[Finds]:
    """The same for many texts at once, with the figures that each asks for.

    ``of``  the entry whose text it is, whose facts are then compared too
    """
    short = [text[:LONGEST_QUERY] for text in texts]
    answers = ranked(texts=short, asking=asking, limit=limit)
    keys = {(place.label, place.object_id) for answer in answers for place in answer.places}
    entries = _entries(keys, asking.actor)
    achievements = [pk for label, pk in entries if label == ACHIEVEMENT]
    own = [of.pk] if isinstance(of, Achievement) else []
    blind = technologies.blind_ids(asking.actor, [*achievements, *own])
    hidden = {(ACHIEVEMENT, pk) for pk in blind}
    if asking.narrowing.tells_whose:
        entries = {key: entry for key, entry in entries.items() if key not in hidden}
    veiled = bool(own) and own[0] in blind
    return [
        Finds(
            [
                _hit(text, entries[key], place, blind=key in hidden, veiled=veiled,
                     with_figures=with_figures, of=of)
                for place in answer.places
                if (key := (place.label, place.object_id)) in entries
            ],
            with_meaning=answer.with_meaning,
            why=answer.why,
            meant=answer.meant,
            beside=answer.beside,
        )
        for text, answer in zip(short, answers, strict=True)
    ]  # fmt: skip


def search(
    *, text: str, actor: Membership | None, kind: str | None = None, limit: int = 20
) -> list[Hit]:
    """The finds alone."""
    return find(text=text, actor=actor, kind=kind, limit=limit).hits


def worth_showing(hits: Sequence[Hit]) -> list[Hit]:
    """Those of the hits that have a reason, or mean the same, and are not far behind the best.

    Source: R-MATCH-7.
    """
    best = max((hit.score_bp for hit in hits), default=0)
    return [hit for hit in hits if _has_reason(hit) and hit.score_bp * FLOOR >= best]


def _has_reason(hit: Hit) -> bool:
    if hit.meaning_bp >= NEAR_BP:
        return True
    return bool(hit.phrases) or any(figure.outcome != "unknown" for figure in hit.figures)


def text_of(entry: Any) -> str:
    """What an entry is searched by: title, keywords and summary, never its detail."""
    return content_of(entry).text[:LONGEST_QUERY]


def _entries(
    keys: Iterable[tuple[str, int]], actor: Membership | None
) -> dict[tuple[str, int], Any]:
    """The things behind index entries, asked for once more by their own domain's rule."""
    ids: dict[str, list[int]] = {}
    for label, pk in keys:
        ids.setdefault(label, []).append(pk)
    return {
        (label, entry.pk): entry
        for label, wanted in ids.items()
        for entry in FINDABLE[label].visible(actor).filter(pk__in=wanted)
    }


def _hit(
    text: str, entry: Any, place: Place, *, blind: bool, veiled: bool, with_figures: bool, of: Any
) -> Hit:
    """``blind`` without its owner; ``veiled`` if that is so of the entry whose text it answers."""
    content = content_of(entry)
    theirs = content.text[:LONGEST_QUERY]
    phrases = reasons.shared_phrases(text, theirs)
    return Hit(
        entry=entry,
        kind=place.label,
        score_bp=place.score_bp,
        words_bp=place.words_bp,
        meaning_bp=place.meaning_bp,
        standing_bp=place.standing_bp,
        snippet=_snippet(content.summary, phrases),
        phrases=phrases,
        figures=figures.compare(text, theirs) if with_figures else [],
        blind=blind,
        facts=fitting.compare(of, entry, blind=blind or veiled) if of is not None else [],
    )


def _snippet(summary: str, phrases: Sequence[str]) -> str:
    """The part of a summary around the first phrase found in it."""
    flat = " ".join(summary.split())
    low = flat.lower()
    places = [low.find(p) for p in phrases if p in low]
    start = max(0, min(places) - 30) if places else 0
    if len(flat) <= SNIPPET:
        return flat
    start = min(start, max(0, len(flat) - SNIPPET))
    end = start + SNIPPET
    return ("…" if start else "") + flat[start:end] + ("…" if end < len(flat) else "")


def published_entries() -> int:
    """How many results and needs there are to be found."""
    return IndexEntry.objects.filter(status=PUBLISHED).count()
