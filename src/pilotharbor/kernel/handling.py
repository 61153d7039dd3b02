"""Who wants to be told of which event."""

from collections.abc import Callable
from dataclasses import dataclass

from pilotharbor.kernel.models import Event

type Handle = Callable[[Event], None]
type HandleMany = Callable[[list[Event]], None]


@dataclass(frozen=True)
class Handler:
    """A reaction: its stable name, the events it wants, and whether it takes many at a time."""

    name: str
    events: frozenset[str]
    one: Handle | None = None
    many: HandleMany | None = None


HANDLERS: dict[str, Handler] = {}


def handles(*events: str) -> Callable[[Handle], Handle]:
    """Register a handler for events by name.

    It runs in the worker, inside a command of its own, together with the mark that the event was
    delivered: what it changes in the database happens once, in the order of the subject's events.
    """

    def register(fn: Handle) -> Handle:
        name = f"{fn.__module__.removeprefix('pilotharbor.')}.{fn.__name__}"
        HANDLERS[name] = Handler(name, frozenset(events), one=fn)
        return fn

    return register


def handles_many(*events: str) -> Callable[[HandleMany], HandleMany]:
    """Register a handler that takes up to some hundred events at once, each subject's first only."""

    def register(fn: HandleMany) -> HandleMany:
        name = f"{fn.__module__.removeprefix('pilotharbor.')}.{fn.__name__}"
        HANDLERS[name] = Handler(name, frozenset(events), many=fn)
        return fn

    return register
