"""Does everything that can be wrong with a machine end in one clear sentence and exit 1?"""

import json
import subprocess
import sys

import psycopg
import pytest

from pilotharbor.launcher import database, vault
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.trouble import Trouble
from tests.launcher.conftest import (
    Up,
    as_root,
    harbor,
    needs_setpriv,
    on_linux,
    open_to_all,
    ordinary_user,
    plain_environment,
    sentence,
)


@pytest.mark.slow
def test_data_folder_of_a_newer_pilotharbor(tmp_path):
    (tmp_path / "version.json").write_text(json.dumps({"version": "99.0", "layout": 1}))

    refused = harbor("up", "--data", str(tmp_path), "--port", "0")

    assert "was written by PilotHarbor 99.0" in sentence(refused)


@pytest.mark.slow
def test_data_folder_of_another_postgresql(data):
    (data / "postgres" / "PG_VERSION").write_text("11\n")

    refused = harbor("up", "--data", str(data), "--port", "0")

    assert "made by PostgreSQL 11" in sentence(refused)


@pytest.mark.slow
def test_database_of_a_newer_pilotharbor(data, ups):
    up = Up(data).wait_ready()
    ups.append(up)
    with up.connect() as connection:
        connection.execute("UPDATE pilotharbor_schema SET fingerprint = 'other'")
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('kernel', '9999_from_the_future', now())"
        )
    up.stop()

    refused = harbor("up", "--data", str(data), "--port", "0")

    assert "kernel.9999_from_the_future" in sentence(refused)


@pytest.mark.slow
@as_root
@needs_setpriv
def test_no_write_permission(tmp_path):
    locked = open_to_all(tmp_path) / "locked"
    locked.mkdir(mode=0o755)
    command = [sys.executable, "-m", "pilotharbor.launcher", "up", "--data", str(locked / "data")]

    refused = subprocess.run(
        [*ordinary_user(), *command],
        env=plain_environment(),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )

    assert f"No permission to write to {locked / 'data'}" in sentence(refused)


@pytest.mark.slow
@as_root
@on_linux
@pytest.mark.parametrize("megabytes", [1, 24, 42])
def test_full_disk(tmp_path, megabytes):
    """1 MB: no room for the folder; 24: none for the cluster; 42: none for the tables."""
    small = open_to_all(tmp_path) / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(small)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        refused = harbor("up", "--data", str(small / "data"), "--port", "0", "--empty")
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)

    assert "full: free some space" in sentence(refused)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://a:b@127.0.0.1:9/x", "cannot be reached"),
        ("postgresql://a:b@nowhere.invalid:5432/x", "cannot be reached"),
        ("mysql://a:b@127.0.0.1/x", "not an address of the form"),
        ("nonsense", "not an address of the form"),
    ],
)
def test_wrong_database_url(tmp_path, url, words):
    refused = harbor("up", "--data", str(tmp_path), "--port", "0", DATABASE_URL=url)

    assert words in sentence(refused)
    assert ":b@" not in refused.stderr


@pytest.mark.slow
def test_database_url_replaces_the_embedded_database(server, tmp_path, ups):
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'k'")
        connection.execute("CREATE DATABASE harbour OWNER keeper")
    url = server.url("keeper", "k", "harbour")

    up = Up(tmp_path / "data", DATABASE_URL=url).wait_ready()
    ups.append(up)

    assert up.serves()
    assert not (tmp_path / "data" / "postgres").exists()
    assert "pilotharbor_app:" in up.running["environment"]["PILOTHARBOR_DB_URL"]
    assert "Warning" not in up.stop()

    again = Up(tmp_path / "data", DATABASE_URL=url).wait_ready()
    ups.append(again)
    assert again.serves()


