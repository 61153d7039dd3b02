"""Import a list from a file, for ``./harbor import``."""

import json
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation
from django.utils.translation import gettext as translate
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pilotharbor.kernel import sheets
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.sheets import BadCell
from pilotharbor.web.transfer import importer, people
from pilotharbor.web.transfer.importer import Report
from pilotharbor.web.transfer.kinds import KINDS

MOST_SHOWN = 50


class Command(BaseCommand):
    """Exit 0 when something could be loaded, 1 when nothing was, 2 when nobody may."""

    # The launcher has checked this harbour; checking again costs seconds.
    requires_system_checks = []
    help = "Import a list from CSV, XLSX or JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the launcher passes on."""
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", default="")
        parser.add_argument("--partial", action="store_true")
        parser.add_argument("--publish", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, print, and leave with the exit code."""
        del args
        with translation.override(people.terminal_language()):
            sys.exit(_run(Options(options)))


class Options:
    """The arguments, with their types."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Take them from the parser."""
        self.kind = KINDS[given["kind"]]
        self.path: Path = given["file"]
        self.email: str = given["email"]
        self.partial: bool = given["partial"]
        self.publish: bool = given["publish"]
        self.json: bool = given["json"]


def _run(options: Options) -> int:
    console = Console(stderr=options.json, highlight=False)
    try:
        actor = people.who(options.email, options.kind.may, prefer=options.kind.name)
        if not options.json:
            console.print(people.introduce(actor), markup=False)
        with _progress(console) as bar:
            tasks: dict[str, Any] = {}

            def told(stage: str, done: int, total: int | None) -> None:
                if stage not in tasks:
                    tasks[stage] = bar.add_task(_stages()[stage], total=total)
                bar.update(tasks[stage], completed=done, total=total)

            report = importer.run(
                options.kind,
                options.path,
                actor=actor,
                at=timezone.now(),
                partial=options.partial,
                publish=options.publish,
                progress=told,
            )
    except DomainError as refusal:
        if options.json:
            print(json.dumps({"error": refusal.code, "title": str(refusal)}, ensure_ascii=False))
        else:
            console.print(str(refusal), style="red", markup=False)
        return 2
    errors = _write_errors(options.path, report)
    if options.json:
        print(json.dumps(importer.as_dict(report, errors), ensure_ascii=False))
    else:
        _show(console, report, errors)
    return 0 if report.loaded else 1


def _stages() -> dict[str, str]:
    return {"check": translate("Checking rows"), "load": translate("Loading rows")}


def _progress(console: Console) -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _write_errors(path: Path, report: Report) -> Path | None:
    """The table beside the input; an older one goes when there is nothing bad any more."""
    cells = [*report.bad, *report.doubts]
    with suppress(OSError):
        if cells and path.exists():
            return sheets.write_errors(path, cells)
        sheets.errors_path(path).unlink(missing_ok=True)
    return None


def _show(console: Console, report: Report, errors: Path | None) -> None:
    if report.bad:
        console.print(_table(translate("Rows that cannot be used"), report.bad))
    if report.doubts:
        console.print(_table(translate("Loaded, but doubtful"), report.doubts))
    hidden = report.bad_count + report.doubt_count - len(report.bad[:MOST_SHOWN])
    hidden -= len(report.doubts[:MOST_SHOWN])
    if hidden:
        console.print(translate("… and {count} more.").format(count=hidden), markup=False)
    if errors:
        console.print(translate("All of them stand in {file}.").format(file=errors), markup=False)
    for line in importer.sentences(report):
        console.print(line, markup=False)


def _table(title: str, cells: list[BadCell]) -> Table:
    headings, rows = sheets.error_rows(cells[:MOST_SHOWN])
    table = Table(title=title, title_justify="left", expand=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell).replace("[", "\\[") for cell in row))
    return table
