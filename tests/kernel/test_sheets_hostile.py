"""Files that would take memory, time or rows away are refused or counted, and quickly."""

import json
import resource
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override

from pilotharbor.kernel import sheets
from pilotharbor.kernel.sheets import BadCell, Column, Unreadable, read, workbook

COLUMNS = (
    Column(name="title", headings=("成果名称", "Title"), help="写明名称", required=True, most=40),
    Column(name="summary", headings=("摘要", "Summary"), help="写明摘要"),
)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


def book(path: Path, rows: list[list[object]], **cells: object) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    for place, value in cells.items():
        made.worksheets[0][place] = value
    made.save(path)
    return path


def altered(
    path: Path, change: dict[str, object], *, add: tuple[tuple[str, bytes], ...] = ()
) -> Path:
    """The same workbook with some parts rewritten by a function of their text."""
    target = path.with_name("altered.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change[name](content.decode()) if name in change else content)
        for name, content in add:
            new.writestr(name, content)
    return target


def refused(path: Path) -> BadCell:
    with pytest.raises(Unreadable) as refusal:
        sheets.open_table(path, COLUMNS)
    return refusal.value.cells[0]


def test_one_cell_in_the_last_corner_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["Title"], ["a"]], XFD1048576="x")

    cell = refused(path)

    assert (cell.line, cell.problem) == (
        1_048_576, "Row 1048576, column 16384 is further away than can be read",
    )  # fmt: skip
    assert cell.remedy


@pytest.mark.parametrize("reference", ['r="XFD1048576"', "r='xfd1048576'", 'r = "XFD1048576"'])
@pytest.mark.parametrize("tag", ["c", "x:c"])
def test_however_it_is_written(tmp_path: Path, reference: str, tag: str) -> None:
    far = f'<x:row xmlns:x="http://x"><{tag} {reference}><v>1</v></{tag}></x:row></sheetData>'
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]),
        {SHEET: lambda text: text.replace("</sheetData>", far)},
    )

    assert "further away" in refused(path).problem


def test_the_same_place_filled_without_end_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(workbook, "MOST_PLACES", 1000)
    cells = '<row r="3">' + '<c r="A3"><v>1</v></c>' * 1001 + "</row></sheetData>"
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]),
        {SHEET: lambda text: text.replace("</sheetData>", cells)},
    )

    assert "further away" in refused(path).problem


def test_empty_cells_with_a_style_far_away_do_not_count(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]),
        {SHEET: lambda text: text.replace("</sheetData>", far)},
    )

    assert [row.values["title"] for row in sheets.open_table(path, COLUMNS).rows()] == ["a"]


def test_a_workbook_larger_than_can_be_read_is_refused_at_once(tmp_path: Path) -> None:
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]),
        {},
        add=(("xl/more.xml", b" " * (workbook.LARGEST_UNPACKED + 1)),),
    )
    assert path.stat().st_size < 1 << 20

    began = time.monotonic()
    cell = refused(path)

    assert cell.problem == "The workbook is larger than can be read in one go"
    assert time.monotonic() - began < 2


def test_a_part_that_says_it_is_small_and_is_not_is_refused(tmp_path: Path) -> None:
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]), {}, add=(("xl/b.xml", b"a" * 9_999),)
    )
    content = path.read_bytes()
    liar = content.replace((9_999).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (tmp_path / "b.xlsx").write_bytes(liar)

    assert "damaged" in refused(tmp_path / "b.xlsx").problem


def test_entities_and_parts_of_the_same_name_are_refused(tmp_path: Path) -> None:
    plain = book(tmp_path / "a.xlsx", [["Title"], ["a"]])
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    assert (
        "damaged"
        in refused(altered(plain, {SHEET: lambda t: t.replace("<worksheet", entity)})).problem
    )
    assert "damaged" in refused(altered(plain, {}, add=((SHEET.upper(), b"<a/>"),))).problem


def test_wrong_headings_are_said_without_opening_the_whole(tmp_path, monkeypatch) -> None:
    path = book(tmp_path / "a.xlsx", [["Titel"], *([str(i)] for i in range(50))])
    monkeypatch.setattr(read, "CalamineWorkbook", None)

    assert refused(path).problem == "Unknown heading"


def test_shared_and_formatted_texts_are_headings_too(tmp_path: Path) -> None:
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>no</t></si>'
        "<si><r><t>Ti</t></r><r><t>tle</t></r></si><si><t>Summary</t></si></sst>"
    )
    head = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>2</v></c></row>'
    path = altered(
        book(tmp_path / "a.xlsx", [["x"], ["a", "b"]]),
        {
            SHEET: lambda t: t.replace(t[t.index("<row") : t.index("</row>") + 6], head, 1),
            "xl/_rels/workbook.xml.rels": lambda t: t.replace(
                "</Relationships>",
                '<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships/sharedStrings" Target="sharedStrings.xml" Id="rId99"/></Relationships>',
            ),
        },
        add=(("xl/sharedStrings.xml", shared.encode()),),
    )

    assert [row.values for row in sheets.open_table(path, COLUMNS).rows()] == [
        {"title": "a", "summary": "b"}
    ]


