"""Pages of a matching run: how far it is, its worksheet, what is done with each row."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages, sheets
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.sheets.write import Cell
from pilotharbor.leads import queries as leads
from pilotharbor.outreach import working
from pilotharbor.outreach.commands import worksheets as commands
from pilotharbor.outreach.forms.challenges import RunForm, WorksheetForm
from pilotharbor.outreach.forms.roadshows import ReasonForm
from pilotharbor.outreach.models import Candidate, MatchRun
from pilotharbor.outreach.queries import challenges as queries
from pilotharbor.outreach.queries.roadshows import organises
from pilotharbor.outreach.views.challenges import crumbs
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import act

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@acting
@require_POST
def run_ask(request: ActorRequest, challenge_id: int) -> HttpResponse:
    """Order a matching of all needs."""
    form, at = RunForm(request.POST), clock.now(request)
    if not form.is_valid():
        messages.error(request, str(commands.BadDepth(most=commands.MOST_PER_NEED)))
        return redirect("challenge_detail", challenge_id)
    try:
        run = commands.ask_run(
            challenge_id=challenge_id, **form.cleaned_data, actor_id=request.actor.pk, at=at
        )
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("challenge_detail", challenge_id)
    working.start(run, actor_id=request.actor.pk, at=at)
    return redirect("match_run", run.pk)


@acting
@require_POST
def run_continue(request: ActorRequest, run_id: int) -> HttpResponse:
    """Let another worker go on where one broke off."""
    run = queries.visible_run(actor=request.actor, run_id=run_id)
    if not organises(request.actor, run.challenge.organiser_id):
        raise NotFound
    if run.status != MatchRun.Status.DONE:
        working.start(run, actor_id=request.actor.pk, at=clock.now(request))
    return redirect("match_run", run_id)


def _wanted(request: HttpRequest) -> tuple[WorksheetForm, queries.Wanted]:
    form = WorksheetForm(request.GET or None, statuses=Candidate.Status.choices)
    given: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    least = given.get("least")
    wanted = queries.Wanted(
        status=given.get("status") or "",
        need=given.get("need"),
        best=given.get("best"),
        least_bp=least * 100 if least is not None else None,
        patented=bool(given.get("patented")),
    )
    return form, wanted


@acting
@require_GET
def run_detail(request: ActorRequest, run_id: int) -> HttpResponse:
    """How far a run is, and its worksheet."""
    run = queries.visible_run(actor=request.actor, run_id=run_id)
    open_ = run.status != MatchRun.Status.DONE
    if "HX-Request" in request.headers:
        answer = render(request, "outreach/_run_state.html", {"run": run, "open": open_})
        if not open_:
            answer["HX-Refresh"] = "true"
        return answer
    form, wanted = _wanted(request)
    rows = queries.worksheet(run=run, actor=request.actor, wanted=wanted)
    page = pages.page(rows, by="id", cursor=request.GET.get("cursor"), limit=50)
    query = request.GET.copy()
    query.pop("cursor", None)
    runs = organises(request.actor, run.challenge.organiser_id)
    context = {
        "run": run,
        "open": open_,
        "form": form,
        "page": page,
        "total": rows.count(),
        "hidden": run.candidates.count() - queries.worksheet(run=run, actor=request.actor).count(),
        "query": query.urlencode(),
        "runs": runs,
        "leads": runs and (leads.manages(request.actor) or leads.operates(request.actor)),
        "crumbs": crumbs(
            (run.challenge.title, reverse("challenge_detail", args=[run.challenge_id])),
            (_("Worksheet"), ""),
        ),
    }
    return render(request, "outreach/run_detail.html", context)


@acting
@require_GET
def run_export(request: ActorRequest, run_id: int, suffix: str) -> HttpResponse:
    """The worksheet as it is narrowed, as a file."""
    if suffix not in {"csv", "xlsx"}:
        raise NotFound
    run = queries.visible_run(actor=request.actor, run_id=run_id)
    _form, wanted = _wanted(request)
    headings, rows = table_of(run, request.actor, wanted)
    name = f"{run.challenge.title} {_('worksheet')} {run.pk}.{suffix}"
    header = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": header, "Cache-Control": "no-store"}
    if suffix == "csv":
        content = b"".join(sheets.csv_chunks(headings, rows))
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "worksheet.xlsx"
        sheets.write_xlsx(path, headings, rows)
        return HttpResponse(path.read_bytes(), content_type=XLSX, headers=headers)


def table_of(
    run: MatchRun, actor: Membership, wanted: queries.Wanted
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Headings and rows of a worksheet, as far as the actor may see them."""
    headings = [
        _("Number of the need"), _("Need"), _("Whose need"), _("Rank"), _("Result"),
        _("Owner"), _("Fit"), _("Why"), _("State"), _("Reason"),
    ]  # fmt: skip
    found = queries.worksheet(run=run, actor=actor, wanted=wanted).order_by("id")

    def rows() -> Iterator[list[Cell]]:
        for row in found.iterator(500):
            yield [
                row.need.number, row.need.title, row.need.organisation_name, row.rank,
                row.achievement.title, row.achievement.owner.name, _percent(row.standing_bp),
                "；".join(said(one) for one in row.reasons), str(row.get_status_display()),
                row.dismissed_reason,
            ]  # fmt: skip

    return headings, rows()