@pytest.fixture
def plain(server):
    """The address of a database whose owner may not create roles."""
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE ROLE plain LOGIN PASSWORD 'p'")
        connection.execute("CREATE DATABASE harbour OWNER plain")
    return server.url("plain", "p", "harbour")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words"), [("en", "may not create roles"), ("zh", "无权创建角色")]
)
def test_database_url_without_a_role_for_web_and_worker_is_refused(
    plain, tmp_path, language, words
):
    asked = {"DATABASE_URL": plain, "PILOTHARBOR_LANG": language}

    up = harbor("up", "--data", str(tmp_path / "data"), "--port", "0", "--empty", **asked)
    doctor = harbor("doctor", "--data", str(tmp_path / "data"), **asked)

    assert (up.returncode, doctor.returncode) == (1, 1)
    # A table breaks its lines where it must.
    for said in ("".join(told.split()) for told in (up.stderr, doctor.stdout)):
        assert "".join(words.split()) in said
        assert "CREATEROLEpilotharbor_appLOGIN" in said
        assert "DATABASE_APP_URL" in said
    with database.connect(plain) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert found.fetchone() == (0,)


@pytest.mark.slow
def test_the_remedy_that_is_named_helps(server, plain, tmp_path, ups):
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE ROLE pilotharbor_app LOGIN PASSWORD 'a'")
        connection.execute("GRANT CONNECT ON DATABASE harbour TO pilotharbor_app")
    app = server.url("pilotharbor_app", "a", "harbour")

    up = Up(tmp_path / "data", DATABASE_URL=plain, DATABASE_APP_URL=app).wait_ready()
    ups.append(up)

    assert up.serves()
    with database.connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("ALTER TABLE kernel_event DISABLE TRIGGER ALL")


def test_an_app_role_that_can_act_as_the_owner_is_refused(server, plain, tmp_path, monkeypatch):
    data = DataFolder.at(tmp_path / "data")
    vault.open_folder(data)
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE ROLE member LOGIN PASSWORD 'm' IN ROLE plain")

    for role, password in (("plain", "p"), ("member", "m"), ("postgres", "secret")):
        monkeypatch.setenv("DATABASE_APP_URL", server.url(role, password, "harbour"))
        for ask in (database.external, database.examine):
            with pytest.raises(Trouble) as refused:
                ask(plain, data)
            assert refused.value.key == "app_role_owns_tables"


def test_database_that_refuses_is_missing_or_too_old(server, tmp_path, monkeypatch):
    data = DataFolder.at(tmp_path / "data")
    vault.open_folder(data)

    with pytest.raises(Trouble) as wrong:
        database.external(server.url("postgres", "other", "postgres"), data)
    with pytest.raises(Trouble) as missing:
        database.external(server.url("postgres", "secret", "nowhere"), data)
    monkeypatch.setattr(database, "OLDEST_MAJOR", 99)
    with pytest.raises(Trouble) as old:
        database.external(server.url("postgres", "secret", "postgres"), data)

    assert [e.value.key for e in (wrong, missing, old)] == [
        "database_refuses",
        "database_missing",
        "database_too_old",
    ]


def test_doctor_passes_on_a_good_machine_and_names_what_is_wrong(tmp_path):
    good = harbor("doctor", "--data", str(tmp_path), "--port", "0", "--json")
    bad = harbor(
        "doctor",
        "--data",
        str(tmp_path),
        "--port",
        "0",
        "--json",
        DATABASE_URL="postgresql://x@127.0.0.1:9/y",
    )

    assert good.returncode == 0
    assert {f["subject"]: f["verdict"] for f in json.loads(bad.stdout)}["database"] == "problem"
    assert bad.returncode == 1


def test_doctor_speaks_chinese_where_the_terminal_does(tmp_path):
    said = harbor("doctor", "--data", str(tmp_path), "--port", "0", LANG="zh_CN.UTF-8").stdout

    assert "数据目录" in said


def test_unwritable_probe_leaves_no_file(tmp_path):
    vault.open_folder(DataFolder.at(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["log"]
