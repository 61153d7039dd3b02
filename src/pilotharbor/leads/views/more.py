"""Papers, parts and rules of leads."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.documents import queries as documents
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.forms import CreditForm, PaperForm, PolicyForm
from pilotharbor.leads.models import Policy
from pilotharbor.leads.views.shared import ask, cockpit, crumbs_to, press, seen
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_http_methods(["GET", "POST"])
def lead_credits(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Say who did a step."""
    lead, actor = seen(request, lead_id), request.actor
    if not queries.writes(lead, actor):
        raise NotFound
    form = CreditForm(request.POST or None, managers=queries.all_managers())
    page = {
        "title": _("Who did which step"), "question": _("Who did this step?"),
        "lead_line": lead.title, "button": _("Write it down"),
        "aside": _("The parts of a step come to 100 %. With the signature they are fixed."),
        "crumbs": crumbs_to((lead.title, cockpit(lead)), (_("Who did which step"), "")),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda _form: commands.set_credits(
            lead_id=lead.pk, step=form.cleaned_data["step"], shares=form.shares(),
            actor_id=actor.pk, at=clock.now(request),
        ),
        said=_("It is written down."), to=cockpit(lead), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def paper_new(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Put a paper into the room."""
    lead, actor = seen(request, lead_id), request.actor
    if not queries.fills_room(lead, actor):
        raise NotFound
    form = PaperForm(
        request.POST or None,
        papers=documents.visible_documents(actor=actor).order_by("-id"),
    )

    def do(_form: Any) -> None:
        given = form.cleaned_data
        document = given["document_id"]
        commands.add_paper(
            lead_id=lead.pk, document_id=document.pk if document else None, title=given["title"],
            link=given["link"], words=given["words"], actor_id=actor.pk, at=clock.now(request),
        )  # fmt: skip

    page = {
        "title": _("Add a paper"), "question": _("Which paper shall both sides find here?"),
        "lead_line": lead.title, "button": _("Put it into the room"),
        "aside": _("Both sides and the manager see its title and your words at once."),
        "crumbs": crumbs_to((lead.title, cockpit(lead)), (_("Add a paper"), "")),
    }  # fmt: skip
    return ask(request, form, do, said=_("It is in the room."), to=cockpit(lead), page=page)


@acting
@require_POST
def paper_remove(request: ActorRequest, lead_id: int, paper_id: int) -> HttpResponse:
    """Take a paper out of the room."""
    lead = seen(request, lead_id)
    return press(
        request,
        lambda: commands.remove_paper(
            paper_id=paper_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("It is out of the room."),
        to=cockpit(lead),
    )


@acting
@require_GET
def rules(request: ActorRequest) -> HttpResponse:
    """By which times and rules leads are carried, now and later."""
    if not queries.sees_leads(request.actor):
        raise NotFound
    today = local_date(clock.now(request))
    context = {
        "rule": queries.rule_on(today),
        "rows": Policy.objects.select_related("set_by__person").order_by("-valid_from_date"),
        "today": today,
        "sets": queries.operates(request.actor),
        "crumbs": crumbs_to((_("Times and rules"), "")),
    }
    return render(request, "leads/rules.html", context)


@acting
@require_http_methods(["GET", "POST"])
def rule_new(request: ActorRequest) -> HttpResponse:
    """Set a rule from a day on."""
    if not queries.operates(request.actor):
        raise NotFound
    at = clock.now(request)
    now = queries.rule_on(local_date(at))
    form = PolicyForm(
        request.POST or None,
        initial={
            "valid_from_date": local_date(at) + timedelta(days=1),
            "reply_working_days": now.reply_working_days,
            "protection_days": now.protection_days,
            "interested_may_carry": now.interested_may_carry,
            "words": now.words,
        },
    )
    page = {
        "title": _("New rule"), "question": _("What holds from which day on?"),
        "button": _("Set the rule"),
        "aside": _("Leads that are open already keep the day of reply they were given."),
        "crumbs": crumbs_to((_("Times and rules"), reverse("lead_rules")), (_("New rule"), "")),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.set_policy(
            **filled.cleaned_data, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The rule is set."), to=reverse("lead_rules"), page=page,
    )  # fmt: skip