def test_how_much_there_is_to_read_is_measured_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["Title"], *(["长" * 40] for _ in range(2000))])

    assert sheets.unpacked_size(path) > 5 * path.stat().st_size
    assert sheets.unpacked_size(Path(__file__)) == Path(__file__).stat().st_size


def test_a_formula_without_its_result_is_called_one(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", [["Title", "Summary"], ["=1+1", "s"], ["t", "=1"], ["=2", "=3"]]
    )

    rows = list(sheets.open_table(path, COLUMNS).rows())

    assert [(c.line, c.column) for row in rows for c in row.bad] == [
        (2, "Title"), (3, "Summary"), (4, "Title"), (4, "Summary"),
    ]  # fmt: skip
    assert {c.problem for row in rows for c in row.bad} == {
        "The cell holds a formula whose result was never saved"
    }


def test_a_formula_with_its_result_is_read(tmp_path: Path) -> None:
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["=1+1"]]),
        {SHEET: lambda text: text.replace("<v />", "<v>2</v>").replace("<v></v>", "<v>2</v>")},
    )

    assert [row.values["title"] for row in sheets.open_table(path, COLUMNS).rows()] == ["2"]


def test_a_row_below_merged_cells_is_told_of_them(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["Title", "Summary"], ["a", "b"], [None, "c"], [None, None]):
        made.worksheets[0].append(row)
    made.worksheets[0].merge_cells("A2:A4")
    made.save(tmp_path / "a.xlsx")

    rows = list(sheets.open_table(tmp_path / "a.xlsx", COLUMNS).rows())

    assert [row.line for row in rows] == [2, 3]
    [cell] = rows[1].bad
    assert cell.problem == "The cell is merged with one in row 2, which alone has the value"


def test_merges_over_and_over_take_no_time(tmp_path: Path) -> None:
    merges = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(20_000))
    path = altered(
        book(tmp_path / "a.xlsx", [["Title"], ["a"]]),
        {
            SHEET: lambda t: t.replace(
                "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"
            )
        },
    )

    began = time.monotonic()
    list(sheets.open_table(path, COLUMNS).rows())

    assert time.monotonic() - began < 5


# --- rows that a stray mark would swallow ------------------------------------------------------


def lines(path: Path) -> tuple[list[int], list[int]]:
    rows = list(sheets.open_table(path, COLUMNS).rows())
    return [r.line for r in rows if not r.bad], [r.line for r in rows if r.bad]


@pytest.mark.parametrize(
    "second",
    ['q,"z"z', "r," + "z" * 140_000, 'r,"' + "z" * 140_000 + '"', 'q,"never', '"q"q,"never'],
)
def test_after_a_bad_row_every_row_is_read(tmp_path: Path, second: str) -> None:
    path = tmp_path / "a.csv"
    good = [f"h{i},x" for i in range(50)]
    path.write_text("\n".join(["Title,Summary", "q1,x", second, *good]), "utf-8")

    assert lines(path) == ([2, *range(4, 54)], [3])


def test_cells_of_several_lines_stay_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Title,Summary\na,"one\ntwo"\nb,"z"z\nc,"one\n\ntwo"\nd,x\n', "utf-8")

    assert lines(path) == ([2, 5, 8], [4])


def test_a_line_beyond_all_measure_is_one_bad_row(tmp_path: Path) -> None:
    huge = "x" * (read.LONGEST_LINE + 10)
    text, objects = tmp_path / "a.csv", tmp_path / "a.jsonl"
    text.write_text(f"Title,Summary\na,{huge}\nb,y\n", "utf-8")
    objects.write_text(f'{{"title": "{huge}"}}\n' + json.dumps({"title": "b"}) + "\n", "utf-8")

    assert lines(text) == ([3], [2])
    assert lines(objects) == ([2], [1])


def test_marks_that_swallow_each_other_take_no_time_and_no_row(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(read, "LONGEST_LINE", 20_000)
    monkeypatch.setattr(read, "MOST_READ_AGAIN", 10_000)
    path = tmp_path / "a.csv"
    path.write_text("Title,Summary\n" + 'a","\n' * 30_000 + "b,x\n", "utf-8")

    began = time.monotonic()
    good, bad = lines(path)

    assert time.monotonic() - began < 5
    assert len(good) + len(bad) == 30_001


def test_memory_stays_small_while_a_workbook_is_walked_through(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["Titel"], *(["长" * 40] * 20 for _ in range(2000))])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    refused(path)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
