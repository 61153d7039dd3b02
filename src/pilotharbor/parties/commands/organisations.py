"""How does an organisation come in, and how does it lose and regain its place?"""

from datetime import datetime

from pilotharbor.kernel import codes, events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries, rights
from pilotharbor.parties.commands.persons import Newcomer, admit
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind, Role, roles_of

Status = Organisation.Status
EDITABLE = frozenset({
    "name", "name_en", "region", "jurisdiction", "state_funded", "sme", "address", "contact_email",
    "website",
})  # fmt: skip


class UsccTaken(Conflict):
    """An organisation with the unified social credit code {uscc} is registered already."""

    code = "parties.uscc_taken"


class UsccTakenBy(UsccTaken):
    """{name} is registered under the unified social credit code {uscc}; ask its administrator to invite you."""


class RoleDoesNotFit(Invalid):
    """People of an organisation of this kind cannot have this role."""

    code = "parties.role_does_not_fit"


class HostStays(Conflict):
    """The organisation that runs this harbour cannot be suspended."""

    code = "parties.host_stays"


class ReasonMissing(Invalid):
    """Give the reason, so that those concerned can understand and answer it."""

    code = "parties.reason_missing"


class AlreadyFounded(Conflict):
    """This harbour has its operator already."""

    code = "parties.already_founded"


class NothingToChange(Invalid):
    """These details cannot be changed here: {fields}."""

    code = "parties.not_editable"


class VouchedFor(Forbidden):
    """Rewards and prices depend on this since the organisation was approved: ask the platform operator to change it."""

    code = "parties.vouched_for"


class NameMissing(Invalid):
    """An organisation needs its registered name."""

    code = "parties.name_missing"


def require_host(actor: Membership) -> None:
    """Refuse whoever is neither operator nor administrator of the host organisation.

    Raises: NotYourRole.
    """
    if not queries.oversees(actor):
        raise rights.NotYourRole(role=actor.role)


def require_approver(actor: Membership) -> None:
    """Refuse whoever does not let organisations in: that takes an operator of the host.

    Raises: NotYourRole.
    """
    if Scope.ALL not in rights.require(actor, Verb.APPROVE, Kind.ORGANISATION):
        raise rights.NotYourRole(role=actor.role)


def fitting_role(*, role: str, kind: str, is_host: bool) -> Role:
    """The role, if people of such an organisation can have it.

    Raises: RoleDoesNotFit.
    """
    if role not in roles_of(kind=kind, is_host=is_host):
        raise RoleDoesNotFit(role=str(role), kind=str(kind))
    return Role(role)


def _taken(uscc: str, actor: Membership | None) -> UsccTaken:
    found = queries.visible_organisations(actor=actor).filter(uscc=uscc).first()
    if found is None:
        return UsccTaken(uscc=uscc)
    return UsccTakenBy(uscc=uscc, name=found.name, organisation_id=found.pk)


@command
def register_organisation(
    *,
    kind: str,
    name: str,
    uscc: str,
    name_en: str = "",
    region: str = "",
    jurisdiction: str = "CN",
    state_funded: bool = False,
    sme: bool = False,
    contact: Newcomer | None = None,
    actor_id: int | None = None,
    at: datetime,
) -> Organisation:
    """Enter an organisation that awaits approval, with its first person as administrator.

    Raises: BadCode, UsccTaken, RoleDoesNotFit, and what ``admit`` raises for the contact.
    Source: R-PARTY-1, R-PARTY-2.
    """
    actor = queries.actor(actor_id=actor_id) if actor_id else None
    uscc, kind = codes.normalise_uscc(uscc), OrganisationKind(kind)
    if not name.strip():
        raise NameMissing(problems={"name": str(NameMissing())})
    taken = _taken(uscc, actor)
    if Organisation.objects.filter(uscc=uscc).exists():
        raise taken
    with refusing(parties_organisation_uscc=taken):
        organisation = Organisation.objects.create(
            kind=kind, name=" ".join(name.split()), name_en=" ".join(name_en.split()), uscc=uscc,
            region=codes.normalise_region(region) if region else "",
            jurisdiction=codes.normalise_jurisdiction(jurisdiction), state_funded=state_funded,
            sme=sme,
            contact_email=contact.email.strip().lower() if contact else "", registered_at=at,
        )  # fmt: skip
    events.record("parties.organisation.registered", organisation, actor=actor, at=at)
    if contact:
        role = fitting_role(role=contact.role, kind=kind, is_host=False)
        admit(contact, organisation=organisation, role=role, is_admin=True, at=at)
    return organisation


