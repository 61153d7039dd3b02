"""Do signals come in, and what comes that nobody has registered?"""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, queries
from pilotharbor.telemetry.forms import ConnectorForm
from pilotharbor.telemetry.models import Connector
from pilotharbor.telemetry.views.shared import crumbs_to, for_staff

REFUSALS_SHOWN = 100
MOVES = {
    "pause": commands.pause_connector,
    "resume": commands.resume_connector,
    "remove": commands.remove_connector,
}


def _visible(request: ActorRequest, connector_id: int) -> Connector:
    found = queries.visible_connectors(actor=request.actor).filter(pk=connector_id).first()
    if found is None:
        raise NotFound
    return found


def _fields(form: ConnectorForm) -> commands.ConnectorFields:
    return cast("commands.ConnectorFields", dict(form.cleaned_data))


@for_staff
@require_GET
def connector_list(request: ActorRequest) -> HttpResponse:
    """All connectors one sees, and what programs sent that could not be taken."""
    actor = request.actor
    context = {
        "connectors": queries.visible_connectors(actor=actor).order_by("name", "id"),
        "keeps": queries.keeps_connectors(actor, platform_id=actor.organisation_id),
        "refusals": queries.refusals_of(platform_id=actor.organisation_id, connector_id=None)[
            :REFUSALS_SHOWN
        ],
        "crumbs": crumbs_to((_("Connectors"), "")),
    }
    return render(request, "telemetry/connector_list.html", context)


@for_staff
@require_GET
def connector_detail(request: ActorRequest, connector_id: int) -> HttpResponse:
    """How one connector does."""
    connector = _visible(request, connector_id)
    context = {
        "connector": connector,
        "health": connector.health,
        "tags": queries.visible_tags(actor=request.actor)
        .filter(connector=connector)
        .order_by("name", "id"),
        "refusals": queries.refusals_of(
            platform_id=connector.platform_id, connector_id=connector.pk
        )[:REFUSALS_SHOWN],
        "keeps": queries.keeps_connectors(request.actor, platform_id=connector.platform_id),
        "crumbs": crumbs_to((_("Connectors"), reverse("connectors")), (connector.name, "")),
    }
    part = "_connector_state" if "HX-Request" in request.headers else "connector_detail"
    return render(request, f"telemetry/{part}.html", context)


@for_staff
@require_http_methods(["GET", "POST"])
def connector_new(request: ActorRequest) -> HttpResponse:
    """Fetch signals from a broker or server."""
    if not queries.keeps_connectors(request.actor, platform_id=request.actor.organisation_id):
        raise commands.NotYourConnector
    form = ConnectorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            connector = commands.register_connector(
                fields=_fields(form), actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The connector starts within seconds."))
            return redirect("connector_detail", connector.pk)
    crumbs = crumbs_to((_("Connectors"), reverse("connectors")), (_("New connector"), ""))
    context = {"form": form, "connector": None, "crumbs": crumbs}
    return render(
        request, "telemetry/connector_form.html", context, status=422 if form.errors else 200
    )


@for_staff
@require_http_methods(["GET", "POST"])
def connector_edit(request: ActorRequest, connector_id: int) -> HttpResponse:
    """Change a connector; the password is never shown."""
    connector = _visible(request, connector_id)
    if not queries.keeps_connectors(request.actor, platform_id=connector.platform_id):
        raise commands.NotYourConnector
    present = {
        "name": connector.name,
        "address": connector.address,
        "topics": "\n".join(connector.topics),
        "username": connector.username,
        "secret_env": connector.secret_env,
    }
    form = ConnectorForm(request.POST or None, initial=present, fixed_kind=True)
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_connector(
                connector_id=connector.pk,
                fields=_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect("connector_detail", connector.pk)
    here = reverse("connector_detail", args=[connector.pk])
    crumbs = crumbs_to(
        (_("Connectors"), reverse("connectors")), (connector.name, here), (_("Change"), "")
    )
    context = {"form": form, "connector": connector, "crumbs": crumbs}
    return render(
        request, "telemetry/connector_form.html", context, status=422 if form.errors else 200
    )


@for_staff
@require_POST
def connector_move(request: ActorRequest, connector_id: int, verb: str) -> HttpResponse:
    """Pause, resume or remove a connector."""
    if verb not in MOVES:
        raise NotFound
    try:
        connector = MOVES[verb](
            connector_id=connector_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("connector_detail", connector_id)
    messages.success(request, _("Saved."))
    if connector.status == Connector.Status.REMOVED:
        return redirect("connectors")
    return redirect("connector_detail", connector.pk)
