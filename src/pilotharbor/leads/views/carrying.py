"""Who carries a lead: take it, give it back, hand it on, contest it, decide."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.leads import commands, queries
from pilotharbor.leads.forms import ContestForm, DecisionForm, GiveForm, ReasonForm
from pilotharbor.leads.models import Claim, Lead
from pilotharbor.leads.views.shared import ask, cockpit, crumbs_to, press, seen
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.technologies import queries as technologies


def _page(lead: Lead, title: str, question: str, button: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title, "question": question, "lead_line": lead.title, "button": button,
        "crumbs": crumbs_to((lead.title, cockpit(lead)), (title, "")), **more,
    }  # fmt: skip


@acting
@require_POST
def lead_claim(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Take a lead out of the pool."""
    made: list[Lead] = []
    answer = press(
        request,
        lambda: made.append(
            commands.claim(lead_id=lead_id, actor_id=request.actor.pk, at=clock.now(request))
        ),
        said=_("You carry this lead now. Log the first contact before its day."),
        to=reverse("lead_pool"),
    )
    if made:
        answer["Location"] = cockpit(made[0])
    return answer


@acting
@require_http_methods(["GET", "POST"])
def lead_release(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Give it back to the pool."""
    lead = seen(request, lead_id)
    form = ReasonForm(request.POST or None)
    page = _page(
        lead, _("Give back"), _("Why do you give this lead back?"), _("Give it back"), danger=True,
        aside=_("It waits in the pool for another manager; your log stays with it."),
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.release(
            lead_id=lead.pk, reason=filled.cleaned_data["reason"], actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The lead is back in the pool."), to=reverse("leads"), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_offer(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Offer it to another manager."""
    lead = seen(request, lead_id)
    managers = queries.all_managers().exclude(pk=lead.manager_id or 0)
    form = GiveForm(request.POST or None, managers=managers)
    form.fields["reason"].required = False
    page = _page(
        lead, _("Hand on"), _("Who carries this lead better?"), _("Offer it"),
        aside=_("You carry it until the other manager accepts."),
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.offer(
            lead_id=lead.pk, manager_id=filled.cleaned_data["manager_id"].pk,
            words=filled.cleaned_data["reason"], actor_id=request.actor.pk, at=clock.now(request),
        ),
        said=_("Offered; the other manager has been told."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_POST
def offer_answer(request: ActorRequest, claim_id: int, answer: str) -> HttpResponse:
    """Accept or decline what was offered, or take the offer back."""
    row = Claim.objects.filter(pk=claim_id).first()
    if row is None:
        raise NotFound
    who: dict[str, Any] = {
        "claim_id": claim_id, "actor_id": request.actor.pk, "at": clock.now(request),
    }  # fmt: skip
    answers: dict[str, tuple[Any, str]] = {
        "accept": (commands.accept_offer, _("You carry this lead now.")),
        "decline": (commands.decline_offer, _("Declined; it stays where it is.")),
        "withdraw": (commands.withdraw, _("Taken back.")),
    }
    do, said = answers[answer]
    to = reverse("leads") if answer == "decline" else reverse("lead_detail", args=[row.lead_id])
    return press(request, lambda: do(**who), said=said, to=to)


@acting
@require_http_methods(["GET", "POST"])
def lead_contest(request: ActorRequest) -> HttpResponse:
    """Say that a pair somebody else carries is yours."""
    if not queries.manages(request.actor):
        raise NotFound
    result = (
        technologies.visible_achievements(actor=request.actor)
        .filter(pk=id_in(request.GET.get("achievement", "")) or 0)
        .first()
    )
    need = (
        technologies.visible_demands(actor=request.actor)
        .filter(pk=id_in(request.GET.get("demand", "")) or 0)
        .first()
    )
    if result is None or need is None:
        raise NotFound
    form = ContestForm(request.POST or None)
    page = {
        "title": _("Contest"),
        "question": _("Why is this lead yours?"),
        "lead_line": f"{result.title} ⇄ {need.title}",
        "button": _("Put it before an operator"),
        "aside": _("The first contact on record counts as long as its manager stays active; an operator decides, with the reason."),
        "crumbs": crumbs_to((_("Contest"), "")),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.contest(
            achievement_id=result.pk, demand_id=need.pk, words=filled.cleaned_data["words"],
            actor_id=request.actor.pk, at=clock.now(request),
        ),
        said=_("An operator has been asked to decide."), to=reverse("leads"), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def claim_decide(request: ActorRequest, claim_id: int) -> HttpResponse:
    """Decide a contest."""
    if not queries.operates(request.actor):
        raise NotFound
    row = Claim.objects.filter(pk=claim_id).select_related("lead", "manager__person").first()
    if row is None:
        raise NotFound
    form = DecisionForm(request.POST or None)
    page = _page(
        row.lead, _("Decide"), _("Who carries this lead?"), _("Decide"),
        aside=f"{row.manager.person.name}：{row.words}",
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.decide(
            claim_id=claim_id, granted=filled.cleaned_data["granted"] == "yes",
            reason=filled.cleaned_data["reason"], actor_id=request.actor.pk, at=clock.now(request),
        ),
        said=_("Decided; both managers have been told."), to=cockpit(row.lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_assign(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Give a lead to a manager."""
    lead = seen(request, lead_id)
    if not queries.operates(request.actor):
        raise NotFound
    form = GiveForm(
        request.POST or None, managers=queries.all_managers().exclude(pk=lead.manager_id or 0)
    )
    page = _page(lead, _("Assign"), _("Who shall carry this lead?"), _("Assign it"))
    return ask(
        request,
        form,
        lambda filled: commands.assign(
            lead_id=lead.pk, manager_id=filled.cleaned_data["manager_id"].pk,
            reason=filled.cleaned_data["reason"], actor_id=request.actor.pk, at=clock.now(request),
        ),
        said=_("Assigned; the manager has been told."), to=cockpit(lead), page=page,
    )  # fmt: skip
