"""How do many rows come in at once, and what became of them when they come again?"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection, models
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from pilotharbor.kernel.errors import Invalid

# Enough to make a statement worth its round trip, few enough to keep memory small.
AT_ONCE = 2000
_DIGEST = re.compile(r"h:[0-9a-f]{58}")
_OURS = re.compile(r"n:PH-(\d{1,18})", re.ASCII)


@dataclass(slots=True)
class Outcome:
    """What a load did; ``held`` are the lines whose record may not be changed this way."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One checked row on its way in.

    ``key``     what says that it is the same thing again, unique within its owner
    ``fields``  the model's fields the file speaks about, and no others
    ``extra``   what hangs on the record, as the domain reads it
    """

    line: int
    key: str
    fields: Mapping[str, object]
    extra: Mapping[str, tuple[tuple[Any, ...], ...]] = field(default_factory=dict)


class RowFault(NamedTuple):
    """What a domain has against a row: its line, the column, what is wrong, how it is mended."""

    line: int
    column: str
    problem: str
    remedy: str


class RowsRefused(Invalid):
    """{count} things stand against these rows, so none of them was loaded."""

    code = "bulk.rows_refused"

    def __init__(self, faults: Sequence[RowFault]) -> None:
        """Take everything that stands against any row, in the order of the rows."""
        self.faults = tuple(faults)
        super().__init__(
            problems={f"{one.line}:{one.column}": one.problem for one in faults}, count=len(faults)
        )


def key_of(number: str | None, content: Mapping[str, object]) -> str:
    """The import key: the external number, or the SHA-256 of the content where there is none.

    A number that is such a digest already (an export writes it where there was none) stands for
    itself, so that what left the house comes back to where it was.
    """
    if number:
        return number if _DIGEST.fullmatch(number) else f"n:{number}"
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return "h:" + sha256(plain.encode()).hexdigest()[:58]


def number_of(record: models.Model, key: str) -> str:
    """The number to write beside a record on its way out, by which it is known coming back."""
    if not key:
        return f"PH-{record.pk}"
    return key.removeprefix("n:")


def own_numbers(rows: Sequence[Incoming]) -> dict[int, str]:
    """Rows that name a record by the number this house gave it: primary key to import key."""
    found = ((_OURS.fullmatch(row.key), row.key) for row in rows)
    return {int(match[1]): key for match, key in found if match}


def differs(record: models.Model, fields: Mapping[str, object]) -> bool:
    """Whether any of these fields would change."""
    return any(getattr(record, name) != value for name, value in fields.items())


def copy_in[M: models.Model](made: Sequence[M]) -> Sequence[M]:
    """Insert new rows by COPY and give them their primary keys, in their order.

    Several times as fast as INSERT; inside the caller's transaction, constraints and triggers hold
    as ever. Columns the database fills in are left to it.
    """
    if not made:
        return made
    options = made[0]._meta  # noqa: SLF001
    fields = [f for f in options.concrete_fields if not f.has_db_default() and not f.generated]
    names = SQL(", ").join([Identifier(str(f.column)) for f in fields])
    into = SQL("COPY {} ({}) FROM STDIN").format(Identifier(options.db_table), names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [options.db_table, options.pk.column, len(made)],
        )
        for record, (pk,) in zip(made, cursor.fetchall(), strict=True):
            record.pk = pk
            record._state.adding = False  # noqa: SLF001
        cells = [(f.attname, isinstance(f, models.JSONField)) for f in fields]
        # Without the wrapper a violated constraint would not be Django's IntegrityError.
        with connection.wrap_database_errors, cursor.copy(into) as copy:
            for record in made:
                copy.write_row([
                    Jsonb(getattr(record, name)) if is_json else getattr(record, name)
                    for name, is_json in cells
                ])  # fmt: skip
    return made


def rewrite[M: models.Model](model: type[M], changed: Sequence[M], names: Iterable[str]) -> None:
    """Save these fields of existing rows in one statement.

    An insert that always meets its own primary key: ``bulk_update`` builds a CASE of every row for
    every field, which takes minutes for what this does in seconds.
    """
    if changed:
        model._default_manager.bulk_create(  # noqa: SLF001
            changed, update_conflicts=True, unique_fields=["pk"], update_fields=sorted(names)
        )


def sort_out[M: models.Model](
    rows: Sequence[Incoming],
    present: Mapping[str, M],
    outcome: Outcome,
    *,
    differ: Callable[[M, Incoming], bool],
    may_change: Callable[[M], bool],
) -> tuple[list[Incoming], list[tuple[M, Incoming]]]:
    """Part rows into new ones and changed ones, and count the rest."""
    fresh: dict[str, Incoming] = {}
    changed: dict[str, tuple[M, Incoming]] = {}
    for row in rows:
        record = present.get(row.key)
        if row.key in fresh or row.key in changed:
            outcome.unchanged += 1
        elif record is None:
            fresh[row.key] = row
        elif not differ(record, row):
            outcome.unchanged += 1
        elif may_change(record):
            changed[row.key] = (record, row)
        else:
            outcome.held.append(row.line)
    outcome.created += len(fresh)
    outcome.updated += len(changed)
    for record, row in changed.values():
        for name, value in row.fields.items():
            setattr(record, name, value)
    return list(fresh.values()), list(changed.values())
