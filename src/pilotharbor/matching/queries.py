"""What answers these words, what fits this need, and which matches may this person see?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast

from pilotharbor.matching import statistics
from pilotharbor.matching.engine import figures, reasons, score
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.index import ACHIEVEMENT, DEMAND
from pilotharbor.matching.models import IndexEntry, Match
from pilotharbor.matching.statistics import quoted
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand, Status
from pilotharbor.technologies.queries import Entry

# How many entries are ranked; they are those that have the rarest words of the query.
CANDIDATES = 300
LONGEST_QUERY = 2000
SNIPPET = 120
KINDS = {ACHIEVEMENT: Kind.ACHIEVEMENT, DEMAND: Kind.DEMAND}


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: the entry, how well it answers, and why; ``blind`` without its owner."""

    entry: Entry
    kind: str
    score_bp: int
    snippet: str
    phrases: list[str]
    figures: list[Figure]
    blind: bool

    @property
    def reasons(self) -> list[dict[str, str | None]]:
        """The reasons as they are kept and sent."""
        return reasons.as_json(self.phrases, self.figures)


class _Has(Func):
    """``words @@ tsquery``."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def visible_entries(*, actor: Membership | None) -> QuerySet[IndexEntry]:
    """What the actor may find: filtered before anything is counted or ranked.

    Source: R-MATCH-1.
    """
    shown = Q(pk__in=[])
    for label, kind in KINDS.items():
        shown |= Q(kind=label) & _shown(actor, kind)
    return IndexEntry.objects.filter(shown, status=Status.PUBLISHED)


def _shown(actor: Membership | None, kind: Kind) -> Q:
    reach = rights.scopes(actor, Verb.READ, kind)
    if Scope.ALL in reach:
        return Q()
    shown = Q(level__in=technologies.listed_levels(actor, kind))
    if actor is None:
        return shown
    if Scope.OWN in reach:
        shown |= Q(owner_id=actor.organisation_id)
    if admitted := technologies.admitted_ids(actor, kind):
        shown |= Q(object_id__in=admitted)
    return shown


def search(
    *, text: str, actor: Membership | None, kind: str | None = None, limit: int = 20
) -> list[Hit]:
    """The entries the actor may see that answer the words best, best first.

    Source: R-MATCH-2.
    """
    rows = visible_entries(actor=actor)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return _ranked(text[:LONGEST_QUERY], rows, actor, limit, with_figures=False)


def candidates_for_demand(
    *, demand: Demand, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published results that may answer a need, with the reasons; best first."""
    rows = visible_entries(actor=actor).filter(kind=ACHIEVEMENT)
    return _ranked(_text_of(demand), rows, actor, limit)


def candidates_for_achievement(
    *, achievement: Achievement, actor: Membership | None, limit: int = 20
) -> list[Hit]:
    """Published needs that a result may answer, with the reasons; best first."""
    rows = visible_entries(actor=actor).filter(kind=DEMAND)
    return _ranked(_text_of(achievement), rows, actor, limit)


# Beside the best hit, one that fits less than a fifth as well is a chance word.
FLOOR = 5


def worth_showing(hits: Sequence[Hit]) -> list[Hit]:
    """Those of the hits that have a reason and are not far behind the best.

    Source: R-MATCH-7.
    """
    best = max((hit.score_bp for hit in hits), default=0)
    return [hit for hit in hits if _has_reason(hit) and hit.score_bp * FLOOR >= best]


def _has_reason(hit: Hit) -> bool:
    return bool(hit.phrases) or any(figure.outcome != "unknown" for figure in hit.figures)


def _text_of(entry: Entry) -> str:
    return "\n".join([entry.title, *entry.keywords, entry.summary])[:LONGEST_QUERY]


def _query(text: str) -> tuple[score.Query, dict[str, int]]:
    """The weighted query and how common its terms are."""
    asked = score.asked(text)
    known = statistics.corpus()
    common = statistics.frequencies(asked, known)
    weights = score.weigh(asked, common, known.documents)
    return score.Query(weights, known.mean_length), common


def _ranked(
    text: str,
    rows: QuerySet[IndexEntry],
    actor: Membership | None,
    limit: int,
    *,
    with_figures: bool = True,
) -> list[Hit]:
    query, common = _query(text)
    scored = []
    for label, object_id, flat, length in _candidates(query, common, rows):
        if points := query.score(flat, length):
            scored.append((-points, label, object_id))
    scored.sort()
    found = scored[:limit]
    entries = _entries(((label, pk) for _, label, pk in found), actor)
    blind = technologies.blind_ids(actor, [pk for label, pk in entries if label == ACHIEVEMENT])
    return [
        _hit(
            text, entries[label, pk], label, query.share_bp(-points),
            blind=label == ACHIEVEMENT and pk in blind, with_figures=with_figures,
        )
        for points, label, pk in found
        if (label, pk) in entries
    ]  # fmt: skip


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


