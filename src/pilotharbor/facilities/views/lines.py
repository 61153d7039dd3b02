"""Pages of a line: seeing it, keeping it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.forms import (
    EngineerForm,
    LineForm,
    ReasonForm,
)
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.views.hours import week_of
from pilotharbor.facilities.views.machines import machines_with
from pilotharbor.facilities.views.shared import (
    carry_out,
    crumbs_to,
    kept_line,
    of_line,
    price_on,
    shown,
    visible_line,
)
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_GET
def line_list(request: ActorRequest) -> HttpResponse:
    """The lines one may see, with what they cost today."""
    actor, q = request.actor, request.GET.get("q", "").strip()[:120]
    rows = queries.visible_lines(actor=actor).filter(name__icontains=q)
    if request.GET.get("mine"):
        rows = rows.filter(platform_id=actor.organisation_id)
    page = pages.page(queries.with_parts(rows), by="id", cursor=request.GET.get("cursor"))
    today = local_date(clock.now(request))
    context = {
        "page": page,
        "rows": [
            {
                "line": x,
                "price": price_on(x, today),
                "working": sum(m.status == "in_service" for m in x.equipment.all()),
            }
            for x in page.items
        ],
        "q": q,
        "mine": request.GET.get("mine", ""),
        "keeps": queries.keeps_lines(actor, platform_id=actor.organisation_id),
        "crumbs": [(_("Home"), "/"), (_("Lines and equipment"), "")],
    }
    return render(request, "facilities/line_list.html", context)


@acting
@require_GET
def line_detail(request: ActorRequest, line_id: int) -> HttpResponse:
    """One line: equipment in order, prices, engineers, and what its keeper may change."""
    return _line_page(request, visible_line(request.actor, line_id))


def _line_page(request: ActorRequest, line: Line, **forms: Form) -> HttpResponse:
    at = clock.now(request)
    inventory = queries.sees_inventory(request.actor, platform_id=line.platform_id)
    machines = shown(line, inventory=inventory)
    proofs = list(queries.qualifications(machines=machines))
    context: dict[str, Any] = of_line(request, line, "overview") | {
        "inventory": inventory,
        "machines": machines_with(machines, proofs, local_date(at)),
        "price": price_on(line, local_date(at)),
        "engineers": line.engineers.all() if inventory else [],
        "week": week_of(line),
        "closures": queries.closures_ahead(
            line=line, machines=queries.taken_by(line_id=line.pk), at=at
        )[:3],
        "safety": line.safety_items.filter(withdrawn_at=None).count(),
        "now": at,
    }
    if context["keeps"]:
        taken = [e.membership_id for e in line.engineers.all()]
        choices = queries.engineers_to_choose(platform_id=line.platform_id).exclude(pk__in=taken)
        context |= {
            "engineer_form": EngineerForm(choices=choices),
            "close_form": ReasonForm(prefix="close"),
        } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "facilities/line_detail.html", context, status=422 if refused else 200)


@acting
@require_http_methods(["GET", "POST"])
def line_new(request: ActorRequest) -> HttpResponse:
    """Open a line."""
    form = LineForm(
        request.POST or None, sites=queries.sites(platform_id=request.actor.organisation_id)
    )
    if request.method == "POST" and form.is_valid():
        try:
            line = commands.register_line(
                fields=_line_fields(form), actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The line is there. Add its equipment and prices next."))
            return redirect("line_detail", line.pk)
    context = {"form": form, "crumbs": crumbs_to((_("New line"), "")), "line": None}
    return render(request, "facilities/line_form.html", context, status=422 if form.errors else 200)


@acting
@require_http_methods(["GET", "POST"])
def line_edit(request: ActorRequest, line_id: int) -> HttpResponse:
    """Change what is said about a line."""
    line = kept_line(request, line_id)
    present = {name: getattr(line, name) for name in LineForm.base_fields}
    form = LineForm(
        request.POST or None, initial=present, sites=queries.sites(platform_id=line.platform_id)
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_line(
                line_id=line.pk,
                fields=_line_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect("line_detail", line.pk)
    crumbs = crumbs_to((line.name, reverse("line_detail", args=[line.pk])), (_("Change"), ""))
    context = {"form": form, "crumbs": crumbs, "line": line}
    return render(request, "facilities/line_form.html", context, status=422 if form.errors else 200)


def _line_fields(form: LineForm) -> commands.LineFields:
    given = form.cleaned_data
    return {
        "name": given["name"],
        "site": given["site"],
        "description": given["description"],
        "batch_kg_min": given["batch_kg_min"],
        "batch_kg_max": given["batch_kg_max"],
        "place_id": given["place_id"],
        "hold_hours": given["hold_hours"] or 0,
        "reviews_needed": given["reviews_needed"] or 1,
        "quota_hours_week": given["quota_hours_week"],
    }


def _act(
    request: ActorRequest, line_id: int, name: str, form: Form, do: Callable[[Any], str]
) -> HttpResponse:
    """Carry out one of the small forms of a line's page, or show it again with its errors."""
    return carry_out(
        request,
        form,
        do,
        to=reverse("line_detail", args=[line_id]),
        again=lambda: _line_page(request, kept_line(request, line_id), **{name: form}),
    )


@acting
@require_POST
def line_close(request: ActorRequest, line_id: int) -> HttpResponse:
    """Take no more bookings."""

    def do(given: dict[str, Any]) -> str:
        commands.close_line(
            line_id=line_id,
            reason=given["reason"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("The line takes no more bookings. What was allotted before stays.")

    return _act(request, line_id, "close_form", ReasonForm(request.POST, prefix="close"), do)


@acting
@require_POST
def line_reopen(request: ActorRequest, line_id: int) -> HttpResponse:
    """Take bookings again."""
    commands.reopen_line(line_id=line_id, actor_id=request.actor.pk, at=clock.now(request))
    messages.success(request, _("The line takes bookings again."))
    return redirect("line_detail", line_id)


@acting
@require_POST
def engineer_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Let an engineer run the line."""
    line = kept_line(request, line_id)
    choices = queries.engineers_to_choose(platform_id=line.platform_id)

    def do(given: dict[str, Any]) -> str:
        commands.assign_engineer(
            line_id=line_id,
            membership_id=given["membership_id"].pk,
            actor_id=request.actor.pk,
            at=clock.now(request),
        )
        return _("{name} runs this line now.").format(name=given["membership_id"].person.name)

    form = EngineerForm(request.POST, choices=choices)
    return _act(request, line_id, "engineer_form", form, do)


@acting
@require_POST
def engineer_release(request: ActorRequest, line_id: int, membership_id: int) -> HttpResponse:
    """Take an engineer off the line."""
    commands.release_engineer(
        line_id=line_id,
        membership_id=membership_id,
        actor_id=request.actor.pk,
        at=clock.now(request),
    )
    messages.success(request, _("This engineer no longer runs the line."))
    return redirect("line_detail", line_id)
