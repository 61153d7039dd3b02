"""Pages of those who run and those who audit the harbour."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel import feeder, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.models import Delivery
from pilotharbor.parties import notices, rights
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.web.operator import trail


def reads_trail(actor: Membership) -> bool:
    """Auditors and the host's people."""
    return rights.audits(actor) or parties.oversees(actor)


@acting
@require_GET
def audit(request: ActorRequest) -> HttpResponse:
    """Who did what, when: every event, newest first."""
    if not reads_trail(request.actor):
        raise NotFound
    asked = {name: request.GET.get(name, "").strip() for name in trail.ASKED}
    rows, unread = trail.asked_for(asked)
    page = pages.page(rows, by="-at", cursor=request.GET.get("cursor"), limit=50)
    context = {
        "page": page, "lines": trail.told(page.items, actor=request.actor), "asked": asked,
        "areas": trail.choices({f"{n}.": w for n, w in notices.TOPICS.items()}, asked["name"]),
        "kinds": trail.choices(trail.KINDS, asked["subject"]),
        "unread": unread, "filtered": any(asked.values()),
        "plain": rights.only_configures(request.actor),
        "crumbs": [(_("Home"), "/"), (_("Audit trail"), "")],
    }  # fmt: skip
    return render(request, "operator/audit.html", context)


@acting
@require_GET
def dead_letters(request: ActorRequest) -> HttpResponse:
    """What could not be delivered, and why."""
    if not parties.oversees(request.actor):
        raise NotFound
    context = {
        "dead": feeder.dead_letters()[:200], "backlog": feeder.backlog(),
        "crumbs": [(_("Home"), "/"), (_("Dead letters"), "")],
    }  # fmt: skip
    return render(request, "operator/dead_letters.html", context)


@acting
@require_POST
def dead_letter_settle(request: ActorRequest, delivery_id: int) -> HttpResponse:
    """Try a dead letter again, or leave it for good."""
    if not parties.oversees(request.actor):
        raise NotFound
    if not Delivery.objects.filter(pk=delivery_id).exists():
        raise NotFound
    again = request.POST.get("decision") != "skip"
    try:
        if again:
            feeder.retry(delivery_id=delivery_id)
        else:
            feeder.skip(delivery_id=delivery_id)
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        said = _("It is tried again now.") if again else _("Left undone; later ones go on.")
        messages.success(request, said)
    return redirect("dead_letters")
