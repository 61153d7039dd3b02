"""Tables as people really save them are read; everything unusable is named, nothing crashes."""

import csv
import json
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.kernel import codes, sheets, time
from pilotharbor.kernel.sheets import BadCell, Column, Row, Unreadable

COLUMNS = (
    Column(name="title", headings=("成果名称", "Title"), help="写明名称", required=True, most=40),
    Column(name="owner", headings=("权属单位代码", "Owner USCC"), help="18 位代码",
           parse=codes.normalise_uscc),
    Column(name="since", headings=("完成日期", "Finished"), help="2026-03-02",
           parse=time.parse_date),
    Column(name="keywords", headings=("关键词", "Keywords"), help="用分号分开"),
)  # fmt: skip
GOOD = {"title": "连续流合成", "owner": "91110108551385082Q", "since": date(2026, 3, 2)}
CHINESE = "成果名称,权属单位代码,完成日期,关键词\r\n连续流合成,91110108551385082Q,2026年3月2日,\r\n"


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


def rows_of(path: Path, name: str = "") -> list[Row]:
    return list(sheets.open_table(path, COLUMNS, name=name).rows())


def refusal_of(path: Path, name: str = "") -> list[BadCell]:
    with pytest.raises(Unreadable) as refusal:
        sheets.open_table(path, COLUMNS, name=name)
    return list(refusal.value.cells)


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = write(tmp_path / "a.csv", CHINESE.replace(",", delimiter).encode(encoding))

    assert rows_of(path) == [Row(2, GOOD | {"keywords": None})]


def test_english_headings_in_any_case_and_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "owner_uscc , TITLE*\n91110108551385082Q,flow\n")

    assert rows_of(path)[0].values == {"owner": "91110108551385082Q", "title": "flow"}


def test_xlsx_with_a_title_above_the_headings_and_real_dates(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["2026 年度成果登记表"],
            [],
            ["成果名称", "权属单位代码", "完成日期"],
            ["连续流合成", "91110108551385082Q", datetime(2026, 3, 2)],
            [None, None, None],
            [12, None, None],
        ],
    )

    assert rows_of(path) == [Row(4, GOOD), Row(6, {"title": "12", "owner": None, "since": None})]


def test_a_code_kept_as_a_number_has_lost_digits_and_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["成果名称", "权属单位代码"], ["a", 123302004700010245]])

    [cell] = rows_of(path)[0].bad

    assert (cell.line, cell.column) == (2, "权属单位代码")
    assert "fifteen digits" in cell.problem


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        {"title": "连续流合成", "Owner USCC": "91110108551385082Q", "since": "2026-03-02"},
        {"title": "b", "keywords": ["钠", 2]},
    ]
    path = write(tmp_path / "a.jsonl", "\n\n".join(json.dumps(line) for line in lines))

    first, second = rows_of(path)

    assert first == Row(1, GOOD)
    assert second == Row(3, {"title": "b", "keywords": "钠；2"})


def test_bad_json_lines_are_each_named(tmp_path: Path) -> None:
    bad = ['{"title": ', "[1]", '{"title": "a", "title": "b"}', '{"titel": "a"}',
           '{"title": {"zh": "a"}}', '{"title": "\\ud800"}', '{"title": ""}', "[" * 100_000]  # fmt: skip
    path = write(tmp_path / "a.jsonl", '{"title": "ok"}\n' + "\n".join(bad) + "\n")

    rows = rows_of(path)

    assert [row.line for row in rows if not row.bad] == [1]
    assert sorted({cell.line for row in rows for cell in row.bad}) == list(range(2, 10))
    unknown = rows[4].bad[0]
    assert (unknown.column, unknown.remedy) == (
        "titel",
        "Did you mean “Title”? Otherwise delete the column.",
    )


