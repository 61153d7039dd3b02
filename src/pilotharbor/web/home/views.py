"""What waits for me, what is at risk, what changed, how my voyages stand."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pilotharbor.kernel import clock
from pilotharbor.parties import notices, rights
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Notification
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.web.home.desks import DESKS
from pilotharbor.web.home.pictures import picture_for
from pilotharbor.web.home.risks import risks_for
from pilotharbor.web.home.waiting import waiting_for

STEPS = {
    "assessment": "assess", "planning": "design", "resourcing": "resource", "pilot": "pilot",
    "decision": "decide", "follow_up": "after", "closed": "done",
}  # fmt: skip
# Of what changed so much is looked at, and so many things are told.
LOOKED_AT, TOLD = 60, 6


@dataclass(slots=True)
class News:
    """The newest word about one thing, and how often it was heard; older words lie below it."""

    url: str
    sentence: str
    newest: Notification
    times: int = 1
    earlier: list[tuple[str, str]] = field(default_factory=list)


def home(request: HttpRequest) -> HttpResponse:
    """The home page of the acting membership."""
    actor: Membership | None = getattr(request, "actor", None)
    if actor is None:
        return render(request, "parties/no_membership.html", status=403)
    at = clock.now(request)
    voyages = projects.visible_projects(actor=actor).order_by("-id")
    context: dict[str, Any] = {
        "desk": DESKS[Role(actor.role)],
        "trusted": rights.trusted(actor),
        "sails": rights.may(actor, Verb.READ, Kind.PROJECT),
        "waiting": waiting_for(actor, at),
        "risks": risks_for(actor, at),
        "news": _news(actor),
        "voyages": [(p, STEPS.get(p.status, ""), p.status == "ended") for p in voyages[:3]],
        "chart": picture_for(actor, at),
    }
    return render(request, "home/home.html", context)


def _news(actor: Membership) -> list[News]:
    """What the person was told lately: one entry for each thing and for each sentence."""
    by_thing: dict[str, News] = {}
    by_sentence: dict[str, News] = {}
    rows = parties.notifications_of(person_id=actor.person_id).order_by("-id")
    for row in rows[:LOOKED_AT]:
        said = notices.sentence(row)
        known = by_thing.get(row.url) or by_sentence.get(said)
        if known is None:
            by_thing[row.url] = by_sentence[said] = News(row.url, said, row)
        elif said == known.sentence:
            known.times += 1
        elif (said, row.url) not in known.earlier:
            known.earlier.append((said, row.url))
    return list(by_thing.values())[:TOLD]
