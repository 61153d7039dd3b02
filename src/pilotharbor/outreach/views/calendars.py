"""Calendar feeds: what is public, and what one goes to oneself, at a secret address."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, ical
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.outreach import calendars
from pilotharbor.outreach.models import Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.views.roadshows import crumbs, seen
from pilotharbor.parties import commands as parties
from pilotharbor.parties import queries as people
from pilotharbor.parties import tokens
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

# How long something stays in a feed once it is over, and how long an address holds.
KEPT, DAYS = timedelta(days=90), 365


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@require_GET
def public_feed(request: HttpRequest) -> HttpResponse:
    """Every event that everybody may know of, as a calendar to subscribe to."""
    rows = queries.visible_roadshows(actor=None)
    rows = rows.filter(period__endswith__gt=clock.now(request) - KEPT).order_by("period")[:500]
    entries = [calendars.entry_of(row) for row in rows]
    return _file(ical.calendar(_("Roadshows and events"), entries), "roadshows.ics")


@require_GET
def one_event(request: HttpRequest, roadshow_id: int) -> HttpResponse:
    """One event as a file, for whoever may know of it."""
    roadshow = seen(request, roadshow_id)
    content = ical.calendar(roadshow.title, [calendars.entry_of(roadshow)])
    return _file(content, f"roadshow-{roadshow.pk}.ics")


@never_cache
@require_GET
def my_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the holder of this address goes to and judges; nothing else opens by it."""
    at = clock.now(request)
    actor = tokens.membership_of(secret=secret, scope=tokens.CALENDAR, at=at)
    if actor is None:
        raise NotFound
    rows = (
        Registration.objects.filter(
            membership__person_id=actor.person_id, roadshow__period__endswith__gt=at - KEPT
        )
        .exclude(status=Registration.Status.CANCELLED)
        .exclude(roadshow__status=Roadshow.Status.PLANNED)
        .select_related("roadshow__organiser")
        .order_by("roadshow__period")[:500]
    )
    return _file(ical.calendar(_("My events"), calendars.entries_of(rows)), "mine.ics")


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def calendar(request: ActorRequest) -> HttpResponse:
    """The addresses of the feeds; a new secret one is shown once."""
    secret = ""
    if request.method == "POST":
        issued = parties.issue_token(
            name=_("Calendar feed"), scopes=[tokens.CALENDAR], days=DAYS,
            actor_id=request.actor.pk, at=clock.now(request),
        )  # fmt: skip
        secret = request.build_absolute_uri(reverse("my_calendar", args=[issued.secret]))
        messages.success(request, _("The address is ready."))
    mine = people.visible_tokens(actor=request.actor).filter(
        scopes=[tokens.CALENDAR], revoked_at=None, expires_at__gt=clock.now(request)
    )
    context = {
        "secret": secret,
        "tokens": mine.order_by("-id"),
        "public_url": request.build_absolute_uri(reverse("public_calendar")),
        "crumbs": crumbs((_("Calendar"), "")),
    }
    return render(request, "outreach/calendar.html", context)


@acting
@require_POST
def calendar_revoke(request: ActorRequest) -> HttpResponse:
    """Take a secret address away."""
    token_id = id_in(request.POST.get("token_id", ""))
    if token_id is None:
        return redirect("event_calendar")
    return act(
        request,
        lambda: parties.revoke_token(
            token_id=token_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The address opens nothing any more."),
        to=reverse("event_calendar"),
    )
