"""Which samples does a message, a JSON document or a CSV file hold, and what of it is unusable?

Nothing here raises for what came from outside: what cannot be read is named and counted.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

LONGEST_PLACE = 300
LONGEST_EXAMPLE = 60
DEEPEST = 4
MOST_FIELDS = 1000
# Far beyond any sensor, and small enough that a sum over years stays finite.
LARGEST = 1e100
TIMES = ("at", "ts", "time", "timestamp", "t", "SourceTimestamp")
VALUES = ("value", "v", "val")
# A number of this many digits counts seconds, milli-, micro- or nanoseconds since 1970.
_SCALES = ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (math.inf, 1e-3))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_ONE, _YEAR_MANY = -62_135_596_800_000_000, 253_402_300_799_000_000


class Reading(NamedTuple):
    """One value of one place (topic, node, key) at an instant in microseconds since 1970."""

    place: str
    at: int
    value: float


class Unusable(NamedTuple):
    """What could not be taken: where, why (a ``Refusal.Reason``), and what it looked like."""

    place: str
    reason: str
    example: str


type Found = Reading | Unusable


class Parcel:
    """Readings that come together, read when they are asked for.

    A class of its own, so that a command does not search it for state-secret markings as a text of
    ours: a topic that carries one is counted under no name, and the rest of the parcel is taken.
    """

    def __init__(self, found: Iterable[Found]) -> None:
        self._found = found

    def __iter__(self) -> Iterator[Found]:
        return iter(self._found)


def shown(thing: object) -> str:
    """As much of something as fits into a report."""
    text = thing if isinstance(thing, str) else repr(thing)
    text = "".join(
        c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "�"
        for c in text[:LONGEST_EXAMPLE]
    )
    return text.strip()


def place_of(*parts: str) -> str:
    """A place as it can be stored and compared."""
    whole = "#".join(part for part in parts if part)
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "�" for c in whole)[
        :LONGEST_PLACE
    ]


def number(given: object) -> float | str:
    """The number that is meant, or why it is none."""
    if isinstance(given, bool):
        return float(given)
    if isinstance(given, str):
        try:
            given = float(given.strip())
        except ValueError:
            return "not_a_number"
    if not isinstance(given, int | float):
        return "not_a_number"
    try:
        value = float(given)
    except OverflowError:
        return "too_large"
    if not math.isfinite(value):
        return "not_finite"
    return value if abs(value) <= LARGEST else "too_large"


def instant(given: object) -> int | None:
    """Microseconds since 1970 of an ISO 8601 text with its zone, or of a count since 1970."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return None
    if isinstance(given, str):
        try:
            at = datetime.fromisoformat(given.strip())
        except ValueError:
            pass
        else:
            return None if at.tzinfo is None else _since_epoch(at)
    try:
        return _counted(float(given))
    except (ValueError, OverflowError):
        return None


