"""How is an event written so that every calendar reads it? RFC 5545, the part that is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//PilotHarbor//Calendars//ZH"
LONGEST_LINE = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar; ``start`` and ``end`` are aware, half-open.

    ``uid``       the same for ever, so that a change replaces what was read before
    ``sequence``  grows with every change
    ``tentative`` asked for and not yet settled
    """

    uid: str
    start: datetime
    end: datetime
    changed: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    category: str = ""
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The whole calendar as a file: UTF-8, lines of at most 75 octets ended by CR LF.

    Source: RFC 5545 3.1, 3.6.1; RFC 7986 5.1, 5.7.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(entry: Entry) -> list[str]:
    said = [
        ("SUMMARY", entry.summary),
        ("DESCRIPTION", entry.description),
        ("LOCATION", entry.location),
        ("CATEGORIES", entry.category),
    ]
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(entry.uid)}",
        f"DTSTAMP:{_utc(entry.changed)}",
        f"LAST-MODIFIED:{_utc(entry.changed)}",
        f"DTSTART:{_utc(entry.start)}",
        f"DTEND:{_utc(entry.end)}",
        f"SEQUENCE:{entry.sequence}",
        f"STATUS:{_status(entry)}",
        *(f"{key}:{escaped(value)}" for key, value in said if value),
        *([f"URL:{one_line(entry.url)}"] if entry.url else []),
        "END:VEVENT",
    ]


def _status(entry: Entry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.tentative else "CONFIRMED"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def one_line(text: str) -> str:
    """A text without anything that would end the line it stands in."""
    return "".join(c for c in text if c.isprintable())


def escaped(text: str) -> str:
    """A text as a value: backslash, semicolon, comma and line end are written out.

    Source: RFC 5545 3.3.11.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for mark in ("\\", ";", ","):
        plain = plain.replace(mark, "\\" + mark)
    return "\\n".join(one_line(part) for part in plain.split("\n"))


def folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, no character torn apart.

    Source: RFC 5545 3.1.
    """
    pieces: list[bytes] = []
    piece, room = b"", LONGEST_LINE
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            # A continuation begins with a blank, which takes one octet.
            piece, room = b"", LONGEST_LINE - 1
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
