"""How figures, days and states are said to people, in the language of the page."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language

from pilotharbor.kernel import money
from pilotharbor.kernel.time import SHANGHAI

_WEEK_ZH = "一二三四五六日"
_WEEK_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# The usual states of all domains; a page may name another tone where its state means another thing.
TONES: dict[str, str] = {
    **dict.fromkeys(
        (
            [
                "approved",
                "active",
                "published",
                "accepted",
                "signed",
                "in_force",
                "paid",
                "completed",
                "done",
                "passed",
                "granted",
                "confirmed",
                "good",
                "settled",
                "closed_won",
                "succeeded",
                "recorded",
                "verified",
                "effective",
                "met",
                "attended",
                "registered",
                "first_order",
                "chosen",
            ]
        ),
        "good",
    ),
    **dict.fromkeys(
        (
            [
                "applied",
                "submitted",
                "asked",
                "held",
                "requested",
                "in_review",
                "under_review",
                "awaiting",
                "due",
                "pending",
                "invoiced",
                "issued",
                "proposed",
                "open",
                "invited",
                "overdue_soon",
                "partial",
                "revising",
                "waitlisted",
            ]
        ),
        "watch",
    ),
    **dict.fromkeys(
        (
            [
                "refused",
                "rejected",
                "suspended",
                "failed",
                "overdue",
                "cancelled",
                "revoked",
                "terminated",
                "stopped",
                "dead",
                "expired",
                "void",
                "reversed",
                "breached",
                "bad",
            ]
        ),
        "stop",
    ),
    **dict.fromkeys(
        [
            "running",
            "in_progress",
            "started",
            "current",
            "piloting",
            "assessing",
            "planning",
            "live",
            "unveiled",
            "tried",
        ],
        "accent",
    ),
}


def zh() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def tone_of(status: str) -> str:
    """The signal of a state: good, watch, stop, accent or quiet."""
    return TONES.get(status, "quiet")


def day(value: date) -> str:
    """``2026年3月2日 (周一)`` or ``2 Mar 2026 (Mon)``, the day it is in Shanghai."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    if zh():
        return f"{value.year}年{value.month}月{value.day}日 (周{_WEEK_ZH[value.weekday()]})"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year} ({_WEEK_EN[value.weekday()]})"


def clock(value: datetime) -> str:
    """``14:05`` in Shanghai."""
    return f"{value.astimezone(SHANGHAI):%H:%M}"


def exact(value: datetime) -> str:
    """The instant to the second with its zone, for who needs it."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} UTC+08:00"


def stretch(start: datetime, end: datetime) -> str:
    """A half-open stretch with its end named; whole days end on the last day they include."""
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    to = "至" if zh() else "to"
    if (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0):
        until = last.date() - timedelta(days=1)
        return day(first) if until == first.date() else f"{day(first)} {to} {day(until)}"
    if first.date() == last.date():
        return f"{day(first)} {clock(first)}–{clock(last)}"
    return f"{day(first)} {clock(first)} {to} {day(last)} {clock(last)}"


def percent(bp: int) -> str:
    """Basis points as a percentage without needless zeros: ``12.5%``."""
    return f"{(Decimal(bp) / 100).normalize():f}%"


def cny(fen: int) -> str:
    """``¥1,234,567.89``."""
    return money.format_cny(fen)


def days_until(value: date, *, today: date | None = None) -> int:
    """Whole days from today in Shanghai; negative once past."""
    return (value - (today or timezone.now().astimezone(SHANGHAI).date())).days
