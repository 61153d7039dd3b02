"""How common is each word among everything that can be found?"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

# Beyond this a word is common; how common exactly then comes from the planner's statistics.
COUNTED = 500
_SAMPLE = 4000

_ANALYSED = """
SELECT greatest(c.reltuples, 0)::bigint,
       coalesce(s.analyze_count, 0) + coalesce(s.autoanalyze_count, 0)
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.oid = 'matching_indexentry'::regclass
"""
_MEAN = """
SELECT count(*), coalesce(avg(word_count), 0)
FROM (SELECT word_count FROM matching_indexentry WHERE word_count > 0 LIMIT %s) sample
"""
_COMMON = """
SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
WHERE schemaname = current_schema() AND tablename = 'matching_indexentry' AND attname = 'words'
"""
_COUNT = """
SELECT asked.term, (SELECT count(*) FROM (
    SELECT 1 FROM matching_indexentry e WHERE e.words @@ asked.query LIMIT %s) holding)
FROM unnest(%s::text[], %s::text[]::tsquery[]) AS asked(term, query)
"""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that can be found: how much, how long, and the words most of it uses."""

    documents: int
    mean_length: float
    common: dict[str, int]


def quoted(term: str) -> str:
    """A term as a ``tsquery`` of itself."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def corpus() -> Corpus:
    """What the index holds now, as of the database's last look at it."""
    with connection.cursor() as cursor:
        cursor.execute(_ANALYSED)
        rows, looks = cursor.fetchone() or (0, 0)
    database = str(connection.settings_dict["NAME"])
    return _corpus(database, rows, looks) if rows else _measured(0)


@lru_cache(maxsize=4)
def _corpus(database: str, rows: int, looks: int) -> Corpus:
    """Kept until the database has looked again, which it does as the index grows."""
    del database, looks
    return _measured(rows)


def _measured(rows: int) -> Corpus:
    with connection.cursor() as cursor:
        cursor.execute(_MEAN, [_SAMPLE])
        sampled, mean = cursor.fetchone() or (0, 0)
        documents = max(rows, sampled)
        cursor.execute(_COMMON)
        terms, shares = cursor.fetchone() or (None, None)
    # Two more shares follow those of the words: the least and the greatest. A share may be of an
    # index that is gone by now, so whatever is few enough to be counted is counted.
    estimated = {t: round(s * documents) for t, s in zip(terms or (), shares or (), strict=False)}
    common = {term: having for term, having in estimated.items() if having > COUNTED}
    return Corpus(documents, float(mean), common)


def frequencies(terms: Iterable[str], known: Corpus) -> dict[str, int]:
    """In how many entries each term stands: exact up to ``COUNTED``, estimated beyond."""
    found = {term: known.common[term] for term in terms if term in known.common}
    rare = [term for term in dict.fromkeys(terms) if term not in found]
    if rare:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [COUNTED, rare, [quoted(term) for term in rare]])
            found |= dict(cursor.fetchall())
    return found
