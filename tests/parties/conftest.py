"""A small harbour: its host with operator and administrator, an auditor, a university, a company."""

from types import SimpleNamespace

import pytest

from pilotharbor.parties import tokens
from pilotharbor.parties.models import ApiToken, Membership
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.conftest import AT
from tests.factories.parties import MembershipFactory, OrganisationFactory

PASSWORD = "harbour tides lift quiet ships 27"


@pytest.fixture
def harbour(db):
    host = OrganisationFactory(
        kind=OrganisationKind.PILOT_PLATFORM, is_host=True, name="示例中试港"
    )
    university = OrganisationFactory(kind=OrganisationKind.UNIVERSITY, name="示例大学")
    company = OrganisationFactory(name="示例制药有限公司")
    audit = OrganisationFactory(kind=OrganisationKind.AUDIT_BODY, name="示例审计所")

    def member(organisation, role, *, is_admin=False):
        return MembershipFactory(organisation=organisation, role=role, is_admin=is_admin)

    return SimpleNamespace(
        host=host, university=university, company=company, audit=audit,
        operator=member(host, Role.PLATFORM_OPERATOR, is_admin=True),
        administrator=member(host, Role.SYSTEM_ADMINISTRATOR, is_admin=True),
        auditor=member(audit, Role.AUDITOR, is_admin=True),
        tto=member(university, Role.TTO_OFFICER, is_admin=True),
        researcher=member(university, Role.RESEARCHER),
        buyer=member(company, Role.ENTERPRISE_MEMBER, is_admin=True),
    )  # fmt: skip


def bearer(membership: Membership, *, scopes=("read", "write")) -> dict[str, str]:
    secret = tokens.new_secret()
    ApiToken.objects.create(
        membership=membership, prefix=secret[:10], secret_sha256=tokens.digest(secret),
        scopes=list(scopes), created_at=AT, expires_at=AT.replace(year=2099),
    )  # fmt: skip
    return {"Authorization": f"Bearer {secret}"}
