"""What is done on a lead: logged, planned, moved to its end, taken up again."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.forms import (
    CompleteForm,
    ContactForm,
    LostForm,
    MessageForm,
    OutcomeForm,
    SignForm,
    StepForm,
)
from pilotharbor.leads.models import Lead, Side
from pilotharbor.leads.views.shared import ask, cockpit, crumbs_to, press, seen
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Status as Entry


def _written(request: ActorRequest, lead_id: int) -> Lead:
    """The lead, if the reader carries it or looks after all."""
    lead = seen(request, lead_id)
    if not queries.writes(lead, request.actor):
        raise NotFound
    return lead


def _page(lead: Lead, title: str, question: str, button: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "question": question,
        "lead_line": lead.title,
        "button": button,
        "crumbs": crumbs_to((lead.title, cockpit(lead)), (title, "")),
        **more,
    }


@acting
@require_http_methods(["GET", "POST"])
def lead_log(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Write down a contact or a note."""
    lead = _written(request, lead_id)
    form = ContactForm(
        request.POST or None,
        initial={"kind": request.GET.get("kind", "call"), "side": Side.BOTH, "shared": ""},
    )

    def do(_form: Any) -> None:
        given = form.cleaned_data
        fields = (
            "kind",
            "words",
            "side",
            "shared",
            "happened_at",
            "place",
            "participants",
            "minutes",
        )
        contact = commands.Contact(**{name: given[name] for name in fields})
        commands.log(
            lead_id=lead.pk, contact=contact, actor_id=request.actor.pk, at=clock.now(request)
        )

    page = _page(
        lead, _("Log"), _("What happened?"), _("Write it down"),
        aside=_("The first contact you log stops the reply clock and moves the lead to “Contacted”."),
    )  # fmt: skip
    return ask(request, form, do, said=_("It is in the log."), to=cockpit(lead), page=page)


@acting
@require_POST
def lead_write(request: ActorRequest, lead_id: int) -> HttpResponse:
    """A side writes to the manager."""
    lead = seen(request, lead_id)
    form = MessageForm(request.POST)
    page = _page(lead, _("Message"), _("What do you want to tell the manager?"), _("Send"))
    return ask(
        request,
        form,
        lambda filled: commands.write(
            lead_id=lead.pk, words=filled.cleaned_data["words"], actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("Your message is with the manager."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_step(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Say what comes next."""
    lead = _written(request, lead_id)
    owners = queries.contact_choices(lead) | queries.contact_choices(Lead(manager=request.actor))
    form = StepForm(
        request.POST or None,
        owners=owners.order_by("person__name"),
        initial={
            "words": lead.next_step,
            "due_date": lead.next_due_date,
            "owner_id": lead.next_owner_id or request.actor.pk,
        },
    )
    page = _page(
        lead, _("Next step"), _("What comes next, and who owes it?"), _("Save the step"),
        aside=_("It stands on the home page of whoever owes it, and turns red once its day has passed."),
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.plan_step(
            lead_id=lead.pk, words=filled.cleaned_data["words"],
            due_date=filled.cleaned_data["due_date"],
            owner_id=filled.cleaned_data["owner_id"].pk, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The next step is planned."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_step_done(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Note that the step is done."""
    lead = seen(request, lead_id)
    form = OutcomeForm(request.POST or None)
    page = _page(lead, _("Step done"), lead.next_step or _("What came of it?"), _("It is done"))
    return ask(
        request,
        form,
        lambda filled: commands.settle_step(
            lead_id=lead.pk, outcome=filled.cleaned_data["outcome"], actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The step is done; it stands in the log."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_lose(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Close it without a contract."""
    lead = _written(request, lead_id)
    form = LostForm(request.POST or None)
    page = _page(
        lead, _("Not concluded"), _("Why does nothing come of it?"), _("Close the lead"), danger=True,
        aside=_("A closed lead stays as it is. It can be taken up again as a new one."),
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.lose(
            lead_id=lead.pk, reason=filled.cleaned_data["reason"],
            words=filled.cleaned_data["words"], actor_id=request.actor.pk, at=clock.now(request),
        ),
        said=_("The lead is closed."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def lead_sign(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Note the signature."""
    lead = _written(request, lead_id)
    form = SignForm(request.POST or None, initial={"signed_date": local_date(clock.now(request))})
    page = _page(
        lead, _("Contract signed"), _("What was signed?"), _("Note the signature"),
        aside=_(
            "Who did which step is fixed with it; steps nobody was written for count for whoever "
            "carries the lead."
        ),
    )  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.sign(
            lead_id=lead.pk, signed_date=filled.cleaned_data["signed_date"],
            amount_fen=filled.cleaned_data["amount_fen"], actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("Signed. Congratulations to both sides."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_POST
def lead_reopen(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Take it up again, as a new lead."""
    lead = seen(request, lead_id)
    made: list[Lead] = []
    return press(
        request,
        lambda: made.append(
            commands.reopen(lead_id=lead.pk, actor_id=request.actor.pk, at=clock.now(request))
        ),
        said=_("It is taken up again as a new lead; you find it in your list."),
        to=f"{reverse('leads')}?status=live",
    )


@acting
@require_http_methods(["GET", "POST"])
def lead_complete(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Name the side that was open."""
    lead, actor = _written(request, lead_id), request.actor
    if lead.achievement_id and lead.demand_id:
        raise NotFound
    results = technologies.visible_achievements(actor=actor).filter(status=Entry.PUBLISHED)
    needs = technologies.visible_demands(actor=actor).filter(status=Entry.PUBLISHED)
    if lead.supplier_id:
        results = results.filter(owner=lead.supplier_id)
    if lead.enterprise_id:
        needs = needs.filter(owner=lead.enterprise_id)
    form = CompleteForm(
        request.POST or None, lead=lead, achievements=results.order_by("-id"),
        demands=needs.order_by("-id"),
    )  # fmt: skip
    page = _page(lead, _("Open side"), _("Who is the other side?"), _("Name it"))
    return ask(
        request,
        form,
        lambda _form: commands.complete(
            lead_id=lead.pk, **form.ids(), actor_id=actor.pk, at=clock.now(request)
        ),
        said=_("Both sides are named."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_POST
def lead_ask_project(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Ask the operators to make a project of it."""
    lead = seen(request, lead_id)
    return press(
        request,
        lambda: commands.ask_for_project(
            lead_id=lead.pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The operators have been asked to make a project of it."),
        to=cockpit(lead),
    )


@acting
@require_POST
def lead_ask_nda(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Ask both sides to sign with each other."""
    lead = seen(request, lead_id)
    return press(
        request,
        lambda: commands.ask_for_nda(
            lead_id=lead.pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The sides that know of the lead have been sent the agreement to sign."),
        to=cockpit(lead),
    )
