"""Do the tables match this code, and who may do what with them?"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

import psycopg
from psycopg import sql

from pilotharbor.kernel import append_only
from pilotharbor.launcher import database, vault
from pilotharbor.launcher.paths import ROOT, SETTINGS, SOURCE, DataFolder
from pilotharbor.launcher.trouble import Trouble

EXCEPTION = re.compile(
    r"[\w.]*(Error|Exception|Trouble|Refused|Denied|Missing)\b.*:|[\w]+\.[\w.]+: "
)
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
"""


def fingerprint(app_role: str) -> str:
    """A digest of everything that decides what the schema and its rights look like."""
    digest = hashlib.sha256(f"{app_role} {append_only.TABLES} {GRANTS}".encode())
    lock = ROOT / "requirements.lock"
    if lock.exists():
        digest.update(lock.read_bytes())
    for path in sorted((SOURCE / "pilotharbor").glob("*/migrations/**/*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(SOURCE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def bring_up_to_date(found: database.Database, environment: Mapping[str, str]) -> bool:
    """Migrate and grant unless the schema already is what this code wants.

    Returns whether anything was done.
    Raises: Trouble, also when a newer PilotHarbor has migrated the database.
    """
    wanted = fingerprint(found.app_role)
    with database.connect(found.owner_url) as connection:
        connection.autocommit = True
        # Two hosts that start at once migrate one after the other.
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        if _current(connection) == wanted:
            return False
        _refuse_newer(connection)
        for command in (["migrate", "--no-input", "-v0"], ["createcachetable"]):
            run_django(command, {**environment, "PILOTHARBOR_AS_OWNER": "1"})
        connection.execute(REMEMBER)
        grant(connection, found.app_role)
        connection.execute(
            "INSERT INTO pilotharbor_schema (fingerprint) VALUES (%s) ON CONFLICT (only_row)"
            " DO UPDATE SET fingerprint = excluded.fingerprint, migrated_at = now()",
            [wanted],
        )
        return True


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


def inherited() -> dict[str, str]:
    """This process's environment without what belongs to another harbour or role."""
    foreign = ("PILOTHARBOR_DB_", "PILOTHARBOR_AS_", "DATABASE_")
    return {k: v for k, v in os.environ.items() if not k.startswith(foreign)}


def run_django(command: list[str], environment: Mapping[str, str]) -> None:
    """Run one management command to its end.

    Raises: Trouble with the last thing it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "django", *command, "--settings", SETTINGS],
        env={**inherited(), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    folder = DataFolder.at(environment.get("PILOTHARBOR_DATA"))
    if "No space left" in done.stderr or vault.nearly_full(folder.root):
        raise Trouble("disk_full", folder=folder.root)
    log = folder.logs / f"{command[0]}.log"
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
    raise Trouble("django_failed", command=command[0], reason=_reason(done), log=log)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The line that names the exception; its text may go on for pages."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    named = [line for line in lines if EXCEPTION.match(line)]
    return (named or lines or [f"exit {done.returncode}"])[-1][:300]
