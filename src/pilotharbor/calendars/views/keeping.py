"""Where tablets are set up and taken away, and where people choose their PIN."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.calendars import commands, queries
from pilotharbor.calendars.forms import KioskForm, NewPinForm
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def kiosk_list(request: ActorRequest) -> HttpResponse:
    """The tablets of one's platform; the address of a new one is shown once."""
    mine = request.actor.organisation_id
    if not queries.keeps_kiosks(request.actor):
        raise commands.NotYourKiosk
    lines = [(p.id, p.name) for p in queries.lines_of(actor=request.actor) if p.platform_id == mine]
    form = KioskForm(request.POST or None, lines=lines)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = commands.make_kiosk(
                **form.cleaned_data, actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            secret = request.build_absolute_uri(reverse("kiosk_open", args=[issued.secret]))
            messages.success(request, _("Open this address once on the tablet."))
    context = {
        "form": form,
        "secret": secret,
        "kiosks": queries.kept_kiosks(actor=request.actor),
        "crumbs": [(_("Home"), "/"), (_("Calendar"), reverse("calendar")), (_("Kiosks"), "")],
    }
    return render(request, "calendars/kiosks.html", context, status=422 if form.errors else 200)


@acting
@require_POST
def kiosk_revoke(request: ActorRequest, kiosk_id: int) -> HttpResponse:
    """Take a tablet's secret away."""
    return act(
        request,
        lambda: commands.revoke_kiosk(
            kiosk_id=kiosk_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The tablet shows nothing any more."),
        to=reverse("kiosks"),
    )


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def pin(request: ActorRequest) -> HttpResponse:
    """Choose the PIN by which one is known at tablets."""
    if not queries.may_have_pin(request.actor):
        raise commands.NotWithoutLines
    form = NewPinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.set_pin(
                pin=form.cleaned_data["pin"], actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Your PIN is set."))
            return redirect("kiosk_pin")
    context = {
        "form": form,
        "crumbs": [(_("Home"), "/"), (_("Calendar"), reverse("calendar")), (_("My PIN"), "")],
    }
    return render(request, "calendars/pin.html", context, status=422 if form.errors else 200)
