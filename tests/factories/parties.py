"""The smallest valid organisations, people and memberships."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.parties.roles import OrganisationKind, Role

JOINED = datetime(2026, 1, 1, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc(number: int) -> str:
    """A synthetic code with valid check digits (GB 11714 inside GB 32100)."""
    body = f"{number:08d}"
    check = (11 - sum(int(c) * w for c, w in zip(body, BODY_WEIGHTS, strict=True)) % 11) % 11
    stem = "91330200" + body + ("X" if check == 10 else str(check))
    total = sum(ALPHABET.index(c) * w for c, w in zip(stem, WEIGHTS, strict=True))
    return stem + ALPHABET[(31 - total % 31) % 31]


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.ENTERPRISE
    name = factory.Sequence(lambda n: f"示例企业{n}有限公司")
    uscc = factory.Sequence(lambda n: uscc(10_000_000 + n))
    status = Organisation.Status.APPROVED
    registered_at = JOINED


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"person{n}@harbor.example")
    name = factory.Sequence(lambda n: f"人员{n}")
    password = "!"
    joined_at = JOINED


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.ENTERPRISE_MEMBER
    since_at = JOINED
