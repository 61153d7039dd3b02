"""What the pages of signals share: who may come in, the way back, which stretch is looked at."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import parse_date, start_of
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.telemetry import pictures, queries
from pilotharbor.telemetry.models import Tag

# Nothing can have been measured before; a day of the year 1 has no beginning in UTC.
FIRST_DAY = date(2001, 1, 1)

type Crumbs = list[tuple[str, str]]
type Page = Callable[..., HttpResponse]


def for_staff(view: Page) -> Page:
    """A page of signals: for staff of a platform and for auditors; for others there is none."""

    @wraps(view)
    def wrapped(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not queries.reads_signals(request.actor):
            raise NotFound
        return view(request, *args, **kwargs)

    return acting(wrapped)


def crumbs_to(*further: tuple[str, str]) -> Crumbs:
    """Where one is, below the list of machines with signals."""
    return [(_("Home"), "/"), (_("Signals and alarms"), reverse("signals")), *further]


def visible_machine(request: ActorRequest, equipment_id: int) -> Equipment:
    """A machine whose signals the actor sees.

    Raises: NotFound.
    """
    machine = queries.visible_machines(actor=request.actor).filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    return machine


def visible_tag(request: ActorRequest, tag_id: int) -> Tag:
    """A tag the actor sees.

    Raises: NotFound.
    """
    tag = queries.visible_tags(actor=request.actor).filter(pk=tag_id).first()
    if tag is None:
        raise NotFound
    return tag


def span_of(request: HttpRequest) -> tuple[str, datetime, datetime]:
    """The span looked at, and its stretch ``[start, end)``: up to now, or to the end of ``?until=``."""
    span = request.GET.get("span", "")
    span = span if span in pictures.SPANS else "day"
    end = clock.now(request)
    if request.GET.get("until"):
        day = max(parse_date(request.GET["until"][:20]), FIRST_DAY)
        end = min(end, start_of(min(day, end.date())) + pictures.SPANS["day"])
    return span, end - pictures.SPANS[span], end
