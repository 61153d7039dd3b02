"""What the pages of leads share: the way here, one form, one refusal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.leads import queries
from pilotharbor.leads.models import Lead
from pilotharbor.parties.auth import ActorRequest

type Crumbs = list[tuple[str, str]]


def crumbs_to(*steps: tuple[str, str]) -> Crumbs:
    """Home, leads, and from there."""
    return [(_("Home"), "/"), (_("Leads"), reverse("leads")), *steps]


def seen(request: ActorRequest, lead_id: int) -> Lead:
    """The lead, if the reader may see it."""
    return queries.visible_lead(actor=request.actor, lead_id=lead_id)


def cockpit(lead: Lead) -> str:
    """Where the whole lead is shown."""
    return reverse("lead_detail", args=[lead.pk])


def ask(
    request: ActorRequest,
    form: Form,
    do: Callable[[Form], Any],
    *,
    said: str,
    to: str | Callable[[Any], str],
    page: dict[str, Any],
    template: str = "leads/form.html",
) -> HttpResponse:
    """Show a form; when it is right do it and go on, else come back with every word."""
    if request.method == "POST" and form.is_valid():
        try:
            made = do(form)
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, said)
            return redirect(to if isinstance(to, str) else to(made))
    context = {"form": form, "back": to if isinstance(to, str) else reverse("leads"), **page}
    return render(request, template, context, status=422 if form.errors else 200)


def press(request: ActorRequest, do: Callable[[], Any], *, said: str, to: str) -> HttpResponse:
    """Do what a button says and go on, or say why not."""
    try:
        do()
    except DomainError as exc:
        messages.error(request, " ".join([str(exc), *exc.problems.values()]))
    else:
        messages.success(request, said)
    return redirect(to)