def _percent(share_bp: int | None) -> str:
    return "" if share_bp is None else f"{share_bp / 100:.1f}%"


def said(reason: dict[str, Any]) -> str:
    """A reason in a few words."""
    if reason.get("kind") == "phrase":
        return str(reason.get("text") or "")
    parts = (reason.get("attribute"), reason.get("asked"), reason.get("outcome"))
    return " ".join(str(part) for part in parts if part)


@acting
@require_http_methods(["GET", "POST"])
def candidate_dismiss(request: ActorRequest, candidate_id: int) -> HttpResponse:
    """Say why a result does not fit."""
    row = _row(request, candidate_id)
    form = ReasonForm(request.POST or None)
    back = reverse("match_run", args=[row.run_id])
    if request.method == "POST" and form.is_valid():
        try:
            commands.dismiss(
                candidate_id=candidate_id, reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Dismissed."))
            return redirect(back)
    context = {
        "title": _("Dismiss"),
        "question": _("Why does it not fit?"),
        "lead": f"{row.need.title} · {row.achievement.title}",
        "button": _("Dismiss"),
        "form": form,
        "back": back,
        "crumbs": crumbs((_("Worksheet"), back), (_("Dismiss"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


def _row(request: ActorRequest, candidate_id: int) -> Candidate:
    found = Candidate.objects.select_related("run__challenge").filter(pk=candidate_id).first()
    if found is None or not queries.sees_all(request.actor, found.run.challenge):
        raise NotFound
    row = queries.worksheet(run=found.run, actor=request.actor).filter(pk=candidate_id).first()
    if row is None:
        raise NotFound
    return row


STEPS = {
    "invite": commands.invite,
    "lead": commands.make_lead,
    "take-back": commands.take_back,
}


def _done(step: str) -> str:
    return {
        "invite": _("The owner of the result is asked for a proposal."),
        "lead": _("It is a lead now."),
        "take-back": _("It is to be looked at again."),
    }[step]


@acting
@require_POST
def candidate_step(request: ActorRequest, candidate_id: int, step: str) -> HttpResponse:
    """Invite, make a lead, or take a dismissal back."""
    if step not in STEPS:
        raise NotFound
    row = _row(request, candidate_id)
    return act(
        request,
        lambda: STEPS[step](
            candidate_id=candidate_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_done(step),
        to=reverse("match_run", args=[row.run_id]) + f"#c{candidate_id}",
    )
