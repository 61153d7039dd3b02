"""A plant with signals: machines, tags, and people who look after them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import factory
from django.db import connection
from factory.django import DjangoModelFactory

from pilotharbor.facilities.models import Equipment
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.telemetry import commands
from pilotharbor.telemetry.engine.reading import Found, Parcel, Reading
from pilotharbor.telemetry.models import Connector, ConnectorHealth, Tag
from tests.factories.facilities import EquipmentFactory
from tests.factories.parties import MembershipFactory

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
SECOND_US = 1_000_000


def us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag
        skip_postgeneration_save = True

    equipment = factory.SubFactory(EquipmentFactory)
    platform = factory.SelfAttribute("equipment.platform")
    key = factory.Sequence(lambda n: f"R{n}.temperature")
    name = factory.Sequence(lambda n: f"釜温{n}")
    unit = "°C"

    @factory.post_generation
    def latest(self, create, extracted, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO telemetry_latest (tag_id) VALUES (%s)", [self.pk])


class ConnectorFactory(DjangoModelFactory):
    class Meta:
        model = Connector
        skip_postgeneration_save = True

    platform = factory.SubFactory("tests.factories.parties.OrganisationFactory")
    name = factory.Sequence(lambda n: f"采集{n}")
    kind = Connector.Kind.MQTT
    address = "mqtt://127.0.0.1:1883"
    topics = ["plant/#"]
    client_name = factory.Sequence(lambda n: f"pilotharbor-test-{n}")

    @factory.post_generation
    def health_row(self, create, extracted, **kwargs):
        ConnectorHealth.objects.create(connector=self)


@dataclass
class Plant:
    """One machine with one tag, its platform's operator and engineer."""

    machine: Equipment
    tag: Tag
    operator: Membership
    engineer: Membership

    def take(
        self, *samples: tuple[float, float], tag: Tag | None = None, at: datetime | None = None
    ):
        """Take samples given as seconds after noon and value."""
        place = (tag or self.tag).key
        found: list[Found] = [
            Reading(place, us(NOON) + round(s * SECOND_US), float(v)) for s, v in samples
        ]
        return self.take_found(found, at=at or NOON + timedelta(days=2))

    def take_found(self, found: list[Found], *, at: datetime | None = None):
        return commands.take_in(
            found=Parcel(found), platform_id=self.tag.platform_id, connector_id=None,
            at=at or NOON + timedelta(days=2),
        )  # fmt: skip


def plant(**fields) -> Plant:
    machine = EquipmentFactory()
    tag = TagFactory(equipment=machine, **fields)
    operator, engineer = (
        MembershipFactory(role=role, organisation=machine.platform)
        for role in (Role.PLATFORM_OPERATOR, Role.EQUIPMENT_ENGINEER)
    )
    return Plant(machine, tag, operator, engineer)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def stored(tag: Tag) -> list[tuple[float, float, int]]:
    """Samples of a tag: seconds after noon, value and flags."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, value, flags FROM telemetry_sample WHERE tag_id = %s ORDER BY at", [tag.pk]
        )
        return [((at - NOON).total_seconds(), v, f) for at, v, f in cursor.fetchall()]


def summed(tag: Tag, table: str = "telemetry_minute") -> list[tuple]:
    """Sums of a tag: seconds after noon, lowest, highest, total, good, bad."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, lowest, highest, total, good, bad FROM "  # noqa: S608 - names of ours
            f"{table} WHERE tag_id = %s ORDER BY at",
            [tag.pk],
        )
        return [((row[0] - NOON).total_seconds(), *row[1:]) for row in cursor.fetchall()]
