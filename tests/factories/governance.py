"""The smallest valid accreditation."""

import factory
from factory.django import DjangoModelFactory

from pilotharbor.governance.models import Accreditation
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import MembershipFactory, OrganisationFactory
from tests.factories.projects import AT


class AccreditationFactory(DjangoModelFactory):
    class Meta:
        model = Accreditation

    platform = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    kind = Accreditation.Kind.PILOT_BASE
    statement = "场地、设备、人员与服务"
    filed_by = factory.SubFactory(
        MembershipFactory,
        organisation=factory.SelfAttribute("..platform"),
        role=Role.PLATFORM_OPERATOR,
    )
    filed_at = AT
