"""Does the database hold the demonstration, half of it, or what its own people put there?

The answer lies in the database itself, so that it is the same from every host and data folder.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from pilotharbor.launcher import database
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.trouble import Trouble

UNDECIDED = ""
EMPTY = "empty"
LOADING = "loading"
DEMONSTRATION = "demonstration"
LOCK = 7_214_202
ROUND_S = 0.2


@dataclass(frozen=True)
class Contents:
    """What was decided about a database.

    ``kind``         UNDECIDED, EMPTY (of the demonstration), LOADING (begun, never finished) or
                     DEMONSTRATION (complete)
    ``accounts_at``  host and data folder that know the demonstration's accounts
    ``touched``      whether anything was ever done in this harbour
    """

    kind: str
    accounts_at: str = ""
    touched: bool = False


@contextmanager
def alone(url: str) -> Iterator[psycopg.Connection]:
    """A connection whose owner decides about the contents, one host after the other.

    Raises: Trouble.
    """
    with database.connect(url) as connection:
        connection.autocommit = True
        # Asked again and again, as a wait inside the driver could not be broken off by Ctrl-C.
        while not _one(connection, "SELECT pg_try_advisory_lock(%s)", LOCK):
            time.sleep(ROUND_S)
        yield connection


def read(connection: psycopg.Connection) -> Contents:
    """What was decided so far."""
    row = connection.execute("SELECT contents, accounts_at FROM pilotharbor_schema").fetchone()
    kind, accounts_at = row or (UNDECIDED, "")
    touched = bool(_one(connection, "SELECT EXISTS (SELECT FROM kernel_event)"))
    return Contents(kind, accounts_at, touched)


def mark(connection: psycopg.Connection, kind: str, accounts_at: str = "") -> Contents:
    """Decide."""
    connection.execute(
        "UPDATE pilotharbor_schema SET contents = %s, accounts_at = %s", [kind, accounts_at]
    )
    return Contents(kind, accounts_at, touched=kind == DEMONSTRATION)


def place(data: DataFolder) -> str:
    """How this data folder is called on other hosts."""
    return f"{socket.gethostname()}:{data.root}"


def refuse_unfinished(url: str) -> None:
    """Let nobody work in a harbour whose demonstration will be made anew.

    Raises: Trouble.
    """
    with database.connect(url) as connection:
        if read(connection).kind == LOADING:
            raise Trouble("demonstration_first")


def _one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values or None).fetchone()
    return row[0] if row else None
