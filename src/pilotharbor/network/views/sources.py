"""Pages of harvesting: sources, their runs, and what was wrong with which record."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.network import addresses, commands, desk, queries, wording
from pilotharbor.network.forms import SourceForm
from pilotharbor.network.models import HarvestFault, HarvestRun, Source
from pilotharbor.parties.auth import ActorRequest, acting


def _crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Home"), "/"), (_("Sources of results"), reverse("harvest_sources")), *further]


def _for_keepers(request: ActorRequest) -> None:
    """Others do not learn that there is such a page.

    Raises: NotFound.
    """
    if not queries.may_harvest(request.actor):
        raise NotFound


@acting
@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """From where do results arrive, and did it go well last time?"""
    _for_keepers(request)
    rows = queries.visible_sources(actor=request.actor)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=50)
    runs = queries.latest_runs(page.items)
    context = {
        "page": page,
        "rows": [(one, runs.get(one.pk)) for one in page.items],
        "provider": addresses.base_url(),
    }
    return render(request, "network/source_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Add a source; the repository is asked who it is first."""
    _for_keepers(request)
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = desk.add(given=form.given(), actor=request.actor, at=clock.now(request))
        except DomainError as exc:
            tell(form, exc, prefix="metadata_prefix")
        else:
            said = _("“{name}” answers; its results can be fetched.")
            messages.success(request, said.format(name=added.repository or added.name))
            return redirect("harvest_source", added.pk)
    page = {
        "title": _("Add a source"),
        "question": _("From which repository shall results arrive?"),
        "lead": _("Any repository that speaks OAI-PMH 2.0."),
        "button": _("Ask it and save"),
    }
    return _form(request, form, page, _crumbs((page["title"], "")), reverse("harvest_sources"))


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, source_id: int) -> HttpResponse:
    """Change a source."""
    source = queries.source(actor=request.actor, source_id=source_id)
    form = SourceForm(request.POST or None, initial=_present(source))
    back = reverse("harvest_source", args=[source.pk])
    if request.method == "POST" and form.is_valid():
        try:
            desk.change(
                source_id=source.pk,
                given=form.given(),
                actor=request.actor,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, prefix="metadata_prefix")
        else:
            messages.success(request, _("The change is saved."))
            return redirect("harvest_source", source.pk)
    page = {
        "title": _("Change the source"),
        "question": _("What shall be different about this source?"),
        "lead": source.name,
        "button": _("Ask it and save"),
    }
    return _form(request, form, page, _crumbs((source.name, back), (page["title"], "")), back)


def _present(source: Source) -> dict[str, Any]:
    names = ("name", "base_url", "set_spec", "author_id", "every_hours")
    return {name: getattr(source, name) for name in names} | {"metadata_prefix": source.prefix}


def _form(
    request: HttpRequest,
    form: SourceForm,
    page: dict[str, str],
    crumbs: list[tuple[str, str]],
    back: str,
) -> HttpResponse:
    context = {"form": form, "crumbs": crumbs, "back": back, **page}
    status = 422 if form.errors else 200
    return render(request, "network/source_form.html", context, status=status)


@acting
@require_GET
def detail(request: ActorRequest, source_id: int) -> HttpResponse:
    """What of this source is fetched, and how did it go each time?"""
    source = queries.source(actor=request.actor, source_id=source_id)
    runs = queries.visible_runs(actor=request.actor).filter(source=source)
    page = pages.page(runs, by="-id", cursor=request.GET.get("cursor"), limit=20)
    context = {
        "source": source,
        "page": page,
        "rows": [(run, wording.reason(run.reason)) for run in page.items],
        "busy": any(run.status in {"waiting", "running"} for run in page.items),
        "facts": _facts(source),
        "crumbs": _crumbs((source.name, "")),
    }
    return render(request, "network/source_detail.html", context)


def _facts(source: Source) -> list[tuple[str, object]]:
    return [
        (_("Address"), format_html('<code class="text-break">{}</code>', source.base_url)),
        (_("Calls itself"), source.repository or "—"),
        (_("Only this set"), source.set_spec or _("Everything")),
        (_("Format"), source.get_prefix_display()),
        (_("In whose name"), f"{source.organisation.name} · {source.author.person.name}"),
        (_("How often"), source.get_every_hours_display()),
    ]


@acting
@require_POST
def run_now(request: ActorRequest, source_id: int) -> HttpResponse:
    """Ask for what has changed since last time."""
    queries.source(actor=request.actor, source_id=source_id)
    try:
        run = commands.request_run(
            source_id=source_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("harvest_source", source_id)
    messages.success(request, _("It will be fetched in a moment; this page tells how it goes."))
    return redirect("harvest_run", run.pk)


@acting
@require_POST
def switch(request: ActorRequest, source_id: int, verb: str) -> HttpResponse:
    """Pause or resume."""
    change = {"pause": commands.pause_source, "resume": commands.resume_source}.get(verb)
    if change is None:
        raise NotFound
    queries.source(actor=request.actor, source_id=source_id)
    change(source_id=source_id, actor_id=request.actor.pk, at=clock.now(request))
    paused = verb == "pause"
    messages.success(
        request, _("Nothing is fetched from it any more.") if paused else _("It is fetched again.")
    )
    return redirect("harvest_source", source_id)


@acting
@require_GET
def run(request: ActorRequest, run_id: int) -> HttpResponse:
    """What did this run bring, and what was wrong with which record?"""
    found = queries.run(actor=request.actor, run_id=run_id)
    page = pages.page(queries.faults(found), by="id", cursor=request.GET.get("cursor"), limit=100)
    back = reverse("harvest_source", args=[found.source_id])
    context = {
        "run": found,
        "reason": wording.reason(found.reason),
        "busy": found.status in {"waiting", "running"},
        "figures": _figures(found),
        "page": page,
        "faults": [(one, said(one)) for one in page.items],
        "crumbs": _crumbs((found.source.name, back), (_("Run"), "")),
    }
    return render(request, "network/run_detail.html", context)


def said(fault: HarvestFault) -> list[str]:
    """What is wrong with a record: why it stays outside, and what exactly."""
    language = (get_language() or "zh-hans").lower()
    exact = fault.said.get(language) or next(iter(fault.said.values()), "")
    return [text for text in (str(wording.fault(fault.kind)), exact) if text]


def _figures(found: HarvestRun) -> list[dict[str, object]]:
    return [
        {"label": _("Pages read"), "value": found.pages},
        {"label": _("New, up for review"), "value": found.created},
        {"label": _("Changed"), "value": found.updated},
        {"label": _("As before"), "value": found.unchanged},
        {"label": _("Withdrawn"), "value": found.withdrawn},
        {"label": _("Not taken"), "value": found.bad},
    ]
