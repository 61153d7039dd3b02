"""Is an address that cannot be used named in one sentence, and its password never?"""

import json
import socket

import pytest

from pilotharbor.launcher import database, listening
from pilotharbor.launcher.listening import HIGHEST_PORT, listen
from pilotharbor.launcher.trouble import Trouble
from tests.launcher.conftest import Up, harbor, sentence

SECRET = "S3CRET"


@pytest.mark.parametrize(
    "url",
    [
        f"host=127.0.0.1 port=9 user=a password={SECRET} dbname=x",
        f"mysql://a:{SECRET}@127.0.0.1/x",
        f"//a:{SECRET}@127.0.0.1/x",
        f"postgresql:a:{SECRET}@127.0.0.1/x",
        f"postgresql://a:{SECRET}@[::1/x",
        f"postgresql://a:{SECRET}@127.0.0.1:port/x",
        f"postgresql://a:{SECRET}@127.0.0.1:99999/x",
        f"postgresql://a:p@{SECRET}@127.0.0.1/x",
        f"postgresql://a:12/{SECRET}@127.0.0.1/x",
        f"postgresql://a:12?{SECRET}@127.0.0.1/x",
        f"postgresql://a:12#{SECRET}@127.0.0.1/x",
        f"postgresql://a@127.0.0.1/x?password={SECRET}",
        f"postgresql://a:{SECRET} @127.0.0.1/x",
        "nonsense",
        " ",
    ],
)
def test_only_addresses_whose_password_is_found_are_taken(url):
    with pytest.raises(Trouble) as refused:
        database.connect(url)

    assert refused.value.key == "database_url_malformed"
    assert SECRET not in str(refused.value)
    # A traceback would show the cause, and the cause the address.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:b@127.0.0.1:5432/x",
        "postgres://a@host/x?sslmode=require",
        "postgresql://a:p%40%2Fw@[::1]:5432/x",
        "postgresql:///x?host=/var/run/postgresql",
    ],
)
def test_sound_addresses_are_taken(url):
    database.refuse_malformed(url)


def test_a_reason_never_holds_the_password(tmp_path):
    """libpq repeats parts of what it was given."""
    with pytest.raises(Trouble) as refused:
        database.connect(f"postgresql://a:{SECRET}@{SECRET}.invalid/x?connect_timeout=1")

    assert refused.value.key == "database_unreachable"
    assert SECRET not in str(refused.value.facts["reason"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_APP_URL"])
def test_the_setting_that_is_wrong_is_named(server, tmp_path, name):
    urls = {"DATABASE_URL": server.url("postgres", "secret", "postgres")}
    urls[name] = f"host=127.0.0.1 password={SECRET}"

    up = harbor("up", "--data", str(tmp_path / "data"), "--port", "0", **urls)
    doctor = harbor("doctor", "--data", str(tmp_path / "data"), "--port", "0", **urls)

    assert sentence(up).startswith(f"harbor: {name} is not an address of the form")
    assert (doctor.returncode, doctor.stderr) == (1, "")
    assert f"{name} is not an address" in doctor.stdout
    assert SECRET not in up.stdout + up.stderr + doctor.stdout


@pytest.mark.parametrize("value", ["70000", "65536", "-1", "abc", "80.5", "８０", " "])
def test_a_port_that_is_none(monkeypatch, value):
    with pytest.raises(Trouble) as typed:
        listening.wanted_port(value)
    assert (typed.value.key, typed.value.facts["name"]) == ("port_malformed", "--port")


def test_ports_from_the_environment(monkeypatch):
    monkeypatch.setenv("PILOTHARBOR_PORT", "abc")
    with pytest.raises(Trouble) as refused:
        listening.wanted_port(None)
    assert refused.value.facts["name"] == "PILOTHARBOR_PORT"

    monkeypatch.setenv("PILOTHARBOR_PORT", "8123")
    assert [listening.wanted_port(given) for given in (None, "0", "65535")] == [8123, 0, 65535]
    monkeypatch.setenv("PILOTHARBOR_PORT", "")
    assert listening.wanted_port(None) == listening.USUAL_PORT


@pytest.mark.slow
def test_doctor_and_up_say_the_same_of_a_port(tmp_path):
    up = harbor("up", "--data", str(tmp_path), PILOTHARBOR_PORT="abc")
    doctor = harbor("doctor", "--data", str(tmp_path), "--json", PILOTHARBOR_PORT="abc")
    typed = harbor("up", "--data", str(tmp_path), "--port", "70000")

    assert sentence(up) == (
        "harbor: PILOTHARBOR_PORT must be a port number from 0 to 65535, not “abc”."
    )
    found = {f["subject"]: f for f in json.loads(doctor.stdout)}
    assert found["port"]["verdict"] == "problem"
    assert f"harbor: {found['port']['detail']}" == sentence(up)
    assert "--port must be a port number" in sentence(typed)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("nonsense.invalid", "host_unknown"),
        ("a..b", "host_unknown"),
        ("x" * 70 + ".invalid", "host_unknown"),
        ("192.0.2.1", "host_not_here"),
        ("2001:db8::1", "host_not_here"),
    ],
)
def test_a_host_that_is_none_of_ours(host, key):
    with pytest.raises(Trouble) as refused:
        listen(host, 0)

    assert refused.value.key == key


