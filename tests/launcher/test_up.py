"""Does ``harbor up`` start, stay, and leave nothing behind?"""

import os
import pwd
import shutil
import signal
import socket
from pathlib import Path

import pytest

from tests.launcher.conftest import (
    Up,
    as_root,
    gone,
    harbor,
    needs_setpriv,
    on_linux,
    open_to_all,
    ordinary_user,
)

pytestmark = pytest.mark.slow


def note(up, text):
    with up.connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS launcher_note (text text)")
        connection.execute("INSERT INTO launcher_note VALUES (%s)", [text])


def notes(up):
    with up.connect() as connection:
        return [row[0] for row in connection.execute("SELECT text FROM launcher_note")]


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_up_serves_until_told_to_stop_and_leaves_no_process(data, ups, sig):
    up = Up(data).wait_ready()
    ups.append(up)
    family = up.family()
    assert up.serves()

    said = up.stop(sig)

    assert up.process.returncode == 0
    assert up.running["url"] in said
    assert str(data) in said
    assert gone(family) == []
    assert not (data / "running.json").exists()


def test_second_up_on_the_same_data_names_the_address(data, ups):
    up = Up(data).wait_ready()
    ups.append(up)

    second = harbor("up", "--data", str(data), "--port", "0")

    assert second.returncode == 0
    assert up.running["url"] in second.stdout
    assert up.serves()


@pytest.mark.parametrize(
    ("victim", "heir"),
    [
        ("gunicorn", "gunicorn"),
        ("django work", "django work"),
        ("bin/postgres", "bin/postgres"),
        ("guard", "guard"),
    ],
)
def test_any_child_killed_comes_back_with_every_commit(data, ups, victim, heir):
    up = Up(data).wait_ready()
    ups.append(up)
    note(up, "before")
    before = up.family()
    pid = guard_of(up) if victim == "guard" else up.one(victim)

    os.kill(pid, signal.SIGKILL)

    assert gone({pid: victim}) == []
    assert up.serves_again()
    assert notes(up) == ["before"]
    now = guard_of(up) if heir == "guard" else up.one(heir)
    assert now != pid
    family = before | up.family()
    up.stop()
    assert gone(family) == []


def guard_of(up):
    """The guard runs the same command line as its parent."""
    return max(pid for pid, command in up.family().items() if "pilotharbor.launcher up" in command)


def test_supervisor_killed_leaves_no_orphan_and_loses_no_commit(data, ups):
    up = Up(data).wait_ready()
    ups.append(up)
    note(up, "before")
    family = up.family()

    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()

    assert gone(family) == []
    again = Up(data).wait_ready()
    ups.append(again)
    assert notes(again) == ["before"]


def test_everything_killed_at_once_starts_again_with_every_commit(data, ups):
    """What a power cut leaves: no process, but its files."""
    up = Up(data).wait_ready()
    ups.append(up)
    note(up, "before")
    family = up.family()
    for pid in family:
        os.kill(pid, signal.SIGKILL)
    up.process.wait()
    assert gone(family) == []

    again = Up(data).wait_ready()
    ups.append(again)

    assert notes(again) == ["before"]


@as_root
@needs_setpriv
def test_up_as_an_ordinary_user(tmp_path, ups):
    nobody = pwd.getpwnam("nobody")
    folder = open_to_all(tmp_path) / "own"
    folder.mkdir()
    shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
    up = Up(folder / "data", prefix=ordinary_user(), HOME=str(folder)).wait_ready()
    ups.append(up)

    assert up.serves()
    assert (folder / "data" / "postgres").stat().st_uid == nobody.pw_uid


def test_port_in_use_names_the_port_and_another(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = harbor("up", "--data", str(data), "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"harbor: Port {port} is in use: stop what listens there or choose another, "
        f"for example --port {port + 1}.\n"
    )


def test_app_role_owns_nothing_and_cannot_touch_what_is_only_added_to(data, ups):
    up = Up(data).wait_ready()
    ups.append(up)

    with up.connect() as connection:
        owned = connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE r.rolname = 'pilotharbor_app'"
        ).fetchone()
        rights = connection.execute(
            "SELECT has_table_privilege('pilotharbor_app', 'kernel_event', 'INSERT'),"
            " has_table_privilege('pilotharbor_app', 'kernel_event', 'UPDATE'),"
            " has_table_privilege('pilotharbor_app', 'kernel_event', 'DELETE'),"
            " has_table_privilege('pilotharbor_app', 'kernel_event', 'TRUNCATE')"
        ).fetchone()

    assert owned == (0,)
    assert rights == (True, False, False, False)


@on_linux
def test_web_and_worker_never_see_the_owners_address(data, ups):
    up = Up(data).wait_ready()
    ups.append(up)

    for words in ("gunicorn", "django work"):
        known = Path(f"/proc/{up.one(words)}/environ").read_bytes()
        assert b"PILOTHARBOR_DB_URL" in known
        assert b"pilotharbor_owner" not in known
