"""Calendars to subscribe to: the page where addresses are made, and what stands at one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.calendars import commands, entries, queries, secrets
from pilotharbor.calendars.forms import FeedForm
from pilotharbor.kernel import clock, ical
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.views.pages import act
from pilotharbor.projects import queries as projects


@never_cache
@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar at a secret address, in the language of its holder; nothing else opens by it."""
    at = clock.now(request)
    address = secrets.feed_of(secret=secret, at=at)
    if address is None:
        raise NotFound
    with translation.override(address.membership.person.locale):
        found = queries.feed(address=address, at=at)
        content = ical.calendar(entries.title_of(address), entries.entries_of(address, found))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="bookings.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def feed_list(request: ActorRequest) -> HttpResponse:
    """The actor's addresses; a new one is shown once."""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    form, secret = _form(request), ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = commands.make_address(
                **form.target(), actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            secret = _told(request, issued)
    return _page(request, form, secret)


def _told(request: ActorRequest, issued: commands.IssuedAddress) -> str:
    """A new address in full, this once."""
    messages.success(request, _("The address is ready."))
    return request.build_absolute_uri(reverse("booking_feed", args=[issued.secret]))


def _form(request: ActorRequest) -> FeedForm:
    lines = [(p.id, p.name) for p in queries.lines_of(actor=request.actor)]
    mine = projects.visible_projects(actor=request.actor).order_by("title", "id")
    return FeedForm(
        request.POST if request.method == "POST" and "what" in request.POST else None,
        lines=lines,
        projects=list(mine.values_list("pk", "title")[:500]),
        initial={"what": _wanted(request)},
    )


def _page(request: ActorRequest, form: FeedForm, secret: str) -> HttpResponse:
    context = {
        "form": form,
        "secret": secret,
        "addresses": queries.addresses_of(actor=request.actor),
        "crumbs": [
            (_("Home"), "/"), (_("Calendar"), reverse("calendar")), (_("Subscribe"), ""),
        ],
    }  # fmt: skip
    return render(request, "calendars/feeds.html", context, status=422 if form.errors else 200)


def _wanted(request: ActorRequest) -> str:
    """What the page one came from would like to be subscribed to."""
    for kind in ("line", "project"):
        if (pk := id_in(request.GET.get(kind, ""))) is not None:
            return f"{kind}-{pk}"
    return "person"


@never_cache
@acting
@require_POST
def feed_renew(request: ActorRequest, address_id: int) -> HttpResponse:
    """Exchange an address for a new one, which is shown once."""
    try:
        issued = commands.renew_address(
            address_id=address_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except NotFound:
        messages.error(request, _("This address was exchanged or revoked meanwhile."))
        return redirect("feeds")
    return _page(request, _form(request), _told(request, issued))


@acting
@require_POST
def feed_revoke(request: ActorRequest, address_id: int) -> HttpResponse:
    """Take an address away."""
    if not queries.addresses_of(actor=request.actor).filter(pk=address_id).exists():
        return redirect("feeds")
    return act(
        request,
        lambda: commands.revoke_address(
            address_id=address_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The address opens nothing any more."),
        to=reverse("feeds"),
    )
