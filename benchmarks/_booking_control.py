"""The web application as it is, or (``BOOKING_GUARD=off``) without the locks of bookings."""

import os
from collections.abc import Iterable

from pilotharbor.web.wsgi import application

if os.environ.get("BOOKING_GUARD") == "off":
    from pilotharbor.booking.commands import slots

    def _nothing(_line_ids: Iterable[int]) -> None:
        """Lock nothing."""

    slots.hold_lines = _nothing

__all__ = ["application"]
