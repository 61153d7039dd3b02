"""What do I want to be told of, and where do I say so?"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.ids import id_in
from pilotharbor.matching import commands, queries
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND
from pilotharbor.matching.models import Subscription
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

LABELS = {"results": ACHIEVEMENT, "needs": DEMAND}


@acting
@require_GET
def subscriptions(request: ActorRequest) -> HttpResponse:
    """What I am told of, newest first."""
    rows = list(
        Subscription.objects.filter(membership=request.actor)
        .select_related("achievement", "demand")
        .order_by("-pk")
    )
    seen = queries.still_seen(subscriptions=rows, actor=request.actor)
    context = {
        "rows": [(one, one.pk in seen) for one in rows],
        "needs": DEMAND,
        "crumbs": [(_("Home"), "/"), (_("Told of new fits"), "")],
    }
    return render(request, "matching/subscriptions.html", context)


@acting
@require_POST
def subscribe(request: ActorRequest) -> HttpResponse:
    """Begin; from the search page, from candidates, or from the list itself."""
    said = request.POST
    entry: dict[str, Any] = {
        name: pk
        for name in ("achievement_id", "demand_id")
        if (pk := id_in(said.get(name, ""))) is not None
    }
    return act(
        request,
        lambda: commands.subscribe(
            kind=LABELS.get(said.get("kind", ""), ""),
            text="" if entry else said.get("text", ""),
            **entry,
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("You will be told of new fits, here and by mail."),
        to=reverse("subscriptions"),
    )


@acting
@require_POST
def unsubscribe(request: ActorRequest, subscription_id: int) -> HttpResponse:
    """End."""
    return act(
        request,
        lambda: commands.unsubscribe(
            subscription_id=subscription_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("You will not be told of this any more."),
        to=reverse("subscriptions"),
    )
