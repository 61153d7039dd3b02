"""The way to the national register: what is missing, what it asks, and the file."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.technologies import queries as market
from pilotharbor.technologies.commands import registration as commands
from pilotharbor.technologies.commands.rules import require_writer
from pilotharbor.technologies.registration import queries, sheet
from pilotharbor.technologies.registration.forms import RegistrationForm, initial_of


@acting
@require_GET
def registration_list(request: ActorRequest) -> HttpResponse:
    """Which of our results can go to the register, and what do the others lack?"""
    rows = queries.registrable(actor=request.actor)
    page = pages.page(rows.order_by(), by="-id", cursor=request.GET.get("cursor"), limit=25)
    return render(request, "technologies/registration_list.html", _listed(page))


def _listed(page: Any, refusal: DomainError | None = None) -> dict[str, Any]:
    return {
        "page": page,
        "rows": [(entry, queries.gaps(entry)) for entry in page.items],
        "refusal": refusal,
        "missing": list(refusal.problems.values()) if refusal else [],
        "crumbs": [
            (_("Home"), "/"),
            (_("Results"), reverse("achievements")),
            (_("Registration of results"), ""),
        ],
    }


@acting
@require_GET
def registration_file(request: ActorRequest, suffix: str) -> HttpResponse:
    """The chosen results as a file, or what they lack."""
    ids = [pk for text in request.GET.getlist("id") if (pk := id_in(text)) is not None]
    try:
        return sheet.of(actor=request.actor, ids=ids, suffix=suffix)
    except (sheet.RegistrationIncomplete, sheet.NothingChosen) as refusal:
        rows = queries.registrable(actor=request.actor)
        page = pages.page(rows.order_by(), by="-id", limit=25)
        context = _listed(page, refusal)
        return render(request, "technologies/registration_list.html", context, status=422)


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """What does the register ask of this result?"""
    at = clock.now(request)
    entry = market.achievement(achievement_id=pk, actor=request.actor, at=at)
    require_writer(entry, request.actor)
    form = RegistrationForm(request.POST or None, initial=initial_of(entry))
    if request.method == "POST" and form.is_valid():
        said: Any = form.cleaned_data
        try:
            commands.describe_registration(
                achievement_id=pk, content=said, actor_id=request.actor.pk, at=at
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved for the register."))
            return redirect("registration", pk)
    context = {
        "form": form,
        "entry": entry,
        "gaps": queries.gaps(entry),
        "office": queries.registers(request.actor),
        "back": reverse("achievement_detail", args=[pk]),
        "crumbs": [
            (_("Results"), reverse("achievements")),
            (entry.title, reverse("achievement_detail", args=[pk])),
            (_("Registration of results"), ""),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "technologies/registration_form.html", context, status=status)
