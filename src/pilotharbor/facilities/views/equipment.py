"""Pages of machines."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.forms import (
    EquipmentForm,
)
from pilotharbor.facilities.models import Equipment
from pilotharbor.facilities.views.shared import crumbs_to, kept_line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_GET
def equipment_list(request: ActorRequest) -> HttpResponse:
    """All equipment one may see."""
    actor, q = request.actor, request.GET.get("q", "").strip()[:120]
    status = request.GET.get("status", "")
    rows = queries.visible_equipment(actor=actor).filter(name__icontains=q)
    if status in Equipment.Status.values:
        rows = rows.filter(status=status)
    context = {
        "page": pages.page(rows, by="id", cursor=request.GET.get("cursor")),
        "q": q,
        "status": status,
        "statuses": Equipment.Status.choices,
        "own": actor.organisation_id,
        "keeps": queries.keeps_equipment(actor, platform_id=actor.organisation_id),
        "crumbs": [
            (_("Home"), "/"), (_("Lines and equipment"), reverse("equipment")),
            (_("Equipment list"), ""),
        ],
    }  # fmt: skip
    return render(request, "facilities/equipment_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def equipment_new(request: ActorRequest, line_id: int) -> HttpResponse:
    """Add a machine to a line."""
    line = kept_line(request, line_id)
    form = EquipmentForm(request.POST or None, sites=queries.sites(platform_id=line.platform_id))
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_equipment(
                line_id=line.pk,
                fields=_equipment_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The equipment stands in the line."))
            return redirect("line_detail", line.pk)
    crumbs = crumbs_to(
        (line.name, reverse("line_detail", args=[line.pk])), (_("New equipment"), "")
    )
    context = {"form": form, "line": line, "machine": None, "crumbs": crumbs}
    return render(
        request, "facilities/equipment_form.html", context, status=422 if form.errors else 200
    )


@acting
@require_http_methods(["GET", "POST"])
def equipment_edit(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """Change what is said about a machine."""
    machine = queries.visible_equipment(actor=request.actor).filter(pk=equipment_id).first()
    if machine is None:
        raise NotFound
    if not queries.keeps_equipment(request.actor, platform_id=machine.platform_id):
        raise commands.NotYourEquipment
    present = {name: getattr(machine, name) for name in EquipmentForm.base_fields}
    form = EquipmentForm(
        request.POST or None, initial=present, sites=queries.sites(platform_id=machine.platform_id)
    )
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_equipment(
                equipment_id=machine.pk,
                fields=_equipment_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return _back_to(machine)
    context = {
        "form": form,
        "line": machine.line,
        "machine": machine,
        "crumbs": crumbs_to((machine.name, "")),
    }
    return render(
        request, "facilities/equipment_form.html", context, status=422 if form.errors else 200
    )


def _equipment_fields(form: EquipmentForm) -> commands.EquipmentFields:
    given = form.cleaned_data
    return {
        "asset_no": given["asset_no"],
        "name": given["name"],
        "model": given["model"],
        "kind": given["kind"],
        "value_fen": given["value_fen"],
        "purchase_date": given["purchase_date"],
        "specification": given["specification"],
        "scale_min_g": given["scale_min_g"],
        "scale_max_g": given["scale_max_g"],
        "place_id": given["place_id"],
        "is_shared": given["is_shared"],
    }


MOVES = {
    "maintain": commands.send_to_maintenance,
    "return": commands.return_to_service,
    "retire": commands.retire_equipment,
}


@acting
@require_POST
def equipment_move(request: ActorRequest, equipment_id: int, verb: str) -> HttpResponse:
    """Take a machine out of service, bring it back, or retire it."""
    if verb not in MOVES:
        raise NotFound
    try:
        machine = MOVES[verb](
            equipment_id=equipment_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("equipment_list")
    messages.success(
        request,
        _("{name}: {status}").format(name=machine.name, status=machine.get_status_display()),
    )
    return _back_to(machine)


def _back_to(machine: Equipment) -> HttpResponse:
    if machine.line_id is None:
        return redirect("equipment_list")
    return redirect("line_detail", machine.line_id)
