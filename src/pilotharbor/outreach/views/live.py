"""The page of the day: what is on, one's points, and what was said of what is over."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands import pitches, scoring
from pilotharbor.outreach.forms import roadshows as forms
from pilotharbor.outreach.models import Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.outreach.views.roadshows import crumbs, reader, seen
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

STEPS = {"begin": pitches.begin, "end": pitches.end}


def _seat(request: HttpRequest, roadshow: Roadshow, ticket: str) -> Registration | None:
    """The seat of who looks: a guest's by the ticket, a member's by who they act as."""
    if ticket:
        found = tickets.registration_of(ticket)
        if found is None or found.roadshow_id != roadshow.pk or found.membership_id:
            raise NotFound
        return found
    return queries.registration_of_member(roadshow=roadshow, actor=reader(request))


@never_cache
@require_http_methods(["GET", "POST"])
def live(request: HttpRequest, roadshow_id: int, ticket: str = "") -> HttpResponse:
    """What is on now, and the ballot of who may give points."""
    roadshow = _opened(request, roadshow_id, ticket)
    seat = _seat(request, roadshow, ticket)
    pitch = scores.ballot(roadshow, registration=seat)
    form = None
    if seat and pitch:
        weights = scores.criteria_for(roadshow, seat)
        given = scores.score_of(seat, pitch)
        initial: dict[str, Any] = {"comment": given.comment} if given else {}
        initial |= {f"points.{k}": v for k, v in given.points.items()} if given else {}
        form = forms.PointsForm(request.POST or None, weights=weights, initial=initial)
        if request.method == "POST" and form.is_valid():
            actor = reader(request)
            try:
                scoring.give(
                    pitch_id=pitch.pk,
                    points=form.points,
                    comment=form.cleaned_data["comment"],
                    ticket=ticket,
                    actor_id=actor.pk if actor and not ticket else None,
                    at=clock.now(request),
                )
            except DomainError as exc:
                tell(form, exc)
            else:
                messages.success(
                    request, _("Your points are in. You may change them while it is on.")
                )
                return redirect(request.path)
    elif request.method == "POST":
        messages.error(request, str(scoring.NotOnNow()))
        return redirect(request.path)
    context = {
        **_state(request, roadshow, ticket),
        "ballot": pitch,
        "form": form,
        "given": scores.score_of(seat, pitch) if pitch else None,
        "crumbs": crumbs(
            (roadshow.title, reverse("roadshow_detail", args=[roadshow.pk])), (_("Live"), "")
        ),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "outreach/live.html", context, status=status)


def _opened(request: HttpRequest, roadshow_id: int, ticket: str) -> Roadshow:
    if ticket:
        found = tickets.registration_of(ticket)
        if found is not None and found.roadshow_id == roadshow_id:
            return found.roadshow
        raise NotFound
    return seen(request, roadshow_id)


def _state(request: HttpRequest, roadshow: Roadshow, ticket: str) -> dict[str, Any]:
    actor = reader(request)
    shown = scores.results(roadshow)
    on = next((r.pitch for r in shown if r.pitch.status == "live"), None)
    return {
        "roadshow": roadshow,
        "results": shown,
        "on": on,
        "ticket": ticket,
        "runs": queries.organises(actor, roadshow.organiser_id),
        "polls": roadshow.status in {"open", "running"},
        "declares": actor is not None and roadshow.status in {"running", "closed"},
        "openable": queries.openable([r.pitch for r in shown], actor=actor),
        # The ballot stands outside what is fetched again, so that nothing typed is lost.
        "on_id": on.pk if on else 0,
        "stale": request.GET.get("on", "") not in {"", str(on.pk if on else 0)},
    }


@never_cache
@require_GET
def results(request: HttpRequest, roadshow_id: int, ticket: str = "") -> HttpResponse:
    """The part of the page of the day that is fetched again and again."""
    roadshow = _opened(request, roadshow_id, ticket)
    return render(request, "outreach/_results.html", _state(request, roadshow, ticket))


@acting
@require_POST
def pitch_step(request: ActorRequest, roadshow_id: int, pitch_id: int, step: str) -> HttpResponse:
    """Let an item begin or end."""
    if step not in STEPS:
        raise NotFound
    said = _("It is on now.") if step == "begin" else _("Over; its points are shown.")
    return act(
        request,
        lambda: STEPS[step](pitch_id=pitch_id, actor_id=request.actor.pk, at=clock.now(request)),
        done=said,
        to=reverse("roadshow_live", args=[roadshow_id]),
    )
