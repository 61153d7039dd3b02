"""What the pages of the crew share: the platform looked at, and small forms that come back with errors."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.crew import queries
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.models import Organisation

type Show = Callable[[Form], HttpResponse]
type Crumbs = list[tuple[str, str]]


def platform_of(request: ActorRequest) -> Organisation:
    """The platform whose crew is looked at: one's own, or for auditors the one chosen.

    Raises: NotFound.
    """
    asked = request.GET.get("platform", "")
    return queries.platform_seen(
        actor=request.actor,
        platform_id=int(asked) if asked.isdecimal() and len(asked) < 19 else None,
    )


def today(request: ActorRequest) -> date:
    """The day it is, in Shanghai."""
    return local_date(clock.now(request))


def by(request: ActorRequest) -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor_id": request.actor.pk, "at": clock.now(request)}


def day_asked(text: str, otherwise: date) -> date:
    """A day of the address, or another where it cannot be read."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2200 else otherwise


def done(
    request: ActorRequest, form: Form, do: Callable[[dict[str, Any]], str], *,
    back: str, show: Show, **renamed: str,
) -> HttpResponse:  # fmt: skip
    """Carry out one of a page's forms and go ``back``, or show the page again with what is wrong."""
    if form.is_valid():
        try:
            said = do(form.cleaned_data)
        except DomainError as exc:
            tell(form, exc, **renamed)
        else:
            messages.success(request, said)
            return redirect(back)
    return show(form)


def roster_crumbs(*further: tuple[str, str]) -> Crumbs:
    """Where one is, below the roster."""
    return [(_("Roster"), reverse("roster")), *further]


def course_crumbs(*further: tuple[str, str]) -> Crumbs:
    """Where one is, below the courses."""
    return [(_("Courses"), reverse("courses")), *further]
