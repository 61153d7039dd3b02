"""``./harbor voyage CASE.json``: play a case in a temporary or a running harbour and compare."""

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pilotharbor.kernel import money
from pilotharbor.launcher import harbour as launched
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.web.voyage import checks, compare
from pilotharbor.web.voyage.case import Case, strangers
from pilotharbor.web.voyage.client import Harbour, NoHarbourError, RefusedError
from pilotharbor.web.voyage.outcome import Outcome
from pilotharbor.web.voyage.player import HOST, Voyage

DIFFERENT, UNUSABLE = 1, 2
HOST_CODE = "12330200MB0A0000XC"
TIMEOUT_SECONDS = 60.0


class Command(BaseCommand):
    """Exits 0 as expected, 1 different or refused, 2 not a playable case."""

    help = "Play a case through the public HTTP API and compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments; the password comes from PILOTHARBOR_PASSWORD."""
        parser.add_argument("case", type=Path)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--url")
        parser.add_argument("--email")

    def handle(self, **options: Any) -> None:
        """Speak the terminal's language and play."""
        chinese = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh")
        with translation.override("zh-hans" if chinese else "en"):
            sys.exit(play(argparse.Namespace(**options)))


def play(args: argparse.Namespace) -> int:
    """Play and compare: 0 as expected, 1 different or refused, 2 not a playable case."""
    out = Console(stderr=args.json, highlight=False)
    try:
        case = checks.load(args.case)
    except OSError as exc:
        return _unusable(args, out, [("$", str(exc))])
    except checks.CaseRefusedError as exc:
        return _unusable(args, out, exc.objections)
    for path in strangers(case):
        note = _("note: the schema does not know the field {0}; it was not used")
        out.print(note.format(path), markup=False)
    # Programs read standard output: there, with --json, is nothing but the one object.
    try:
        with (
            contextlib.redirect_stdout(sys.stderr if args.json else sys.stdout),
            _harbour(args) as harbour,
        ):
            return _play(args, out, case, harbour)
    except NoHarbourError as exc:
        text = _("No harbour answers at {0}: {1}").format(args.url, exc)
        return _unusable(args, out, [("--url", text)])


@contextmanager
def _harbour(args: argparse.Namespace) -> Iterator[Harbour]:
    if args.url:
        with httpx.Client(base_url=args.url, timeout=TIMEOUT_SECONDS) as http:
            harbour = Harbour(http)
            harbour.knows(
                HOST,
                args.email or "",
                os.environ.get("PILOTHARBOR_PASSWORD", ""),
                role="platform_operator",
            )
            yield harbour
        return
    with launched.temporary() as running:
        email, password = "operator@harbor.example", secrets.token_urlsafe(16)
        _found(running, email, password)
        with httpx.Client(base_url=running.url, timeout=TIMEOUT_SECONDS) as http:
            harbour = Harbour(http)
            harbour.knows(HOST, email, password, role="platform_operator")
            yield harbour


def _found(running: launched.Running, email: str, password: str) -> None:
    called = [sys.executable, "-m", "django", "found", "--name", "临时港", "--uscc", HOST_CODE]
    called += ["--administrator", "系统管理员", "--email", email]
    with launched.database_of(DataFolder.at(running.data)) as wanted:
        env = {**os.environ, **wanted, "PILOTHARBOR_FOUNDER_PASSWORD": password}
        subprocess.run(called, env=env, check=True, capture_output=True)


def _play(args: argparse.Namespace, out: Console, case: Case, harbour: Harbour) -> int:
    mark = secrets.token_hex(3)

    def say(step: str, who: str, result: str) -> None:
        at = harbour.at.astimezone(timezone.get_default_timezone()) if harbour.at else None
        # What a case or a harbour says may look like markup; it is printed as it stands.
        day = f"{at:%Y-%m-%d} " if at else ""
        out.print(Text.assemble(f"{day} ", (step, "bold"), f" · {who} {result}"))

    voyage = Voyage(
        case=case,
        harbour=harbour,
        email=lambda key: _address(f"{key}.{mark}", case.id),
        password=secrets.token_urlsafe(16),
        say=say,
    )
    refused = ""
    try:
        voyage.play()
    except (RefusedError, TimeoutError, httpx.HTTPError) as exc:
        refused = str(exc)
    differing = compare.differences(case.expect, voyage.outcome.results, refused=bool(refused))
    if args.json:
        told = _as_json(case, voyage.outcome, differing, refused)
        print(json.dumps(told, ensure_ascii=False), file=sys.__stdout__)
    else:
        _print(out, voyage.outcome, differing, refused)
    return DIFFERENT if differing or refused else 0


def _address(who: str, case: str) -> str:
    """An address nobody has, of characters that addresses are made of."""
    host = case.lower().replace("_", "-").strip("-") or "case"
    return f"{who.lower().replace('_', '-')}@{host}.invalid"


def _as_json(
    case: Case, outcome: Outcome, differing: list[tuple[str, Any, Any]], refused: str
) -> dict[str, Any]:
    return {
        "case": case.id,
        "ok": not differing and not refused,
        "refused": refused,
        **asdict(outcome),
        "differences": [
            {"name": name, "expected": expected, "found": found}
            for name, expected, found in differing
        ],
    }


def _print(
    out: Console, outcome: Outcome, differing: list[tuple[str, Any, Any]], refused: str
) -> None:
    table = Table(_("what came out"), _("value"), show_edge=False)
    for name, value in outcome.results.items():
        table.add_row(name, Text(json.dumps(value, ensure_ascii=False)))
    for share in outcome.revenue:
        said = _("{gross}, of which VAT {vat}").format(
            gross=money.format_cny(share["gross_fen"]), vat=money.format_cny(share["vat_fen"])
        )
        table.add_row(Text(_("revenue share {0}").format(share["period"])), said)
    for purpose, fen in outcome.money.items():
        table.add_row(f"journal · {purpose}", money.format_cny(fen))
    if outcome.money:
        total = money.format_cny(sum(outcome.money.values()))
        table.add_row(_("journal · sum of all accounts"), total)
    for paper in outcome.papers:
        table.add_row(Text(paper["title"]), f"sha256 {paper['sha256']}")
    table.add_row(_("events on record"), str(outcome.events))
    out.print(table)
    if outcome.ended:
        out.print(Text(_("ended at a gate: {0}").format(outcome.ended)))
    if refused:
        out.print(Text.assemble((_("refused"), "red"), f": {refused}"))
    for name, expected, found in differing:
        shown = _("not reached") if found is None and refused else found
        line = _("{0}: expected {1}, found {2}").format(name, expected, shown)
        out.print(Text(line, style="red"))
    if not differing and not refused:
        out.print(Text(_("as expected"), style="green"))


def _unusable(args: argparse.Namespace, out: Console, objections: list[tuple[str, str]]) -> int:
    if args.json:
        objected = [{"path": path, "problem": text} for path, text in objections]
        print(json.dumps({"ok": False, "objections": objected}, ensure_ascii=False))
    else:
        for path, text in objections:
            out.print(f"{path}: {text}", markup=False)
    return UNUSABLE
