"""A calendar as another program reads it (the ``icalendar`` package)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from pilotharbor.kernel import ical

DAY = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
TRICKY = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cn")) | st.sampled_from('\\;,:\n"')
)


def entry(**changes):
    return ical.Entry(**{
        "uid": "roadshow-1@harbor.example", "start": DAY, "end": DAY + timedelta(hours=2),
        "changed": DAY, "summary": "路演", "sequence": 3,
    } | changes)  # fmt: skip


def events(content):
    return list(Calendar.from_ical(content).walk("VEVENT"))


@given(summary=TRICKY, description=TRICKY)
def test_what_is_written_is_what_another_reads(summary, description):
    content = ical.calendar("日历", [entry(summary=summary, description=description)])

    (event,) = events(content)

    def plain(text):
        return "\n".join(ical.one_line(part) for part in text.split("\n"))

    assert str(event.get("SUMMARY", "")) == plain(summary)
    assert str(event.get("DESCRIPTION", "")) == plain(description)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_a_long_chinese_title_is_folded_between_characters():
    title = "甬江中试港固态电池与先进材料成果路演" * 12

    (event,) = events(ical.calendar("路演", [entry(summary=title)]))

    assert str(event["SUMMARY"]) == title


def test_no_value_begins_a_line_of_its_own():
    content = ical.calendar("x", [entry(summary="a\r\nATTACH:http://x", url="http://x\r\nBEGIN:X")])

    lines = content.replace(b"\r\n ", b"").split(b"\r\n")
    assert not [line for line in lines if line.startswith((b"ATTACH", b"BEGIN:X"))]


def test_times_are_in_utc_and_a_cancelled_event_says_so():
    shanghai = datetime.fromisoformat("2026-03-20T09:00:00+08:00")
    (event,) = events(ical.calendar("x", [entry(start=shanghai, cancelled=True)]))

    assert event.decoded("DTSTART") == datetime(2026, 3, 20, 1, tzinfo=UTC)
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 3)


def test_what_is_only_asked_for_is_tentative():
    (event,) = events(ical.calendar("x", [entry(tentative=True)]))
    (gone,) = events(ical.calendar("x", [entry(tentative=True, cancelled=True)]))

    assert (str(event["STATUS"]), str(gone["STATUS"])) == ("TENTATIVE", "CANCELLED")
