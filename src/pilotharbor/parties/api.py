"""Organisations, people and access over HTTP."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router, Status

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.parties import commands, doors, invitations, queries, texts
from pilotharbor.parties import schemas as s
from pilotharbor.parties.auth import ANYONE, ActorRequest, actor_of
from pilotharbor.parties.models import (
    BreakGlass,
    Membership,
    NonDisclosure,
    Notification,
    Organisation,
)

router = Router()


def _page(found: pages.Page[Any]) -> dict[str, Any]:
    return {"items": found.items, "next_cursor": found.next_cursor}


# Organisations


@router.post("/organisations", response={201: s.OrganisationOut}, auth=ANYONE)
def register_organisation(request: HttpRequest, body: s.OrganisationIn) -> Status[Any]:
    """Register an organisation that then awaits approval; ``contact`` becomes its administrator.

    409 ``parties.uscc_taken``, 422 ``code.*`` for a malformed unified social credit code.
    """
    doors.limited(request, action="register_organisation")
    told = body.dict(exclude={"contact"})
    actor = actor_of(request)
    contact = None
    if body.contact:
        contact = commands.Newcomer(
            **body.contact.dict(), locale=(get_language() or "zh-hans")[:8],
            person_id=actor.person_id if actor else None,
        )  # fmt: skip
    with doors.counted(request, email=body.contact.email if body.contact else ""):
        organisation = commands.register_organisation(
            **told, contact=contact, actor_id=actor.pk if actor else None, at=clock.now(request)
        )
    first = Membership.objects.filter(organisation=organisation).first()
    out = s.OrganisationOut.from_orm(organisation)
    if first:
        out.contact_membership_id, out.contact_person_id = first.pk, first.person_id
    return Status(201, out)


@router.get("/organisations", response=s.Page[s.OrganisationOut], auth=ANYONE)
def list_organisations(
    request: HttpRequest,
    q: str = "",
    uscc: str = "",
    kind: str = "",
    status: str = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Organisations one may see, by name."""
    rows = queries.search_organisations(
        actor=actor_of(request), q=q, uscc=uscc, kind=kind, status=status
    )
    return _page(pages.page(rows, by="name", cursor=cursor, limit=limit))


@router.get("/organisations/{organisation_id}", response=s.OrganisationOut, auth=ANYONE)
def get_organisation(request: HttpRequest, organisation_id: int) -> Organisation:
    """One organisation."""
    rows = queries.visible_organisations(actor=actor_of(request))
    return _found(rows.filter(pk=organisation_id).first())


def _found[T](row: T | None) -> T:
    if row is None:
        raise NotFound
    return row


