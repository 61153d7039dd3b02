"""Several people doing something at the same instant, each on a connection of their own."""

import sys
import time
import traceback
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection

PATIENCE_S = 120


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned or the exception it raised, in their order.

    Raises: TimeoutError, with what the first who is still at it was doing.
    """
    outcomes: list[Any] = [None] * len(runners)
    start = Barrier(len(runners))

    def run(i: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            outcomes[i] = runners[i]()
        except Exception as exc:  # noqa: BLE001 - the outcome is what the test looks at
            outcomes[i] = exc
        finally:
            connection.close()

    threads = [Thread(target=run, args=(i,), daemon=True) for i in range(len(runners))]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE_S
    for thread in threads:
        thread.join(timeout=max(0, end - time.monotonic()))
        if thread.is_alive():
            raise TimeoutError("".join(traceback.format_stack(sys._current_frames()[thread.ident])))
    return outcomes
