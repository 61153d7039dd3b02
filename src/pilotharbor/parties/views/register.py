"""The public wizard by which an organisation comes in: one question a step."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties import commands, doors, queries
from pilotharbor.parties.forms import FirstPersonForm, WhereForm, WhoForm, refused
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.parties.views.pages import frame, locale, speaks_chinese

KEPT = "registering"
STEPS = ("who", "where", "you")


def _actor(request: HttpRequest) -> Membership | None:
    return getattr(request, "actor", None)


def _form(request: HttpRequest, step: str, kept: dict[str, Any]) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    initial = kept.get(step, {})
    if step == "who":
        return WhoForm(data, initial=initial)
    if step == "where":
        return WhereForm(data, initial=initial, zh=speaks_chinese())
    return FirstPersonForm(
        data, initial=initial, kind=kept["who"]["kind"], known=request.user.is_authenticated
    )


@require_http_methods(["GET", "POST"])
def register_organisation(request: HttpRequest) -> HttpResponse:
    """Which organisation, where it is, who administers it; then it awaits approval."""
    kept: dict[str, Any] = request.session.get(KEPT, {})
    step = request.GET.get("step", "who")
    if step not in STEPS or (step != "who" and "who" not in kept):
        step = "who"
    form = _form(request, step, kept)
    if request.method == "POST" and form.is_valid():
        said = {k: v for k, v in form.cleaned_data.items() if k != "password"}
        request.session[KEPT] = kept = kept | {step: said}
        if step == "who" and (taken := _taken(request, said["uscc"])):
            form.add_error("uscc", taken)
        elif step != "you":
            after = STEPS[STEPS.index(step) + 1]
            return redirect(f"{reverse('register_organisation')}?step={after}")
        elif _register(request, form, kept):
            return redirect("registered")
    return render(request, "parties/register.html", _shown(request, form, step, kept))


def _shown(
    request: HttpRequest, form: forms.Form, step: str, kept: dict[str, Any]
) -> dict[str, Any]:
    at = STEPS.index(step) + 1
    who = kept.get("who", {})
    return {
        "frame": frame(request), "form": form, "step": step, "who": who, "at": at,
        "steps": [_("Which organisation"), _("Where it is"), _("Who you are")],
        "step_urls": [f"?step={one}" for one in STEPS[: at - 1]],
        "kind_word": dict(OrganisationKind.choices).get(who.get("kind", ""), ""),
        "before": f"?step={STEPS[at - 2]}" if at > 1 else "",
    }  # fmt: skip


def _taken(request: HttpRequest, uscc: str) -> str:
    if not queries.is_registered(uscc=uscc):
        return ""
    found = queries.visible_organisations(actor=_actor(request)).filter(uscc=uscc).first()
    if found is None:
        return str(commands.UsccTaken(uscc=uscc))
    return str(commands.UsccTakenBy(uscc=uscc, name=found.name))


def _register(request: HttpRequest, form: forms.Form, kept: dict[str, Any]) -> bool:
    said, actor = form.cleaned_data, _actor(request)
    who, where = kept["who"], kept.get("where", {})
    user: Any = request.user
    known = user.is_authenticated
    contact = commands.Newcomer(
        email=user.email if known else said["email"], name=user.name if known else said["name"],
        password=said.get("password", ""), role=said["role"], locale=locale(),
        person_id=user.pk if known else None,
    )  # fmt: skip
    try:
        doors.limited(request, action="register_organisation")
        with doors.counted(request, email=contact.email):
            commands.register_organisation(
                kind=who["kind"], name=who["name"], uscc=who["uscc"],
                name_en=where.get("name_en", ""), region=where.get("province", ""),
                jurisdiction=where.get("jurisdiction", "CN"),
                state_funded=where.get("state_funded", False), sme=where.get("sme", False),
                contact=contact, actor_id=actor.pk if actor else None, at=clock.now(request),
            )  # fmt: skip
    except DomainError as exc:
        refused(form, exc)
        return False
    request.session["registered"] = who["name"]
    del request.session[KEPT]
    messages.success(request, _("{name} is registered.").format(name=who["name"]))
    return True


@require_http_methods(["GET"])
def registered(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    context = {"frame": frame(request), "name": request.session.get("registered", "")}
    return render(request, "parties/registered.html", context)
