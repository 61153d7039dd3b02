"""How does somebody come to act for an organisation?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import invitations, queries
from pilotharbor.parties.commands.organisations import (
    fitting_role,
    require_approver,
    require_host,
)
from pilotharbor.parties.commands.persons import AlreadyMember, Newcomer, admit, checked_email
from pilotharbor.parties.models import Invitation, Membership, Organisation
from pilotharbor.parties.roles import Role

OPEN_FOR = timedelta(days=14)
WHO_STANDS = ("organisation", "invited_by__person", "invited_by__organisation")
Status = Invitation.Status


class OwnAdministrators(Forbidden):
    """This organisation has its own administrator: only they invite people to it."""

    code = "parties.own_administrators"


class InvitedAlready(Conflict):
    """There is an open invitation of this person to this role; revoke it to send a new one."""

    code = "parties.invited_already"


class InvitationOver(Conflict):
    """This invitation was taken up, revoked or has expired; ask for a new one."""

    code = "parties.invitation_over"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and, where the inviter may know it, its secret, which is never shown again."""

    invitation: Invitation
    secret: str


def require_people_officer(actor: Membership, *, organisation_id: int) -> None:
    """Refuse whoever neither administers this organisation nor serves the host.

    Raises: NotYourRole.
    """
    if not queries.administers(actor, organisation_id=organisation_id):
        require_host(actor)


def require_introducer(actor: Membership, organisation: Organisation, *, at: datetime) -> bool:
    """Refuse whoever may not bring new people in; whether it is the host who does.

    The host's operators introduce the first administrator of an organisation that has none and
    expects none; everybody else comes by the organisation's own administrators.

    Raises: NotYourRole, OwnAdministrators.
    Source: R-PARTY-6.
    """
    if queries.administers(actor, organisation_id=organisation.pk):
        return False
    require_approver(actor)
    if queries.has_administrator(organisation=organisation, at=at):
        raise OwnAdministrators
    return True


def _by_mail_only(invitation: Invitation, *, by_host: bool) -> bool:
    """Whether the secret goes to the invited alone: roles that watch over others, and by the host."""
    watches = {Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR}
    if invitation.organisation.is_host:
        watches.add(Role.PLATFORM_OPERATOR)
    return by_host or invitation.role in watches


@command
def invite(
    *,
    organisation_id: int,
    email: str,
    role: str,
    name: str = "",
    field: str = "",
    is_admin: bool = False,
    actor_id: int,
    at: datetime,
) -> Invited:
    """Offer someone a role in an organisation for fourteen days; the mail goes out afterwards.

    Whom the host introduces becomes the organisation's administrator.

    Raises: NotFound, NotYourRole, OwnAdministrators, BadEmail, RoleDoesNotFit, AlreadyMember, InvitedAlready.
    Source: R-PARTY-6.
    """
    actor = queries.actor(actor_id=actor_id)
    email = checked_email(email)
    organisation = _visible(organisation_id, actor)
    by_host = require_introducer(actor, organisation, at=at)
    fitting = fitting_role(role=role, kind=organisation.kind, is_host=organisation.is_host)
    _refuse_member(email, organisation, fitting)
    _revoke_dead(organisation, email, fitting, at)
    nonce = invitations.new_nonce()
    secret = invitations.secret_of(nonce)
    with refusing(parties_invitation_open_once=InvitedAlready()):
        invitation = Invitation.objects.create(
            organisation=organisation, email=email, name=name.strip(), role=fitting, field=field.strip(),
            is_admin=is_admin or by_host, nonce=nonce, token_sha256=invitations.digest(secret),
            invited_by=actor, invited_at=at, expires_at=at + OPEN_FOR,
        )  # fmt: skip
    events.record(
        "parties.invitation.sent", invitation, actor=actor, at=at,
        for_organisation_id=organisation.pk, role=str(fitting),
    )  # fmt: skip
    return Invited(invitation, "" if _by_mail_only(invitation, by_host=by_host) else secret)


def _visible(organisation_id: int, actor: Membership) -> Organisation:
    found = queries.visible_organisations(actor=actor).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


def _refuse_member(email: str, organisation: Organisation, role: Role) -> None:
    there = Membership.objects.filter(
        person__email__iexact=email, organisation=organisation, role=role
    ).exclude(status=Membership.Status.ENDED)
    if there.exists():
        raise AlreadyMember(problems={"email": str(AlreadyMember())})


def _revoke_dead(organisation: Organisation, email: str, role: Role, at: datetime) -> None:
    """An invitation that can no longer be taken up does not stand in the way of a new one."""
    there = Invitation.objects.select_for_update(no_key=True, of=("self",)).filter(
        organisation=organisation, email__iexact=email, role=role, status=Status.OPEN
    )
    for invitation in there.select_related(*WHO_STANDS).order_by("pk"):
        if not queries.invitation_is_open(invitation, at=at):
            advance(invitation, Status.REVOKED)


@command
def revoke_invitation(*, invitation_id: int, actor_id: int, at: datetime) -> Invitation:
    """Take an open invitation back; its link is dead at once.

    Raises: NotFound, InvitationOver.
    """
    actor = queries.actor(actor_id=actor_id)
    seen = queries.visible_invitations(actor=actor).values("pk")
    invitation = (
        Invitation.objects.select_for_update(no_key=True)
        .filter(pk=invitation_id, pk__in=seen)
        .first()
    )
    if invitation is None:
        raise NotFound
    if invitation.status != Status.OPEN:
        raise InvitationOver
    advance(invitation, Status.REVOKED)
    events.record("parties.invitation.revoked", invitation, actor=actor, at=at)
    return invitation


@command
def accept_invitation(
    *,
    token: str,
    name: str = "",
    password: str = "",
    person_id: int | None = None,
    locale: str = "zh-hans",
    at: datetime,
) -> Membership:
    """Take up an invitation: join as who one is, or as a new person with a password.

    ``person_id`` is who is signed in; whoever has an account but is not signed in gives its password.

    Raises: NotFound, InvitationOver, and what ``admit`` raises.
    Source: R-PARTY-7.
    """
    invitation = (
        Invitation.objects.select_for_update(no_key=True)
        .filter(token_sha256=invitations.digest(token))
        .first()
    )
    if invitation is None:
        raise NotFound
    if not queries.invitation_is_open(invitation, at=at):
        raise InvitationOver
    newcomer = Newcomer(
        email=invitation.email, name=name or invitation.name, password=password,
        person_id=person_id, locale=locale,
    )  # fmt: skip
    membership = admit(
        newcomer, organisation=invitation.organisation, role=Role(invitation.role),
        is_admin=invitation.is_admin, field=invitation.field, at=at,
    )  # fmt: skip
    advance(invitation, Status.ACCEPTED, membership=membership)
    events.record(
        "parties.invitation.accepted", invitation, actor=membership, at=at,
        membership_id=membership.pk,
    )  # fmt: skip
    return membership
