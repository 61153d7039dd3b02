"""What happened stays: no role, not even the owner of the table, changes or removes an event."""

from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

import pilotharbor
from pilotharbor.kernel import append_only
from pilotharbor.kernel.models import Event
from pilotharbor.launcher import schema
from tests.kernel.conftest import do

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "test_owns_nothing"
SOURCE = Path(pilotharbor.__file__).parent


def refused(statement: str, kind: type[Exception]) -> str:
    with (
        pytest.raises(kind) as error,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(error.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_event SET name = 'a.b.c'",
        "UPDATE kernel_event SET facts = '{}' WHERE id > 0",
        "DELETE FROM kernel_event",
        "INSERT INTO kernel_event SELECT * FROM kernel_event ON CONFLICT (id) DO UPDATE SET at = now()",
    ],
)
def test_the_owner_changes_and_removes_nothing(statement):
    event = do(pk=1, n=1)

    if statement.startswith("INSERT"):
        # The turn trigger draws a fresh number, so nothing conflicts and nothing is overwritten.
        with connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        assert "append-only" in refused(statement, IntegrityError)

    assert Event.objects.get(pk=event.pk).name == "deeds.deed.done"


@pytest.fixture
def _guards():
    """The guards against TRUNCATE as the migrations left them; see ``tests/conftest.py``."""
    alter = "ALTER TABLE {0} {1} TRIGGER {0}_no_truncate"
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            cursor.execute(alter.format(table, "ENABLE ALWAYS"))
    yield
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            cursor.execute(alter.format(table, "DISABLE"))


@pytest.mark.usefixtures("_guards")
@pytest.mark.parametrize(
    "table", [*append_only.TABLES, "parties_organisation", "documents_document"]
)
def test_the_owner_empties_nothing(table):
    event = do(pk=1, n=1)

    assert "append-only" in refused(f"TRUNCATE {table} CASCADE", IntegrityError)

    assert Event.objects.get() == event


@pytest.mark.usefixtures("_guards")
def test_guards_in_place_are_always_on():
    """ENABLE ALWAYS in each migration, read from its text: the test database has them switched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_no_truncate'"
        )
        assert {row[0] for row in cursor.fetchall()} == set(append_only.TABLES)
    said = "".join(p.read_text("utf-8") for p in SOURCE.glob("*/migrations/sql/*.sql"))
    for table in append_only.TABLES:
        assert f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;" in said


def test_the_trigger_fires_for_replicas_too():
    do(pk=1, n=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            pytest.skip("only a superuser may play a replica")
        cursor.execute("SET session_replication_role = replica")
    try:
        assert "append-only" in refused("DELETE FROM kernel_event", IntegrityError)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def _app_role():
    raw = connection.cursor().connection
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute("CREATE TABLE IF NOT EXISTS pilotharbor_schema (only_row boolean)")
    schema.grant(raw, ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {ROLE}")
        cursor.execute(f"DROP ROLE {ROLE}")
        cursor.execute("DROP TABLE pilotharbor_schema")


@pytest.mark.usefixtures("_app_role")
def test_the_role_of_web_and_worker_may_add_and_nothing_else():
    event = do(pk=1, n=1)

    for table in append_only.TABLES:
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):  # noqa: S608
            said = refused(statement, ProgrammingError)
            assert "permission denied" in said or "must be owner" in said, statement
    for statement in (
        "UPDATE kernel_event SET name = 'a.b.c'",
        "ALTER TABLE kernel_event DISABLE TRIGGER ALL",
        "DROP TABLE kernel_event",
        "ALTER FUNCTION kernel_refuse_change() RENAME TO x",
    ):
        refused(statement, ProgrammingError)
    refused("SET session_replication_role = replica", ProgrammingError)

    assert Event.objects.get() == event


@pytest.mark.usefixtures("_app_role")
def test_the_role_of_web_and_worker_owns_no_table():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE rolname = %s",
            [ROLE],
        )
        assert cursor.fetchone() == (0,)


def test_every_append_only_table_exists_and_is_guarded():
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'"
                " AND tgtype & 27 = 27 AND NOT tgisinternal",  # before, each row, UPDATE, DELETE
                [table],
            )
            assert cursor.fetchone()[0] >= 1, table


def test_names_of_events_have_their_form():
    with pytest.raises(IntegrityError, match="kernel_event_name_form"):
        do(pk=1, n=1, name="Nonsense")


def test_psycopg_says_which_constraint():
    do(pk=1, n=1)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Event.objects.all().delete()

    assert isinstance(error.value.__cause__, psycopg.Error)
    assert error.value.__cause__.diag.constraint_name == "kernel_append_only"
