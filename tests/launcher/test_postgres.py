"""Is the embedded PostgreSQL durable, private, and startable anywhere?"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest

from pilotharbor.launcher import postgres
from pilotharbor.launcher.postgres import Cluster
from pilotharbor.launcher.trouble import Trouble
from tests.launcher.conftest import as_root, on_linux, open_to_all


@pytest.fixture
def cluster(tmp_path):
    folder = open_to_all(tmp_path) / "港 口"
    folder.mkdir()
    made = Cluster(folder / "postgres", folder / "log" / "postgres.log", "secret")
    made.prepare()
    made.start()
    yield made
    made.stop()


def ask(cluster, query):
    with psycopg.connect(cluster.url("postgres", "secret", "postgres"), autocommit=True) as link:
        return link.execute(query).fetchall()


def tell(cluster, query):
    with psycopg.connect(cluster.url("postgres", "secret", "postgres"), autocommit=True) as link:
        link.execute(query)


def test_settings_are_durable_and_local(cluster):
    found = dict(ask(cluster, "SELECT name, setting FROM pg_settings"))

    assert (
        found
        | {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "listen_addresses": "127.0.0.1",
            "server_encoding": "UTF8",
        }
        == found
    )


def test_a_wrong_password_is_refused(cluster):
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url("postgres", "guess", "postgres"))


def test_chinese_words_have_trigrams(cluster):
    """With a character type that knows no UTF-8 the index would silently find nothing."""
    tell(cluster, "CREATE EXTENSION pg_trgm")

    assert ask(cluster, "SELECT cardinality(show_trgm('中试平台')) > 0") == [(True,)]


def test_extensions_of_the_design_are_there(cluster):
    for name in ("btree_gist", "pg_trgm"):
        tell(cluster, f"CREATE EXTENSION IF NOT EXISTS {name}")


def test_commits_survive_a_kill(cluster):
    tell(cluster, "CREATE TABLE note AS SELECT 1 AS number")

    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()
    cluster.start()

    assert ask(cluster, "SELECT number FROM note") == [(1,)]


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(cluster):
    cluster.stop()
    pid_file = cluster.folder / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{cluster.folder}\n0\n1\n\n127.0.0.1\n\nready\n")

    cluster.start()

    assert ask(cluster, "SELECT 1") == [(1,)]


def test_a_server_left_behind_is_stopped_first(cluster):
    left_behind = cluster.process
    heir = Cluster(cluster.folder, cluster.log, "secret")
    heir.prepare()

    heir.start()

    assert left_behind.wait(10) == 0
    assert ask(heir, "SELECT 1") == [(1,)]
    heir.stop()


def test_a_taken_port_is_replaced(cluster):
    other = Cluster(
        cluster.folder.with_name("other"), cluster.log, "secret", port=cluster.port, durable=False
    )
    other.prepare()

    other.start()

    assert other.port != cluster.port
    other.stop()


def test_a_half_made_cluster_is_made_again(tmp_path):
    folder = open_to_all(tmp_path)
    (folder / "postgres.making").mkdir()
    (folder / "postgres.making" / "rubbish").touch()
    cluster = Cluster(folder / "postgres", folder / "log", "secret", durable=False)

    cluster.prepare()

    assert not (folder / "postgres.making").exists()
    assert postgres.major_of(cluster.folder) is not None


def test_a_damaged_folder_is_named(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("rubbish")

    with pytest.raises(Trouble) as trouble:
        Cluster(tmp_path / "postgres", tmp_path / "log", "secret").prepare()

    assert trouble.value.key == "data_folder_broken"


@as_root
@on_linux
def test_root_may_keep_data_where_nobody_else_can_walk():
    hidden = Path(tempfile.mkdtemp(prefix="pilotharbor-hidden-"))
    try:
        (hidden / "inside").mkdir(mode=0o700)
        cluster = Cluster(hidden / "inside" / "postgres", hidden / "log", "secret", durable=False)
        cluster.prepare()
        cluster.start()
        try:
            tell(cluster, "CREATE TABLE note AS SELECT 1 AS number")
            cluster.stop()
            cluster.start()

            assert ask(cluster, "SELECT number FROM note") == [(1,)]
            assert cluster.folder.stat().st_uid != 0
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(hidden)
