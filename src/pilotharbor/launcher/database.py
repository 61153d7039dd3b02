"""Which database serves this harbour, and as which two roles?

The owner role migrates and owns every table; web and worker connect as the app role, which owns
nothing, so that no bug of theirs can switch a trigger off.
"""

import os
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from pilotharbor.launcher import binaries, vault
from pilotharbor.launcher.binaries import OLDEST_MAJOR
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.postgres import SUPERUSER, Cluster
from pilotharbor.launcher.trouble import Trouble

OWNER = "pilotharbor_owner"
APP = "pilotharbor_app"
DATABASE = "pilotharbor"
SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Database:
    """A reachable database: the addresses for its two roles.

    ``app_role``  the role of web and worker, which owns no table.
    """

    owner_url: str
    app_url: str
    app_role: str


def embedded(data: DataFolder, *, durable: bool = True) -> Cluster:
    """The cluster of a data folder, prepared but not started.

    Raises: Trouble.
    """
    known = vault.secrets_of(data)
    cluster = Cluster(
        folder=data.cluster,
        log=data.logs / "postgres.log",
        password=known["superuser_password"],
        durable=durable,
    )
    cluster.prepare()
    return cluster


def furnish(cluster: Cluster, data: DataFolder, *, owner_may_create: bool = False) -> Database:
    """Make sure that a started cluster holds both roles and the database."""
    known = vault.secrets_of(data)
    with _as_superuser(cluster, data) as connection:
        _role(connection, OWNER, known["owner_password"])
        _role(connection, APP, known["app_password"])
        if owner_may_create:
            connection.execute(
                sql.SQL("ALTER ROLE {} CREATEDB CREATEROLE").format(sql.Identifier(OWNER))
            )
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
            connection.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE))
            )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(DATABASE), sql.Identifier(APP)
            )
        )
    return Database(
        owner_url=cluster.url(OWNER, known["owner_password"], DATABASE),
        app_url=cluster.url(APP, known["app_password"], DATABASE),
        app_role=APP,
    )


def drop(cluster: Cluster, data: DataFolder) -> None:
    """Throw the harbour's database away, whoever is connected; ``furnish`` makes another."""
    with _as_superuser(cluster, data) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
        )


def _as_superuser(cluster: Cluster, data: DataFolder) -> psycopg.Connection:
    password = vault.secrets_of(data)["superuser_password"]
    try:
        return psycopg.connect(cluster.url(SUPERUSER, password, "postgres"), autocommit=True)
    except psycopg.OperationalError as exc:
        if "password authentication failed" in str(exc):
            raise Trouble("secrets_do_not_fit", file=data.secrets) from exc
        raise


def _role(connection: psycopg.Connection, name: str, password: str) -> None:
    verb = "CREATE"
    if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        verb = "ALTER"
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE PASSWORD {}").format(
            sql.SQL(verb), sql.Identifier(name), sql.Literal(password)
        )
    )


def _exists(connection: psycopg.Connection, query: str, value: str) -> bool:
    return connection.execute(query.encode(), [value]).fetchone() is not None


def external(url: str, data: DataFolder) -> Database:
    """The database of ``DATABASE_URL``, with a role that owns nothing for web and worker.

    Raises: Trouble when it cannot be reached, refuses us, is too old, or has no such role.
    """
    with connect(url) as connection:
        _refuse_unfit(connection, url)
        given = os.environ.get("DATABASE_APP_URL")
        if given:
            return Database(url, given, _given_app_role(connection, given))
        return _app_role(connection, url, data)


def examine(url: str, data: DataFolder) -> str:
    """Whether ``external`` would succeed, changing nothing; the app role's name.

    Raises: Trouble.
    """
    with connect(url) as connection:
        connection.read_only = True
        _refuse_unfit(connection, url)
        given = os.environ.get("DATABASE_APP_URL")
        if given:
            return _given_app_role(connection, given)
        known = str(vault.read_json(data.secrets).get("external_app_role", ""))
        if known and _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", known):
            return known
        _refuse_without_app_role(connection, url)
        return APP


def _given_app_role(connection: psycopg.Connection, given: str) -> str:
    """The role of ``DATABASE_APP_URL``, which must not be able to act as the owner of the tables."""
    with connect(given, name="DATABASE_APP_URL") as app:
        name = app.info.user
    as_owner = (
        "SELECT 1 FROM pg_roles WHERE rolname = %s"
        " AND (rolsuper OR pg_has_role(rolname, current_user, 'MEMBER'))"
    )
    if _exists(connection, as_owner, name):
        raise Trouble("app_role_owns_tables", url=shown(given), owner=connection.info.user)
    return name


