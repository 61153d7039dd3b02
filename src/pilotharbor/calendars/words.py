"""The words a board's script says; nothing in the script itself needs translating."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotharbor.facilities.models import Closure


def of_status() -> dict[str, str]:
    """What a stretch of a line is, by the status of a board's event."""
    return {
        "taken": _("Taken"),
        "held": _("Asked for, holds its slot"),
        "submitted": _("Asked for, under review"),
        "approved": _("Allotted"),
        "in_use": _("In use"),
        "completed": _("Completed"),
        "free": _("Free"),
        "closed": _("Outside opening hours"),
        "shut": _("Closed for maintenance"),
        "past": _("Past"),
    }


def of_closure() -> dict[str, str]:
    """Why a line is shut, by kind of closure."""
    return {value: str(label) for value, label in Closure.Kind.choices}


def of_board() -> dict[str, object]:
    """Everything the script says, with ``{name}`` where it fills something in."""
    return {
        "status": of_status(),
        "closure": of_closure(),
        "off": _("holiday"),
        "work": _("workday"),
        "another": _("Another project"),
        "batch": _("batch {n}"),
        "engineer": _("Engineer: {name}"),
        "engineerWord": _("Engineer"),
        "state": _("State"),
        "open": _("Open the booking"),
        "ask": _("Ask for this time"),
        "close": _("Close"),
        "from": _("From"),
        "until": _("Until"),
        "on": _("Line"),
        "moveQuestion": _("Move “{title}”?"),
        "before": _("Planned so far"),
        "after": _("Then"),
        "moveYes": _("Move it"),
        "moveNo": _("Leave it where it is"),
        "moving": _("Asking the harbour…"),
        "moved": _("“{title}” is now {when}."),
        "review": _("It has to be reviewed again."),
        "refused": _("It stays where it was"),
        "remedy": _("What helps: {remedy}"),
        "override": _("Why is it moved all the same? The reason stays on record."),
        "overrideYes": _("Move it all the same"),
        "offline": _(
            "The harbour could not be reached. Nothing was changed; try again in a moment."
        ),
        "keys": _(
            "Arrow keys move it, with Shift they change its end; Enter asks, Escape puts it back."
        ),
        "drag": _("Drag it to move it, its ends to make it shorter or longer."),
        "tap": _("Now drag it, or one of its ends."),
        "form": _("Move with a form"),
        "more": _("{n} more"),
        "freeOf": _("{line}: free"),
        "linked": _("Taken together with another line"),
        "collides": _("Taken or closed there"),
        "free": _("free"),
        "full": pgettext("of a day", "full"),
        "hours": _("{h} h"),
        "refreshed": _("The calendar has changed; it is drawn again."),
    }


def hours(seconds: int) -> str:
    """Seconds in hours, one decimal at most."""
    return f"{seconds / 3600:.1f}".removesuffix(".0")
