"""What comes after this? Cursor paging that stays in place while rows are added."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.ids import LARGEST

LARGEST_PAGE = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNREADABLE = (
    binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError
)  # fmt: skip


class BadCursor(Invalid):
    """This cursor does not belong to this list; start again without one."""

    code = "page.bad_cursor"


class BadLimit(Invalid):
    """A page holds between 1 and {largest} rows."""

    code = "page.bad_limit"


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Some rows and where the next ones begin; ``next_cursor`` is None at the end."""

    items: list[M]
    next_cursor: str | None


def _pack(order: str, value: object, pk: object) -> str:
    plain = value.isoformat() if isinstance(value, date | datetime) else value
    text = json.dumps([order, plain, pk], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _unpack[M: Model](rows: QuerySet[M], field: str, order: str, cursor: str) -> tuple[object, ...]:
    """The field's value and the id of the last row seen."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        named, value, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if named != order or value is None or isinstance(pk, bool):
            raise BadCursor
        options = rows.model._meta  # noqa: SLF001  # Django documents _meta as public.
        target = options.get_field(field)
        seen = target.to_python(value), options.pk.to_python(pk)  # type: ignore[union-attr]
    except _UNREADABLE as exc:
        raise BadCursor from exc
    if not all(map(_possible, seen)):
        raise BadCursor
    return seen


def _possible(value: object) -> bool:
    """Whether a column can hold this; what nobody got from us may hold anything."""
    if isinstance(value, str):
        return not _UNSTORABLE.search(value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    if value is None:
        return False
    if isinstance(value, datetime):
        # Near the ends of time another zone's instant has no year of its own in UTC.
        return value.tzinfo is not None and MINYEAR < value.year < MAXYEAR
    return True


def page[M: Model](
    rows: QuerySet[M], *, by: str, cursor: str | None = None, limit: int = 50
) -> Page[M]:
    """The next ``limit`` rows in the order of ``by`` (``-`` before it: newest first), then id.

    The field is never null. Rows added elsewhere meanwhile neither repeat nor hide any row.

    Raises: BadLimit, BadCursor.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise BadLimit(largest=LARGEST_PAGE, limit=limit)
    field, back = by.removeprefix("-"), by.startswith("-")
    sign, beyond = ("-", "lt") if back else ("", "gt")
    if cursor:
        value, pk = _unpack(rows, field, by, cursor)
        further = Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": pk})
        # The first term alone lets the database walk an index on the field.
        rows = rows.filter(Q(**{f"{field}__{beyond}e": value}) & further)
    items = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: limit + 1])
    if len(items) <= limit:
        return Page(items, None)
    last = items[limit - 1]
    return Page(items[:limit], _pack(by, getattr(last, field), last.pk))