def test_every_bad_cell_is_named_with_line_column_value_and_remedy(tmp_path: Path) -> None:
    content = (
        "成果名称,权属单位代码,完成日期,关键词\n"
        '"两行\n名称",,,\n'
        ",911101085513850820,2026-02-30,\n"
        f"{'长' * 41},,,a\x00b\n"
        "a,b\n"
        "a,,,,多余\n"
    )
    path = write(tmp_path / "a.csv", content)

    rows = rows_of(path)
    bad = [cell for row in rows for cell in row.bad]

    assert [(cell.line, cell.column) for cell in bad] == [
        (4, "成果名称"), (4, "权属单位代码"), (4, "完成日期"),
        (5, "成果名称"), (5, "关键词"), (6, "权属单位代码"), (7, ""),
    ]  # fmt: skip
    assert bad[1].value == "911101085513850820"
    assert "works out as Q" in bad[1].problem
    assert bad[1].remedy == "18 位代码"
    assert bad[3].problem == "The text has 41 characters; at most 40 fit."
    assert bad[4].value == "a\ufffdb"


def test_headings_wrong_in_every_way_are_reported_together(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "关键词,Keywords,成果名\n1,2,3\n")

    cells = refusal_of(path)

    assert [(cell.column, cell.problem) for cell in cells] == [
        ("Keywords", "Two columns hold the same thing"),
        ("成果名", "Unknown heading"),
        ("成果名称", "A required column is missing"),
    ]
    assert cells[1].remedy == "Did you mean “成果名称”? Otherwise delete the column."


def test_unknown_headings_may_be_ignored_on_request(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "成果名称,备注\na,b\n")

    table = sheets.open_table(path, COLUMNS, ignore_unknown=True)

    assert list(table.rows()) == [Row(2, {"title": "a"})]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"", "The file is empty"),
        ("a.csv", b"\xef\xbb\xbf  \r\n", "The file is empty"),
        ("a.xlsx", b"", "The file is empty"),
        ("a.csv", b"PK\x03\x04rest", "The file is not what its name says"),
        ("a.xlsx", CHINESE.encode(), "The file is not what its name says"),
        ("a.csv", b"%PDF-1.7", "The file is not what its name says"),
        ("a.csv", b'{"title": "a"}', "The file is not what its name says"),
        ("a.jsonl", CHINESE.encode(), "The file is not what its name says"),
        ("a.xlsx", b"PK\x03\x04 nothing", "The workbook is damaged, incomplete or locked by a password"),
        ("a.xls", b"x", "This kind of file is not read here"),
        ("a.pdf", b"x", "This kind of file is not read here"),
        ("a", b"x", "This kind of file is not read here"),
        ("a.csv", b"\x80\xff\xff", "The text is damaged or in an encoding not read here"),
    ],
)  # fmt: skip
def test_files_that_are_no_table(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    [cell] = refusal_of(write(tmp_path / name, content))

    assert cell.problem == problem
    assert cell.remedy


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    [cell] = refusal_of(tmp_path / "none.csv")

    assert cell.problem == "The file cannot be opened"


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", CHINESE.encode() + "钠".encode()[:2] + b"\n")

    [cell] = refusal_of(path)

    assert cell.line == 3


def test_an_unclosed_quotation_mark_names_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", CHINESE + '"never closed,,,\n' + "a,,,\n" * 3)

    rows = rows_of(path)

    assert [(row.line, bool(row.bad)) for row in rows] == [
        (2, False), (3, True), (4, False), (5, False), (6, False),
    ]  # fmt: skip
    assert "quotation mark" in rows[1].bad[0].problem


def test_a_truncated_workbook_is_always_a_sentence(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [["成果名称"], *([str(i)] for i in range(50))])
    content = whole.read_bytes()

    for length in range(5, len(content), 211):
        [cell] = refusal_of(write(tmp_path / "b.xlsx", content[:length]))
        assert "damaged" in cell.problem


def test_a_workbook_with_random_damage_never_crashes(tmp_path: Path) -> None:
    content = workbook(tmp_path / "a.xlsx", [["成果名称"], ["a"]]).read_bytes()
    chance = random.Random(7)

    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(6):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        with suppress(Unreadable):
            rows_of(write(tmp_path / "b.xlsx", bytes(damaged)))


def test_an_empty_first_sheet_says_so(tmp_path: Path) -> None:
    [cell] = refusal_of(workbook(tmp_path / "a.xlsx", []))

    assert cell.problem == "The first sheet is empty"


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.jsonl", "a.xlsx"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_either_rows_or_reasons(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = write(tmp_path_factory.mktemp("x") / name, content)

    with suppress(Unreadable):
        rows_of(path)


DANGEROUS = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", '=cmd|"/c calc"!A1']


def test_formulas_are_neutral_in_csv_and_numbers_stay_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    sheets.write_csv(
        path, ["=h", "n"], [*([text, -5] for text in DANGEROUS), [None, Decimal("1.50")]]
    )

    assert path.read_bytes().startswith(b"\xef\xbb\xbf'=h,n\r\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert written[1:] == [*(["'" + text, "-5"] for text in DANGEROUS), ["", "1.50"]]


def test_formulas_are_neutral_in_workbooks_and_numbers_stay_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"

    sheets.write_xlsx(
        path, ["h", "n"], [*([t, -5] for t in DANGEROUS), ["a\x01b", date(2026, 3, 2)]]
    )

    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2))
    assert {row[0].data_type for row in rows} == {"s"}
    assert [row[0].value[0] for row in rows[:-1]] == ["'"] * len(DANGEROUS)
    assert [row[1].value for row in rows] == [-5] * len(DANGEROUS) + ["2026-03-02"]
    assert rows[-1][0].value == "a\ufffdb"


