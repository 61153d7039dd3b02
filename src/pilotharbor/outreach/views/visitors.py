"""Pages of who comes: taking a seat, the ticket with its code, the door, intents."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.later import later
from pilotharbor.leads import queries as leads
from pilotharbor.outreach import tickets
from pilotharbor.outreach.commands import intents as intent_commands
from pilotharbor.outreach.commands import registrations as commands
from pilotharbor.outreach.commands.roadshows import NotYourEvent
from pilotharbor.outreach.forms import roadshows as forms
from pilotharbor.outreach.models import Intent, Pitch, Registration, Roadshow
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.views.roadshows import crumbs, reader, seen
from pilotharbor.parties import doors
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

if TYPE_CHECKING:
    import segno
else:
    segno = later("segno")


@acting
@require_POST
def register(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Take a seat."""
    return act(
        request,
        lambda: commands.register(
            roadshow_id=roadshow_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("You are registered; your place and your ticket stand below."),
        to=reverse("roadshow_detail", args=[roadshow_id]),
    )


@require_http_methods(["GET", "POST"])
def guest(request: HttpRequest, roadshow_id: int) -> HttpResponse:
    """Take a seat without an account."""
    roadshow, actor = seen(request, roadshow_id), reader(request)
    host = queries.organises(actor, roadshow.organiser_id)
    form = forms.GuestForm(request.POST or None, initial={"form_key": secrets.token_urlsafe(24)})
    if request.method == "POST":
        doors.limited(request, action="register_guest")
        if form.is_valid():
            try:
                made = commands.register_guest(
                    roadshow_id=roadshow_id,
                    **form.cleaned_data,
                    actor_id=actor.pk if host and actor else None,
                    at=clock.now(request),
                )
            except DomainError as exc:
                tell(form, exc)
            else:
                return redirect("ticket", tickets.ticket_of(made))
    context = {
        "roadshow": roadshow,
        "form": form,
        "host": host,
        "full": roadshow.seats_taken >= roadshow.capacity,
        "crumbs": crumbs(
            (roadshow.title, reverse("roadshow_detail", args=[roadshow_id])), (_("Register"), "")
        ),
    }
    return render(request, "outreach/guest.html", context, status=422 if form.errors else 200)


def qr(request: HttpRequest, registration: Registration) -> dict[str, str]:
    """The ticket as picture and text: what the door opens by."""
    ticket = tickets.ticket_of(registration)
    url = request.build_absolute_uri(reverse("check_in", args=[ticket]))
    picture = segno.make(url, error="m", micro=False)
    return {"ticket": ticket, "picture": picture.svg_data_uri(scale=6, border=4, light="#fff")}


@never_cache
@require_GET
def my_ticket(request: HttpRequest, roadshow_id: int) -> HttpResponse:
    """One's own ticket, as a member."""
    actor = reader(request)
    mine = queries.registration_of_member(roadshow=seen(request, roadshow_id), actor=actor)
    if mine is None:
        raise NotFound
    return _ticket(request, mine)


@never_cache
@require_http_methods(["GET", "POST"])
def ticket(request: HttpRequest, ticket: str) -> HttpResponse:
    """A guest's ticket, at its secret address; a member's opens only for who is signed in."""
    registration = tickets.registration_of(ticket)
    if registration is None or registration.membership_id:
        raise NotFound
    return _ticket(request, registration)


def _ticket(request: HttpRequest, registration: Registration) -> HttpResponse:
    roadshow: Roadshow = registration.roadshow
    context: dict[str, Any] = {
        "registration": registration,
        "roadshow": roadshow,
        "place": queries.place_in_queue(registration),
        "waiting": registration.status == Registration.Status.WAITLISTED,
        **qr(request, registration),
        "crumbs": crumbs((roadshow.title, ""), (_("Ticket"), "")),
    }
    return render(request, "outreach/ticket.html", context)


@require_POST
def give_back(request: HttpRequest, registration_id: int) -> HttpResponse:
    """Give a seat back."""
    actor, shown = reader(request), request.POST.get("ticket", "")
    found = Registration.objects.filter(pk=registration_id).first()
    if found is None:
        raise NotFound
    back = reverse("roadshow_detail", args=[found.roadshow_id])
    if shown and not actor:
        back = reverse("ticket", args=[shown])
    elif actor and found.membership_id != actor.pk and not shown:
        back = reverse("door", args=[found.roadshow_id])
    return act(
        request,
        lambda: commands.withdraw(
            registration_id=registration_id, ticket=shown, actor_id=actor.pk if actor else None,
            at=clock.now(request),
        ),
        done=_("The seat is given back."),
        to=back,
    )  # fmt: skip


@acting
@require_GET
def door(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Who comes, and the desk where codes are typed."""
    roadshow = seen(request, roadshow_id)
    if not queries.sees_visitors(request.actor, roadshow):
        raise NotFound
    words = request.GET.get("q", "").strip().casefold()
    people = [
        (one, tickets.ticket_of(one))
        for one in queries.visitors(roadshow)
        if not words or words in _name(one).casefold()
    ]
    context = {
        "roadshow": roadshow,
        "people": people,
        "q": request.GET.get("q", ""),
        "form": forms.TicketForm(),
        "runs": queries.organises(request.actor, roadshow.organiser_id),
        "turnout": queries.turnout(Roadshow.objects.filter(pk=roadshow.pk)),
        "crumbs": crumbs(
            (roadshow.title, reverse("roadshow_detail", args=[roadshow_id])), (_("The door"), "")
        ),
    }
    return render(request, "outreach/door.html", context)


def _name(registration: Registration) -> str:
    if registration.membership:
        person, body = registration.membership.person, registration.membership.organisation
        return f"{person.name} {body.name}"
    return f"{registration.guest_name} {registration.guest_organisation}"


@acting
@require_POST
def code_typed(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Open the page of a code that was typed or read by a scanner that types."""
    form = forms.TicketForm(request.POST)
    if not form.is_valid():
        return redirect("door", roadshow_id)
    # A scanner types the whole address that stands in the picture.
    code = form.cleaned_data["ticket"].removesuffix("/check-in").rpartition("/")[2]
    return redirect("check_in", code)


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def check_in(request: ActorRequest, ticket: str) -> HttpResponse:
    """What the camera of a phone opens at the door: whose seat it is, and one button."""
    registration = tickets.registration_of(ticket)
    if registration is None:
        raise commands.NoSuchTicket
    roadshow = registration.roadshow
    if registration.membership_id == request.actor.pk:
        return redirect("my_ticket", roadshow.pk)
    if not queries.organises(request.actor, roadshow.organiser_id):
        raise NotYourEvent
    refusal = None
    if request.method == "POST":
        try:
            registration = commands.check_in(
                ticket=ticket, actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            refusal = str(exc)
        else:
            messages.success(request, _("Checked in."))
            return redirect("check_in", ticket)
    context = {
        "registration": registration,
        "roadshow": roadshow,
        "refusal": refusal,
        "crumbs": crumbs((roadshow.title, reverse("door", args=[roadshow.pk])), (_("Ticket"), "")),
    }
    return render(request, "outreach/check_in.html", context, status=409 if refusal else 200)


@acting
@require_http_methods(["GET", "POST"])
def intent_new(request: ActorRequest, pitch_id: int) -> HttpResponse:
    """Say what one wants of a pitch."""
    shown = queries.visible_roadshows(actor=request.actor)
    pitch = Pitch.objects.select_related("roadshow").filter(pk=pitch_id, roadshow__in=shown).first()
    if pitch is None:
        raise NotFound
    form = forms.IntentForm(request.POST or None)
    back = reverse("roadshow_live", args=[pitch.roadshow_id])
    if request.method == "POST" and form.is_valid():
        try:
            intent_commands.declare(
                pitch_id=pitch_id, **form.cleaned_data, actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Noted. The organiser will bring you together."))
            return redirect(back)
    context = {
        "title": _("Declare an intent"),
        "question": _("What do you want of this?"),
        "lead": pitch.title,
        "button": _("Declare the intent"),
        "form": form,
        "back": back,
        "crumbs": crumbs((pitch.roadshow.title, back), (_("Declare an intent"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@acting
@require_GET
def intent_list(request: ActorRequest) -> HttpResponse:
    """What is to be followed up."""
    rows = queries.visible_intents(actor=request.actor)
    status = request.GET.get("status", "")
    if status in Intent.Status.values:
        rows = rows.filter(status=status)
    chosen = request.GET.get("roadshow", "")
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19:
        rows = rows.filter(pitch__roadshow_id=int(chosen))
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=50)
    context = {
        "page": page,
        "rows": _go_on(request, list(page.items)),
        "status": status,
        "roadshow": chosen,
        "statuses": Intent.Status.choices,
        "crumbs": crumbs((_("Intents"), "")),
    }
    return render(request, "outreach/intent_list.html", context)


@dataclass(frozen=True, slots=True)
class _Row:
    """An intent and what its reader can do with it."""

    intent: Intent
    follows: bool
    carries: bool
    waits: bool
    offers: bool
    lead_url: str


def _go_on(request: ActorRequest, intents: list[Intent]) -> list[_Row]:
    actor = request.actor
    carrier = leads.manages(actor) or leads.operates(actor)
    ids = [one.lead_id for one in intents if one.lead_id]
    seen = set(leads.visible_leads(actor=actor).filter(pk__in=ids).values_list("pk", flat=True))
    rows = []
    for one in intents:
        open_still = bool(one.MOVES[Intent.Status(one.status)]) and one.lead_id is None
        carriable = open_still and carrier and one.pitch.achievement_id is not None
        mine = one.declared_by_id == actor.pk
        rows.append(
            _Row(
                one,
                follows=_follows(request, one),
                carries=carriable and one.approachable,
                waits=carriable and not one.approachable,
                offers=open_still and mine and not one.approachable,
                lead_url=reverse("lead_detail", args=[one.lead_id]) if one.lead_id in seen else "",
            )
        )
    return rows


@acting
@require_POST
def intent_carry(request: ActorRequest, intent_id: int) -> HttpResponse:
    """Make a lead of an intent, with one press."""
    try:
        made = intent_commands.carry(
            intent_id=intent_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except DomainError as exc:
        if isinstance(exc, NotFound):
            raise
        messages.error(request, str(exc))
        return redirect("intents")
    messages.success(
        request, _("It is a lead now. Neither side is told before you log the first contact.")
    )
    return redirect("lead_detail", made.lead_id)


@acting
@require_POST
def intent_offer(request: ActorRequest, intent_id: int) -> HttpResponse:
    """Let a technology manager approach whoever declared it."""
    try:
        intent_commands.let_approach(
            intent_id=intent_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except DomainError as exc:
        if isinstance(exc, NotFound):
            raise
        messages.error(request, str(exc))
    else:
        messages.success(request, _("A technology manager of the organiser may approach you now."))
    return redirect("intents")


def _follows(request: ActorRequest, intent: Intent) -> bool:
    if not intent.MOVES[intent.status]:
        return False
    organiser = queries.organises(request.actor, intent.pitch.roadshow.organiser_id)
    return organiser or queries.belongs(request.actor, intent.pitch)


@acting
@require_http_methods(["GET", "POST"])
def intent_follow(request: ActorRequest, intent_id: int) -> HttpResponse:
    """Write down how an intent went on."""
    intent = queries.visible_intents(actor=request.actor).filter(pk=intent_id).first()
    if intent is None:
        raise NotFound
    form = forms.FollowForm(request.POST or None, intent=intent)
    if request.method == "POST" and form.is_valid():
        try:
            intent_commands.follow(
                intent_id=intent_id, **form.cleaned_data, actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Written down."))
            return redirect("intents")
    context = {
        "title": _("Follow up"),
        "question": _("How did it go on?"),
        "lead": f"{intent.pitch.title} · {intent.declared_by.organisation.name}",
        "aside": intent.words,
        "button": _("Write it down"),
        "form": form,
        "back": reverse("intents"),
        "crumbs": crumbs((_("Intents"), reverse("intents")), (_("Follow up"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)
