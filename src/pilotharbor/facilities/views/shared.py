"""What the pages of lines and equipment share: looking a line up, its price, the way back."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Equipment, Line, Tariff
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.models import Membership

type Crumbs = list[tuple[str, str]]


def visible_line(actor: Membership | None, line_id: int) -> Line:
    """One line the actor may see, with its parts.

    Raises: NotFound.
    """
    line = queries.with_parts(queries.visible_lines(actor=actor)).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def shown(line: Line, *, inventory: bool) -> list[Equipment]:
    """The machines of a line this reader sees: all for the platform, else what is shared."""
    return [
        m
        for m in line.equipment.all()
        if inventory or (m.is_shared and m.status != Equipment.Status.RETIRED)
    ]


def price_on(line: Line, day: date) -> Tariff | None:
    """The tariff of a line with its parts that is valid on this day."""
    return next((t for t in line.tariffs.all() if day in t.validity), None)


def crumbs_to(*further: tuple[str, str]) -> Crumbs:
    """Where one is, below the list of lines."""
    return [(_("Home"), "/"), (_("Lines and equipment"), reverse("equipment")), *further]


def kept_line(request: ActorRequest, line_id: int) -> Line:
    """A line whose forms the actor may see at all; the commands decide the rest."""
    line = visible_line(request.actor, line_id)
    if not queries.keeps_lines(request.actor, platform_id=line.platform_id):
        raise commands.NotYourLine
    return line
