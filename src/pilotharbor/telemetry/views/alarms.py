"""Which alarms ask for somebody?"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, queries
from pilotharbor.telemetry.forms import AcknowledgeForm
from pilotharbor.telemetry.models import Alarm
from pilotharbor.telemetry.views.shared import crumbs_to, for_staff

MOST_OPEN = 200


@for_staff
@require_GET
def alarm_list(request: ActorRequest) -> HttpResponse:
    """Open alarms, and those that are over."""
    actor = request.actor
    alarms = queries.visible_alarms(actor=actor)
    over = alarms.filter(status=Alarm.Status.CLOSED)
    context = {
        "open": queries.open_alarms(alarms)[:MOST_OPEN],
        "page": pages.page(over, by="-raised_at", cursor=request.GET.get("cursor")),
        "keeps": queries.keeps_signals(actor, platform_id=actor.organisation_id),
        "crumbs": crumbs_to((_("Alarms"), "")),
    }
    return render(request, "telemetry/alarm_list.html", context)


@for_staff
@require_POST
def alarm_acknowledge(request: ActorRequest, alarm_id: int) -> HttpResponse:
    """Say that one has seen an alarm."""
    form = AcknowledgeForm(request.POST)
    remark = form.cleaned_data["remark"] if form.is_valid() else ""
    try:
        commands.acknowledge(
            alarm_id=alarm_id, remark=remark, actor_id=request.actor.pk, at=clock.now(request)
        )
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Noted: you have seen it."))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if safe else reverse("alarms"))
