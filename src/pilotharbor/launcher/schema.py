"""Do the tables match this code, and who may do what with them?"""

import hashlib
from collections.abc import Mapping

import psycopg
from psycopg import sql

from pilotharbor.kernel import append_only
from pilotharbor.launcher import database
from pilotharbor.launcher.guard import Guard
from pilotharbor.launcher.managed import run_django
from pilotharbor.launcher.paths import ROOT, SOURCE
from pilotharbor.launcher.trouble import Trouble

MIGRATION_LOCK = 7_214_201
GRANTS = """
    GRANT USAGE ON SCHEMA public TO {app};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
"""
REMEMBER = """
    CREATE TABLE IF NOT EXISTS pilotharbor_schema (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        fingerprint text NOT NULL,
        migrated_at timestamptz NOT NULL DEFAULT now()
    );
    ALTER TABLE pilotharbor_schema
        ADD COLUMN IF NOT EXISTS contents text NOT NULL DEFAULT ''
            CHECK (contents IN ('', 'empty', 'loading', 'demonstration')),
        ADD COLUMN IF NOT EXISTS accounts_at text NOT NULL DEFAULT '';
"""


def fingerprint(app_role: str) -> str:
    """A digest of everything that decides what the schema and its rights look like."""
    digest = hashlib.sha256(f"{app_role} {append_only.TABLES} {GRANTS} {REMEMBER}".encode())
    lock = ROOT / "requirements.lock"
    if lock.exists():
        digest.update(lock.read_bytes())
    for path in sorted((SOURCE / "pilotharbor").glob("*/migrations/**/*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(SOURCE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def bring_up_to_date(
    found: database.Database, environment: Mapping[str, str], guard: Guard
) -> None:
    """Migrate and grant unless the schema already is what this code wants.

    Raises: Trouble, also when a newer PilotHarbor has migrated the database.
    """
    wanted = fingerprint(found.app_role)
    with database.connect(found.owner_url) as connection:
        connection.autocommit = True
        # Two hosts that start at once migrate one after the other.
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if _current(connection) == wanted:
            return
        _refuse_newer(connection)
        for command in (["migrate", "--no-input", "-v0"], ["createcachetable"]):
            run_django(command, {**environment, "PILOTHARBOR_AS_OWNER": "1"}, guard=guard)
        connection.execute(REMEMBER)
        grant(connection, found.app_role)
        connection.execute(
            "INSERT INTO pilotharbor_schema (fingerprint) VALUES (%s) ON CONFLICT (only_row)"
            " DO UPDATE SET fingerprint = excluded.fingerprint, migrated_at = now()",
            [wanted],
        )


def grant(connection: psycopg.Connection, app_role: str) -> None:
    """Give the app role what it needs, and no way to rewrite what is only ever added to."""
    app = sql.Identifier(app_role)
    connection.execute(sql.SQL(GRANTS).format(app=app))
    connection.execute(
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON pilotharbor_schema FROM {}").format(app)
    )
    for table in append_only.TABLES:
        if _has_table(connection, table):
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(table), app
                )
            )


def _current(connection: psycopg.Connection) -> str | None:
    if not _has_table(connection, "pilotharbor_schema"):
        return None
    row = connection.execute("SELECT fingerprint FROM pilotharbor_schema").fetchone()
    return str(row[0]) if row else None


def _has_table(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s)", [f"public.{name}"]).fetchone()
    return row is not None and row[0] is not None


def _refuse_newer(connection: psycopg.Connection) -> None:
    if not _has_table(connection, "django_migrations"):
        return
    domains = {p.parent.name for p in (SOURCE / "pilotharbor").glob("*/migrations")}
    known = {
        (path.parent.parent.name, path.stem)
        for path in (SOURCE / "pilotharbor").glob("*/migrations/[0-9]*.py")
    }
    applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    for app, name in applied:
        if app in domains and (app, name) not in known:
            raise Trouble("database_newer", migration=f"{app}.{name}")
