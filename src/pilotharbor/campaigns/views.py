"""Campaigns: which there are, one with its batches, the bench where a batch is entered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.agreements.wording import term
from pilotharbor.campaigns import commands, pictures, queries, wording
from pilotharbor.campaigns.forms import BatchForm, CorrectionForm, OpenForm
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.documents.models import Document
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project


@acting
@require_GET
def campaign_list(request: ActorRequest) -> HttpResponse:
    """Which pilots run, and how far is each?"""
    rows = queries.whole(queries.visible_campaigns(actor=request.actor))
    status = request.GET.get("status", "")
    if status in Campaign.Status.values:
        rows = rows.filter(status=status)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": [(campaign, queries.progress_of(campaign)) for campaign in page.items],
        "status": status,
        "statuses": Campaign.Status.choices,
        "crumbs": [(_("Home"), "/"), (_("Campaigns"), "")],
    }
    return render(request, "campaigns/campaign_list.html", context)


def _crumbs(project: Project, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Home"), "/"),
        (_("Campaigns"), reverse("campaigns")),
        *further[:-1],
        *(further[-1:] or [(project.title, "")]),
    ]


@acting
@require_http_methods(["GET", "POST"])
def campaign_new(request: ActorRequest, project_id: int) -> HttpResponse:
    """Open the campaign of a project on one of its platform's lines."""
    project = projects.visible_project(actor=request.actor, project_id=project_id)
    lines = Line.objects.filter(platform=project.platform_id, is_open=True).order_by("name")
    form = OpenForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = commands.open_campaign(
                project_id=project.pk,
                line_id=form.cleaned_data["line_id"].pk,
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The campaign is open; batches can be recorded."))
            return redirect("campaign_detail", campaign.pk)
    context = {
        "project": project,
        "plan": projects.plan_of(project),
        "form": form,
        "crumbs": _crumbs(project, (_("Open the campaign"), "")),
    }
    return render(
        request, "campaigns/campaign_new.html", context, status=422 if form.errors else 200
    )


@acting
@require_GET
def campaign_detail(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Did it work, so many times in a row?"""
    campaign = queries.visible_campaign(actor=request.actor, campaign_id=campaign_id)
    progress = queries.progress_of(campaign)
    runs = queries.may_run(actor=request.actor, project=campaign.project)
    running = campaign.status == Campaign.Status.RUNNING
    report = campaign.report
    decidable = progress.met is not None or (
        not progress.unjudged and progress.judged >= campaign.planned_batches
    )
    context = {
        "campaign": campaign,
        "progress": progress,
        "shown": min(len(progress.run), progress.needed),
        "verdict": wording.verdict(campaign) if progress.judged else "",
        "small_numbers": wording.small_numbers(campaign),
        "limits": [
            (term(limit.attribute), wording.bounds(limit)) for limit in queries.limits_of(campaign)
        ],
        "rows": [(b, _scale(b), _cells(b, campaign)) for b in campaign.batches.all()],
        "charts": pictures.of_campaign(campaign),
        "may_record": runs and running and campaign.project.status == Project.Status.PILOT,
        "may_judge": runs and running and decidable,
        "may_report": runs
        and not running
        and (report is None or report.status == Document.Status.FAILED),
        "crumbs": _crumbs(campaign.project),
    }
    return render(request, "campaigns/campaign_detail.html", context)


def _scale(batch: Batch) -> str:
    return wording.number(batch.scale_kg) if batch.scale_kg is not None else "—"


def _cells(batch: Batch, campaign: Campaign) -> list[dict[str, Any]]:
    """The batch's values by limit, each with whether it lies within."""
    values = queries.values_of(batch, campaign)
    return [
        {
            "name": term(limit.attribute),
            "bounds": wording.bounds(limit),
            "values": [
                {"text": wording.number(v), "within": limit.holds(v)}
                for v in values.get(limit.attribute, [])
            ],
        }
        for limit in queries.limits_of(campaign)
    ]


@acting
@require_http_methods(["GET", "POST"])
def batch_new(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Enter one batch at the line."""
    campaign = queries.visible_campaign(actor=request.actor, campaign_id=campaign_id)
    numbers = [batch.number for batch in campaign.batches.all()]
    form = BatchForm(
        request.POST or None,
        limits=queries.limits_of(campaign),
        bookings=queries.usable_bookings(campaign),
        initial={"number": max(numbers, default=0) + 1},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        booking = given["booking_id"]
        try:
            batch = commands.record_batch(
                campaign_id=campaign.pk,
                number=given["number"],
                booking_id=booking.pk if booking else None,
                scale_kg=given["scale_kg"] or None,
                results=form.results(),
                note=given["note"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, **form.renamed())
        else:
            messages.success(request, _("Recorded. Look it over, then judge it."))
            return redirect("batch_detail", batch.pk)
    here = reverse("campaign_detail", args=[campaign.pk])
    context = {
        "campaign": campaign,
        "form": form,
        "crumbs": _crumbs(
            campaign.project, (campaign.project.title, here), (_("Enter a batch"), "")
        ),
    }
    return render(request, "campaigns/batch_new.html", context, status=422 if form.errors else 200)


@acting
@require_http_methods(["GET", "POST"])
def batch_correct(request: ActorRequest, batch_id: int) -> HttpResponse:
    """Set a recorded batch right before it is judged."""
    seen = queries.visible_batch(actor=request.actor, batch_id=batch_id)
    campaign = queries.visible_campaign(actor=request.actor, campaign_id=seen.campaign_id)
    batch = next(b for b in campaign.batches.all() if b.pk == batch_id)
    if batch.status != Batch.Status.RECORDED:
        messages.error(request, str(commands.JudgedAlready()))
        return redirect("batch_detail", batch_id)
    limits = queries.limits_of(campaign)
    form = CorrectionForm(
        request.POST or None,
        limits=limits,
        bookings=queries.usable_bookings(campaign, of=batch),
        initial=_recorded(batch, campaign),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        booking = given["booking_id"]
        try:
            commands.correct_batch(
                batch_id=batch.pk,
                number=given["number"],
                booking_id=booking.pk if booking else None,
                scale_kg=given["scale_kg"] or None,
                results=form.results(),
                note=given["note"],
                reason=given["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, **form.renamed())
        else:
            messages.success(request, _("Corrected; what stood there before is kept."))
            return redirect("batch_detail", batch.pk)
    here = reverse("batch_detail", args=[batch.pk])
    title = _("Batch {number}").format(number=batch.number)
    context = {
        "campaign": campaign,
        "batch": batch,
        "form": form,
        "crumbs": _crumbs(campaign.project, (title, here), (_("Correct the record"), "")),
    }
    return render(request, "campaigns/batch_new.html", context, status=422 if form.errors else 200)


def _recorded(batch: Batch, campaign: Campaign) -> dict[str, Any]:
    """What is recorded of a batch, as the form shows it."""
    values = queries.values_of(batch, campaign)
    shown = {
        f"value_{i}": " ".join(wording.number(v) for v in values.get(limit.attribute, []))
        for i, limit in enumerate(queries.limits_of(campaign))
    }
    scale = wording.number(batch.scale_kg) if batch.scale_kg is not None else ""
    return shown | {
        "number": batch.number,
        "booking_id": batch.booking_id,
        "scale_kg": scale,
        "note": batch.note,
    }


# What of a batch beside its values a correction may change.
FIELDS = {
    "number": gettext_lazy("Batch number"),
    "booking_id": gettext_lazy("Booking"),
    "scale_kg": gettext_lazy("Scale in kilogram"),
    "note": gettext_lazy("Remark"),
}


def _corrections(batch: Batch) -> list[dict[str, Any]]:
    """Every correction: why, by whom, and what stood there before."""
    told = []
    for one in queries.corrections_of(batch):
        was: dict[str, list[str]] = {}
        for name in one.changed:
            if name in FIELDS and name != "booking_id":
                was[str(FIELDS[name])] = [str(one.before[name] or "—")]
            elif name in FIELDS:
                was[str(FIELDS[name])] = []
        for value in one.replaced.all():
            was.setdefault(term(value.limit.attribute), []).append(wording.number(value.value))
        told.append({"row": one, "was": [(name, " · ".join(v)) for name, v in was.items()]})
    return told


@acting
@require_GET
def batch_detail(request: ActorRequest, batch_id: int) -> HttpResponse:
    """Is this batch good?"""
    seen = queries.visible_batch(actor=request.actor, batch_id=batch_id)
    campaign = queries.visible_campaign(actor=request.actor, campaign_id=seen.campaign_id)
    batch = next(b for b in campaign.batches.all() if b.pk == batch_id)
    here = reverse("campaign_detail", args=[campaign.pk])
    runs = queries.may_run(actor=request.actor, project=campaign.project)
    context = {
        "batch": batch,
        "campaign": campaign,
        "scale": _scale(batch),
        "cells": _cells(batch, campaign),
        "corrections": _corrections(batch),
        "findings": [wording.finding(f) for f in queries.findings_of(batch, campaign)],
        "may_judge": runs
        and batch.status == Batch.Status.RECORDED
        and campaign.status == Campaign.Status.RUNNING,
        "crumbs": _crumbs(
            campaign.project,
            (campaign.project.title, here),
            (_("Batch {number}").format(number=batch.number), ""),
        ),
    }
    return render(request, "campaigns/batch_detail.html", context)


def _press(request: ActorRequest, do: Callable[[], Any], said: str, to: str) -> HttpResponse:
    """Do what a button says and go on, or say why not."""
    try:
        do()
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, said)
    return redirect(to)


@acting
@require_POST
def batch_judge(request: ActorRequest, batch_id: int) -> HttpResponse:
    """Release the batch or reject it."""
    seen = queries.visible_batch(actor=request.actor, batch_id=batch_id)
    return _press(
        request,
        lambda: commands.judge_batch(
            batch_id=batch_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        _("The batch is judged."),
        reverse("campaign_detail", args=[seen.campaign_id]),
    )


@acting
@require_POST
def campaign_judge(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Judge the campaign."""
    return _press(
        request,
        lambda: commands.judge(
            campaign_id=campaign_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        _("The campaign is judged."),
        reverse("campaign_detail", args=[campaign_id]),
    )


@acting
@require_POST
def campaign_report(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Ask for the report."""
    return _press(
        request,
        lambda: commands.ask_report(
            campaign_id=campaign_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        _("The report is being printed and is issued at once after that."),
        reverse("campaign_detail", args=[campaign_id]),
    )
