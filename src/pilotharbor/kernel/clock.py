"""The one place that reads the clock; commands and queries get ``at`` from here."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from pilotharbor.kernel.errors import Invalid

HEADER = "X-Harbor-Time"


class BadClockHeader(Invalid):
    """The header X-Harbor-Time must be an ISO 8601 instant with a time zone."""

    code = "kernel.bad_clock_header"


class RealClock(Invalid):
    """This harbour runs on the real clock; only an exercise harbour takes X-Harbor-Time."""

    code = "kernel.real_clock"


def now(request: HttpRequest) -> datetime:
    """When this request happens: real time, or what the caller says on an exercise harbour.

    Raises: RealClock, BadClockHeader.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return timezone.now()
    if not settings.EXERCISE_CLOCK:
        raise RealClock
    try:
        at = datetime.fromisoformat(given)
    except ValueError as exc:
        raise BadClockHeader from exc
    if at.tzinfo is None:
        raise BadClockHeader
    return at
