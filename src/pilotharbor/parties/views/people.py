"""Pages of people: who acts for us, inviting them, taking up an invitation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import commands, doors, invitations, queries
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import AcceptForm, InvitationForm, ProveForm, refused
from pilotharbor.parties.models import Invitation, Membership, Organisation, Person
from pilotharbor.parties.views.organisations import visible
from pilotharbor.parties.views.pages import act, locale, with_reason


def _organisation(request: ActorRequest) -> Organisation:
    wanted = id_in(request.GET.get("organisation", ""))
    if wanted is not None:
        return visible(request, wanted)
    return request.actor.organisation


def _looks_after(request: ActorRequest, organisation: Organisation) -> bool:
    own = queries.administers(request.actor, organisation_id=organisation.pk)
    return own or queries.oversees(request.actor)


def _people_of(organisation: Organisation) -> str:
    return f"{reverse('people')}?organisation={organisation.pk}"


@acting
@require_GET
def people(request: ActorRequest) -> HttpResponse:
    """Who acts for the organisation, and who has been invited."""
    organisation = _organisation(request)
    rows = queries.visible_members(actor=request.actor).filter(organisation=organisation)
    page = pages.page(
        rows.exclude(status=Membership.Status.ENDED), by="since_at",
        cursor=request.GET.get("cursor"), limit=50,
    )  # fmt: skip
    waiting = queries.visible_invitations(actor=request.actor).filter(
        organisation=organisation, status=Invitation.Status.OPEN, expires_at__gt=clock.now(request)
    )
    context = {
        "organisation": organisation, "page": page, "invitations": waiting.order_by("-id")[:50],
        "looks_after": _looks_after(request, organisation),
        "oversees": queries.oversees(request.actor),
        "crumbs": [
            (_("Home"), "/"),
            (organisation.name, reverse("organisation_detail", args=[organisation.pk])),
            (_("People"), ""),
        ],
    }  # fmt: skip
    return render(request, "parties/people.html", context)


@acting
@require_http_methods(["GET", "POST"])
def invite(request: ActorRequest) -> HttpResponse:
    """Invite someone; afterwards the link is shown once."""
    organisation = _organisation(request)
    form = InvitationForm(request.POST or None, organisation=organisation)
    invited = None
    if request.method == "POST" and form.is_valid():
        try:
            invited = commands.invite(
                organisation_id=organisation.pk, **form.cleaned_data, actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            refused(form, exc)
    context: dict[str, Any] = {
        "form": form, "organisation": organisation, "back": _people_of(organisation),
        "link": invitations.link(invited.secret) if invited and invited.secret else "",
        "invited": invited.invitation if invited else None,
    }  # fmt: skip
    return render(request, "parties/invite.html", context)


@acting
@require_POST
def invitation_revoke(request: ActorRequest, invitation_id: int) -> HttpResponse:
    """Take an open invitation back."""
    return act(
        request,
        lambda: commands.revoke_invitation(
            invitation_id=invitation_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The invitation is taken back; its link is dead."),
        to=request.POST.get("back") or reverse("people"),
    )


def _member(request: ActorRequest, membership_id: int) -> Membership:
    found = queries.visible_members(actor=request.actor).filter(pk=membership_id).first()
    if found is None:
        raise NotFound
    return found


@acting
@require_http_methods(["GET", "POST"])
def member_suspend(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Take what a member may do for the organisation."""
    member = _member(request, membership_id)
    return with_reason(
        request,
        lambda reason: commands.suspend_member(
            membership_id=membership_id, reason=reason, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        question=_("Why is {name} suspended?").format(name=member.person.name),
        warning=_(
            "From the next click on, nothing can be done in this role, by API token neither. "
            "You can undo this."
        ),
        button=_("Suspend"), done=_("Suspended."), to=_people_of(member.organisation),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def person_suspend(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Shut the person behind a membership out of the whole harbour."""
    member = _member(request, membership_id)
    return with_reason(
        request,
        lambda reason: commands.suspend_person(
            person_id=member.person_id, reason=reason, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        question=_("Why is {name} shut out of the harbour?").format(name=member.person.name),
        warning=_(
            "All sessions of this person end and all API tokens are revoked, for every organisation."
        ),
        button=_("Shut out"), done=_("Shut out; all sessions have ended."),
        to=_people_of(member.organisation),
    )  # fmt: skip


def _done(request: ActorRequest, member: Membership, what: str, done: str) -> HttpResponse:
    command = getattr(commands, f"{what}_member")
    at = clock.now(request)
    return act(
        request,
        lambda: command(membership_id=member.pk, actor_id=request.actor.pk, at=at),
        done=done,
        to=_people_of(member.organisation),
    )


@acting
@require_POST
def member_reinstate(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Give a suspended member everything back."""
    return _done(request, _member(request, membership_id), "reinstate", _("Active again."))


@acting
@require_POST
def member_end(request: ActorRequest, membership_id: int) -> HttpResponse:
    """End a membership for good."""
    return _done(request, _member(request, membership_id), "end", _("The membership has ended."))


@acting
@require_POST
def person_reinstate(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Let a person who was shut out sign in again."""
    member = _member(request, membership_id)
    return act(
        request,
        lambda: commands.reinstate_person(
            person_id=member.person_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("This person may sign in again."),
        to=_people_of(member.organisation),
    )


@acting
@require_POST
def member_admin(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Let a member administer the organisation, or no longer."""
    member = _member(request, membership_id)
    wanted = request.POST.get("is_admin") == "yes"
    return act(
        request,
        lambda: commands.name_administrator(
            membership_id=membership_id, is_admin=wanted, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("Administrators are up to date."),
        to=_people_of(member.organisation),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Take up an invitation: as who is signed in, with one's password, or as a new person."""
    invitation = queries.invitation_of(token=token)
    if invitation is None:
        raise NotFound
    at = clock.now(request)
    user: Any = request.user
    mine = user.is_authenticated and user.email.lower() == invitation.email.lower()
    known = Person.objects.filter(email__iexact=invitation.email).exists()
    form: Any = None
    if not mine:
        form = ProveForm(request.POST or None) if known else AcceptForm(
            request.POST or None, initial={"name": invitation.name}
        )  # fmt: skip
    if request.method == "POST" and (mine or form.is_valid()):
        said = {} if form is None else form.cleaned_data
        try:
            doors.limited(request, action="accept_invitation")
            with doors.counted(request, email=invitation.email):
                commands.accept_invitation(
                    token=token, name=said.get("name", ""), password=said.get("password", ""),
                    person_id=user.pk if mine else None, locale=locale(), at=at,
                )  # fmt: skip
        except DomainError as exc:
            if form is None:
                raise
            refused(form, exc)
        else:
            messages.success(
                request, _("You act for {name} now.").format(name=invitation.organisation.name)
            )
            return redirect("front" if user.is_authenticated else "account_login")
    context = {
        "invitation": invitation, "form": form, "mine": mine, "known": known,
        "over": not queries.invitation_is_open(invitation, at=at),
    }  # fmt: skip
    return render(request, "parties/invitation_accept.html", context)
