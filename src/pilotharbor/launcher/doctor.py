"""Sub-command ``doctor``: what is wrong with this machine, and what helps?"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import util

from pilotharbor.launcher import (
    binaries,
    chromium,
    console,
    database,
    hold,
    postgres,
    vault,
)
from pilotharbor.launcher.listening import (
    USUAL_HOST,
    USUAL_PORT,
    listen,
    reached_at,
    wanted_host,
    wanted_port,
)
from pilotharbor.launcher.paths import ROOT, DataFolder
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say

OLDEST_PYTHON = (3, 12)
LEAST_FREE_MB = 2000
LEAST_MEMORY_MB = 1500
FONT_PACKAGE = "pylopdf_fonts_zh_cn"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``verdict`` is ok, note (works, but) or problem."""

    subject: str
    verdict: str
    detail: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``doctor``."""
    parser.add_argument("--port", help=f"default: {USUAL_PORT}")
    parser.add_argument("--host", help=f"default: {USUAL_HOST}")
    parser.add_argument("--data", help="data folder (default: .harbor in the project)")
    parser.add_argument("--json", action="store_true", help="a JSON list, for programs")


def run(args: argparse.Namespace) -> int:
    """Carry ``doctor`` out; 1 if there is any problem."""
    findings = list(examine(DataFolder.at(args.data), args.host, args.port))
    if args.json:
        console.line(json.dumps([vars(f) for f in findings], ensure_ascii=False, indent=1))
    else:
        rows = [[say(f"look_{f.subject}"), say(f"verdict_{f.verdict}"), f.detail] for f in findings]
        console.table([say("look"), say("verdict"), say("detail")], rows)
    return 1 if any(finding.verdict == "problem" for finding in findings) else 0


def examine(data: DataFolder, host: str | None, port: str | None) -> Iterator[Finding]:
    """Look at everything the harbour needs, in the order in which it needs it; change nothing."""
    yield _python()
    yield _environment()
    yield _memory()
    folder = _folder(data)
    yield folder
    yield _disk(data)
    running = hold.found(data) if folder.verdict == "ok" else None
    yield _port(host, port, running)
    yield from _database(data, folder, running)
    yield _fonts()
    yield _browser()


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= OLDEST_PYTHON
    return Finding("python", "ok" if fits else "problem", f"{version} ({sys.executable})")


def _environment() -> Finding:
    if not sys.prefix.startswith(str(ROOT)):
        return Finding("environment", "note", say("foreign_environment", prefix=sys.prefix))
    missing = [name for name in ("django", "psycopg", "gunicorn") if util.find_spec(name) is None]
    if missing:
        return Finding("environment", "problem", say("packages_missing", names=", ".join(missing)))
    return Finding("environment", "ok", sys.prefix)


def _memory() -> Finding:
    try:
        megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    except (ValueError, OSError):
        return Finding("memory", "note", "?")
    enough = megabytes >= LEAST_MEMORY_MB
    return Finding("memory", "ok" if enough else "note", f"{megabytes} MB")


def _folder(data: DataFolder) -> Finding:
    try:
        vault.examine_folder(data)
    except Trouble as trouble:
        return Finding("folder", "problem", str(trouble))
    except OSError as exc:
        return Finding("folder", "problem", str(vault.folder_trouble(data, exc)))
    return Finding("folder", "ok", str(data.root))


def _disk(data: DataFolder) -> Finding:
    place = data.root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 1_000_000
    if free < LEAST_FREE_MB:
        return Finding("disk", "problem", say("little_space", free=free, place=place))
    return Finding("disk", "ok", f"{free} MB")


def _port(host: str | None, given: str | None, running: dict[str, object] | None) -> Finding:
    try:
        port = wanted_port(given)
        if running and running.get("port") == port:
            return Finding("port", "ok", say("port_ours", url=running.get("url")))
        with closing(listen(wanted_host(host), port)) as listener:
            return Finding("port", "ok", str(reached_at(listener)[1]))
    except Trouble as trouble:
        return Finding("port", "problem", str(trouble))


def _database(
    data: DataFolder, folder: Finding, running: dict[str, object] | None
) -> Iterator[Finding]:
    url = os.environ.get("DATABASE_URL")
    if url:
        yield _external(url, data)
        return
    try:
        user = postgres.stand_in()
        wanted = postgres.major_of(data.cluster) if folder.verdict == "ok" else None
        found = binaries.find(uid=user.pw_uid if user else None, major=wanted)
    except Trouble as trouble:
        yield Finding("database", "problem", str(trouble))
        return
    state = say("database_running") if running else say("database_resting")
    yield Finding("database", "ok", f"PostgreSQL {found.major} · {found.folder} · {state}")


def _external(url: str, data: DataFolder) -> Finding:
    try:
        app_role = database.examine(url, data)
    except Trouble as trouble:
        return Finding("database", "problem", str(trouble))
    return Finding("database", "ok", f"{database.shown(url)} · {app_role}")


def _fonts() -> Finding:
    if util.find_spec(FONT_PACKAGE) is None:
        return Finding("fonts", "problem", say("packages_missing", names=FONT_PACKAGE))
    return Finding("fonts", "ok", FONT_PACKAGE)


def _browser() -> Finding:
    path = chromium.find()
    if path is None:
        return Finding("browser", "note", say("browser_comes_with_test"))
    return Finding("browser", "ok", path)
