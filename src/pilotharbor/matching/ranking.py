"""Which entries answer a text best? Asked of the finder, or of the database by words where it is away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.functions import Cast

from pilotharbor.matching import marks, statistics
from pilotharbor.matching.engine import score
from pilotharbor.matching.engine.hits import Wanted
from pilotharbor.matching.findable import FINDABLE
from pilotharbor.matching.finder import client
from pilotharbor.matching.finder.client import Answer, Away
from pilotharbor.matching.kinds import ACHIEVEMENT, USUAL
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import PUBLISHED, IndexEntry
from pilotharbor.matching.statistics import quoted
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind
from pilotharbor.technologies import queries as technologies

# How many entries the database ranks; they are those that have the rarest words of the query.
CANDIDATES = 300
# More than is wanted, since some of it may have left the market a moment ago.
SPARE = 10
BP = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """One entry that answers: how well beside the best one, by words and by meaning, 0–10000.

    ``standing_bp``  how far it stands out from what merely comes near, if that can be told
    """

    label: str
    object_id: int
    score_bp: int
    words_bp: int
    meaning_bp: int
    standing_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The entries, best first. ``with_meaning``: not by words alone; if so, ``why``; ``meant`` as there."""

    places: list[Place]
    with_meaning: bool = False
    why: str = ""
    meant: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what: these kinds of entry, narrowed.

    ``meaning``   whether meaning is asked too; while somebody types, words are enough
    ``everyone``  among all that is published, for what is never shown
    """

    actor: Membership | None
    kinds: tuple[str, ...] = USUAL
    narrowing: Narrowing = field(default_factory=Narrowing)
    meaning: bool = True
    everyone: bool = False

    @property
    def visible(self) -> frozenset[str]:
        """The marks of which an entry must have one for the actor to find it.

        Source: R-MATCH-1.
        """
        if self.everyone:
            return frozenset(f"kind/{kind}" for kind in self.kinds)
        found = frozenset(mark for kind in self.kinds for mark in FINDABLE[kind].reach(self.actor))
        return found - self._blind if self.narrowing.tells_whose else found

    @property
    def _blind(self) -> frozenset[str]:
        """What the actor judges without its owner: where it comes from must not be asked out of it."""
        if self.actor is None:
            return frozenset()
        let_in = technologies.admitted_ids(self.actor, Kind.ACHIEVEMENT)
        hidden = technologies.blind_ids(self.actor, let_in)
        return frozenset(f"id/{ACHIEVEMENT}/{pk}" for pk in hidden)

    @property
    def wanted(self) -> Wanted:
        """What may be found and is wanted, as marks: nothing else is ranked or counted."""
        return marks.narrowed(self.visible, self.narrowing)

    @property
    def entries(self) -> QuerySet[IndexEntry]:
        """What may be found, in the database: the same marks."""
        rows = IndexEntry.objects.filter(kind__in=self.kinds, status=PUBLISHED)
        return rows.filter(marks__overlap=sorted(self.visible))


def ranked(*, texts: Sequence[str], asking: Asking, limit: int) -> list[Ranked]:
    """For each text the entries that answer it best, best first."""
    found = client.configured()
    if found is None:
        return [_by_words(text, asking, limit, "off") for text in texts]
    try:
        answers = found.search(texts, asking.wanted, limit + SPARE, meaning=asking.meaning)
    except Away:
        return [_by_words(text, asking, limit, "away") for text in texts]
    return _still_there(answers, asking, limit)


def _still_there(answers: Sequence[Answer], asking: Asking, limit: int) -> list[Ranked]:
    """What the finder says, but for what the actor may not find any more at this moment."""
    keys = {hit.key for answer in answers for hit in answer.hits}
    rows = asking.entries.filter(pk__in=keys)
    known = {pk: (label, of) for pk, label, of in rows.values_list("pk", "kind", "object_id")}
    return [
        Ranked(
            [
                Place(
                    *known[hit.key],
                    _bp(hit.score),
                    _bp(hit.words),
                    _bp(hit.meaning),
                    None if hit.standing is None else _bp(hit.standing),
                )
                for hit in answer.hits
                if hit.key in known
            ][:limit],
            with_meaning=answer.meaning,
            why=answer.why,
            meant=answer.meant,
            beside=answer.beside,
        )
        for answer in answers
    ]


def _bp(share: float) -> int:
    return min(BP, max(0, round(BP * share)))


def query_of(text: str) -> tuple[score.Query, dict[str, int]]:
    """The weighted query and how common its terms are."""
    asked = score.asked(text)
    known = statistics.corpus()
    common = statistics.frequencies(asked, known)
    weights = score.weigh(asked, common, known.documents)
    return score.Query(weights, known.mean_length), common


def _by_words(text: str, asking: Asking, limit: int, why: str) -> Ranked:
    """By the database alone; source: R-MATCH-2."""
    rows = asking.entries
    for group in asking.narrowing.groups():
        rows = rows.filter(marks__overlap=sorted(group))
    query, common = query_of(text)
    scored = []
    for label, object_id, flat, length in _candidates(query, common, rows):
        if points := query.score(flat, length):
            scored.append((-points, label, object_id))
    scored.sort()
    best = -scored[0][0] if scored else 1.0
    places = [
        Place(label, pk, share := _bp(-points / best), share, 0)
        for points, label, pk in scored[:limit]
    ]
    return Ranked(places, why=why)


class _Has(Func):
    """``words @@ tsquery``."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def _candidates(
    query: score.Query, common: dict[str, int], rows: QuerySet[IndexEntry]
) -> Iterable[tuple[str, int, str, int]]:
    """At most ``CANDIDATES`` entries: those with the rarest terms of the query."""
    terms = sorted((t for t in query.weights if common.get(t)), key=lambda t: (common[t], t))
    if not terms:
        return []
    columns = ("kind", "object_id", "text", "word_count")
    if common[terms[0]] > CANDIDATES and len(terms) > 1:
        # Every word is common: those that have the most of them together come first.
        together = _having(rows, " & ", terms[:3])
        found = list(together.values_list(*columns)[:CANDIDATES])
        if len(found) >= CANDIDATES // 6:
            return found
    chosen: list[str] = []
    expected = 0
    for term in terms:
        if chosen and expected + common[term] > 2 * CANDIDATES:
            break
        chosen.append(term)
        expected += common[term]
    return _having(rows, " | ", chosen).values_list(*columns)[: 2 * CANDIDATES]


def _having(
    rows: QuerySet[IndexEntry], operator: str, terms: Sequence[str]
) -> QuerySet[IndexEntry]:
    wanted = Cast(Value(operator.join(quoted(t) for t in terms)), SearchQueryField())
    return rows.filter(_Has(F("words"), wanted))
