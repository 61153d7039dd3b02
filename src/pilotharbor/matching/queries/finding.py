"""What answers these words, what fits this need, and why?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pilotharbor.kernel.later import later
from pilotharbor.matching import fitting, learnt
from pilotharbor.matching.engine import figures, reasons, score
from pilotharbor.matching.engine import similar as similarity
from pilotharbor.matching.engine.facts import Fact
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.findable import FINDABLE, content_of, label_of
from pilotharbor.matching.finder import client
from pilotharbor.matching.finder.client import Away
from pilotharbor.matching.fitting import Reason
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, USUAL
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import PUBLISHED, IndexEntry, Outcome, Subscription
from pilotharbor.matching.ranking import Asking, Place, query_of, ranked
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.technologies.queries import Entry

if TYPE_CHECKING:
    from pilotharbor.matching.engine import learning, rerank
else:
    learning = later("pilotharbor.matching.engine.learning")
    rerank = later("pilotharbor.matching.engine.rerank")

LONGEST_QUERY = 2000
# Among so many of the nearest, what says the same must be.
LOOKED_AT = 30
SNIPPET = 120
EVERYTHING = Narrowing()


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


def candidates(
    *,
    entry: Any,
    actor: Membership | None,
    kind: str = "",
    narrowing: Narrowing = EVERYTHING,
    limit: int = 20,
) -> Finds:
    """What is published on the other side and may fit, with the reasons; best first.

    ``kind``  which other side, if not the usual one: results for a need, needs for a result
    """
    other = kind or (DEMAND if isinstance(entry, Achievement) else ACHIEVEMENT)
    asking = Asking(actor, (other,), narrowing)
    model = learnt.in_use() if {label_of(entry), other} == {ACHIEVEMENT, DEMAND} else None
    depth = limit if model is None else max(limit, RERANKED)
    (found,) = find_all(texts=[text_of(entry)], asking=asking, limit=depth, of=entry)
    if model is None:
        return found
    return replace(found, hits=_moved(found.hits, entry, model)[:limit], learnt=True)


# Among so many what was learnt may move finds.
RERANKED = 50


def _moved(hits: Sequence[Hit], entry: Entry, model: "rerank.Model") -> list[Hit]:
    """The finds as what was learnt from outcomes moves them (R-MATCH-10)."""
    numbers = [_signals(hit, entry) for hit in hits]
    order = learnt.order(model, numbers)
    best = max((score for _, score in order), default=1.0) or 1.0
    return [
        replace(hits[place], score_bp=min(10_000, max(0, round(10_000 * score / best))))
        for place, score in order
    ]


def _signals(hit: Hit, entry: Entry, at: datetime | None = None) -> "rerank.Signals":
    pair = {label_of(entry): entry, hit.kind: hit.entry}
    achievement, demand = pair[ACHIEVEMENT], pair[DEMAND]
    return learnt.looks(
        achievement=achievement,
        demand=demand,
        shares_bp=(hit.score_bp, hit.words_bp, hit.meaning_bp),
        outcomes=[figure.outcome for figure in hit.figures],
        # Without an instant everything counts as published now: age then tells none apart.
        at=at or achievement.published_at,
    )


def signals_of(*, achievement_id: int, demand_id: int, at: datetime) -> "rerank.Signals | None":
    """How a result looks among all the finds for a need, whoever asks; nothing if it is not published.

    For learning only, never shown: what it says of the pair is numbers.
    """
    demand = Demand.objects.filter(pk=demand_id).first()
    if demand is None:
        return None
    asking = Asking(None, (ACHIEVEMENT,), everyone=True)
    text = text_of(demand)
    (found,) = ranked(texts=[text], asking=asking, limit=RERANKED)
    place = next((p for p in found.places if p.object_id == achievement_id), None)
    achievement = Achievement.objects.filter(pk=achievement_id).first()
    if achievement is None or achievement.status != achievement.Status.PUBLISHED:
        return None
    shares = (place.score_bp, place.words_bp, place.meaning_bp) if place else (0, 0, 0)
    outcomes = [f.outcome for f in figures.compare(text, text_of(achievement))]
    return learnt.looks(
        achievement=achievement, demand=demand, shares_bp=shares, outcomes=outcomes, at=at
    )


def examples() -> "list[learning.Example]":
    """All outcomes as they are learnt from."""
    rows = Outcome.objects.values_list("demand_id", "demand__owner_id", "signals", "grade")
    return [
        learning.Example(need, organisation, rerank.Signals(**signals), grade)
        for need, organisation, signals, grade in rows.order_by("pk")
    ]


def candidates_for_demand(
    *, demand: Demand, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published results that may answer a need, with the reasons; best first."""
    return candidates(entry=demand, actor=actor, limit=limit).hits


