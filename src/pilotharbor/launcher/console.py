"""How does the person at the terminal see that something is happening?"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from pilotharbor.launcher.words import say

SILENCE_S = 2.0


def line(text: str = "") -> None:
    """Print one line; a terminal that went away is no reason to stop."""
    with suppress(OSError):
        print(text, flush=True)


def fail(text: str) -> None:
    """Print one line of trouble."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


@contextmanager
def step(key: str, **facts: object) -> Iterator[None]:
    """Name a step when it takes longer than two seconds, and say how long it took."""
    started = time.monotonic()
    with _after(SILENCE_S, lambda: line(f"… {say(key, **facts)}")):
        yield
    took = time.monotonic() - started
    if took > SILENCE_S:
        line(f"  {say('took', seconds=f'{took:.1f}')}")


@contextmanager
def _after(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Do something if the block takes longer; by alarm and not by thread, as the block may fork."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda _sig, _frame: act())
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def table(headings: list[str], rows: list[list[str]]) -> None:
    """Print columns, wide characters counted as two."""
    widths = [max(_width(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    for row in [headings, ["-" * width for width in widths], *rows]:
        cells = [cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(row)]
        line("  " + "  ".join(cells).rstrip())


def _width(text: str) -> int:
    first_wide = "\u1100"
    return sum(2 if char >= first_wide else 1 for char in text)
