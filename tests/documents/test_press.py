import hashlib
import io
import time
from datetime import UTC, datetime

import pypdf
import pytest

from pilotharbor.documents import press
from tests.factories.documents import NOTICE

AT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
HEAD = {
    "number": "PH-2026-000001",
    "title": "示例",
    "version": 1,
    "owner": "示例平台",
    "confidentiality": "project",
    "date": press.instant(AT),
}


def sheet(**changed) -> press.Sheet:
    values = {**NOTICE, "head": HEAD, **changed.pop("values", {})}
    return press.Sheet(
        "finance.invoice/1", values, changed.pop("language", "zh-hans"), AT, **changed
    )


def text_of(printed: press.Printed) -> str:
    return "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(printed.content)).pages)


def test_the_same_values_and_instant_give_the_same_bytes():
    one, two = press.print_pdf(sheet()), press.print_pdf(sheet())
    assert hashlib.sha256(one.content).digest() == hashlib.sha256(two.content).digest()


def test_it_is_archival_accessible_and_in_its_language():
    reader = pypdf.PdfReader(io.BytesIO(press.print_pdf(sheet()).content))
    about = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith("zh")
    assert root["/MarkInfo"]["/Marked"]
    assert "付款通知书" in text_of(press.print_pdf(sheet()))
    assert "Payment notice" in text_of(press.print_pdf(sheet(language="en")))


def test_what_people_type_is_printed_and_never_run():
    nasty = '#eval("1+1") $x$ *b* = _i_ <l> @r [c] \\u{41} `raw` //c #import "paper.typ"'

    printed = text_of(press.print_pdf(sheet(values={"payer": nasty})))

    assert "#eval" in printed.replace(" ", "").replace("\n", "")


def test_characters_no_font_has_are_spelt_out():
    printed = text_of(press.print_pdf(sheet(values={"payer": "𠮷野家😀"})))

    assert "U+20BB7" in printed
    assert "U+1F600" in printed
    assert "野家" in printed


def test_pages_are_counted():
    long = press.print_pdf(sheet(values={"reason": "很长的理由。" * 2000}))
    assert long.pages == len(pypdf.PdfReader(io.BytesIO(long.content)).pages)
    assert long.pages > 2


def test_a_watermark_is_on_every_page_of_a_copy_only():
    plain, marked = press.print_pdf(sheet()), press.print_pdf(sheet(watermark="周老师 · 示例大学"))
    assert "周老师" not in text_of(plain)
    assert "周老师" in text_of(marked)
    images = press.print_pages(sheet(watermark="周老师"))
    assert images[0].startswith(b"<svg")


@pytest.mark.parametrize("name", ["../secrets/1", "finance.invoice/9", "finance.invoice", "x"])
def test_only_templates_that_exist_are_printed(name):
    with pytest.raises(press.PressError):
        press.path_of(name)


def test_missing_values_are_an_error_that_says_so():
    with pytest.raises(press.PressError, match="payer"):
        press.print_pdf(
            press.Sheet(
                "finance.invoice/1", {"head": HEAD, "project": "x", "number": "1"}, "zh-hans", AT
            )
        )


def test_a_warm_press_is_quick():
    press.print_pdf(sheet())
    begun = time.perf_counter()
    for i in range(5):
        press.print_pdf(sheet(values={"reason": f"里程碑 {i}"}))
    assert (time.perf_counter() - begun) / 5 < 0.15


def test_an_instant_within_a_second_is_printed_too():
    printed = press.print_pdf(
        press.Sheet(
            "finance.invoice/1", {**NOTICE, "head": HEAD}, "zh-hans", AT.replace(microsecond=123)
        )
    )
    assert printed.content == press.print_pdf(sheet()).content
