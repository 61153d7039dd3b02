"""A wish is looked at on locked ground, after what was held there too long is let go."""

from pilotharbor.booking.commands import examining, waiting
from pilotharbor.booking.commands.asking import Ask
from pilotharbor.booking.commands.examining import Examined, Ground
from pilotharbor.booking.commands.rules import Wish


def look(wish: Wish, ask: Ask, ground: Ground) -> Examined:
    """Hold a wish against every rule; an expired hold in its way goes to who waits, or is gone.

    Raises: NotFound, NotYourProject.
    """
    seen = examining.examine(wish, ask, ground)
    if not seen.lapsed:
        return seen
    waiting.let_go_of(booking_ids=seen.lapsed, line_id=ground.line_id, at=wish.at)
    return examining.examine(wish, ask, ground)