def _refuse_without_app_role(connection: psycopg.Connection, url: str) -> None:
    """Web and worker never connect as who owns the tables: triggers would bind them by grace only."""
    may_create = "SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolcreaterole OR rolsuper)"
    if not _exists(connection, may_create, connection.info.user):
        raise Trouble(
            "database_needs_app_role", url=shown(url), app=APP, database=connection.info.dbname
        )


def _refuse_unfit(connection: psycopg.Connection, url: str) -> None:
    version = connection.info.server_version
    if version < OLDEST_MAJOR * 10_000:
        raise Trouble(
            "database_too_old", found=version // 10_000, oldest=OLDEST_MAJOR, url=shown(url)
        )
    if not _exists(
        connection, "SELECT 1 WHERE has_schema_privilege(current_user, %s, 'CREATE')", "public"
    ):
        raise Trouble("database_role_may_not_create", url=shown(url))


def _app_role(connection: psycopg.Connection, url: str, data: DataFolder) -> Database:
    known = vault.secrets_of(data)
    name = known.get("external_app_role", "")
    if name and _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        app_url = with_role(url, name, known["app_password"])
        try:
            psycopg.connect(app_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            pass
        else:
            return Database(url, app_url, name)
    _refuse_without_app_role(connection, url)
    name = APP
    if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", APP):
        # It belongs to another harbour of this server; its password is not ours to change.
        name = f"{APP}_{secrets.token_hex(3)}"
    _role(connection, name, known["app_password"])
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            sql.Identifier(connection.info.dbname), sql.Identifier(name)
        )
    )
    connection.commit()
    vault.remember_secret(data, external_app_role=name)
    return Database(url, with_role(url, name, known["app_password"]), name)


def connect(url: str, *, name: str = "DATABASE_URL") -> psycopg.Connection:
    """Connect, or say in one sentence why not. ``name``: the setting that holds the address.

    Raises: Trouble.
    """
    refuse_malformed(url, name)
    try:
        return psycopg.connect(url, connect_timeout=8)
    except psycopg.Error as exc:
        said = _without_secrets(" ".join(str(exc).split()), url)
        for words, key in (
            ("password authentication failed", "database_refuses"),
            ("no password supplied", "database_refuses"),
            ("no pg_hba.conf entry", "database_refuses"),
            ("does not exist", "database_missing"),
        ):
            if words in said:
                raise Trouble(key, url=shown(url), reason=said[-200:]) from exc
        if isinstance(exc, psycopg.ProgrammingError):
            raise Trouble("database_url_malformed", name=name) from exc
        raise Trouble("database_unreachable", url=shown(url), reason=said[-200:]) from exc


def refuse_malformed(url: str, name: str = "DATABASE_URL") -> None:
    """Take nothing but an address whose password stands where we look for it.

    libpq reads more forms, but a password in one of them would end up in a message or a log.

    Raises: Trouble.
    """
    try:
        parts = urlsplit(url)
        sound = (
            parts.scheme in SCHEMES
            and url.startswith(f"{parts.scheme}://")
            # A character that ends a part of an address must be written %40 and so on.
            and "@" not in parts.netloc.rpartition("@")[0] + parts.path + parts.query
            and not parts.fragment
            and not any(c.isspace() for c in url)
            and (parts.port is None or parts.port > 0)
            and not {"user", "password", "passfile"} & {key for key, _ in parse_qsl(parts.query)}
        )
    except ValueError:
        sound = False
    if not sound:
        # Without its cause: a traceback would hold the address.
        raise Trouble("database_url_malformed", name=name) from None


def _without_secrets(said: str, url: str) -> str:
    _, password = without_password(url)
    return said.replace(password, "…") if password else said


def with_role(url: str, role: str, password: str) -> str:
    """The same address for another role."""
    parts = urlsplit(url)
    _, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{quote(password)}@{place}"))


def shown(url: str) -> str:
    """The address without its password, fit for a terminal or a log."""
    parts = urlsplit(url)
    account, _, place = parts.netloc.rpartition("@")
    user = unquote(account.partition(":")[0])
    return urlunsplit(parts._replace(netloc=f"{user}@{place}" if user else place, query=""))


def without_password(url: str) -> tuple[str, str]:
    """The address without its password, and the password, for programs that log their arguments."""
    parts = urlsplit(url)
    account, _, place = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    return urlunsplit(parts._replace(netloc=f"{user}@{place}")), unquote(password)


def programs_for(url: str) -> binaries.Binaries:
    """PostgreSQL programs no older than the server, for dump and restore.

    Raises: Trouble.
    """
    with connect(url) as connection:
        major = connection.info.server_version // 10_000
    found = binaries.find(uid=None)
    return found if found.major >= major else binaries.find(uid=None, major=major)
