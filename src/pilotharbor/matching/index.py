"""Keeping what can be found in step with what was published."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Exists, OuterRef

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command
from pilotharbor.matching import marks
from pilotharbor.matching.engine import score, words
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND
from pilotharbor.matching.models import IndexEntry
from pilotharbor.technologies.models import Achievement, Demand, Status

CHANNEL = "matching_index"

# An older event, delivered late or again, never overwrites a newer one.
_UPSERT = """
INSERT INTO matching_indexentry AS e
    (kind, object_id, title, text, words, word_count, level, status, owner_id, event_id, body, marks,
     touched)
SELECT kind, object_id, title, text, array_to_tsvector(string_to_array(terms, ' ')), word_count,
       level, status, owner_id, event_id, body, string_to_array(marks, ' '),
       pg_current_xact_id()::text::bigint
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[],
            %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS t(kind, object_id, title, text, terms, word_count, level, status, owner_id, event_id, body,
         marks)
ON CONFLICT (kind, object_id) DO UPDATE SET
    title = excluded.title, text = excluded.text, words = excluded.words,
    word_count = excluded.word_count, level = excluded.level, status = excluded.status,
    owner_id = excluded.owner_id, event_id = excluded.event_id,
    body = excluded.body, marks = excluded.marks, touched = excluded.touched
WHERE e.event_id <= excluded.event_id
"""

type Row = tuple[str, int, str, str, str, int, str, str, int, int, str, str]


@command
def reflect(*, events: Sequence[Event]) -> None:
    """Bring the entries of these events' subjects up to date with what they say now."""
    newest: dict[tuple[str, int], int] = {}
    for event in events:
        key = (event.subject_type, event.subject_id)
        newest[key] = max(newest.get(key, 0), event.pk)
    rows: list[Row] = []
    for kind, model in ((ACHIEVEMENT, Achievement), (DEMAND, Demand)):
        ids = [pk for subject, pk in newest if subject == kind]
        found: Iterable[Achievement | Demand] = model._default_manager.filter(pk__in=ids)  # noqa: SLF001
        rows += [_row(kind, entry, newest[kind, entry.pk]) for entry in found]
    write(rows)


def _row(kind: str, entry: Achievement | Demand, event_id: int) -> Row:
    """The entry's row; nothing but its place where it is not published."""
    text = ""
    if entry.status == Status.PUBLISHED:
        text = score.weighted_flat(entry.title, entry.keywords, entry.summary)
    runs = text.split()
    terms = " ".join(sorted({term for run in runs for term in words.terms_of(run)}))
    return (
        kind, entry.pk, entry.title if text else "", text, terms, score.length_of(text),
        entry.confidentiality, entry.status, entry.owner_id, event_id,
        "\n".join(["；".join(entry.keywords), entry.summary]).strip() if text else "",
        " ".join(marks.of(kind, entry)) if text else "",
    )  # fmt: skip


def write(rows: Sequence[Row]) -> None:
    """Write index rows, newest event wins."""
    if not rows:
        return
    # One order for everybody: two workers never wait for each other in a circle.
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, columns)
        # Whoever finds by these entries hears of it when this is committed.
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


# How many entries are brought back in one go; the rest has its turn a minute later.
FILLED_AT_ONCE = 5000


@command
def fill_gaps(*, most: int = FILLED_AT_ONCE) -> int:
    """Write the entries that are missing, or were written by a version that knew less; how many.

    After an upgrade or a restored copy; handlers do the daily work.
    """
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 1
    written = 0
    for kind, model in ((ACHIEVEMENT, Achievement), (DEMAND, Demand)):
        whole = IndexEntry.objects.filter(kind=kind, object_id=OuterRef("pk"), marks__len__gt=0)
        manager = model._default_manager  # noqa: SLF001
        found = manager.filter(~Exists(whole), status=Status.PUBLISHED).order_by("pk")
        rows = [_row(kind, entry, last) for entry in found[: most - written]]
        write(rows)
        written += len(rows)
    return written


@command
def rebuild(*, batch: int = 500) -> int:
    """Write the whole index anew from what is published; how many entries that were.

    For a harbour whose index was lost or made by an older engine; handlers do the daily work.
    """
    written = 0
    for kind, model in ((ACHIEVEMENT, Achievement), (DEMAND, Demand)):
        manager = model._default_manager  # noqa: SLF001
        last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 1
        found = manager.filter(status=Status.PUBLISHED).order_by("pk").iterator(chunk_size=batch)
        rows: list[Row] = []
        for entry in found:
            rows.append(_row(kind, entry, last))
            if len(rows) == batch:
                write(rows)
                written, rows = written + len(rows), []
        write(rows)
        written += len(rows)
    return written
