"""What the API takes and gives about organisations, people and access."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict

from pilotharbor.kernel import codes
from pilotharbor.kernel.codes import BadCode
from pilotharbor.parties.models import Membership, Notification
from pilotharbor.parties.notices import sentence
from pilotharbor.parties.roles import OrganisationKind, Role

Name = Annotated[str, Field(min_length=1, max_length=80)]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Password = Annotated[str, Field(max_length=200)]
Reason = Annotated[str, Field(max_length=500)]


def _jurisdiction(text: str) -> str:
    try:
        return codes.normalise_jurisdiction(text)
    except BadCode as exc:
        raise ValueError(str(exc)) from exc


Jurisdiction = Annotated[str, AfterValidator(_jurisdiction)]


class Body(Schema):
    """A request body: unknown fields are refused, so that a typo never passes silently."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ContactIn(Body):
    """The first person of an organisation, its administrator."""

    name: Name
    email: Email
    password: Password
    role: Role


class OrganisationIn(Body):
    """An organisation that wants to take part."""

    kind: OrganisationKind
    name: Annotated[str, Field(min_length=1, max_length=200)]
    name_en: Annotated[str, Field(max_length=200)] = ""
    uscc: Annotated[str, Field(max_length=40)]
    region: Annotated[str, Field(max_length=12)] = ""
    jurisdiction: Jurisdiction = "CN"
    state_funded: bool = False
    sme: bool = False
    contact: ContactIn | None = None


class OrganisationChanges(Body):
    """What may be corrected; absent fields stay as they are."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    name_en: Annotated[str, Field(max_length=200)] | None = None
    region: Annotated[str, Field(max_length=12)] | None = None
    jurisdiction: Jurisdiction | None = None
    state_funded: bool | None = None
    sme: bool | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    contact_email: Annotated[str, Field(max_length=254)] | None = None
    website: Annotated[str, Field(max_length=200)] | None = None


class ReasonIn(Body):
    """Why."""

    reason: Reason


class InvitationIn(Body):
    """Whom to invite as what."""

    email: Email
    name: Annotated[str, Field(max_length=80)] = ""
    role: Role
    field: Annotated[str, Field(max_length=80)] = ""
    is_admin: bool = False


class AcceptIn(Body):
    """What a new person says of themselves; a known one gives the password or is signed in."""

    name: Annotated[str, Field(max_length=80)] = ""
    password: Password = ""


class TokenIn(Body):
    """Who wants a key, proved by password and second factor."""

    email: Email
    password: Password
    code: Annotated[str, Field(max_length=40)] = ""
    membership_id: int | None = None
    name: Annotated[str, Field(max_length=80)] = ""
    scopes: list[str] | None = None
    days: int = 90


class NdaIn(Body):
    """With whom, and which text was read (its SHA-256; empty: the present one)."""

    owner_id: int
    text_sha256: Annotated[str, Field(max_length=64)] = ""


class BreakGlassIn(Body):
    """What must be read in an emergency, and why."""

    subject_type: Annotated[str, Field(max_length=64)]
    subject_id: int
    reason: Reason


class OrganisationOut(Schema):
    """An organisation as others see it."""

    id: int
    kind: str
    name: str
    name_en: str
    uscc: str
    region: str
    jurisdiction: str
    state_funded: bool
    sme: bool
    is_host: bool
    website: str
    status: str
    registered_at: datetime
    contact_membership_id: int | None = None
    contact_person_id: int | None = None


class MembershipOut(Schema):
    """Who acts for whom as what."""

    id: int
    person_id: int
    person_name: str
    organisation_id: int
    organisation_name: str
    role: str
    is_admin: bool
    field: str
    status: str

    @staticmethod
    def resolve_person_name(one: Membership) -> str:
        """The person's name."""
        return one.person.name

    @staticmethod
    def resolve_organisation_name(one: Membership) -> str:
        """The organisation's name."""
        return one.organisation.name


class InvitedOut(Schema):
    """An invitation with its secret, shown this once."""

    id: int
    status: str
    token: str
    accept_url: str
    expires_at: datetime


class InvitationOut(Schema):
    """An invitation."""

    id: int
    organisation_id: int
    email: str
    role: str
    status: str
    expires_at: datetime


class AcceptedOut(Schema):
    """Who joined."""

    id: int
    membership_id: int
    person_id: int
    organisation_id: int
    role: str
    status: str


class IssuedOut(Schema):
    """A key, shown this once."""

    id: int
    token: str
    expires_at: datetime
    membership_id: int
    scopes: list[str]
    status: Literal["active"] = "active"


class TokenOut(Schema):
    """A key without its secret."""

    id: int
    name: str
    prefix: str
    membership_id: int
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class NdaOut(Schema):
    """A confidentiality agreement."""

    id: int
    owner_id: int
    signatory_id: int
    text_version: str
    text_sha256: str
    signed_at: datetime
    status: str


class NdaTextOut(Schema):
    """The text as it stands; the Chinese governs."""

    version: str
    sha256: str
    zh: str
    en: str


class BreakGlassOut(Schema):
    """An emergency reading."""

    id: int
    subject_type: str
    subject_id: int
    asked_by_id: int
    asked_at: datetime
    reason: str
    decided_by_id: int | None
    expires_at: datetime | None
    status: str


class NotificationOut(Schema):
    """Something a person should know."""

    id: int
    kind: str
    text: str
    url: str
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(one: Notification) -> str:
        """The sentence in the language of the request."""
        return sentence(one)


class PersonOut(Schema):
    """A person as they see themselves."""

    id: int
    name: str
    email: str
    locale: str


class MeOut(Schema):
    """Who calls, as what, and what else they could act as."""

    person: PersonOut
    acting: MembershipOut
    memberships: list[MembershipOut]


class Page[T](Schema):
    """Some rows, and where the next begin."""

    items: list[T]
    next_cursor: str | None
