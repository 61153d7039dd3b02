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
from rich.text import Text

from pilotharbor.kernel import sheets
from pilotharbor.kernel.bulk import AT_ONCE
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.sheets import BadCell
from pilotharbor.parties import rights
from pilotharbor.technologies.bulk import publish_submitted
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
        parser.add_argument("--submit", action="store_true")
        parser.add_argument("--approve-as", dest="approver", default="")
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
        self.submit: bool = given["submit"]
        self.approver: str = given["approver"]
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
                submit=options.submit or bool(options.approver),
                progress=told,
            )
            published = _approve(options) if report.loaded and options.approver else 0
    except DomainError as refusal:
        if options.json:
            print(json.dumps({"error": refusal.code, "title": str(refusal)}, ensure_ascii=False))
        else:
            console.print(str(refusal), style="red", markup=False)
        return 2
    errors = _write_errors(options.path, report)
    if options.json:
        found = importer.as_dict(report, errors) | {"published": published}
        print(json.dumps(found, ensure_ascii=False))
    else:
        _show(console, report, errors)
        if published:
            text = translate("{count} reviewed and published.").format(count=published)
            console.print(text, markup=False)
    return 0 if report.loaded else 1


def _approve(options: Options) -> int:
    """Publish what waits for review, as another person."""
    kind = options.kind.reviewed_as
    if kind is None:
        return 0
    reviewer = people.who(
        options.approver, lambda a: rights.may(a, rights.Verb.APPROVE, kind), prefer="export"
    )
    count = 0
    while done := publish_submitted(
        kind=kind, limit=AT_ONCE, actor_id=reviewer.pk, at=timezone.now()
    ):
        count += done
    return count


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
        sheets.forget_errors(path)
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
    table = Table(title=Text(title), title_justify="left", expand=False)
    for heading in headings:
        table.add_column(Text(heading), overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
