"""Pages on which lists come in and leave."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as translate
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.kernel import clock, sheets
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.sheets.write import Cell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.auth import acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.web.transfer import exporter, importer, runs, tasks
from pilotharbor.web.transfer.forms import UploadForm
from pilotharbor.web.transfer.kinds import KINDS

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

type Sent = HttpResponse | StreamingHttpResponse


def _actor(request: HttpRequest) -> Membership:
    actor: Membership = request.actor  # type: ignore[attr-defined]
    return actor


@require_http_methods(["GET", "POST"])
@acting
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a list in, take one out."""
    actor = _actor(request)
    kinds = [kind for kind in KINDS.values() if kind.may(actor)]
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        actor=actor,
        initial={"kind": request.GET.get("kind", "")},
    )
    if request.method == "POST":
        if not kinds:
            raise NotYourRole(role=actor.role)
        if form.is_valid():
            return _begin(request, actor, form.cleaned_data)
    context = {
        "form": form if kinds else None,
        "kinds": kinds,
        "exports": exporter.EXPORTS.values(),
        "crumbs": [(translate("Import and export"), "")],
    }
    status = 422 if form.errors else 200
    return render(request, "transfer/imports.html", context, status=status)


def _begin(request: HttpRequest, actor: Membership, chosen: dict[str, Any]) -> HttpResponse:
    upload = chosen["file"]
    run = runs.begin(
        upload.chunks(),
        name=upload.name,
        kind=importer.kind_of(chosen["kind"]),
        actor=actor,
        at=clock.now(request),
        partial=chosen["partial"],
        submit=chosen["submit"],
    )
    tasks.start(run, person_id=actor.person_id)
    return redirect("import_run", token=run.token)


@require_GET
@acting
def import_run(request: HttpRequest, token: str) -> HttpResponse:
    """How far one import is, or what came of it; asked again by the page itself."""
    actor = _actor(request)
    state = runs.of(token, person_id=actor.person_id).state()
    report = state.get("report")
    context: dict[str, Any] = {
        "token": token,
        "run": state,
        "kind": importer.kind_of(state["kind"]),
        "report": report,
        "open": state["stage"] in {"waiting", "check", "load"},
        "crumbs": [
            (translate("Import and export"), reverse("imports")),
            (state["name"], ""),
        ],
    }
    if report:
        context["bad"] = report["bad"][:SHOWN]
        context["doubts"] = report["doubts"][:SHOWN]
        context["more"] = max(0, report["bad_count"] - SHOWN)
    part = "transfer/run_state.html" if "HX-Request" in request.headers else "transfer/run.html"
    return render(request, part, context)


@require_GET
@acting
def import_errors(request: HttpRequest, token: str) -> HttpResponse:
    """The table of bad and doubtful cells as a file."""
    state = runs.of(token, person_id=_actor(request).person_id).state()
    if "report" not in state:
        raise NotFound
    cells = [c for name in ("bad", "doubts") for c in runs.cells_of(state["report"], name)]
    name = Path(state["name"]).name + ".errors.csv"
    headings, rows = sheets.error_rows(cells)
    return _attached(HttpResponse(b"".join(sheets.csv_chunks(headings, rows))), name, "text/csv")


@require_GET
@acting
def import_template(request: HttpRequest, kind: str, suffix: str) -> HttpResponse:
    """An empty file with the headings and one row as an example."""
    del request
    found = importer.kind_of(kind)
    language = get_language() or "zh-hans"
    columns = [c for c in found.columns if c.name not in {"state", "published", "ordered"}]
    headings = [column.heading(language) for column in columns]
    row: list[Cell] = [column.example for column in columns]
    name = translate("{kind} template").format(kind=found.label) + f".{suffix}"
    return _page(_file(iter([row]), headings, name, suffix))


@require_GET
@acting
def export_list(request: HttpRequest, kind: str, suffix: str) -> HttpResponse:
    """What one may see of a list, as a file."""
    return _page(exported(_actor(request), kind, suffix, clock.now(request)))


def _page(sent: Sent) -> HttpResponse:
    """What ``acting`` takes; to Django, an answer in pieces is an answer like any other."""
    return cast("HttpResponse", sent)


def exported(actor: Membership, kind: str, suffix: str, at: datetime) -> Sent:
    """The same for pages and programs."""
    export = exporter.export_of(kind)
    name = f"{export.label} {local_date(at).isoformat()}.{suffix}"
    return _file(export.lines(actor), export.headings(), name, suffix)


def _file(rows: Iterator[list[Cell]], headings: list[str], name: str, suffix: str) -> Sent:
    if suffix == "csv":
        pieces = _in_language(sheets.csv_chunks(headings, rows), get_language() or "zh-hans")
        return _attached(StreamingHttpResponse(pieces), name, "text/csv; charset=utf-8")
    # The folder goes with the block; the open file stays readable until it has been sent.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        sheets.write_xlsx(path, headings, rows)
        return _attached(FileResponse(path.open("rb")), name, XLSX)


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Keep the reader's language while the answer is being sent, after the request has ended."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _attached[R: Sent](answer: R, name: str, content_type: str) -> R:
    answer["Content-Type"] = content_type
    header = content_disposition_header(as_attachment=True, filename=name)
    answer["Content-Disposition"] = header or "attachment"
    answer["Cache-Control"] = "no-store"
    return answer
