"""Several people doing something at the same instant, each on a connection of their own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Run all at once; what each returned or the exception it raised, in their order."""
    outcomes: list[Any] = [None] * len(runners)
    start = Barrier(len(runners))

    def run(i: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            outcomes[i] = runners[i]()
        except Exception as exc:  # noqa: BLE001 - the outcome is what the test looks at
            outcomes[i] = exc
        finally:
            connection.close()

    threads = [Thread(target=run, args=(i,)) for i in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
