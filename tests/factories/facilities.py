"""The smallest valid lines, machines and prices."""

from datetime import date

import factory
from django.db.backends.postgresql.psycopg_any import DateRange
from factory.django import DjangoModelFactory

from pilotharbor.facilities.models import Equipment, Line, LineEngineer, Tariff
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import MembershipFactory, OrganisationFactory


class LineFactory(DjangoModelFactory):
    class Meta:
        model = Line

    platform = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    name = factory.Sequence(lambda n: f"示例中试线{n}")


class EquipmentFactory(DjangoModelFactory):
    class Meta:
        model = Equipment

    line = factory.SubFactory(LineFactory)
    platform = factory.SelfAttribute("line.platform")
    asset_no = factory.Sequence(lambda n: f"A-{n:05d}")
    name = factory.Sequence(lambda n: f"反应釜{n}")


class TariffFactory(DjangoModelFactory):
    class Meta:
        model = Tariff

    line = factory.SubFactory(LineFactory)
    validity = DateRange(date(2026, 1, 1), None, "[)")
    hourly_fen = 180_000
    batch_fen = 9_000_000


class LineEngineerFactory(DjangoModelFactory):
    class Meta:
        model = LineEngineer

    line = factory.SubFactory(LineFactory)
    membership = factory.SubFactory(
        MembershipFactory,
        role=Role.EQUIPMENT_ENGINEER,
        organisation=factory.SelfAttribute("..line.platform"),
    )


def working_line(*, platform=None, machines: int = 2, **fields) -> Line:
    """A line with machines in service, a tariff and one engineer."""
    line = LineFactory(platform=platform, **fields) if platform else LineFactory(**fields)
    for position in range(1, machines + 1):
        EquipmentFactory(line=line, position=position)
    TariffFactory(line=line)
    LineEngineerFactory(line=line)
    return line
