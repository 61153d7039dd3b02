"""How are the reasons, the bound and the gap of a schedule said to people?"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotharbor.booking.models import Booking
from pilotharbor.scheduling.models import Proposal

HOUR_S = 3600
# From here on a bound says nothing that helps anybody.
WEAK_BP = 9_000


def name_of(booking: Booking) -> str:
    """A booking as a schedule names it: its project, and the batch where there is one."""
    if booking.batch_no is None:
        return booking.project.title
    return _("{project}, batch {number}").format(
        project=booking.project.title, number=booking.batch_no
    )


def reasons(told: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> list[str]:
    """The reasons of a placement, each said once; what its window says need not be said of its release."""
    kinds = {one.get("kind") for one in told}
    said = [
        reason(one, names)
        for one in told
        if not (one.get("kind") == "release" and kinds & {"window", "hours"})
    ]
    return list(dict.fromkeys(said))


def reason(told: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One reason of a placement in a sentence; ``names`` are those of the schedule's bookings."""
    other = names.get(told.get("booking_id", 0), "")
    kind = str(told.get("kind", ""))
    said = _with_other(kind, other) if other else _alone(kind)
    if told.get("minutes"):
        return _("{reason} Cleaning comes first: {minutes} minutes.").format(
            reason=said, minutes=told["minutes"]
        )
    return said


def _with_other(kind: str, other: str) -> str:
    said = {
        "line": _("Right behind “{other}” on the same line."),
        "people": _("Its engineer is busy with “{other}” until then."),
        "hazard": _("Not beside “{other}”: their hazards are kept apart."),
        "crowded": _("The room it could have goes to “{other}”."),
    }
    return said.get(kind, _alone(kind)).format(other=other)


def _alone(kind: str) -> str:
    said = {
        "release": _("It begins at the first moment it may."),
        "window": _("It begins as soon as the time that was asked for begins."),
        "line": _("Right behind another one on the same line."),
        "fixed": _("Right behind a slot that is allotted already."),
        "hours": _("The line opens then."),
        "shut": _("The line is shut until then."),
        "people": _("No engineer who may run it is on duty any earlier."),
        "hazard": _("Not beside an allotted slot: their hazards are kept apart."),
        "slack": _("It could begin a little earlier; nothing would be gained by it."),
        "kept": _("It stays where it was."),
        "relay": _("No one shift covers all of it: name its engineers at the booking itself."),
        "no_skill": _(
            "No engineer of the line has the skills it asks for on these days. Grant the skill, or allot it by hand."
        ),
        "no_room": _(
            "Even on an empty line its times leave no room, by opening hours, closures and duty. Ask for other times, or plan more shifts."
        ),
        "crowded": _(
            "The room it could have goes to others. Plan more days, or ask for other times."
        ),
        "stands": _(
            "Something stands against it whenever it lay: the request itself says what, and the remedy."
        ),
    }
    return said.get(kind, _("No reason was kept."))


def gap(proposal: Proposal) -> str:
    """What the bound proves, in plain words."""
    if not proposal.gap_bp:
        return _("Proven: under these rules no schedule is better.")
    if proposal.gap_bp >= WEAK_BP:
        return _(
            "How much could still be saved cannot be proven here: the bound looks at each request as if it were alone. A longer search may find a better plan."
        )
    percent = f"{proposal.gap_bp / 100:.1f}".removesuffix(".0")
    return _(
        "At most {percent} % of what this schedule costs could still be saved, perhaps nothing; a longer search may find out."
    ).format(percent=percent)


def first_come(proposal: Proposal) -> str:
    """How long people would wait first come, first served, and how many would have a place."""
    seconds, placed = proposal.first_come_waits_s, proposal.first_come_placed
    if seconds is None or placed is None:
        return ""
    return _("first come, first served: {hours}, {placed} placed").format(
        hours=hours(seconds), placed=placed
    )


def hours(seconds: int) -> str:
    """A length of time in hours, ``36 h`` or ``1.5 h``."""
    text = f"{seconds / HOUR_S:.1f}".removesuffix(".0")
    return pgettext("length of time", "{hours} h").format(hours=text)


def problem(code: str) -> str:
    """Why a search failed, and what to do."""
    said = {
        "broke_off": _("The worker broke off three times. See that it runs, then ask again."),
        "unexpected": _(
            "The search met an error of ours; its cause is in the worker's log. Ask again."
        ),
    }
    return said.get(code, code)
