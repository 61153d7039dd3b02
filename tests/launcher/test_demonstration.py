"""Is the demonstration there whole or not at all, wherever its loading is broken off?"""

import functools
import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from psycopg import sql

from tests.launcher.conftest import Up, gone, harbor, open_to_all

LOAD_S = 600.0
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
# What a running harbour does by itself, whether or not anybody is there; and 36 hours of a signal touch
# as many full hours or one more.
LIVELY = {"django_session", "web_cache", "procrastinate_events", "procrastinate_jobs",
          "procrastinate_periodic_defers", "procrastinate_workers", "telemetry_hour"}  # fmt: skip


def counts(up: Up) -> dict[str, int]:
    """Rows of every table; those that are kept by time as one each, room for days ahead aside."""
    with up.connect() as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        return {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()[0]
            for (name,) in tables
            if name not in LIVELY
        }


def accounts(data: Path) -> list[dict[str, str]]:
    """Everything about the accounts but their password."""
    loaded = json.loads((data / "demonstration.json").read_text())
    return [{k: v for k, v in one.items() if k != "password"} for one in loaded]


def passwords(data: Path) -> set[str]:
    return {one["password"] for one in json.loads((data / "demonstration.json").read_text())}


def mark(up: Up, kind: str) -> None:
    with up.connect() as connection:
        connection.execute("UPDATE pilotharbor_schema SET contents = %s", [kind])


class Whole:
    """A load that nobody disturbs: begun at once, waited for when it is asked for, then at rest."""

    def __init__(self, data: Path):
        self.data = data
        self._up = Up(data, empty=False)

    @functools.cached_property
    def counts(self) -> dict[str, int]:
        found = counts(self._up.wait_ready(LOAD_S))
        self.said = self._up.stop()
        return found

    def copy(self, folder: Path) -> Path:
        assert self.counts
        target = open_to_all(folder) / "copy"
        subprocess.run(["cp", "-a", str(self.data), str(target)], check=True)
        return target

    def stop(self) -> None:
        self._up.stop()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    made = Whole(open_to_all(tmp_path_factory.mktemp("whole")) / "data")
    yield made
    made.stop()


def test_broken_off_anywhere_the_next_start_makes_it_whole(whole, tmp_path, ups):
    data = open_to_all(tmp_path) / "data"
    kept = set()
    for words, sig in [
        ("肿瘤靶向药物", signal.SIGKILL),  # nobody is there yet but the founder
        ("固态电池", signal.SIGINT),  # one voyage is over
        ("CSL", signal.SIGKILL),  # all organisations are there
    ]:
        up = Up(data, empty=False)
        ups.append(up)
        up.wait_line(words)
        kept.add(json.loads((data / "secrets.json").read_text())["demonstration_password"])
        family = up.family()
        if sig == signal.SIGKILL:
            up.process.kill()
            up.process.wait()
        else:
            said = up.stop(sig)
            assert up.process.returncode == 0
            assert "The demonstration is not complete" in said
            assert "Traceback" not in said
        assert gone(family) == []
        assert not (data / "demonstration.json").exists()
    # Nobody works in half a harbour.
    refused = harbor("manage", "--data", str(data), "check")
    assert (refused.returncode, "not complete yet" in refused.stderr) == (1, True)

    last = Up(data, empty=False).wait_ready(LOAD_S)
    ups.append(last)

    assert counts(last) == whole.counts
    assert accounts(data) == accounts(whole.data)
    assert passwords(data) == kept
    assert last.stop().count(kept.pop()) == len(accounts(data))
    # Every part of it is named while it is loaded.
    assert [line for line in whole.said.splitlines() if line.startswith("  · ")] != []


def test_the_mark_of_completion_is_the_last_thing_written(whole, tmp_path, ups):
    """Killed between the accounts and the mark: not complete; with --empty it is taken away."""
    data = whole.copy(tmp_path)
    up = Up(data, empty=False).wait_ready()
    ups.append(up)
    mark(up, "loading")
    up.stop()

    emptied = Up(data).wait_ready()
    ups.append(emptied)

    assert counts(emptied)["parties_person"] == 0
    said = emptied.stop()
    assert "made anew" in said
    assert passwords(data).isdisjoint(said.split())


def test_what_others_put_there_is_never_thrown_away(whole, tmp_path, ups):
    data = whole.copy(tmp_path)
    up = Up(data, empty=False).wait_ready()
    ups.append(up)
    with up.connect() as connection:
        connection.execute(
            "UPDATE parties_person SET email = 'li@example.org' WHERE email = 'buyer@harbor.example'"
        )
    mark(up, "loading")
    up.stop()

    refused = harbor("up", "--data", str(data), "--port", "0")

    assert refused.returncode == 1
    assert "li@example.org is nobody of the demonstration" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_empty_says_that_the_demonstration_is_there(whole, tmp_path):
    refused = harbor("up", "--data", str(whole.copy(tmp_path)), "--port", "0", "--empty")

    assert refused.returncode == 1
    assert "holds the demonstration, and --empty takes nothing away" in refused.stderr


def test_a_lost_list_of_accounts_is_written_again(whole, tmp_path, ups):
    data = whole.copy(tmp_path)
    (data / "demonstration.json").unlink()

    up = Up(data, empty=False).wait_ready()
    ups.append(up)

    assert accounts(data) == accounts(whole.data)
    assert passwords(data) == passwords(whole.data)
    assert (data / "demonstration.json").stat().st_mode & 0o777 == 0o600


def test_a_second_host_says_where_the_accounts_are_and_drops_nothing(whole, tmp_path, ups):
    first = Up(whole.copy(tmp_path), empty=False).wait_ready()
    ups.append(first)
    known = first.running["environment"]
    addresses = {
        "DATABASE_URL": known["PILOTHARBOR_DB_OWNER_URL"],
        "DATABASE_APP_URL": known["PILOTHARBOR_DB_URL"],
    }

    second = Up(tmp_path / "second", empty=False, **addresses).wait_ready()
    ups.append(second)
    said = second.stop()
    mark(first, "loading")
    third = harbor("up", "--data", str(tmp_path / "third"), "--port", "0", **addresses)

    assert f"data folder that loaded it: {socket.gethostname()}:{whole.data}" in said
    assert third.returncode == 1
    assert "PilotHarbor drops no database that is not its own" in third.stderr
    assert counts(first)["parties_person"] == whole.counts["parties_person"]


def test_the_database_keeps_the_choice_not_the_folder(data, ups, tmp_path):
    """An empty harbour stays so although its folder forgot that it is one."""
    (data / "version.json").unlink()

    up = Up(data, empty=False).wait_ready()
    ups.append(up)

    assert counts(up)["parties_person"] == 0
    assert "stays without the demonstration" in up.stop()