def _since_epoch(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _counted(count: float) -> int | None:
    if not math.isfinite(count):
        return None
    scale = next(scale for below, scale in _SCALES if abs(count) < below)
    at = int(count * scale)
    return at if _YEAR_ONE <= at <= _YEAR_MANY else None


def _sample(place: str, value: object, given_at: object, came: int) -> Found:
    read = number(value)
    if isinstance(read, str):
        return Unusable(place, read, shown(value))
    # What a broker kept from before (retained) came at no time that anybody knows.
    at = (None if came < 0 else came) if given_at is None else instant(given_at)
    if at is None:
        return Unusable(place, "no_time", shown(given_at))
    return Reading(place, at, read)


def message(topic: str, payload: bytes, came: int) -> Iterator[Found]:
    """The samples of one message: a number, ``{"value": …, "at": …}``, several fields, or a list of these.

    Fields of a document become places of their own: ``topic#field.inner``.
    """
    place = place_of(topic)
    try:
        text = payload.decode()
        # 1e999 is infinite, NaN and Infinity are numbers to Python: all told apart later.
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = _bare(payload)
        if document is None:
            yield Unusable(place, "unreadable", shown(repr(payload[:LONGEST_EXAMPLE])))
            return
    yield from _document(place, document, came)


def _bare(payload: bytes) -> str | None:
    """A bare word such as ``nan`` or ``+1.5``, which is no JSON."""
    try:
        text = payload.decode().strip()
        float(text)
    except ValueError:
        return None
    return text


def _document(place: str, document: Any, came: int) -> Iterator[Found]:
    if isinstance(document, list):
        if not document:
            yield Unusable(place, "unreadable", "[]")
        for one in document:
            yield from (
                _fields(place, one, came)
                if isinstance(one, dict)
                else [_sample(place, one, None, came)]
            )
    elif isinstance(document, dict):
        yield from _fields(place, document, came)
    else:
        yield _sample(place, document, None, came)


def _fields(place: str, document: Mapping[str, Any], came: int) -> Iterator[Found]:
    named_at = next((name for name in TIMES if name in document), None)
    at = document[named_at] if named_at else None
    named_value = next((name for name in VALUES if name in document), None)
    if str(document.get("quality")).lower() in {"bad", "false"}:
        yield Unusable(
            place, "bad_quality", shown(document.get(named_value) if named_value else "")
        )
        return
    if named_value is not None:
        yield _sample(place, document[named_value], at, came)
        return
    any_field = False
    for path, value in _leaves(document, named_at):
        any_field = True
        yield _sample(place_of(place, path), value, at, came)
    if not any_field:
        yield Unusable(place, "unreadable", shown(document))


def _leaves(document: Mapping[str, Any], but: str | None) -> Iterator[tuple[str, Any]]:
    waiting: list[tuple[str, Any, int]] = [
        (str(name), value, 1) for name, value in reversed(list(document.items())) if name != but
    ]
    told = 0
    while waiting and told < MOST_FIELDS:
        path, value, depth = waiting.pop()
        if isinstance(value, dict) and depth < DEEPEST:
            waiting += [
                (f"{path}.{name}", inner, depth + 1)
                for name, inner in reversed(list(value.items()))
            ]
        elif value is not None:
            told += 1
            yield path, value


def document(body: bytes) -> Iterator[Found]:
    """The samples of what a gateway sends as JSON: ``{"samples": [{"tag", "at", "value"}, …]}``."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        yield Unusable("", "unreadable", shown(repr(body[:LONGEST_EXAMPLE])))
        return
    rows = read.get("samples") if isinstance(read, dict) else read
    if not isinstance(rows, list):
        yield Unusable("", "unreadable", shown(read))
        return
    for row in rows:
        yield _row(row) if isinstance(row, dict) else Unusable("", "unreadable", shown(row))


def _row(row: Mapping[str, Any]) -> Found:
    tag = row.get("tag")
    place = place_of(tag) if isinstance(tag, str) else place_of(shown(tag))
    value = number(row.get("value"))
    if isinstance(value, str):
        return Unusable(place, value, shown(row.get("value")))
    at = instant(row.get("at"))
    if at is None:
        return Unusable(place, "no_time", shown(row.get("at")))
    return Reading(place, at, value)


def table(body: bytes) -> Iterator[Found]:
    """The samples of a CSV file with a head line ``tag,at,value`` in any order."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("gb18030", errors="replace")
    lines = csv.reader(io.StringIO(text.replace("\0", "�"), newline=""))
    try:
        head = [cell.strip().lower() for cell in next(lines)]
        columns = [head.index(name) for name in ("tag", "at", "value")]
    except (StopIteration, ValueError, csv.Error):
        yield Unusable("", "unreadable", shown(text[:LONGEST_EXAMPLE]))
        return
    try:
        for line in lines:
            if line:
                cells = [line[c] if c < len(line) else "" for c in columns]
                yield _row({"tag": cells[0].strip(), "at": cells[1], "value": cells[2]})
    except csv.Error as exc:
        yield Unusable("", "unreadable", shown(str(exc)))
