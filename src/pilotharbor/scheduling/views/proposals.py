"""Schedules: asked for, watched while they are searched for, looked at, accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.facilities.models import Line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import DAY, HOUR, local_date, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import accepting, commands, queries, words
from pilotharbor.scheduling.commands.proposing import LONGEST
from pilotharbor.scheduling.commands.solving import GRACE
from pilotharbor.scheduling.forms import PlanForm
from pilotharbor.scheduling.models import Placement, Proposal
from pilotharbor.scheduling.picture import picture_of
from pilotharbor.scheduling.situation import situation_of

USUAL_DAYS = 14


@dataclass(frozen=True, slots=True)
class Shown:
    """One placement as the page shows it."""

    one: Placement
    number: int
    name: str
    reasons: Sequence[str]

    @property
    def open(self) -> bool:
        """Whether it can still be accepted."""
        return self.one.status in Placement.OPEN

    @property
    def elsewhere(self) -> bool:
        """Whether it is put on another line than it was asked for."""
        return self.one.line_id != self.one.from_line_id


def crumbs_to(*further: tuple[str, str]) -> list[tuple[str, str]]:
    """Where one is, below the bookings."""
    return [
        (_("Home"), "/"), (_("Bookings"), reverse("bookings")),
        (_("Schedules"), reverse("proposals") if further else ""), *further,
    ]  # fmt: skip


@acting
@require_GET
def proposal_list(request: ActorRequest) -> HttpResponse:
    """Which schedules were made, and which waits for us?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    rows = queries.visible_proposals(actor=request.actor)
    context = {
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor")),
        "keeps": queries.keeps_plans(request.actor),
        "crumbs": crumbs_to(),
    } | _waiting(request)
    return render(request, "scheduling/proposal_list.html", context)


def _waiting(request: ActorRequest) -> dict[str, int]:
    """How much there is to plan, whatever the days."""
    if not queries.keeps_plans(request.actor):
        return {"waiting": 0, "hit": 0}
    now, platform = clock.now(request), queries.platform_of(request.actor)
    ahead = now + LONGEST
    return {
        "waiting": len(queries.requests_in(platform_id=platform, start=now, end=ahead, at=now)),
        "hit": queries.collided(platform_id=platform, start=now, end=ahead).count(),
    }


def _lines(request: ActorRequest) -> list[Line]:
    mine = Line.objects.filter(platform=queries.platform_of(request.actor), is_open=True)
    return list(mine.order_by("name", "id"))


@acting
def proposal_new(request: ActorRequest) -> HttpResponse:
    """What is to be planned, over which days?"""
    rights.require(request.actor, Verb.APPROVE, Kind.BOOKING)
    now = clock.now(request)
    if request.method == "POST":
        form = PlanForm(request.POST, lines=_lines(request))
        if form.is_valid():
            try:
                made = _propose(request, form.cleaned_data, now)
            except commands.SearchUnderWay:
                under = queries.under_way(platform_id=queries.platform_of(request.actor))
                messages.info(request, str(commands.SearchUnderWay()))
                return redirect("proposal", under.pk) if under else redirect("proposals")
            except DomainError as refusal:
                tell(form, refusal, start="first_day", end="last_day")
            else:
                return redirect("proposal", made.pk)
        return _form(request, form)
    tomorrow = local_date(now) + DAY
    repair = request.GET.get("kind") == Proposal.Kind.REPAIR
    initial = {
        "kind": Proposal.Kind.REPAIR if repair else Proposal.Kind.REQUESTS,
        "first_day": tomorrow,
        "last_day": tomorrow + (USUAL_DAYS - 1) * DAY,
        "limit_s": 30,
    }
    return _form(request, PlanForm(initial=initial, lines=_lines(request)))


def _propose(request: ActorRequest, given: dict[str, Any], now: datetime) -> Proposal:
    start = start_of(given["first_day"])
    if given["first_day"] == local_date(now):
        # Today begins with the next full hour.
        start = now.replace(minute=0, second=0, microsecond=0) + HOUR
    return commands.propose(
        kind=given["kind"],
        start=start,
        end=start_of(given["last_day"] + DAY),
        limit_s=given["limit_s"],
        swap_lines=[int(pk) for pk in given.get("swap_lines", ())],
        actor_id=request.actor.pk,
        at=now,
    )


def _form(request: ActorRequest, form: Form) -> HttpResponse:
    context = {"form": form, "crumbs": crumbs_to((_("New schedule"), ""))} | _waiting(request)
    status = 422 if form.errors else 200
    return render(request, "scheduling/proposal_new.html", context, status=status)


def _seen(request: ActorRequest, proposal_id: int) -> Proposal:
    found = queries.visible_proposals(actor=request.actor).filter(pk=proposal_id).first()
    if found is None:
        raise NotFound
    return found


