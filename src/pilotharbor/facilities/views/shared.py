"""What the pages of lines and equipment share: looking things up, one small form at a time."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.models import Equipment, Line, Tariff
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
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


def visible_machine(actor: Membership | None, equipment_id: int) -> Equipment:
    """One machine the actor may see.

    Raises: NotFound.
    """
    found = queries.visible_equipment(actor=actor).select_related("place")
    machine = found.filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    return machine


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


def of_line(request: ActorRequest, line: Line, here: str) -> dict[str, Any]:
    """What every page of a line needs: the line, who keeps it, where one is."""
    keeps = queries.keeps_lines(request.actor, platform_id=line.platform_id)
    names = {
        "overview": _("Overview"),
        "hours": _("Opening hours and closures"),
        "prices": _("Prices"),
        "safety": _("Safety"),
    }
    crumbs = crumbs_to((line.name, ""))
    if here != "overview":
        crumbs = crumbs_to((line.name, reverse("line_detail", args=[line.pk])), (names[here], ""))
    addresses = {"overview": "line_detail"} | {name: f"line_{name}" for name in list(names)[1:]}
    return {
        "line": line,
        "keeps": keeps,
        "keeps_equipment": queries.keeps_equipment(request.actor, platform_id=line.platform_id),
        "tabs": [
            (name, label, reverse(addresses[name], args=[line.pk])) for name, label in names.items()
        ],
        "here": here,
        "crumbs": crumbs,
    }


def kept_line(request: ActorRequest, line_id: int) -> Line:
    """A line whose forms the actor may see at all; the commands decide the rest."""
    line = visible_line(request.actor, line_id)
    if not queries.keeps_lines(request.actor, platform_id=line.platform_id):
        raise commands.NotYourLine
    return line


def carry_out(
    request: ActorRequest,
    form: Form,
    do: Callable[[Any], str],
    *,
    to: str,
    again: Callable[[], HttpResponse],
    **renamed: str,
) -> HttpResponse:
    """Carry out a small form and go ``to`` a page, or show it ``again`` with its errors."""
    if form.is_valid():
        try:
            done = do(form.cleaned_data)
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc, **renamed)
        else:
            messages.success(request, done)
            return redirect(to)
    return again()