# No column keeps these; a carriage return alone ends a line.
UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
DANGEROUS_TEXT = st.builds(
    "{}{}{}".format, st.text("'", max_size=3), st.sampled_from(["=", "+", "－", "@", ""]), st.text()
)


@given(
    st.lists(st.text(max_size=20) | DANGEROUS_TEXT, max_size=8), st.sampled_from([".csv", ".xlsx"])
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_back_as_it_stands(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("x") / f"a{suffix}"
    kept = [t for t in (UNKEPT.sub("", text).strip()[:40].strip() for text in texts) if t]

    {".csv": sheets.write_csv, ".xlsx": sheets.write_xlsx}[suffix](
        path, ["title"], [["x"], *([text] for text in kept)]
    )

    assert [row.values.get("title") for row in rows_of(path)] == ["x", *kept]


def test_the_table_of_bad_cells_lies_beside_the_file(tmp_path: Path) -> None:
    cell = BadCell(3, "成果名称", "=1+1", "太长", "缩短")

    target = sheets.write_errors(tmp_path / "成果.csv", [cell])

    assert target == tmp_path / "成果.csv.errors.csv"
    assert target.read_text(encoding="utf-8-sig").splitlines() == [
        "Line,Column,Value,Problem,Remedy",
        "3,成果名称,'=1+1,太长,缩短",
    ]


def test_files_of_one_name_have_their_own_table_of_bad_cells(tmp_path: Path) -> None:
    cell = BadCell(3, "成果名称", "", "太长", "缩短")

    targets = {sheets.write_errors(tmp_path / name, [cell]) for name in ("a.csv", "a.tsv")}

    assert len(targets) == 2


def test_only_what_was_written_here_is_overwritten_or_removed(tmp_path: Path) -> None:
    mine = write(tmp_path / "a.csv.errors.csv", "my own notes\n")
    cell = BadCell(3, "成果名称", "", "太长", "缩短")

    with override("zh-hans"):
        target = sheets.write_errors(tmp_path / "a.csv", [cell])
    again = sheets.write_errors(tmp_path / "a.csv", [cell])
    sheets.forget_errors(tmp_path / "a.csv")
    sheets.forget_errors(tmp_path / "a.csv")

    assert target == again == tmp_path / "a.csv.errors.2.csv"
    assert not target.exists()
    assert mine.read_text() == "my own notes\n"
