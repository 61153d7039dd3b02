"""How does a batch of samples get into the tables: each once, with its flags and sums?

Called inside a command. Whoever writes samples of a tag holds its row of ``telemetry_latest`` locked,
in the order of the tags; what is later than its ``at`` cannot be there, the rest is looked up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from django.db import connection, transaction

from pilotharbor.kernel.later import later

if TYPE_CHECKING:
    import numpy as np

    from pilotharbor.telemetry.engine import series as engine
    from pilotharbor.telemetry.engine import wire
else:
    np = later("numpy")
    engine = later("pilotharbor.telemetry.engine.series")
    wire = later("pilotharbor.telemetry.engine.wire")

DAY_US = 86_400 * 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_LOCK = """
SELECT l.tag_id, (extract(epoch FROM l.at) * 1000000)::int8, l.value,
       (extract(epoch FROM l.changed_at) * 1000000)::int8,
       (extract(epoch FROM l.run_since) * 1000000)::int8,
       (extract(epoch FROM l.turn_since) * 1000000)::int8,
       t.lowest::float8, t.highest::float8, t.gap_after_s, t.stuck_after_s,
       t.run_level::float8, t.idle_level::float8, t.turn_delay_s, t.equipment_id
FROM telemetry_latest l JOIN telemetry_tag t ON t.id = l.tag_id
WHERE l.tag_id = ANY(%s::int4[]) ORDER BY l.tag_id FOR NO KEY UPDATE OF l
"""
_THERE = """
SELECT tag_id, (extract(epoch FROM at) * 1000000)::int8 FROM telemetry_sample
WHERE tag_id = ANY(%s::int4[]) AND at BETWEEN %s AND %s
"""
_ADD_UP = """
INSERT INTO {table} AS known (at, lowest, highest, total, tag_id, good, bad)
SELECT * FROM unnest(%s::timestamptz[], %s::float8[], %s::float8[], %s::float8[], %s::int4[], %s::int4[], %s::int4[])
ON CONFLICT (tag_id, at) DO UPDATE SET
    lowest = least(known.lowest, excluded.lowest), highest = greatest(known.highest, excluded.highest),
    total = known.total + excluded.total, good = known.good + excluded.good, bad = known.bad + excluded.bad
"""
_REMEMBER = """
UPDATE telemetry_latest l SET at = n.at, value = n.value, flags = n.flags, changed_at = n.changed_at
FROM unnest(%s::int4[], %s::timestamptz[], %s::float8[], %s::int4[], %s::timestamptz[])
     AS n(tag_id, at, value, flags, changed_at)
WHERE l.tag_id = n.tag_id
"""
_TURNED = """
UPDATE telemetry_latest l SET run_since = %s, turn_since = %s WHERE l.tag_id = %s
"""
# Days for which this process knows that there is room; learnt when the transaction has committed.
_room: set[int] = set()


class Known(NamedTuple):
    """What is known of one tag while its row is locked; instants in microseconds since 1970."""

    tag_id: int
    at: int | None
    value: float | None
    changed: int | None
    run_since: int | None
    turn_since: int | None
    lowest: float | None
    highest: float | None
    gap_after_s: int | None
    stuck_after_s: int | None
    run_level: float | None
    idle_level: float | None
    turn_delay_s: int
    equipment_id: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: what was new and in time, what came late, what was there before."""

    fresh: "engine.Series"
    judged: "engine.Judged"
    late: "engine.Series"
    repeated: int
    known: dict[int, Known]


def instant(at: int) -> datetime:
    """Microseconds since 1970 as an instant."""
    return EPOCH + timedelta(microseconds=at)


def microseconds(at: datetime) -> int:
    """An instant as microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def ask(statement: str, params: Sequence[Any] = (), *, rows: bool = True) -> list[tuple[Any, ...]]:
    """Run a statement whose parameters may be columns, in binary and on the server's side."""
    connection.ensure_connection()
    raw = connection.connection
    if raw is None:
        raise RuntimeError("there is no connection")
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        wire.teach(cursor)
        cursor.execute(statement.encode(), params, binary=True)
        return cursor.fetchall() if rows else []


def lock(tag_ids: Iterable[int]) -> dict[int, Known]:
    """Lock the tags' latest rows, in their order, and say what is known of them."""
    wanted = wire.Whole(np.array(sorted(set(tag_ids)), dtype=np.int64))
    return {row[0]: Known(*row) for row in ask(_LOCK, [wanted])}


