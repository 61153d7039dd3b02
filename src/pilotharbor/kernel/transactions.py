"""The one way to change state: a command, whole or not at all."""

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import IntegrityError, OperationalError, transaction

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.secrecy import searched

_running: ContextVar[bool] = ContextVar("command_running", default=False)
# Written as the last statement of the outermost command, in its transaction (idempotency marks).
_last_write: ContextVar[Callable[[], None] | None] = ContextVar("last_write", default=None)

DEADLOCK = "40P01"


def command[**P, R](fn: Callable[P, R]) -> Callable[P, R]:
    """Run ``fn`` in its own durable transaction; called by another command, join that one.

    Arguments are keyword-only. A refusal undoes everything, also what the caller wrote. A detected
    deadlock is retried once, since the loser of a race has changed nothing. What comes from outside
    is searched for state-secret markings here, so that no command can forget to.
    """
    kinds = {p.kind for p in inspect.signature(fn).parameters.values()}
    if kinds - {inspect.Parameter.KEYWORD_ONLY}:
        raise TypeError(f"{fn.__qualname__}: command arguments are keyword-only")

    @functools.wraps(fn)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _running.get():
            try:
                return fn(*args, **kwargs)
            except BaseException:
                transaction.set_rollback(True)
                raise
        given = searched(kwargs)
        try:
            return _outermost(fn, *args, **given)  # type: ignore[arg-type]  # same names, searched
        except OperationalError as exc:
            if getattr(exc.__cause__, "sqlstate", None) != DEADLOCK:
                raise
            time.sleep(0.01)
            return _outermost(fn, *args, **given)  # type: ignore[arg-type]  # as above

    return run


def _outermost[**P, R](fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    token = _running.set(True)
    try:
        with transaction.atomic(durable=True):
            result = fn(*args, **kwargs)
            if transaction.get_rollback():
                raise RuntimeError(f"{fn.__qualname__} swallowed a refusal")
            if last_write := _last_write.get():
                last_write()
            return result
    finally:
        _running.reset(token)


def in_command() -> bool:
    """Whether the caller stands inside a command (events may only be recorded there)."""
    return _running.get()


@contextmanager
def with_last_write(write: Callable[[], None]) -> Iterator[None]:
    """Let ``write`` commit together with every command run inside this block, or not at all."""
    token = _last_write.set(write)
    try:
        yield
    finally:
        _last_write.reset(token)


@contextmanager
def refusing(**errors: DomainError) -> Iterator[None]:
    """Turn the violation of a named constraint into its domain error."""
    try:
        yield
    except IntegrityError as exc:
        name = getattr(getattr(exc.__cause__, "diag", None), "constraint_name", None)
        if name in errors:
            raise errors[name] from exc
        raise
