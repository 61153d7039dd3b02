"""What schedules keep to beside calendars: cleaning between materials, hazards that are kept apart."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotharbor.facilities.models import Line
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import commands, queries
from pilotharbor.scheduling.forms import ApartForm, ChangeoverForm
from pilotharbor.scheduling.models import Apart, Changeover
from pilotharbor.scheduling.views.proposals import crumbs_to


def _by(request: ActorRequest) -> dict[str, Any]:
    return {"actor_id": request.actor.pk, "at": clock.now(request)}


@acting
def rules(request: ActorRequest) -> HttpResponse:
    """What do our schedules keep to? And a pair of hazards more."""
    rights.require(request.actor, Verb.APPROVE, Kind.BOOKING)
    form = ApartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.keep_apart(**form.cleaned_data, **_by(request))
        except DomainError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Schedules keep these two apart from now on."))
            return redirect("plan_rules")
    return _page(request, apart_form=form)


def _page(request: ActorRequest, **forms: Form) -> HttpResponse:
    platform = queries.platform_of(request.actor)
    lines = list(Line.objects.filter(platform=platform).order_by("name", "id"))
    minutes = dict(Changeover.objects.filter(line__in=lines).values_list("line_id", "minutes"))
    rows = []
    for line in lines:
        form = ChangeoverForm(initial={"minutes": minutes.get(line.pk, 0)})
        form.auto_id = f"id_{line.pk}_%s"
        rows.append((line, form))
    context = {
        "lines": rows,
        "pairs": Apart.objects.filter(platform=platform).order_by("one", "other"),
        "crumbs": crumbs_to((_("What schedules keep to"), "")),
        **forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "scheduling/rules.html", context, status=422 if wrong else 200)


@acting
@require_POST
def changeover(request: ActorRequest, line_id: int) -> HttpResponse:
    """Say how long a line is cleaned between different materials."""
    form = ChangeoverForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(commands.MinutesOutOfRange(most=10_080)))
        return redirect("plan_rules")
    commands.set_changeover(line_id=line_id, **form.cleaned_data, **_by(request))
    messages.success(request, _("Kept. The next schedule counts it in."))
    return redirect("plan_rules")


@acting
@require_POST
def apart_lift(request: ActorRequest, apart_id: int) -> HttpResponse:
    """Take a pair of hazards off the list."""
    commands.let_together(apart_id=apart_id, **_by(request))
    messages.success(request, _("Schedules may put these two side by side again."))
    return redirect("plan_rules")
