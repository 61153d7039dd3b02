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


def advance(row: Stateful, to: str, **changes: object) -> None:
    """Move a locked ``row`` to status ``to`` and save it with ``changes``.

    Raises: MoveNotAllowed when ``MOVES`` does not allow it.
    """
    if to not in row.MOVES[row.status]:
        raise MoveNotAllowed(present=str(row.status), wanted=str(to))
    row.status = to
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["status", *changes])
