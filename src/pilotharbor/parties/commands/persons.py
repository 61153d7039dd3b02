"""Who is this newcomer, and have we met? Used by every command that lets a person in."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.transactions import refusing
from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.roles import Role


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person who comes in: known by e-mail, proving it by the password or by being signed in.

    ``person_id``  who is signed in, if anybody; then no password is asked
    """

    email: str
    name: str = ""
    password: str = ""
    role: str = ""
    person_id: int | None = None
    locale: str = "zh-hans"


class BadEmail(Invalid):
    """This is not an e-mail address."""

    code = "parties.bad_email"


class WeakPassword(Invalid):
    """This password is not strong enough."""

    code = "parties.weak_password"


class PersonNameMissing(Invalid):
    """A person needs a name."""

    code = "parties.person_name_missing"


class ProveItIsYou(Forbidden):
    """This e-mail has an account here already: sign in first, or give its password."""

    code = "parties.prove_it_is_you"


class PersonSuspended(Forbidden):
    """This person has been suspended from the harbour."""

    code = "parties.person_suspended"


class AlreadyMember(Conflict):
    """This person has this role in this organisation already."""

    code = "parties.already_member"


def checked_email(email: str) -> str:
    """The address as it is kept, in lower case.

    Raises: BadEmail.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as exc:
        raise BadEmail(problems={"email": str(BadEmail())}) from exc
    return email


def checked_password(password: str, *, email: str, name: str) -> str:
    """The password, if it is strong enough for this person.

    Raises: WeakPassword with every reason.
    """
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as exc:
        raise WeakPassword(problems={"password": " ".join(exc.messages)}) from exc
    return password


def known(newcomer: Newcomer) -> Person | None:
    """The person with this e-mail, after they proved to be it.

    Raises: ProveItIsYou, PersonSuspended.
    """
    person = Person.objects.filter(email__iexact=newcomer.email.strip()).first()
    if person is None:
        return None
    signed_in = newcomer.person_id == person.pk
    if not signed_in and not (newcomer.password and person.check_password(newcomer.password)):
        raise ProveItIsYou(problems={"password": str(ProveItIsYou())})
    if not person.is_active:
        raise PersonSuspended
    return person


def _create(newcomer: Newcomer, at: datetime) -> Person:
    email, name = checked_email(newcomer.email), " ".join(newcomer.name.split())
    if not name:
        raise PersonNameMissing(problems={"name": str(PersonNameMissing())})
    checked_password(newcomer.password, email=email, name=name)
    person = Person(email=email, name=name, locale=newcomer.locale, joined_at=at)
    person.set_password(newcomer.password)
    with refusing(parties_person_email=ProveItIsYou()):
        person.save(force_insert=True)
    events.record("parties.person.joined", person, at=at)
    return person


def admit(
    newcomer: Newcomer,
    *,
    organisation: Organisation,
    role: Role,
    is_admin: bool,
    at: datetime,
    field: str = "",
) -> Membership:
    """Make the newcomer a member, and a person first if we have not met.

    Raises: BadEmail, WeakPassword, PersonNameMissing, ProveItIsYou, PersonSuspended, AlreadyMember.
    """
    person = known(newcomer) or _create(newcomer, at)
    with refusing(parties_membership_once=AlreadyMember()):
        membership = Membership.objects.create(
            person=person, organisation=organisation, role=role, is_admin=is_admin, field=field,
            since_at=at,
        )  # fmt: skip
    events.record(
        "parties.membership.begun", membership, actor=membership, at=at,
        subject_person_id=person.pk, role=str(role),
    )  # fmt: skip
    return membership
