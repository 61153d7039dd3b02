"""How does a person lose and regain what they may do?"""

from datetime import datetime

from allauth.usersessions.models import UserSession

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries
from pilotharbor.parties.commands.invitations import require_introducer, require_people_officer
from pilotharbor.parties.commands.organisations import reason_of, require_host
from pilotharbor.parties.models import ApiToken, Membership, Organisation, Person

Status = Membership.Status
LOCALES = frozenset({"zh-hans", "en"})


class LastAdministrator(Conflict):
    """This is the organisation's last administrator; name another one first."""

    code = "parties.last_administrator"


class NotYourself(Conflict):
    """Nobody can do this to themselves; ask another administrator."""

    code = "parties.not_yourself"


class UnknownLanguage(Invalid):
    """This language is not spoken here."""

    code = "parties.unknown_language"


def _locked(membership_id: int, actor: Membership) -> Membership:
    """The membership, its organisation locked first so that two cannot remove the last two."""
    seen = queries.visible_members(actor=actor).filter(pk=membership_id).first()
    if seen is None:
        raise NotFound
    Organisation.objects.select_for_update(no_key=True).get(pk=seen.organisation_id)
    return Membership.objects.select_for_update(no_key=True).get(pk=membership_id)


def _keep_an_administrator(membership: Membership, actor: Membership) -> None:
    if not membership.is_admin or actor.organisation.is_host > membership.organisation.is_host:
        return
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id, is_admin=True, status=Status.ACTIVE,
        person__is_active=True,
    ).exclude(pk=membership.pk)  # fmt: skip
    if not others.exists():
        raise LastAdministrator


def _member(membership_id: int, actor_id: int) -> tuple[Membership, Membership]:
    actor = queries.actor(actor_id=actor_id)
    membership = _locked(membership_id, actor)
    require_people_officer(actor, organisation_id=membership.organisation_id)
    return membership, actor


@command
def suspend_member(*, membership_id: int, reason: str, actor_id: int, at: datetime) -> Membership:
    """Take what a member may do for this organisation, at once, until reinstated.

    Raises: ReasonMissing, NotFound, NotYourRole, NotYourself, LastAdministrator, MoveNotAllowed.
    Source: R-PARTY-4.
    """
    reason_of(reason)
    membership, actor = _member(membership_id, actor_id)
    if membership.person_id == actor.person_id:
        raise NotYourself
    _keep_an_administrator(membership, actor)
    advance(membership, Status.SUSPENDED)
    events.record("parties.membership.suspended", membership, actor=actor, at=at)
    return membership


@command
def reinstate_member(*, membership_id: int, actor_id: int, at: datetime) -> Membership:
    """Give a suspended member everything back.

    Raises: NotFound, NotYourRole, NotYourself, MoveNotAllowed.
    Source: R-PARTY-4.
    """
    membership, actor = _member(membership_id, actor_id)
    if membership.person_id == actor.person_id:
        raise NotYourself
    advance(membership, Status.ACTIVE)
    events.record("parties.membership.reinstated", membership, actor=actor, at=at)
    return membership


@command
def end_member(*, membership_id: int, actor_id: int, at: datetime) -> Membership:
    """End a membership for good; its API tokens are revoked. Anyone may end their own.

    Raises: NotFound, NotYourRole, LastAdministrator, MoveNotAllowed.
    """
    actor = queries.actor(actor_id=actor_id)
    membership = _locked(membership_id, actor)
    if membership.person_id != actor.person_id:
        require_people_officer(actor, organisation_id=membership.organisation_id)
    _keep_an_administrator(membership, actor)
    advance(membership, Status.ENDED)
    ApiToken.objects.filter(membership=membership, revoked_at=None).update(revoked_at=at)
    events.record("parties.membership.ended", membership, actor=actor, at=at)
    return membership


@command
def name_administrator(
    *, membership_id: int, is_admin: bool, actor_id: int, at: datetime
) -> Membership:
    """Let a member administer the organisation, or no longer.

    Raises: NotFound, NotYourRole, OwnAdministrators, NotYourself, LastAdministrator.
    Source: R-PARTY-6, R-PARTY-7.
    """
    membership, actor = _member(membership_id, actor_id)
    if is_admin:
        organisation = Organisation.objects.get(pk=membership.organisation_id)
        by_host = require_introducer(actor, organisation, at=at)
        if by_host and membership.person_id == actor.person_id:
            raise NotYourself
    else:
        _keep_an_administrator(membership, actor)
    membership.is_admin = is_admin
    membership.save(update_fields=["is_admin"])
    events.record("parties.membership.revised", membership, actor=actor, at=at, is_admin=is_admin)
    return membership


@command
def suspend_person(*, person_id: int, reason: str, actor_id: int, at: datetime) -> Person:
    """Shut a person out of the harbour: sessions end and tokens are revoked at once.

    Raises: ReasonMissing, NotYourRole, NotYourself, NotFound.
    Source: R-PARTY-4.
    """
    reason = reason_of(reason)
    actor = queries.actor(actor_id=actor_id)
    require_host(actor)
    if actor.person_id == person_id:
        raise NotYourself
    person = _locked_person(person_id)
    person.is_active, person.suspension_reason = False, reason
    person.save(update_fields=["is_active", "suspension_reason"])
    for session in UserSession.objects.filter(user=person):
        session.end()
    ApiToken.objects.filter(membership__person=person, revoked_at=None).update(revoked_at=at)
    events.record("parties.person.suspended", person, actor=actor, at=at)
    return person


@command
def reinstate_person(*, person_id: int, actor_id: int, at: datetime) -> Person:
    """Let a suspended person sign in again; tokens stay revoked.

    Raises: NotYourRole, NotFound.
    """
    actor = queries.actor(actor_id=actor_id)
    require_host(actor)
    person = _locked_person(person_id)
    person.is_active, person.suspension_reason = True, ""
    person.save(update_fields=["is_active", "suspension_reason"])
    events.record("parties.person.reinstated", person, actor=actor, at=at)
    return person


def _locked_person(person_id: int) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


@command
def revise_profile(*, person_id: int, name: str, phone: str, locale: str, at: datetime) -> Person:
    """Change how one is called, reached and addressed; only ever one's own.

    Raises: NotFound, UnknownLanguage.
    """
    if locale not in LOCALES:
        raise UnknownLanguage(problems={"locale": str(UnknownLanguage())})
    person = _locked_person(person_id)
    person.name, person.phone, person.locale = name.strip() or person.name, phone.strip(), locale
    person.save(update_fields=["name", "phone", "locale"])
    events.record("parties.person.revised", person, at=at)
    return person
