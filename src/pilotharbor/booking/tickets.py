"""Which slot, or which line, does this code stand for? Signed, so nobody can make one up."""

from django.core import signing

from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=salt)


def ticket_of(booking: Booking) -> str:
    """The code in the QR picture of a slot."""
    return _signer("booking.slot").sign(str(booking.pk))


def booking_of(ticket: str) -> int | None:
    """The slot a code stands for; nothing for a forged or foreign one."""
    return _read("booking.slot", ticket)


def line_ticket_of(line: Line) -> str:
    """The code that hangs at a line: whoever has it now checks in there."""
    return _signer("booking.line").sign(str(line.pk))


def line_of(ticket: str) -> int | None:
    """The line a code stands for; nothing for a forged or foreign one."""
    return _read("booking.line", ticket)


def _read(salt: str, ticket: str) -> int | None:
    try:
        return int(_signer(salt).unsign(ticket.strip()))
    except (signing.BadSignature, ValueError):
        return None