@command
def found(
    *, name: str, uscc: str, administrator_name: str, email: str, password: str, at: datetime
) -> Organisation:
    """Make the organisation that runs this harbour and its first person.

    The person becomes its system administrator and its platform operator; nobody acts, because
    nobody is there yet.

    Raises: AlreadyFounded, BadCode, UsccTaken, and what ``admit`` raises.
    """
    if Organisation.objects.filter(is_host=True).exists():
        raise AlreadyFounded
    uscc = codes.normalise_uscc(uscc)
    refusals = {
        "parties_organisation_one_host": AlreadyFounded(),
        "parties_organisation_uscc": UsccTaken(uscc=uscc),
    }
    with refusing(**refusals):
        organisation = Organisation.objects.create(
            kind=OrganisationKind.PILOT_PLATFORM, name=" ".join(name.split()), uscc=uscc, is_host=True,
            status=Status.APPROVED, contact_email=email.strip().lower(), registered_at=at,
        )  # fmt: skip
    events.record("parties.organisation.founded", organisation, at=at)
    first = Newcomer(name=administrator_name, email=email, password=password)
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.PLATFORM_OPERATOR):
        admit(first, organisation=organisation, role=role, is_admin=True, at=at)
    return organisation


def _locked(organisation_id: int, actor: Membership) -> Organisation:
    row = Organisation.objects.select_for_update(no_key=True).filter(
        pk__in=queries.visible_organisations(actor=actor).values("pk"), pk=organisation_id
    )
    found_row = row.first()
    if found_row is None:
        raise NotFound
    return found_row


def reason_of(reason: str) -> str:
    """The reason as it is kept.

    Raises: ReasonMissing when it is blank.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    return reason.strip()[:500]


def _decide(
    organisation_id: int, actor_id: int, at: datetime, to: str, done: str, reason: str = ""
) -> Organisation:
    actor = queries.actor(actor_id=actor_id)
    (require_host if to == Status.SUSPENDED else require_approver)(actor)
    organisation = _locked(organisation_id, actor)
    if organisation.is_host:
        raise HostStays
    advance(organisation, to, decision_reason=reason)
    events.record(f"parties.organisation.{done}", organisation, actor=actor, at=at)
    return organisation


@command
def approve_organisation(*, organisation_id: int, actor_id: int, at: datetime) -> Organisation:
    """Let an applicant in; an operator of the host does, never its system administrator.

    Raises: NotYourRole, NotFound, MoveNotAllowed.
    Source: R-PARTY-2.
    """
    return _decide(organisation_id, actor_id, at, Status.APPROVED, "approved")


@command
def refuse_organisation(
    *, organisation_id: int, reason: str, actor_id: int, at: datetime
) -> Organisation:
    """Turn an applicant away; its people lose what they could do at once.

    Raises: ReasonMissing, NotYourRole, NotFound, MoveNotAllowed.
    """
    reason = reason_of(reason)
    return _decide(organisation_id, actor_id, at, Status.REFUSED, "refused", reason)


@command
def suspend_organisation(
    *, organisation_id: int, reason: str, actor_id: int, at: datetime
) -> Organisation:
    """Take everything from an organisation's people at once, sessions and tokens included.

    Raises: ReasonMissing, NotYourRole, NotFound, MoveNotAllowed, HostStays.
    Source: R-PARTY-4.
    """
    reason = reason_of(reason)
    return _decide(organisation_id, actor_id, at, Status.SUSPENDED, "suspended", reason)


@command
def reinstate_organisation(*, organisation_id: int, actor_id: int, at: datetime) -> Organisation:
    """Give a suspended organisation its place back.

    Raises: NotYourRole, NotFound, MoveNotAllowed.
    """
    return _decide(organisation_id, actor_id, at, Status.APPROVED, "reinstated")


@command
def revise_organisation(
    *, organisation_id: int, changes: dict[str, str | bool], actor_id: int, at: datetime
) -> Organisation:
    """Correct an organisation's details; its code and kind stay as they were checked.

    Once approved, what it was vouched for changes by an operator of the host only.

    Raises: NothingToChange, NotYourRole, NotFound, VouchedFor.
    """
    actor = queries.actor(actor_id=actor_id)
    if foreign := set(changes) - EDITABLE:
        raise NothingToChange(fields=", ".join(sorted(foreign)))
    if "name" in changes and not str(changes["name"]).strip():
        raise NameMissing(problems={"name": str(NameMissing())})
    own = actor.organisation_id == organisation_id and actor.is_admin
    if not own:
        require_host(actor)
    organisation = _locked(organisation_id, actor)
    if changes.get("region"):
        changes = {**changes, "region": codes.normalise_region(str(changes["region"]))}
    if "jurisdiction" in changes:
        named = codes.normalise_jurisdiction(str(changes["jurisdiction"]))
        changes = {**changes, "jurisdiction": named}
    vouched = [f for f in queries.VOUCHED_FOR if f in changes]
    moved = [field for field in vouched if changes[field] != getattr(organisation, field)]
    if moved and not queries.vouches(actor, organisation):
        raise VouchedFor(problems={field: str(VouchedFor()) for field in moved})
    for field, value in changes.items():
        setattr(organisation, field, value)
    organisation.save(update_fields=sorted(changes))
    events.record(
        "parties.organisation.revised", organisation, actor=actor, at=at, fields=sorted(changes)
    )
    return organisation
