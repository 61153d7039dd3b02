"""Lists for programs: bring one in, ask how far it is, take one out."""

from typing import Any

from django.urls import reverse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.web.transfer import importer, runs, tasks, views

router = Router(tags=["transfer"])
SUFFIXES = {"csv", "xlsx"}


class BadRows(Invalid):
    """Nothing was loaded; the facts name every bad cell with its remedy."""

    code = "transfer.bad_rows"


@router.post("/imports/{kind}", response={200: dict[str, Any], 202: dict[str, Any]})
def import_list(
    request: ActorRequest,
    kind: str,
    file: File[UploadedFile],
    partial: Form[bool] = False,
    submit: Form[bool] = False,
) -> Status[dict[str, Any]]:
    """Import a CSV, XLSX or JSONL file: all rows, or with ``partial`` the good ones, or nothing.

    200 with the report; 422 ``transfer.bad_rows`` when nothing could be loaded; 202 with the address
    of the run for files over 1 MB, unpacked. The same file again changes nothing, with or without a key.
    """
    actor = request.auth
    found = importer.kind_of(kind)
    if not found.may(actor):
        raise NotYourRole(role=actor.role)
    run = runs.begin(
        file.chunks(),
        name=file.name or "",
        kind=found,
        actor=actor,
        at=clock.now(request),
        partial=partial,
        submit=submit,
    )
    tasks.start(run, person_id=actor.person_id)
    state = run.state()
    if state["stage"] == "done" and not state["report"]["loaded"]:
        raise BadRows(**state["report"])
    answer = _answer(run.token, state)
    return Status(200 if state["stage"] == "done" else 202, answer)


@router.get("/imports/runs/{token}", response=dict[str, Any])
def import_run(request: ActorRequest, token: str) -> dict[str, Any]:
    """How far an import is: ``stage``, ``done`` of ``total``, and the report at the end."""
    run = runs.of(token, person_id=request.auth.person_id)
    return _answer(token, run.state())


def _answer(token: str, state: dict[str, Any]) -> dict[str, Any]:
    said = {name: state.get(name) for name in ("kind", "stage", "done", "total", "report")}
    return {
        **said,
        "sentences": state.get("sentences", []),
        "run": reverse("api:import_run", kwargs={"token": token}),
    }


@router.get("/exports/{kind}.{suffix}", response={200: None})
def export_list(request: ActorRequest, kind: str, suffix: str) -> views.Sent:
    """What one may see of a list, as ``.csv`` or ``.xlsx``."""
    if suffix not in SUFFIXES:
        raise NotFound
    return views.exported(request.auth, kind, suffix, clock.now(request))
