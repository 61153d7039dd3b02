"""Pages of organisations: register, find, read, correct, decide."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties import commands, queries, rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.commands.ndas import may_sign
from pilotharbor.parties.forms import JURISDICTIONS, OrganisationForm, refused
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.parties.views.pages import act, frame, with_reason


def _actor(request: HttpRequest) -> Membership | None:
    return getattr(request, "actor", None)


def _decides(actor: Membership | None) -> bool:
    return rights.may(actor, Verb.APPROVE, Kind.ORGANISATION)


def visible(request: HttpRequest, organisation_id: int) -> Organisation:
    """The organisation, if one may see it.

    Raises: NotFound.
    """
    rows = queries.visible_organisations(actor=_actor(request))
    found = rows.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


@require_GET
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Who takes part; for the host, who waits for approval."""
    actor, asked = _actor(request), request.GET
    decides = _decides(actor)
    chosen = {key: asked.get(key, "") for key in ("q", "kind", "status")}
    rows = queries.search_organisations(actor=actor, **chosen)
    page = pages.page(rows, by="name", cursor=asked.get("cursor"), limit=50)
    context = {
        "frame": frame(request), "page": page, "chosen": chosen, "decides": decides,
        "kinds": OrganisationKind.choices, "statuses": Organisation.Status.choices,
        "filtered": any(chosen.values()), "waiting": _waiting(actor) if decides else 0,
        "crumbs": [(_("Home"), "/"), (_("Organisations"), "")],
    }  # fmt: skip
    return render(request, "parties/organisation_list.html", context)


def _waiting(actor: Membership | None) -> int:
    rows = queries.search_organisations(actor=actor, status=Organisation.Status.APPLIED)
    return rows.count()


@require_GET
def organisation_detail(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """One organisation: what it is, how it stands, who acts for it, what happened."""
    actor, organisation = _actor(request), visible(request, organisation_id)
    own = actor is not None and actor.organisation_id == organisation.pk
    said = _happenings()
    context: dict[str, Any] = {
        "frame": frame(request), "organisation": organisation, "own": own,
        "decides": _decides(actor) and not organisation.is_host,
        "may_edit": _decides(actor) or (own and actor is not None and actor.is_admin),
        "jurisdiction": dict(JURISDICTIONS).get(
            organisation.jurisdiction, organisation.jurisdiction
        ),
        "members": queries.visible_members(actor=actor)
        .filter(organisation=organisation, status=Membership.Status.ACTIVE)
        .order_by("role", "id")[:50],
        "may_sign_nda": _may_sign_nda(actor, organisation),
        "history": [
            {"at": e.at, "title": said.get(e.name.rsplit(".", 1)[-1], e.name)}
            for e in queries.history_of(organisation, actor=actor)
        ],
        "crumbs": [
            (_("Home"), "/"), (_("Organisations"), reverse("organisations")),
            (organisation.name, ""),
        ],
    }  # fmt: skip
    return render(request, "parties/organisation_detail.html", context)


def _happenings() -> dict[str, str]:
    return {
        "registered": _("Registered"), "founded": _("Founded this harbour"),
        "approved": _("Approved"), "refused": _("Not approved"), "suspended": _("Suspended"),
        "reinstated": _("Reinstated"), "revised": _("Details corrected"),
    }  # fmt: skip


def _may_sign_nda(actor: Membership | None, organisation: Organisation) -> bool:
    if actor is None or actor.organisation_id == organisation.pk or not may_sign(actor):
        return False
    return organisation.status == Organisation.Status.APPROVED and not queries.nda_in_force(
        owner_id=organisation.pk, signatory_id=actor.organisation_id
    )


@acting
@require_http_methods(["GET", "POST"])
def organisation_edit(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """Correct an organisation's details."""
    organisation = visible(request, organisation_id)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if not queries.vouches(request.actor, organisation):
        form.keep(queries.VOUCHED_FOR)
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_organisation(
                organisation_id=organisation_id, changes=dict(form.cleaned_data),
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            refused(form, exc)
        else:
            messages.success(request, _("The details are saved."))
            return redirect("organisation_detail", organisation_id)
    context = {"form": form, "organisation": visible(request, organisation_id)}
    return render(request, "parties/organisation_edit.html", context)


def _decided(request: ActorRequest, organisation_id: int, what: str, done: str) -> HttpResponse:
    command = getattr(commands, f"{what}_organisation")
    return act(
        request,
        lambda: command(
            organisation_id=organisation_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=done,
        to=reverse("organisation_detail", args=[organisation_id]),
    )


@acting
@require_POST
def organisation_approve(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """Let an applicant in."""
    return _decided(request, organisation_id, "approve", _("Approved. Its people have been told."))


@acting
@require_POST
def organisation_reinstate(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """Give a suspended organisation its place back."""
    return _decided(request, organisation_id, "reinstate", _("It has its place back."))


@acting
@require_http_methods(["GET", "POST"])
def organisation_refuse(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """Turn an applicant away."""
    organisation = visible(request, organisation_id)
    return with_reason(
        request,
        lambda reason: commands.refuse_organisation(
            organisation_id=organisation_id, reason=reason, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        question=_("Why is {name} not approved?").format(name=organisation.name),
        warning=_("Its people can no longer sign in for it. They read your reason."),
        button=_("Do not approve"), done=_("Not approved. Its people have been told."),
        to=reverse("organisation_detail", args=[organisation_id]),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def organisation_suspend(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """Take everything from an organisation at once."""
    organisation = visible(request, organisation_id)
    return with_reason(
        request,
        lambda reason: commands.suspend_organisation(
            organisation_id=organisation_id, reason=reason, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        question=_("Why is {name} suspended?").format(name=organisation.name),
        warning=_("All its people lose access at once, API tokens included. You can undo this."),
        button=_("Suspend"), done=_("Suspended. Its people have lost access."),
        to=reverse("organisation_detail", args=[organisation_id]),
    )  # fmt: skip
