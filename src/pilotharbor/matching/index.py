"""Keeping what can be found in step with what was published."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from pilotharbor.facilities.models import Line
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command
from pilotharbor.matching.engine import score, words
from pilotharbor.matching.findable import FINDABLE, rows_of
from pilotharbor.matching.kinds import ACHIEVEMENT, EXPERT, LINE, RIGHT
from pilotharbor.matching.models import PUBLISHED, IndexEntry
from pilotharbor.technologies.models import IpAsset

CHANNEL = "matching_index"
EQUIPMENT = "facilities.equipment"
ORGANISATION, PERSON = "parties.organisation", "parties.person"

# What events of several subjects tell of: a line's own, its machines' and its platform's. Their numbers
# say nothing about which was committed last, so whoever writes such an entry reads it under a lock.
MANY_VOICED = (LINE, EXPERT)
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('matching_index/' || %s, 0))"

# An older event, delivered late or again, never overwrites a newer one; of what many tell of, what is
# written is always what is true, and its number grows, so that the finder sees that it has changed.
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
    owner_id = excluded.owner_id, event_id = CASE
        WHEN e.kind = ANY(%s::text[]) THEN greatest(excluded.event_id, e.event_id + 1)
        ELSE excluded.event_id END,
    body = excluded.body, marks = excluded.marks, touched = excluded.touched
WHERE e.event_id < excluded.event_id
    OR (e.event_id = excluded.event_id AND e.status = 'published' AND e.marks = '{}')
    OR (e.kind = ANY(%s::text[]) AND (e.status, e.title, e.text, e.body, e.level, e.owner_id, e.marks)
        IS DISTINCT FROM (excluded.status, excluded.title, excluded.text, excluded.body,
                          excluded.level, excluded.owner_id, excluded.marks))
"""

type Row = tuple[str, int, str, str, str, int, str, str, int, int, str, str]


@command
def reflect(*, events: Sequence[Event]) -> None:
    """Bring the entries of these events' subjects up to date with what they say now."""
    newest: dict[tuple[str, int], int] = {}
    for event in events:
        for key in _about(event):
            newest[key] = max(newest.get(key, 0), event.pk)
    rows: list[Row] = []
    for label in FINDABLE:
        ids = [pk for kind, pk in newest if kind == label]
        if ids:
            _hold(label)
        there = rows_of(label).filter(pk__in=ids) if ids else ()
        rows += [_row(label, entry, newest[label, entry.pk]) for entry in there]
        gone = set(ids) - {row[1] for row in rows if row[0] == label}
        known = IndexEntry.objects.filter(kind=label, object_id__in=gone)
        rows += [
            _gone(label, pk, newest[label, pk]) for pk in known.values_list("object_id", flat=True)
        ]
    write(rows)


def _about(event: Event) -> list[tuple[str, int]]:
    """Which entries an event tells of: its subject, the rights of a result, the lines of a platform."""
    found = [(event.subject_type, event.subject_id)] if event.subject_type in FINDABLE else []
    if event.subject_type == ACHIEVEMENT:
        of = [f"of/{event.subject_id}"]
        known = IndexEntry.objects.filter(kind=RIGHT, marks__contains=of)
        ids = set(known.values_list("object_id", flat=True))
        held = IpAsset.objects.filter(achievement_id=event.subject_id)
        ids |= set(held.values_list("pk", flat=True))
        found += [(RIGHT, pk) for pk in sorted(ids)]
    elif event.subject_type == EQUIPMENT:
        # Of the whole platform: the line that a machine has left must lose its name.
        lines = Line.objects.filter(platform__equipment__pk=event.subject_id)
        found += [(LINE, pk) for pk in lines.values_list("pk", flat=True)]
    elif event.subject_type == ORGANISATION:
        lines = Line.objects.filter(platform_id=event.subject_id)
        found += [(LINE, pk) for pk in lines.values_list("pk", flat=True)]
        found += _experts(organisation_id=event.subject_id)
    elif event.subject_type == PERSON:
        found += _experts(person_id=event.subject_id)
    return found


def _experts(**of: int) -> list[tuple[str, int]]:
    rows = rows_of(EXPERT).filter(**of)
    return [(EXPERT, pk) for pk in rows.values_list("pk", flat=True)]


def _row(kind: str, entry: Any, event_id: int) -> Row:
    """The entry's row; nothing but its place where it is not published."""
    content = FINDABLE[kind].content(entry)
    if not content.published:
        return _gone(kind, entry.pk, event_id, content.level, content.owner_id)
    text = score.weighted_flat(content.title, content.keywords, content.summary)
    terms = " ".join(sorted({term for run in text.split() for term in words.terms_of(run)}))
    return (
        kind, entry.pk, content.title, text, terms, score.length_of(text), content.level,
        PUBLISHED, content.owner_id, event_id,
        "\n".join(["；".join(content.keywords), content.summary]).strip(), " ".join(content.marks),
    )  # fmt: skip


def _gone(kind: str, pk: int, event_id: int, level: str = "", owner_id: int = 0) -> Row:
    return (kind, pk, "", "", "", 0, level, "hidden", owner_id, event_id, "", "")


def _hold(label: str) -> None:
    """Of what many tell of, read and write one after the other: a later write has read more."""
    if label in MANY_VOICED:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [label])


def write(rows: Sequence[Row]) -> None:
    """Write index rows, newest event wins."""
    if not rows:
        return
    # One order for everybody: two workers never wait for each other in a circle.
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [*columns, list(MANY_VOICED), list(MANY_VOICED)])
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
    for label in FINDABLE:
        _hold(label)
        there = IndexEntry.objects.filter(kind=label, object_id=OuterRef("pk"))
        # Written, and whole: what is not published has no marks and needs none.
        whole = there.filter(Q(marks__len__gt=0) | ~Q(status=PUBLISHED))
        found = rows_of(label).filter(~Exists(whole))[: most - written]
        known = IndexEntry.objects.filter(kind=label, object_id__in=[entry.pk for entry in found])
        poor = set(known.values_list("object_id", flat=True))
        # What was missing is older than any event: one that is under way now still overwrites it.
        rows = [_row(label, entry, last if entry.pk in poor else 0) for entry in found]
        write(rows)
        written += len(rows)
    return written


@command
def rebuild(*, batch: int = 500) -> int:
    """Write the whole index anew from what is published; how many entries that were.

    For a harbour whose index was lost or made by an older engine; handlers do the daily work.
    """
    written = 0
    for label in FINDABLE:
        _hold(label)
        last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 1
        for some in batched(rows_of(label).iterator(chunk_size=batch), batch):
            rows = [_row(label, entry, last) for entry in some]
            write(rows)
            written += sum(row[7] == PUBLISHED for row in rows)
    return written
