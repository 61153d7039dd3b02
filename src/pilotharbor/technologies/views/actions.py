"""The buttons on an entry's page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import refused
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies import commands
from pilotharbor.technologies.forms import NoteForm, ReaderForm
from pilotharbor.technologies.views.detail import members_of
from pilotharbor.technologies.views.market import MARKETS


@acting
@require_POST
def submit(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Put it up for review."""
    market = MARKETS[noun]
    return act(
        request,
        lambda: market.submit(**market.of(pk), actor_id=request.actor.pk, at=clock.now(request)),
        done=_("It is under review now; you will hear what became of it."),
        to=market.url(pk),
    )


@acting
@require_POST
def publish(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Let it onto the market."""
    market = MARKETS[noun]
    return act(
        request,
        lambda: market.publish(**market.of(pk), actor_id=request.actor.pk, at=clock.now(request)),
        done=_("Published. It can be found from now on."),
        to=market.url(pk),
    )


@acting
@require_http_methods(["GET", "POST"])
def return_(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Send it back with what should be changed."""
    market = MARKETS[noun]
    entry = market.one(pk, request.actor, clock.now(request))
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            market.return_(
                **market.of(pk),
                note=form.cleaned_data["note"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            refused(form, exc)
        else:
            return redirect("reviews")
    context = {
        "form": form,
        "entry": entry,
        "back": market.url(pk),
        "crumbs": [(market.name, f"/{noun}s"), (entry.title, market.url(pk)), (_("Return"), "")],
    }
    return render(request, "technologies/return.html", context, status=422 if form.errors else 200)


@acting
@require_POST
def withdraw(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Take it off the market."""
    market = MARKETS[noun]

    def run() -> None:
        market.withdraw(**market.of(pk), actor_id=request.actor.pk, at=clock.now(request))

    return act(
        request, run, done=_("Withdrawn. What was agreed about it stays."), to=market.url(pk)
    )


@acting
@require_POST
def name_reader(request: ActorRequest, pk: int) -> HttpResponse:
    """Let one person read the detail."""

    def run() -> None:
        form = ReaderForm(request.POST)
        found = members_of(form.cleaned_data["email"]) if form.is_valid() else None
        if found is None:
            raise commands.NotAReader
        commands.name_reader(
            achievement_id=pk,
            membership_id=found.pk,
            actor_id=request.actor.pk,
            at=clock.now(request),
        )

    return act(request, run, done=_("This person may read the detail now."), to=_page(pk))


@acting
@require_POST
def unname_reader(request: ActorRequest, pk: int, membership_id: int) -> HttpResponse:
    """Take a named reader's reading back."""
    return act(
        request,
        lambda: commands.unname_reader(
            achievement_id=pk,
            membership_id=membership_id,
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("This person no longer reads the detail."),
        to=_page(pk),
    )


def _page(pk: int) -> str:
    return MARKETS["achievement"].url(pk)