def _entries(
    keys: Iterable[tuple[str, int]], actor: Membership | None
) -> dict[tuple[str, int], Entry]:
    """The things behind index entries, asked for once more by their own domain's rule."""
    ids: dict[str, list[int]] = {ACHIEVEMENT: [], DEMAND: []}
    for label, pk in keys:
        ids[label].append(pk)
    found: dict[tuple[str, int], Entry] = {}
    sources: dict[str, QuerySet[Any]] = {
        ACHIEVEMENT: technologies.visible_achievements(actor=actor),
        DEMAND: technologies.visible_demands(actor=actor),
    }
    for label, rows in sources.items():
        if ids[label]:
            shown = rows.filter(pk__in=ids[label], status=Status.PUBLISHED)
            found |= {(label, entry.pk): entry for entry in shown}
    return found


def _hit(
    text: str, entry: Entry, label: str, score_bp: int, *, blind: bool, with_figures: bool
) -> Hit:
    theirs = _text_of(entry)
    phrases = reasons.shared_phrases(text, theirs)
    return Hit(
        entry=entry,
        kind=label,
        score_bp=score_bp,
        snippet=_snippet(entry.summary, phrases),
        phrases=phrases,
        figures=figures.compare(text, theirs) if with_figures else [],
        blind=blind,
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
    reasons: list[dict[str, str | None]]


def fit(*, achievement: Achievement, demand: Demand) -> Fit:
    """How well this result answers this need by its words.

    Source: R-MATCH-3.
    """
    asked = _text_of(demand)
    query, _common = _query(asked)
    flat = score.weighted_flat(achievement.title, achievement.keywords, achievement.summary)
    points = query.score(flat, score.length_of(flat))
    theirs = _text_of(achievement)
    said = reasons.as_json(reasons.shared_phrases(asked, theirs), figures.compare(asked, theirs))
    return Fit(query.share_bp(points), said)


def visible_matches(*, actor: Membership | None) -> QuerySet[Match]:
    """Matches of one's organisation, those one proposed or manages; all for operator and auditor.

    Source: R-MATCH-5.
    """
    rows = Match.objects.select_related(
        "achievement__owner", "demand__owner", "proposed_by__person", "proposed_by__organisation"
    )
    if actor is None:
        return rows.none()
    if Scope.ALL in rights.scopes(actor, Verb.READ, Kind.DEMAND):
        return rows
    shown = Q(proposed_by=actor)
    if Scope.OWN in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
        shown |= Q(achievement__owner_id=actor.organisation_id)
    if Scope.OWN in rights.scopes(actor, Verb.READ, Kind.DEMAND):
        shown |= Q(demand__owner_id=actor.organisation_id)
    if Scope.ASSIGNED in rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT):
        shown |= Q(achievement_id__in=technologies.admitted_ids(actor, Kind.ACHIEVEMENT))
    return rows.filter(shown)


def may_propose(*, achievement: Achievement, demand: Demand, actor: Membership | None) -> bool:
    """Whether the actor may put the two together: their owners, and those who carry matches."""
    if actor is None:
        return False
    if rights.acts_as(actor, *CARRIERS):
        return True
    return speaks_for(achievement, actor) or speaks_for(demand, actor)


CARRIERS = frozenset({"technology_manager", "platform_operator", "member_platform"})


def speaks_for(entry: Entry, actor: Membership) -> bool:
    """Whether the actor answers for this entry on behalf of its owner."""
    owns = entry.owner_id == actor.organisation_id
    return owns and technologies.may_write(entry=entry, actor=actor)


def may_answer(*, match: Match, actor: Membership | None) -> bool:
    """Whether accepting is the actor's business: a side that did not itself propose.

    Source: R-MATCH-4.
    """
    if actor is None or match.status != Match.Status.PROPOSED:
        return False
    if match.proposed_by.person_id == actor.person_id:
        return False
    same = match.achievement.owner_id == match.demand.owner_id
    if match.proposed_by.organisation_id == actor.organisation_id and not same:
        return False
    return speaks_for(match.achievement, actor) or speaks_for(match.demand, actor)


def may_decline(*, match: Match, actor: Membership | None) -> bool:
    """Whether the actor may end the proposal: either side, and whoever proposed."""
    if actor is None or match.status != Match.Status.PROPOSED:
        return False
    if match.proposed_by_id == actor.pk:
        return True
    return speaks_for(match.achievement, actor) or speaks_for(match.demand, actor)
