"""Pages of matches: who fits whom and why, and what the two sides say to it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.matching import commands, fitting, queries
from pilotharbor.matching.engine import highlight
from pilotharbor.matching.findable import CARRIERS
from pilotharbor.matching.forms import ReasonForm
from pilotharbor.matching.models import Match
from pilotharbor.matching.views.candidates import SHOWN, entry_of
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import refused
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies import queries as technologies


@acting
@require_GET
def match_list(request: ActorRequest) -> HttpResponse:
    """Matches of mine, newest first."""
    rows, status = queries.visible_matches(actor=request.actor), request.GET.get("status", "")
    if status in Match.Status.values:
        rows = rows.filter(status=status)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=25)
    context = {
        "page": page,
        "status": status,
        "statuses": Match.Status.choices,
        "crumbs": [(_("Home"), "/"), (_("Matches"), "")],
    }
    return render(request, "matching/match_list.html", context)


@acting
@require_GET
def match_detail(request: ActorRequest, match_id: int) -> HttpResponse:
    """One match: both sides, the reasons, and what to do next."""
    match, actor = _match(request, match_id), request.actor
    phrases = [str(r["text"]) for r in match.reasons if r["kind"] == "phrase"]
    context = {
        "match": match,
        "figures": [r for r in match.reasons if r["kind"] == "figure"],
        "facts": [r for r in match.reasons if r["kind"] not in {"figure", "phrase"}],
        "improvements": fitting.improvements(match.reasons),
        "phrases": phrases,
        "result_pieces": highlight.pieces(match.achievement.summary, phrases),
        "need_pieces": highlight.pieces(match.demand.summary, phrases),
        "answers": queries.may_answer(match=match, actor=actor),
        "declines": queries.may_decline(match=match, actor=actor),
        "starts": match.status == Match.Status.ACCEPTED
        and rights.acts_as(actor, *CARRIERS)
        and Scope.OWN in rights.scopes(actor, Verb.WRITE, Kind.PROJECT),
        "crumbs": [(_("Matches"), reverse("matches")), (match.achievement.title, "")],
    }
    return render(request, "matching/match_detail.html", context)


def _match(request: ActorRequest, match_id: int) -> Match:
    found = queries.visible_matches(actor=request.actor).filter(pk=match_id).first()
    if found is None:
        raise NotFound
    return found


@acting
@require_GET
def matches_of(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """The panel of an entry's page: its matches that the reader may see, and what says the same."""
    entry, actor = entry_of(noun, pk, request.actor), request.actor
    rows = queries.visible_matches(actor=actor).filter(**{noun: entry}).order_by("-id")
    judges = technologies.may_write(entry=entry, actor=actor) or technologies.may_approve(
        entry=entry, actor=actor
    )
    context = {
        "rows": rows[:SHOWN],
        "noun": noun,
        "pk": pk,
        "similar": queries.similar(entry=entry, actor=actor) if judges else [],
    }
    return render(request, "matching/_matches_of.html", context)


@acting
@require_GET
def in_other_words(request: ActorRequest, demand_id: int, achievement_id: int) -> HttpResponse:
    """Which sentences of the two say the same, whatever words they use; loaded when asked for."""
    demand = entry_of("demand", demand_id, request.actor)
    achievement = entry_of("achievement", achievement_id, request.actor)
    pairs = queries.alike(one=demand, other=achievement)
    return render(request, "matching/_in_other_words.html", {"pairs": pairs})


@acting
@require_POST
def propose(request: ActorRequest) -> HttpResponse:
    """Put a result and a need together."""
    achievement_id = id_in(request.POST.get("achievement_id", ""))
    demand_id = id_in(request.POST.get("demand_id", ""))
    if achievement_id is None or demand_id is None:
        raise NotFound
    made: list[Match] = []

    def run() -> None:
        made.append(
            commands.propose(
                achievement_id=achievement_id,
                demand_id=demand_id,
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        )

    answer = act(
        request,
        run,
        done=_("Proposed. The other side has been told and can accept."),
        to=reverse("demand_candidates", args=[demand_id]),
    )
    return redirect("match_detail", made[0].pk) if made else answer


@acting
@require_POST
def accept(request: ActorRequest, match_id: int) -> HttpResponse:
    """Agree for one's side."""
    return act(
        request,
        lambda: commands.accept(
            match_id=match_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("Accepted. A pilot platform can now make a project of it."),
        to=reverse("match_detail", args=[match_id]),
    )


@acting
@require_http_methods(["GET", "POST"])
def decline(request: ActorRequest, match_id: int) -> HttpResponse:
    """End the proposal, with the reason."""
    match = _match(request, match_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.decline(
                match_id=match_id,
                reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            refused(form, exc)
        else:
            return redirect("match_detail", match_id)
    context = {
        "match": match,
        "form": form,
        "crumbs": [(_("Matches"), reverse("matches")), (_("Decline"), "")],
    }
    return render(request, "matching/decline.html", context, status=422 if form.errors else 200)