def test_a_taken_port_offers_one_that_exists():
    with socket.socket() as highest:
        highest.bind(("127.0.0.1", HIGHEST_PORT))
        highest.listen()
        with pytest.raises(Trouble) as refused:
            listen("127.0.0.1", HIGHEST_PORT)

    assert refused.value.key == "port_in_use"
    assert refused.value.facts["other"] == HIGHEST_PORT - 1


@pytest.mark.parametrize(
    ("host", "reached", "shown"),
    [
        ("127.0.0.1", "127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "127.0.0.1", "http://127.0.0.1:"),  # noqa: S104
        ("::1", "::1", "http://[::1]:"),
        ("::", "::1", "http://[::1]:"),
    ],
)
def test_a_listener_is_reached_where_it_listens(host, reached, shown):
    with listen(host, 0) as listener:
        at = listening.reached_at(listener)
        assert at == (reached, listener.getsockname()[1])
        assert listening.address_of(listener) == f"{shown}{at[1]}"
        socket.create_connection(at, timeout=5).close()


@pytest.mark.slow
def test_a_harbour_serves_on_the_other_loopback_address(data, ups):
    up = Up(data, "--host", "::1").wait_ready()
    ups.append(up)

    assert up.running["url"].startswith("http://[::1]:")
    assert up.serves()


@pytest.mark.slow
def test_lost_or_foreign_passwords_are_one_sentence(data):
    secrets = data / "secrets.json"
    known = json.loads(secrets.read_text())

    secrets.write_text(json.dumps(known | {"superuser_password": "another"}))
    foreign = harbor("up", "--data", str(data), "--port", "0", "--empty")
    secrets.unlink()
    lost = harbor("up", "--data", str(data), "--port", "0", "--empty")
    again = harbor("manage", "--data", str(data), "check")

    assert f"The passwords in {secrets} do not open the database" in sentence(foreign)
    assert f"{secrets} is missing or incomplete" in sentence(lost)
    assert sentence(again) == sentence(lost)
    assert not secrets.exists()


@pytest.mark.slow
def test_doctor_changes_nothing(server, tmp_path):
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'k'")
        connection.execute("CREATE DATABASE harbour OWNER keeper")
        before = connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall()
    url = server.url("keeper", "k", "harbour")

    fresh = harbor("doctor", "--data", str(tmp_path / "new"), "--port", "0", DATABASE_URL=url)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "secrets.json").write_text("{}")
    known = harbor("doctor", "--data", str(tmp_path / "old"), "--port", "0", DATABASE_URL=url)

    assert (fresh.returncode, known.returncode) == (0, 0)
    assert not (tmp_path / "new").exists()
    assert [p.name for p in (tmp_path / "old").iterdir()] == ["secrets.json"]
    assert (tmp_path / "old" / "secrets.json").read_text() == "{}"
    with database.connect(server.url("postgres", "secret", "postgres")) as connection:
        after = connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall()
    assert after == before