@router.patch("/organisations/{organisation_id}", response=s.OrganisationOut)
def revise_organisation(
    request: ActorRequest, organisation_id: int, body: s.OrganisationChanges
) -> Organisation:
    """Correct details."""
    changes = body.dict(exclude_none=True, exclude_unset=True)
    return commands.revise_organisation(
        organisation_id=organisation_id, changes=changes, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/organisations/{organisation_id}/approve", response=s.OrganisationOut)
def approve_organisation(request: ActorRequest, organisation_id: int) -> Organisation:
    """Let an applicant in."""
    return commands.approve_organisation(
        organisation_id=organisation_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/organisations/{organisation_id}/refuse", response=s.OrganisationOut)
def refuse_organisation(
    request: ActorRequest, organisation_id: int, body: s.ReasonIn
) -> Organisation:
    """Turn an applicant away."""
    return commands.refuse_organisation(
        organisation_id=organisation_id, reason=body.reason, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/organisations/{organisation_id}/suspend", response=s.OrganisationOut)
def suspend_organisation(
    request: ActorRequest, organisation_id: int, body: s.ReasonIn
) -> Organisation:
    """Take everything from an organisation at once."""
    return commands.suspend_organisation(
        organisation_id=organisation_id, reason=body.reason, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/organisations/{organisation_id}/reinstate", response=s.OrganisationOut)
def reinstate_organisation(request: ActorRequest, organisation_id: int) -> Organisation:
    """Give a suspended organisation its place back."""
    return commands.reinstate_organisation(
        organisation_id=organisation_id, actor_id=request.auth.pk, at=clock.now(request)
    )


# People


@router.get("/me", response=s.MeOut)
def me(request: ActorRequest) -> dict[str, Any]:
    """Who calls, as what."""
    mine = list(queries.active_memberships(person_id=request.auth.person_id))
    return {"person": request.auth.person, "acting": request.auth, "memberships": mine}


@router.get("/members", response=s.Page[s.MembershipOut])
def list_members(
    request: ActorRequest,
    organisation_id: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The people one may see."""
    rows = queries.visible_members(actor=request.auth)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    return _page(pages.page(rows, by="since_at", cursor=cursor, limit=limit))


@router.post("/organisations/{organisation_id}/invitations", response={201: s.InvitedOut})
def invite(
    request: ActorRequest, response: HttpResponse, organisation_id: int, body: s.InvitationIn
) -> Status[Any]:
    """Invite someone into a role; the link goes out by mail.

    ``token`` and ``accept_url`` are shown this once, and are empty where only the invited may know
    them: for roles that watch over others, and when the host invites. 403
    ``parties.own_administrators`` where an organisation has its own administrator.
    """
    response["Cache-Control"] = "no-store"
    invited = commands.invite(
        organisation_id=organisation_id, **body.dict(), actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip
    one = invited.invitation
    return Status(
        201,
        {
            "id": one.pk, "status": one.status, "token": invited.secret,
            "accept_url": invitations.link(invited.secret) if invited.secret else "",
            "expires_at": one.expires_at,
        },
    )  # fmt: skip


@router.post("/invitations/{invitation_id}/revoke", response=s.InvitationOut)
def revoke_invitation(request: ActorRequest, invitation_id: int) -> Any:
    """Take an open invitation back."""
    return commands.revoke_invitation(
        invitation_id=invitation_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/invitations/{token}/accept", response={201: s.AcceptedOut}, auth=ANYONE)
def accept_invitation(request: HttpRequest, token: str, body: s.AcceptIn) -> Status[Any]:
    """Take up an invitation with its secret. 409 ``parties.invitation_over``."""
    doors.limited(request, action="accept_invitation")
    actor = actor_of(request)
    with doors.counted(request, email=queries.invited_email(token=token)):
        membership = commands.accept_invitation(
            token=token, name=body.name, password=body.password,
            person_id=actor.person_id if actor else None,
            locale=(get_language() or "zh-hans")[:8], at=clock.now(request),
        )  # fmt: skip
    return Status(
        201,
        {
            "id": membership.pk, "membership_id": membership.pk, "status": membership.status,
            "person_id": membership.person_id, "organisation_id": membership.organisation_id,
            "role": membership.role,
        },
    )  # fmt: skip


@router.post("/members/{membership_id}/suspend", response=s.MembershipOut)
def suspend_member(request: ActorRequest, membership_id: int, body: s.ReasonIn) -> Membership:
    """Take what a member may do, at once."""
    return commands.suspend_member(
        membership_id=membership_id, reason=body.reason, actor_id=request.auth.pk,
        at=clock.now(request),
    )  # fmt: skip


@router.post("/members/{membership_id}/reinstate", response=s.MembershipOut)
def reinstate_member(request: ActorRequest, membership_id: int) -> Membership:
    """Give it back."""
    return commands.reinstate_member(
        membership_id=membership_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/members/{membership_id}/end", response=s.MembershipOut)
def end_member(request: ActorRequest, membership_id: int) -> Membership:
    """End a membership for good."""
    return commands.end_member(
        membership_id=membership_id, actor_id=request.auth.pk, at=clock.now(request)
    )


# API tokens


@router.post("/tokens", response={201: s.IssuedOut}, auth=ANYONE)
def issue_token(request: HttpRequest, response: HttpResponse, body: s.TokenIn) -> Status[Any]:
    """Get a key by password and second factor; ``token`` is shown this once.

    403 ``parties.bad_credentials``, ``parties.second_factor_missing``; 429 after too many failures.
    """
    response["Cache-Control"] = "no-store"
    person = doors.authenticate(request, email=body.email, password=body.password, code=body.code)
    mine = queries.active_memberships(person_id=person.pk)
    acting = mine.filter(pk=body.membership_id) if body.membership_id else mine
    issued = commands.issue_token(
        name=body.name, scopes=body.scopes, days=body.days,
        actor_id=_found(acting.first()).pk, at=clock.now(request),
    )  # fmt: skip
    token = issued.token
    return Status(
        201,
        {
            "id": token.pk, "token": issued.secret, "expires_at": token.expires_at,
            "membership_id": token.membership_id, "scopes": token.scopes,
        },
    )  # fmt: skip


@router.get("/tokens", response=s.Page[s.TokenOut])
def list_tokens(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own keys, newest first, without their secrets."""
    rows = queries.visible_tokens(actor=request.auth)
    return _page(pages.page(rows, by="-created_at", cursor=cursor, limit=limit))


@router.delete("/tokens/{token_id}", response={204: None})
def revoke_token(request: ActorRequest, token_id: int) -> Status[None]:
    """Take a key away."""
    commands.revoke_token(token_id=token_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(204, None)


# Confidentiality agreements


@router.get("/ndas/text", response=s.NdaTextOut, auth=ANYONE)
def nda_text(request: HttpRequest) -> texts.Text:
    """The text that is signed now, in both languages."""
    del request
    return texts.nda()


@router.post("/ndas", response={201: s.NdaOut})
def sign_nda(request: ActorRequest, body: s.NdaIn) -> Status[NonDisclosure]:
    """Sign for one's organisation towards ``owner_id``. 409 ``parties.nda_signed_already``."""
    return Status(
        201, commands.sign_nda(**body.dict(), actor_id=request.auth.pk, at=clock.now(request))
    )


@router.get("/ndas", response=s.Page[s.NdaOut])
def list_ndas(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Agreements given and received."""
    rows = queries.visible_ndas(actor=request.auth)
    return _page(pages.page(rows, by="-signed_at", cursor=cursor, limit=limit))


@router.post("/ndas/{nda_id}/end", response=s.NdaOut)
def end_nda(request: ActorRequest, nda_id: int) -> NonDisclosure:
    """End an agreement given to one's organisation."""
    return commands.end_nda(nda_id=nda_id, actor_id=request.auth.pk, at=clock.now(request))


# Emergency readings


@router.post("/break-glass", response={201: s.BreakGlassOut})
def ask_break_glass(request: ActorRequest, body: s.BreakGlassIn) -> Status[BreakGlass]:
    """Ask for an emergency reading."""
    return Status(
        201,
        commands.ask_break_glass(**body.dict(), actor_id=request.auth.pk, at=clock.now(request)),
    )


@router.get("/break-glass", response=s.Page[s.BreakGlassOut])
def list_break_glass(
    request: ActorRequest, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Emergency readings, newest first."""
    rows = queries.visible_break_glass(actor=request.auth)
    return _page(pages.page(rows, by="-asked_at", cursor=cursor, limit=limit))


@router.post("/break-glass/{break_glass_id}/grant", response=s.BreakGlassOut)
def grant_break_glass(request: ActorRequest, break_glass_id: int) -> BreakGlass:
    """Open the glass for at most four hours. 409 ``parties.two_people``."""
    return commands.grant_break_glass(
        break_glass_id=break_glass_id, actor_id=request.auth.pk, at=clock.now(request)
    )


@router.post("/break-glass/{break_glass_id}/refuse", response=s.BreakGlassOut)
def refuse_break_glass(request: ActorRequest, break_glass_id: int) -> BreakGlass:
    """Leave the glass whole."""
    return commands.refuse_break_glass(
        break_glass_id=break_glass_id, actor_id=request.auth.pk, at=clock.now(request)
    )


# Notifications


@router.get("/notifications", response=s.Page[s.NotificationOut])
def list_notifications(
    request: ActorRequest, unread: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """What one was told, newest first."""
    rows = queries.notifications_of(person_id=request.auth.person_id)
    if unread:
        rows = rows.filter(read_at=None)
    return _page(pages.page(rows, by="-created_at", cursor=cursor, limit=limit))


@router.post("/notifications/{notification_id}/read", response=s.NotificationOut)
def read_notification(request: ActorRequest, notification_id: int) -> Notification:
    """Note that one has seen it."""
    return commands.read_notification(
        notification_id=notification_id, person_id=request.auth.person_id, at=clock.now(request)
    )
