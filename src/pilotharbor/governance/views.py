"""Pages of the region: accreditations and figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.governance import commands, queries
from pilotharbor.governance.forms import FilingForm, ReasonForm
from pilotharbor.governance.models import Accreditation
from pilotharbor.governance.statistics import Figure, statistics
from pilotharbor.kernel import clock, money, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind

VERBS: dict[str, Callable[..., Accreditation]] = {
    "refuse": commands.refuse,
    "withdraw": commands.withdraw,
}


def _actor(request: HttpRequest) -> Membership | None:
    return getattr(request, "actor", None)


def _frame(request: HttpRequest) -> str:
    """Who is signed in keeps the shell; the public gets the public page."""
    return "base.html" if _actor(request) else "public.html"


def _files(actor: Membership | None) -> bool:
    own = Scope.OWN in rights.scopes(actor, Verb.WRITE, Kind.ACCREDITATION)
    return own and actor is not None and actor.organisation.kind == OrganisationKind.PILOT_PLATFORM


@require_GET
def accreditation_list(request: HttpRequest) -> HttpResponse:
    """Which platforms are recognised; applications for those concerned."""
    actor = _actor(request)
    rows = queries.visible_accreditations(actor=actor)
    context = {
        "frame": _frame(request),
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=50),
        "files": _files(actor),
        "decides": queries.may_decide(actor),
        "crumbs": [(_("Home"), "/"), (_("Accreditations"), "")],
    }
    return render(request, "governance/accreditation_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def accreditation_new(request: ActorRequest) -> HttpResponse:
    """File for one's own platform."""
    form = FilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.file(**form.cleaned_data, actor_id=request.actor.pk, at=clock.now(request))
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The application is filed; the bureau answers it."))
            return redirect("accreditations")
    page = {
        "title": _("File for accreditation"),
        "question": _("For what does our platform want to be recognised?"),
        "lead": request.actor.organisation.name,
        "button": _("File the application"),
    }
    return _form(request, form, page)


@acting
@require_POST
def accreditation_grant(request: ActorRequest, accreditation_id: int) -> HttpResponse:
    """Recognise a platform."""
    try:
        commands.grant(
            accreditation_id=accreditation_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The platform is recognised."))
    return redirect("accreditations")


@acting
@require_http_methods(["GET", "POST"])
def accreditation_answer(request: ActorRequest, accreditation_id: int, verb: str) -> HttpResponse:
    """Refuse an application, or take an accreditation back, saying why."""
    row = queries.accreditation(actor=request.actor, accreditation_id=accreditation_id)
    if verb not in VERBS:
        raise NotFound
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            VERBS[verb](
                accreditation_id=row.pk,
                reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Done; the platform reads the reason."))
            return redirect("accreditations")
    page = {
        "title": _("Reason"),
        "question": _("Why is it refused?") if verb == "refuse" else _("Why is it taken back?"),
        "lead": f"{row.platform.name} · {row.get_kind_display()}",
        "button": _("Refuse the application") if verb == "refuse" else _("Take it back"),
        "danger": True,
    }
    return _form(request, form, page)


def _form(request: ActorRequest, form: Any, page: dict[str, Any]) -> HttpResponse:
    crumbs = [(_("Home"), "/"), (_("Accreditations"), "/accreditations"), (page["title"], "")]
    context = {"form": form, "back": "/accreditations", "crumbs": crumbs, **page}
    return render(request, "projects/form.html", context, status=422 if form.errors else 200)


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What the harbour adds up to, each ratio with its denominator and source."""
    told = statistics(actor=_actor(request), at=clock.now(request))
    context = {
        "frame": _frame(request),
        "told": told,
        "counts": [_shown(f) for f in told.figures if f.unit != "fen"],
        "sums": [_shown(f) for f in told.figures if f.unit == "fen"],
        "crumbs": [(_("Home"), "/"), (_("Statistics"), "")],
    }
    return render(request, "governance/statistics.html", context)


def _shown(figure: Figure) -> dict[str, Any]:
    if figure.unit == "fen":
        note = money.reading(figure.value)
        return {"label": figure.label, "value": money.format_cny(figure.value), "note": note}
    return {"label": figure.label, "value": f"{figure.value:,}"}
