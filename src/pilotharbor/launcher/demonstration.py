"""How does a new harbour get its demonstration, whole or not at all?

First the password is kept and the database is marked as being filled; the mark of completion is
the last thing that is written. A start that finds the first mark without the second makes the
embedded database anew: nobody but the loader ever worked in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from pilotharbor.launcher import console, contents, database, managed, schema, vault
from pilotharbor.launcher.contents import DEMONSTRATION, EMPTY, LOADING, UNDECIDED, Contents
from pilotharbor.launcher.database import Database
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.postgres import Cluster
from pilotharbor.launcher.supervisor import Stopped
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say

PASSWORD = "PILOTHARBOR_DEMONSTRATION_PASSWORD"  # noqa: S105  (the variable's name)


@dataclass(frozen=True)
class Loading:
    """All that filling a harbour needs. ``cluster`` is None with ``DATABASE_URL``."""

    data: DataFolder
    found: Database
    cluster: Cluster | None
    guard: Guard
    environment: Mapping[str, str]
    owner_environment: Mapping[str, str]

    def django(self, *arguments: str) -> None:
        """Run the loader; its lines are our progress.

        Raises: Trouble.
        """
        managed.run_django(
            ["load_demonstration", *arguments],
            {**self.environment, PASSWORD: vault.demonstration_password(self.data)},
            guard=self.guard,
            say=lambda line: console.line(f"  · {line}"),
        )


def settle(loading: Loading, *, empty: bool) -> Contents:
    """Fill a new harbour, unless it is to stay empty; ``empty`` is what the caller asked for.

    Raises: Trouble when the caller asked for what cannot be, or somebody else's database holds
    half a demonstration.
    """
    with contents.alone(loading.found.owner_url) as connection:
        held = contents.read(connection)
        kind = held.kind or _from_before(loading.data, held)
        if kind != LOADING:
            return _settled(loading, connection, held, kind, empty=empty)
    _make_anew(loading, held)
    with contents.alone(loading.found.owner_url) as connection:
        held = contents.read(connection)
        return _settled(loading, connection, held, UNDECIDED, empty=empty)


def _from_before(data: DataFolder, held: Contents) -> str:
    """What an undecided database is: new, or filled before the database kept the choice."""
    wanted = vault.read_json(data.version).get("demonstration")
    if held.touched:
        if wanted:
            return DEMONSTRATION if data.accounts.exists() else LOADING
        return EMPTY
    return EMPTY if wanted is False else UNDECIDED


def _settled(
    loading: Loading, connection: psycopg.Connection, held: Contents, kind: str, *, empty: bool
) -> Contents:
    here = contents.place(loading.data)
    if kind == DEMONSTRATION:
        if empty:
            raise Trouble("holds_demonstration", data=loading.data.root)
        return held if held.kind else contents.mark(connection, DEMONSTRATION, here)
    if kind == EMPTY or empty:
        if not empty:
            console.line(say("stays_empty"))
        vault.stamp(loading.data, demonstration=False)
        return held if held.kind else contents.mark(connection, EMPTY)
    vault.demonstration_password(loading.data)
    contents.mark(connection, LOADING, here)
    vault.stamp(loading.data, demonstration=True)
    try:
        with console.step("demonstration"):
            loading.django()
    except Stopped:
        if loading.cluster is not None:
            console.line(say("demonstration_interrupted"))
        else:
            console.line(str(_unfinished(loading)))
        raise
    return contents.mark(connection, DEMONSTRATION, here)


def _make_anew(loading: Loading, held: Contents) -> None:
    """Throw an unfinished demonstration away.

    Raises: Trouble where there could be anything else, or the database is not ours to drop.
    """
    if loading.cluster is None:
        raise _unfinished(loading)
    if held.kind != LOADING:
        raise Trouble("demonstration_unfinished_before", data=loading.data.root)
    console.line(say("demonstration_anew"))
    if held.touched:
        _refuse_mixed(loading)
    with console.step("preparing_database"):
        database.drop(loading.cluster, loading.data)
        database.furnish(loading.cluster, loading.data)
        schema.bring_up_to_date(loading.found, loading.owner_environment, loading.guard)


def _refuse_mixed(loading: Loading) -> None:
    """Never drop what anybody but the loader could have put there."""
    try:
        loading.django("--examine")
    except Trouble as exc:
        if exc.key != "django_failed":
            raise
        raise Trouble(
            "demonstration_mixed", data=loading.data.root, reason=exc.facts["reason"]
        ) from exc


def _unfinished(loading: Loading) -> Trouble:
    return Trouble("demonstration_unfinished", url=database.shown(loading.found.owner_url))


def accounts(loading: Loading, held: Contents) -> list[dict[str, str]] | None:
    """The demonstration's accounts; None where another data folder knows them.

    Raises: Trouble.
    """
    ours = loading.cluster is not None or held.accounts_at == contents.place(loading.data)
    if not ours:
        return None
    if not loading.data.accounts.exists():
        if not vault.knows_demonstration(loading.data):
            return None
        # The list was lost, the password was not.
        loading.django("--accounts")
    return [{k: str(v) for k, v in one.items()} for one in vault.read_list(loading.data.accounts)]
