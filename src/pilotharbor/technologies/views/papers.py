"""Files of an entry: add one, take one off, read one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.files.serving import served
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies.commands import attachments as commands
from pilotharbor.technologies.commands.rules import NotOpenForChange
from pilotharbor.technologies.papers import history, owners, queries, store
from pilotharbor.technologies.papers.forms import FileForm
from pilotharbor.technologies.views.market import actor_of


def files_of(noun: str, entry: Any, actor: Membership | None, at: datetime) -> dict[str, Any]:
    """What the page of an entry says of its files."""
    market = owners.market(noun)
    return {
        "files": queries.files(noun=noun, entry=entry, actor=actor, at=at),
        "adds_files": owners.may_change(market, entry, actor),
        "reads_versions": entry.published_at is not None
        and history.reads(noun=noun, entry=entry, actor=actor, at=at),
    }


@acting
@require_http_methods(["GET", "POST"])
def add(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """Which file belongs to it?"""
    market, at = owners.market(noun), clock.now(request)
    entry = market.one(pk, request.actor, at)
    if not owners.may_change(market, entry, request.actor):
        raise NotOpenForChange(status=str(entry.status))
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said, upload = form.cleaned_data, form.cleaned_data["file"]
        try:
            with store.staged(upload.chunks(), name=upload.name) as file:
                commands.add_attachment(
                    noun=noun,
                    entry_id=pk,
                    file=file,
                    about=said["about"],
                    confidential=said["confidential"] == "yes",
                    actor_id=request.actor.pk,
                    at=at,
                )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The file has been added."))
            return redirect(f"{noun}_detail", pk)
    back = reverse(f"{noun}_detail", args=[pk])
    live = list(queries.live(noun, pk))
    context = {
        "form": form,
        "entry": entry,
        "noun": noun,
        "back": back,
        "live": live,
        "left": max(0, commands.MOST - len(live)),
        "crumbs": [(entry.title, back), (_("Files"), "")],
    }
    status = 422 if form.errors else 200
    return render(request, "technologies/file_add.html", context, status=status)


@acting
@require_POST
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    """Take a file off its entry."""
    found, entry, market = queries.attachment(
        attachment_id=pk, actor=request.actor, at=clock.now(request)
    )
    return act(
        request,
        lambda: commands.remove_attachment(
            attachment_id=found.pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The file has been taken off."),
        to=reverse(f"{market.noun}_detail", args=[entry.pk]),
    )


@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, as a download that no browser runs."""
    actor, at = actor_of(request), clock.now(request)
    if actor:
        found = commands.open_attachment(attachment_id=pk, actor_id=actor.pk, at=at)
    else:
        found, _entry, _market = queries.attachment(attachment_id=pk, actor=None, at=at)
    return served(sha256=found.sha256, name=found.name, kind=found.kind, size=found.size)
