"""When is what free, who has it, how well is it used, and which secrets open what of it?"""

from pilotharbor.calendars.queries.board import (
    Board,
    Event,
    Place,
    Told,
    Wanted,
    choices,
    events_of,
    has_line,
    lines_of,
    told_of,
)
from pilotharbor.calendars.queries.feeds import GIVEN_UP, Feed, Known, changes_of, feed
from pilotharbor.calendars.queries.kiosk import Turn, started_at, turns
from pilotharbor.calendars.queries.secrets import (
    addresses_of,
    keeps_kiosks,
    kept_kiosks,
    may_have_pin,
    staff_of,
)
from pilotharbor.calendars.queries.use import (
    BOOKED,
    USED,
    LineUse,
    Use,
    counted_lines,
    counts_lines,
    use_of,
)

__all__ = [
    "BOOKED",
    "GIVEN_UP",
    "USED",
    "Board",
    "Event",
    "Feed",
    "Known",
    "LineUse",
    "Place",
    "Told",
    "Turn",
    "Use",
    "Wanted",
    "addresses_of",
    "changes_of",
    "choices",
    "counted_lines",
    "counts_lines",
    "events_of",
    "feed",
    "has_line",
    "keeps_kiosks",
    "kept_kiosks",
    "lines_of",
    "may_have_pin",
    "staff_of",
    "started_at",
    "told_of",
    "turns",
    "use_of",
]
