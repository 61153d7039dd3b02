"""Which needs stand in this list, and which of its rows cannot be used?"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel import codes, sheets
from pilotharbor.kernel.sheets import BadCell, Column, Unreadable

MOST_ROWS = 2000
COLUMNS = (
    Column(
        name="title", headings=("需求名称", "Title", "标题", "名称", "需求题目"),
        help=_("What is wanted, in at most 200 characters."), required=True, most=200,
        example="反渗透膜不停机清洗办法",
    ),
    Column(
        name="words", headings=("需求描述", "Description", "说明", "需求内容", "摘要"),
        help=_("The problem and the figures asked for, in at most 4,000 characters."),
        required=True, most=4000, example="每两周停机清洗一次，希望不停机且通量恢复率不低于95%。",
    ),
    Column(
        name="organisation", headings=("需求单位", "Organisation", "单位", "企业名称"),
        help=_("Whose need it is."), most=200, example="示例膜科技有限公司",
    ),
    Column(
        name="uscc", headings=("统一社会信用代码", "Unified social credit code", "信用代码"),
        help=_("With it the organisation can confirm the need here."), parse=codes.normalise_uscc,
        most=40, example="",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedNeed:
    """One good row of a list."""

    title: str
    words: str
    organisation: str = ""
    uscc: str = ""


def read(path: Path, *, name: str, known: Iterable[str]) -> tuple[list[ListedNeed], list[BadCell]]:
    """The rows of a list and everything that is wrong with it; ``known`` are titles there already."""
    rows: list[ListedNeed] = []
    bad: list[BadCell] = []
    first: dict[str, int] = dict.fromkeys((_plain(title) for title in known), 0)
    try:
        table = sheets.open_table(path, COLUMNS, name=name)
    except Unreadable as refusal:
        return [], list(refusal.cells)
    for number, row in enumerate(table.rows(), start=1):
        if number > MOST_ROWS:
            problem = translate("More than {most} rows").format(most=MOST_ROWS)
            bad.append(BadCell(row.line, "", "", problem, translate("Split the list.")))
            break
        bad += row.bad
        if row.bad:
            continue
        need = ListedNeed(**{k: str(v or "") for k, v in row.values.items()})
        key = _plain(need.title)
        if key in first:
            bad.append(_twice(row.line, need.title, first[key]))
        first.setdefault(key, row.line)
        rows.append(need)
    if not rows and not bad:
        empty = translate("There are headings but no rows")
        bad.append(BadCell(1, "", "", empty, translate("Write one row for each entry.")))
    return rows, bad


def _plain(title: str) -> str:
    return "".join(title.split()).casefold()


def _twice(line: int, title: str, where: int) -> BadCell:
    problem = (
        translate("This need stands in line {line} already").format(line=where)
        if where
        else translate("The challenge has a need of this title already")
    )
    remedy = translate("Delete the row, or give it a title of its own.")
    return BadCell(line, COLUMNS[0].headings[0], title[:120], problem, remedy)