def candidates_for_achievement(
    *, achievement: Achievement, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published needs that a result may answer, with the reasons; best first."""
    return candidates(entry=achievement, actor=actor, limit=limit).hits


# Beside the best hit, one that fits less than a fifth as well is a chance word.
FLOOR = 5


def worth_showing(hits: Sequence[Hit]) -> list[Hit]:
    """Those of the hits that have a reason, or mean the same, and are not far behind the best.

    Source: R-MATCH-7.
    """
    best = max((hit.score_bp for hit in hits), default=0)
    return [hit for hit in hits if _has_reason(hit) and hit.score_bp * FLOOR >= best]


# Of what has no word in common, only what is among the nearest by meaning.
NEAR_BP = 5000


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


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a result answers a need, and why."""

    score_bp: int
    reasons: list[Reason]


def fit(*, achievement: Achievement, demand: Demand) -> Fit:
    """How well this result answers this need by its words.

    Source: R-MATCH-3.
    """
    asked = text_of(demand)
    query, _common = query_of(asked)
    flat = score.weighted_flat(achievement.title, achievement.keywords, achievement.summary)
    points = query.score(flat, score.length_of(flat))
    theirs = text_of(achievement)
    said = reasons.as_json(reasons.shared_phrases(asked, theirs), figures.compare(asked, theirs))
    facts = fitting.as_json(fitting.compare(demand, achievement))
    return Fit(query.share_bp(points), [*said, *facts])


# So many of the best are told of; whoever wants more looks at the page.
TOLD_OF = 10


def fits_of(*, subscription: Subscription, limit: int = TOLD_OF) -> list[Hit]:
    """What fits a subscription now, as its owner may see it: the best few that have a reason."""
    actor = subscription.membership
    entry = subscription.achievement or subscription.demand
    if entry is None:
        asking = Asking(actor, (subscription.kind,))
        (found,) = find_all(texts=[subscription.text], asking=asking, limit=limit)
    elif not still_seen(subscriptions=[subscription], actor=actor):
        return []
    else:
        found = candidates(entry=entry, actor=actor, kind=subscription.kind, limit=limit)
    return worth_showing(found.hits)


def still_seen(*, subscriptions: Sequence[Subscription], actor: Membership) -> set[int]:
    """Those of the actor's subscriptions whose entry they may (still) see; words of one's own always."""
    visible: dict[str, Any] = {
        "achievement_id": technologies.visible_achievements,
        "demand_id": technologies.visible_demands,
    }
    seen: dict[str, set[int]] = {}
    for name, rows in visible.items():
        wanted = {pk for one in subscriptions if (pk := getattr(one, name)) is not None}
        found = rows(actor=actor).filter(pk__in=wanted) if wanted else ()
        seen[name] = {entry.pk for entry in found}
    return {
        one.pk
        for one in subscriptions
        if one.text
        or one.achievement_id in seen["achievement_id"]
        or one.demand_id in seen["demand_id"]
    }


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


_SENTENCE = re.compile(r"[^。！？；!?;\n]+")
MOST_SENTENCES, SHORTEST_SENTENCE, SHOWN_PAIRS = 16, 6, 3


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


def published_entries() -> int:
    """How many results and needs there are to be found."""
    return IndexEntry.objects.filter(status=PUBLISHED).count()
