"""What fits this need, result, scenario or line, and why? One tab for each kind of thing that may."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.errors import NotFound
from pilotharbor.matching import queries
from pilotharbor.matching.engine.standing import WEAK
from pilotharbor.matching.findable import FINDABLE
from pilotharbor.matching.forms import NarrowingForm
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, EXPERT, LINE, RIGHT, SCENARIO
from pilotharbor.matching.marks import Narrowing
from pilotharbor.matching.models import Match
from pilotharbor.matching.queries import Hit
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand, Status
from pilotharbor.technologies.models.scenarios import Direction
from pilotharbor.technologies.scenarios import queries as scenarios

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Side:
    """What is looked for: the kind of thing, its name, its page."""

    label: str
    name: str | Promise
    page: str


SIDES = {
    "results": Side(ACHIEVEMENT, pgettext_lazy("navigation", "Results"), "achievement_detail"),
    "needs": Side(DEMAND, pgettext_lazy("navigation", "Needs"), "demand_detail"),
    "scenarios": Side(SCENARIO, gettext_lazy("Scenarios"), "scenario_detail"),
    "patents": Side(RIGHT, gettext_lazy("Patents and other rights"), "right_detail"),
    "lines": Side(LINE, gettext_lazy("Lines it could run on"), "service_detail"),
    "experts": Side(EXPERT, gettext_lazy("People who know"), ""),
}
# Whose page → what may fit, the usual first.
TABS = {
    "demand": ("results", "patents", "scenarios", "lines", "experts"),
    "achievement": ("needs", "scenarios", "lines", "experts"),
    "scenario": ("results", "scenarios", "patents", "lines"),
    "line": ("results", "needs"),
}
QUESTIONS = {
    "demand": gettext_lazy("Who can solve this?"),
    "achievement": gettext_lazy("Who needs this?"),
    "scenario": gettext_lazy("What fits this scenario?"),
    "line": gettext_lazy("What could run here?"),
}
OTHER_WAY = {
    Direction.SEEKS_PRODUCT: Direction.SEEKS_SCENARIO,
    Direction.SEEKS_SCENARIO: Direction.SEEKS_PRODUCT,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate as the page shows it.

    ``asks``   the reader may ask a technology manager to bring the two together
    ``taken``  the match that joins them already
    """

    hit: Hit
    title: str
    owner: str
    url: str
    proposable: bool
    asks: bool
    taken: int | None


@acting
@require_GET
def candidates(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """What may fit, with the reasons; filters and the chosen tab in the address."""
    entry, actor = entry_of(noun, pk, request.actor), request.actor
    tabs = [name for name in TABS[noun] if name != "experts" or _finds_experts(actor)]
    chosen = request.GET.get("for", tabs[0])
    if chosen not in tabs:
        raise NotFound
    form = NarrowingForm(request.GET)
    side, narrowing = SIDES[chosen], _narrowing(form, entry, chosen)
    found = queries.candidates(
        entry=entry, actor=actor, kind=side.label, narrowing=narrowing, limit=SHOWN
    )
    hits = queries.worth_showing(found.hits)
    context = {
        "noun": noun,
        "entry": entry,
        "title": str(entry),
        "question": QUESTIONS[noun],
        "back": _back(noun, pk),
        "tabs": [(name, SIDES[name].name, name == chosen) for name in tabs],
        "chosen": chosen,
        "form": form,
        "narrowed": form.narrowing() != queries.EVERYTHING,
        "found": found,
        "left_out": len(found.hits) - len(hits),
        "weak": bool(hits) and all(_is_weak(hit) for hit in hits),
        "rows": _rows(hits, entry, side, actor),
        "crumbs": [(str(entry), _back(noun, pk)), (_("Candidates"), "")],
    }
    return render(request, "matching/candidates.html", context)


def _is_weak(hit: Hit) -> bool:
    """Whether a find does not stand out; where that cannot be told it is not said."""
    return hit.standing_bp is not None and hit.standing_bp < WEAK * 10_000


def _finds_experts(actor: Membership) -> bool:
    return bool(list(FINDABLE[EXPERT].reach(actor)))


def _narrowing(form: NarrowingForm, entry: Any, chosen: str) -> Narrowing:
    """As asked; of scenarios those that look for what this entry is."""
    direction = ""
    if chosen == "scenarios":
        own = getattr(entry, "direction", "")
        wanted = Direction.SEEKS_SCENARIO if isinstance(entry, Demand) else Direction.SEEKS_PRODUCT
        direction = OTHER_WAY[Direction(own)] if own else wanted
    return form.narrowing(direction=direction)


def _back(noun: str, pk: int) -> str:
    return reverse("service_detail" if noun == "line" else f"{noun}_detail", args=[pk])


def _rows(hits: list[Hit], entry: Any, side: Side, actor: Membership) -> list[Row]:
    taken = _taken(entry) if side.label in {ACHIEVEMENT, DEMAND} else {}
    return [
        Row(
            hit=hit,
            title=_title(hit),
            owner="" if hit.blind else _owner(hit.entry, side.label),
            url=reverse(side.page, args=[hit.entry.pk]) if side.page else "",
            proposable=_proposable(entry, hit.entry, actor),
            asks=side.label in {ACHIEVEMENT, DEMAND} and _asks(entry, actor),
            taken=taken.get(hit.entry.pk),
        )
        for hit in hits
    ]


def _title(hit: Hit) -> str:
    if hit.kind == EXPERT:
        return f"{hit.entry.person.name} · {hit.entry.field}"
    if hit.kind == RIGHT:
        return str(hit.entry.title or hit.entry.achievement.title)
    return str(hit.entry)


def _owner(entry: Any, label: str) -> str:
    owners = {
        LINE: lambda: entry.platform,
        EXPERT: lambda: entry.organisation,
        RIGHT: lambda: entry.achievement.owner,
    }
    return str(owners.get(label, lambda: entry.owner)())


def entry_of(noun: str, pk: int, actor: Membership) -> Any:
    """The entry whose page it is.

    Raises: NotFound.
    """
    rows: dict[str, Any] = {
        "achievement": technologies.visible_achievements,
        "demand": technologies.visible_demands,
        "scenario": scenarios.visible_scenarios,
        "line": facilities.visible_lines,
    }
    found = rows[noun](actor=actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _proposable(entry: Any, other: Any, actor: Membership) -> bool:
    pair = {type(entry): entry, type(other): other}
    achievement, demand = pair.get(Achievement), pair.get(Demand)
    if achievement is None or demand is None or entry.status != Status.PUBLISHED:
        return False
    return queries.may_propose(achievement=achievement, demand=demand, actor=actor)


def _asks(entry: Any, actor: Membership) -> bool:
    """Whoever answers for the entry of this page, and does not carry matches as a manager."""
    on_the_market = type(entry) in {Achievement, Demand} and entry.status == Status.PUBLISHED
    return on_the_market and queries.speaks_for(entry, actor)


def _taken(entry: Any) -> dict[int, int]:
    """Other side → the match that joins them already, unless it was declined."""
    sides = {Demand: ("demand", "achievement"), Achievement: ("achievement", "demand")}
    if type(entry) not in sides:
        return {}
    mine, theirs = sides[type(entry)]
    rows = Match.objects.filter(**{mine: entry}).exclude(status=Match.Status.DECLINED)
    return dict(rows.values_list(f"{theirs}_id", "pk"))
