"""What became of this file? Read it, check every row, then load all of it or nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.utils.translation import gettext as translate

from pilotharbor.kernel import sheets
from pilotharbor.kernel.bulk import Incoming, Outcome, RowFault, RowsRefused
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.sheets import BadCell, Row, Table, Unreadable
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.web.transfer.judging import Fault, Judged, References
from pilotharbor.web.transfer.kinds import KINDS, ImportKind

# More bad cells than this are counted and not kept: nobody reads them, memory would.
MOST_KEPT = 10_000
STEP = 500

type Progress = Callable[[str, int, int | None], None]


def silent(stage: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""


@dataclass(slots=True)
class Report:
    """What was found and done. ``bad`` are cells that cannot be used, ``doubts`` were loaded."""

    kind: str
    file: str
    rows: int = 0
    bad_rows: int = 0
    bad: list[BadCell] = field(default_factory=list)
    bad_count: int = 0
    doubts: list[BadCell] = field(default_factory=list)
    doubt_count: int = 0
    outcome: Outcome | None = None

    @property
    def loaded(self) -> bool:
        """Whether anything could be loaded at all (also when nothing had changed)."""
        return self.outcome is not None

    def add(self, bad: list[BadCell], doubts: list[BadCell]) -> None:
        """Count everything, keep what a person can read."""
        self.bad_count += len(bad)
        self.bad_rows += bool(bad)
        self.bad += bad[: MOST_KEPT - len(self.bad)]
        self.doubt_count += len(doubts)
        self.doubts += doubts[: MOST_KEPT - len(self.doubts)]


def kind_of(name: str) -> ImportKind:
    """The declared kind of this name.

    Raises: NotFound.
    """
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def run(
    kind: ImportKind,
    path: Path,
    *,
    actor: Membership,
    at: datetime,
    name: str = "",
    partial: bool = False,
    submit: bool = False,
    progress: Progress = silent,
) -> Report:
    """Import a file: every row or, with ``partial``, every good row; else nothing.

    Raises: NotYourRole, and what the domain's command raises.
    """
    if not kind.may(actor):
        raise NotYourRole(role=actor.role)
    report = Report(kind.name, name or path.name)
    try:
        table = sheets.open_table(path, kind.columns, name=name)
    except Unreadable as refusal:
        report.add(list(refusal.cells), [])
        return report
    references = References(actor, at, submit=submit)
    for row, judged in _judge_all(kind, table, references):
        report.rows += 1
        report.add(*_cells(kind, row, judged))
        if report.rows % STEP == 0:
            progress("check", report.rows, None)
    progress("check", report.rows, report.rows)
    if report.rows == 0 and not report.bad:
        empty = translate("There are headings but no rows")
        report.add([BadCell(1, "", "", empty, translate("Write one row for each entry."))], [])
    if (report.bad_count and not partial) or report.rows == report.bad_rows:
        return report
    refused: set[int] = set()
    while report.outcome is None and report.bad_rows < report.rows:
        good = _good(kind, table, references, report.rows, progress)
        try:
            report.outcome = kind.load(
                (row for row in good if row.line not in refused), submit, actor, at
            )
        except RowsRefused as refusal:
            # Only together, or in the meantime, do these rows break a rule.
            refused |= {fault.line for fault in refusal.faults}
            _add_refused(report, kind, refusal.faults)
            if not partial:
                break
    progress("load", report.rows, report.rows)
    return report


def _add_refused(report: Report, kind: ImportKind, faults: Sequence[RowFault]) -> None:
    headings = {column.name: column.headings[0] for column in kind.columns}
    for _line, some in groupby(faults, key=attrgetter("line")):
        report.add([BadCell(f.line, headings[f.column], "", f.problem, f.remedy) for f in some], [])


def _good(
    kind: ImportKind, table: Table, references: References, total: int, progress: Progress
) -> Iterator[Incoming]:
    """The rows to load, read a second time: the file may be larger than memory."""
    for done, (row, judged) in enumerate(_judge_all(kind, table, references), start=1):
        if done % STEP == 0:
            progress("load", done, total)
        if judged is not None and not row.bad and not judged.faults:
            yield judged.incoming


def _judge_all(
    kind: ImportKind, table: Table, references: References
) -> Iterator[tuple[Row, Judged | None]]:
    """Every row with what it becomes; a key that was there before is a fault of the later row."""
    seen: dict[str, int] = {}
    numbered = {c.name for c in kind.columns} & {"number", "uscc", "asset_no"}
    for row in table.rows():
        judged = kind.judge(row, references) if row.values else None
        if judged is not None and row.bad:
            # What could not be read was said already; the rest of the row is judged all the same.
            judged.faults = [f for f in judged.faults if f.column in row.values]
        elif judged is not None:
            first = seen.setdefault(judged.incoming.key, row.line)
            if first != row.line and any(row.values.get(name) for name in numbered):
                problem = translate("Line {line} has the same number").format(line=first)
                remedy = translate("Keep one of the two rows.")
                judged.faults.append(Fault(min(numbered), problem, remedy))
        yield row, judged


def _cells(
    kind: ImportKind, row: Row, judged: Judged | None
) -> tuple[list[BadCell], list[BadCell]]:
    if judged is None:
        return list(row.bad), []
    by_name = {column.name: column for column in kind.columns}

    def cell(fault: Fault) -> BadCell:
        column = by_name[fault.column]
        value = row.values.get(fault.column)
        shown = (
            "；".join(str(getattr(part, "number", part)) for part in value)
            if isinstance(value, list)
            else str(value if value is not None else "")
        )
        remedy = fault.remedy or str(column.help)
        return BadCell(row.line, column.headings[0], shown[:120], fault.problem, remedy)

    return [*row.bad, *map(cell, judged.faults)], [cell(d) for d in judged.doubts]


def sentences(report: Report) -> list[str]:
    """What happened, for a person."""
    if report.outcome is None and report.rows == 0:
        return [translate("Nothing was loaded: the file cannot be used as it is.")]
    if report.outcome is None:
        nothing = translate("Nothing was loaded: {bad} of {rows} rows cannot be used.")
        return [nothing.format(bad=report.bad_rows, rows=report.rows)]
    done = report.outcome
    text = translate("{created} new, {updated} updated, {unchanged} unchanged.")
    said = [text.format(created=done.created, updated=done.updated, unchanged=done.unchanged)]
    if report.bad_rows:
        left = translate("{bad} of {rows} rows were left out.")
        said.append(left.format(bad=report.bad_rows, rows=report.rows))
    if done.held:
        held = translate(
            "{count} rows would change what is already published or closed and were not loaded; "
            "lines: {lines}."
        )
        lines = ", ".join(map(str, done.held[:20])) + ("…" if len(done.held) > 20 else "")
        said.append(held.format(count=len(done.held), lines=lines))
    return said


def as_dict(report: Report, errors: Path | None = None) -> dict[str, object]:
    """The report for programs."""
    done = report.outcome or Outcome()
    return {
        "kind": report.kind,
        "file": report.file,
        "rows": report.rows,
        "loaded": report.loaded,
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "held": done.held,
        "bad_rows": report.bad_rows,
        "bad_count": report.bad_count,
        "bad": [cell._asdict() for cell in report.bad],
        "doubt_count": report.doubt_count,
        "doubts": [cell._asdict() for cell in report.doubts],
        "errors_file": str(errors) if errors else None,
    }
