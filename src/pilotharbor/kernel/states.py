"""Where a status may go next, and the only function that sends it there."""

from typing import Any, ClassVar

from django.db import models

from pilotharbor.kernel.errors import Conflict


class Stateful(models.Model):
    """A row with a ``status`` that moves only along ``MOVES`` and only through ``advance``."""

    MOVES: ClassVar[dict[str, set[str]]]
    status: Any

    class Meta:
        abstract = True


class MoveNotAllowed(Conflict):
    """This cannot go from “{present}” to “{wanted}”."""

    code = "kernel.move_not_allowed"


def require_move(row: Stateful, to: str) -> None:
    """Refuse early what ``advance`` would refuse, before work is done for nothing.

    Raises: MoveNotAllowed when ``MOVES`` does not allow it.
    """
    if to not in row.MOVES[row.status]:
        raise MoveNotAllowed(present=_word(row, row.status), wanted=_word(row, to))


def advance(row: Stateful, to: str, **changes: object) -> None:
    """Move a locked ``row`` to status ``to`` and save it with ``changes``.

    Raises: MoveNotAllowed when ``MOVES`` does not allow it.
    """
    require_move(row, to)
    row.status = to
    for name, value in changes.items():
        setattr(row, name, value)
    written = ["status", *changes]
    row.save(update_fields=written)


def _word(row: Stateful, status: str) -> str:
    """The status as people read it, where the field says so."""
    field = next(f for f in row._meta.fields if f.name == "status")  # noqa: SLF001
    words = dict(field.flatchoices)
    return str(words.get(status, status))