def store(batch: "engine.Series") -> Stored:
    """Write a batch of samples of registered tags; sorted, judged, each sample once.

    Rows of the tags stay locked until the transaction ends.
    """
    given = len(batch)
    batch = engine.in_order(batch)
    starts = engine.starts_of(batch.tag)
    known = lock(batch.tag[starts].tolist())
    marks = np.array(
        [
            engine.NEVER if (one := known[tag].at) is None else one
            for tag in batch.tag[starts].tolist()
        ],
        dtype=np.int64,
    )
    behind = batch.at <= np.repeat(marks, np.diff(np.append(starts, len(batch))))
    fresh, late = batch, engine.of([], [], [])
    if bool(behind.any()):
        fresh, late = batch.only(~behind), _not_there(batch.only(behind))
    judged = engine.judge(fresh, _columns(fresh, known))
    _write(fresh, judged.flags)
    if len(late):
        _write(late, _flags_of_late(late, known))
    _remember(fresh, judged)
    return Stored(fresh, judged, late, given - len(fresh) - len(late), known)


def _not_there(late: "engine.Series") -> "engine.Series":
    """Those that are not stored yet."""
    first, last = int(late.at.min()), int(late.at.max())
    tags = wire.Whole(late.tag[engine.starts_of(late.tag)])
    there = set(ask(_THERE, [tags, instant(first), instant(last)]))
    if not there:
        return late
    new = [pair not in there for pair in zip(late.tag.tolist(), late.at.tolist(), strict=True)]
    return late.only(np.array(new, dtype=np.bool_))


def _columns(batch: "engine.Series", known: dict[int, Known]) -> "engine.Known":
    rows = [known[tag] for tag in batch.tag[engine.starts_of(batch.tag)].tolist()]
    never, endless = engine.NEVER, engine.ENDLESS

    def whole(cells: Iterable[int]) -> "engine.Ints":
        return np.array(list(cells), dtype=np.int64)

    def real(cells: Iterable[float]) -> "engine.Floats":
        return np.array(list(cells), dtype=np.float64)

    return engine.Known(
        tag=whole(r.tag_id for r in rows),
        at=whole(never if r.at is None else r.at for r in rows),
        value=real(np.nan if r.value is None else r.value for r in rows),
        changed=whole(never if r.changed is None else r.changed for r in rows),
        lowest=real(-np.inf if r.lowest is None else r.lowest for r in rows),
        highest=real(np.inf if r.highest is None else r.highest for r in rows),
        gap_after=whole(
            endless if r.gap_after_s is None else r.gap_after_s * engine.SECOND for r in rows
        ),
        stuck_after=whole(
            endless if r.stuck_after_s is None else r.stuck_after_s * engine.SECOND for r in rows
        ),
    )


def _flags_of_late(late: "engine.Series", known: dict[int, Known]) -> Any:
    columns = _columns(late, known)
    each = np.diff(np.append(engine.starts_of(late.tag), len(late)))
    low, high = np.repeat(columns.lowest, each), np.repeat(columns.highest, each)
    beyond = (late.value < low) | (late.value > high)
    return (engine.LATE + engine.IMPOSSIBLE * beyond).astype(np.int16)


def _write(batch: "engine.Series", flags: Any) -> None:
    if not len(batch):
        return
    _make_room(np.unique(batch.at // DAY_US).tolist())
    raw = connection.connection
    if raw is None:
        raise RuntimeError("there is no connection")
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(raw) as cursor,
        cursor.copy(wire.SAMPLES.encode()) as copy,
    ):
        copy.write(wire.rows(batch, flags))
    for table, step in (("telemetry_minute", engine.MINUTE), ("telemetry_hour", engine.HOUR)):
        sums = engine.sums(batch, flags, step)
        columns = [
            wire.Times(sums.at), wire.Real(sums.low), wire.Real(sums.high), wire.Real(sums.total),
            wire.Whole(sums.tag), wire.Whole(sums.good), wire.Whole(sums.bad),
        ]  # fmt: skip
        ask(_ADD_UP.format(table=table), columns, rows=False)


def _make_room(days: Sequence[int]) -> None:
    missing = [day for day in days if day not in _room]
    for day in missing:
        ask("SELECT telemetry_make_room(%s, %s)", [instant(day * DAY_US)] * 2)
    if missing:
        transaction.on_commit(lambda: _room.update(missing))


def _remember(fresh: "engine.Series", judged: "engine.Judged") -> None:
    if not len(fresh):
        return
    last = np.append(engine.starts_of(fresh.tag)[1:], len(fresh)) - 1
    columns = [
        wire.Whole(fresh.tag[last]), wire.Times(fresh.at[last]), wire.Real(fresh.value[last]),
        wire.Whole(judged.flags[last]), wire.Times(judged.changed),
    ]  # fmt: skip
    ask(_REMEMBER, columns, rows=False)


def remember_run(*, tag_id: int, run_since: int | None, turn_since: int | None) -> None:
    """Keep how a tag's machine stands between running and idle."""
    kept = [None if one is None else instant(one) for one in (run_since, turn_since)]
    ask(_TURNED, [*kept, tag_id], rows=False)