@acting
@require_GET
def proposal(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """One plan: how far its search is, or what it says."""
    one = _seen(request, proposal_id)
    context: dict[str, Any] = {
        "proposal": one,
        "open": one.status in Proposal.UNDER_WAY,
        "keeps": _decides(request, one),
        "crumbs": crumbs_to((_("Schedule {number}").format(number=one.pk), "")),
    }
    if one.status in Proposal.UNDER_WAY:
        context |= _progress(one, clock.now(request))
        if request.headers.get("HX-Request"):
            return render(request, "scheduling/_progress.html", context)
        return render(request, "scheduling/proposal.html", context)
    if request.headers.get("HX-Request"):
        # The search is over: the whole page is another one now.
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    context |= _result(request, one)
    return render(request, "scheduling/proposal.html", context)


def _decides(request: ActorRequest, one: Proposal) -> bool:
    mine = queries.platform_of(request.actor) == one.platform_id
    return mine and queries.keeps_plans(request.actor)


def _progress(one: Proposal, now: datetime) -> dict[str, Any]:
    """How far a search is, by its clock."""
    if one.solve_ends_at is None or one.status == Proposal.Status.QUEUED:
        return {"gone": 0, "best": None}
    began = one.solve_ends_at - timedelta(seconds=one.limit_s) - GRACE
    gone = int((now - began).total_seconds())
    best = None
    if one.best is not None and one.tick_s is not None:
        best = words.hours(one.best * one.tick_s)
    return {"gone": min(max(gone, 0), one.limit_s), "best": best}


def _result(request: ActorRequest, one: Proposal) -> dict[str, Any]:
    rows = list(
        one.placements.select_related(
            "booking__project", "booking__requested_by__organisation", "line", "from_line",
            "engineer__person", "decided_by__person",
        ).order_by("start_at", "id")
    )  # fmt: skip
    names = {row.booking_id: words.name_of(row.booking) for row in rows}
    placed = [row for row in rows if row.line_id is not None]
    numbers = {row.pk: n for n, row in enumerate(placed, 1)}

    def shown(row: Placement) -> Shown:
        return Shown(
            row, numbers.get(row.pk, 0), names[row.booking_id], words.reasons(row.reasons, names)
        )

    put = [shown(row) for row in placed]
    to_accept = [row for row in put if row.open] if one.status in Proposal.TO_DECIDE else []
    return {
        "put": put,
        "none": [shown(row) for row in rows if row.line_id is None],
        "to_accept": to_accept,
        "picture": picture_of(one, placed, numbers=numbers, names=names, actor=request.actor),
        "figures": _figures(one, len(placed), len(rows)),
        "gap_words": words.gap(one) if one.cost is not None else "",
        "problem": words.problem(one.problem),
    }


def _figures(one: Proposal, placed: int, whole: int) -> list[dict[str, str]]:
    if one.cost is None:
        return []
    repair = one.kind == Proposal.Kind.REPAIR
    return [
        {
            "label": _("To be moved") if repair else _("Have a place"),
            "value": _("{part} of {whole}").format(part=placed, whole=whole),
        },
        {
            "label": _("Put off by") if repair else _("Waiting in all"),
            "value": words.hours(one.waits_s or 0),
            "note": words.first_come(one) if not repair else "",
        },
        {
            "label": _("Searched for"),
            "value": _("{seconds} s").format(seconds=f"{(one.took_ms or 0) / 1000:.1f}"),
        },
    ]


@acting
@require_GET
def proposal_fresh(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Has anything changed since the schedule was made?"""
    one = _seen(request, proposal_id)
    stale = one.status == Proposal.Status.READY and situation_of(one).digest != one.snapshot
    return render(request, "scheduling/_fresh.html", {"stale": stale, "proposal": one})


@acting
@require_POST
def proposal_accept(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Accept what is ticked."""
    _seen(request, proposal_id)
    ticked = [pk for text in request.POST.getlist("placement") if (pk := id_in(text)) is not None]
    if not ticked:
        messages.warning(request, _("Nothing was ticked: tick what you accept."))
        return redirect("proposal", proposal_id)
    try:
        told = accepting.accept(
            proposal_id=proposal_id, placement_ids=ticked,
            actor_id=request.actor.pk, at=clock.now(request),
        )  # fmt: skip
    except commands.PlanOver as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", proposal_id)
    if told.done:
        said = ngettext(
            "{n} slot is allotted; its people are told.",
            "{n} slots are allotted; their people are told.",
            told.done,
        )
        messages.success(request, said.format(n=told.done))
    if told.refused:
        said = ngettext(
            "{n} no longer fits and stays open; the reason stands beside it.",
            "{n} no longer fit and stay open; the reason stands beside each.",
            told.refused,
        )
        messages.warning(request, said.format(n=told.refused))
    return redirect("proposal", proposal_id)


@acting
@require_POST
def proposal_discard(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Throw the schedule away, or end its search."""
    _seen(request, proposal_id)
    try:
        commands.discard(proposal_id=proposal_id, actor_id=request.actor.pk, at=clock.now(request))
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("proposal", proposal_id)
    messages.success(request, _("Discarded. The requests wait as before."))
    return redirect("proposals")
