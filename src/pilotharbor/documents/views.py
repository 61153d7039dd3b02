"""Papers: which there are, one page by page, and the file itself."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.documents import commands, printing, queries
from pilotharbor.documents.forms import FilterForm
from pilotharbor.documents.models import Document
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties.auth import ActorRequest, acting


@acting
@require_GET
def document_list(request: ActorRequest) -> HttpResponse:
    """Which papers are there for us?"""
    form = FilterForm(request.GET)
    rows = queries.visible_documents(actor=request.actor)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    if kind:
        rows = rows.filter(kind=kind)
    project = id_in(request.GET.get("project", ""))
    if project is not None:
        rows = rows.filter(project_id=project)
    context = {
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor")),
        "form": form,
        "filtered": bool(kind or project),
        "crumbs": [(_("Home"), "/"), (_("Papers"), "")],
    }
    return render(request, "documents/document_list.html", context)


@acting
@require_GET
def document_detail(request: ActorRequest, document_id: int) -> HttpResponse:
    """What does this paper say, and is it the one that was signed?"""
    document = queries.visible_document(actor=request.actor, document_id=document_id)
    printed = document.status == Document.Status.RENDERED
    context = {
        "document": document,
        "sheets": printing.open_sheets(document, actor=request.actor, at=clock.now(request))
        if printed
        else [],
        "rendering": getattr(document, "rendering", None),
        "readers": queries.readers_of(document),
        "original": queries.holds_original(actor=request.actor, document=document),
        "recorded": queries.is_confidential(document),
        "crumbs": [
            (_("Home"), "/"),
            (_("Papers"), reverse("documents")),
            (document.number, ""),
        ],
    }
    return render(request, "documents/document_detail.html", context)


@acting
@require_GET
def document_page(request: ActorRequest, document_id: int, number: int) -> HttpResponse:
    """One page as an image, for the reading that its address carries."""
    at = printing.reading_of(
        request.GET.get("reading", ""), document_id=document_id, actor=request.actor
    )
    if at is None:
        raise Http404
    document = queries.visible_document(actor=request.actor, document_id=document_id)
    images = printing.page_images(document, actor=request.actor, at=at)
    if not 1 <= number <= len(images):
        raise Http404
    answer = HttpResponse(images[number - 1], content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@acting
@require_GET
def document_file(request: ActorRequest, document_id: int) -> HttpResponse:
    """The PDF: the signed bytes, or a copy with the reader's name across it."""
    at = clock.now(request)
    document = commands.view(document_id=document_id, actor_id=request.actor.pk, at=at)
    return printing.pdf(document, actor=request.actor, at=at)


@acting
@require_POST
def document_retry(request: ActorRequest, document_id: int) -> HttpResponse:
    """Have it printed again."""
    commands.retry(document_id=document_id, actor_id=request.actor.pk, at=clock.now(request))
    messages.success(request, _("It is being printed again."))
    return redirect("document_detail", document_id)
