"""The smallest valid roadshows, seats, challenges and orders for coaching."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from pilotharbor.kernel import time
from pilotharbor.outreach.models import Pitch, Registration, Roadshow
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory

DAY = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class RoadshowFactory(DjangoModelFactory):
    class Meta:
        model = Roadshow

    organiser = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    planned_by = factory.SubFactory(
        MembershipFactory,
        role=Role.PLATFORM_OPERATOR,
        organisation=factory.SelfAttribute("..organiser"),
    )
    title = factory.Sequence(lambda n: f"科里科气·科创荟 第{n}期")
    period = factory.LazyFunction(lambda: time.period(DAY, DAY + timedelta(hours=3)))
    place = "甬江中试港一楼报告厅"
    capacity = 2
    register_until_at = DAY
    criteria = [
        {"key": "technology", "weight_bp": 6000},
        {"key": "market", "weight_bp": 4000},
    ]
    status = Roadshow.Status.OPEN
    planned_at = JOINED
    revised_at = JOINED
    opened_at = JOINED


class PitchFactory(DjangoModelFactory):
    class Meta:
        model = Pitch

    roadshow = factory.SubFactory(RoadshowFactory)
    position = 1
    title = "硫化物固态电解质"
    team = "示例大学电解质团队"
    minutes = 15


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = Registration

    roadshow = factory.SubFactory(RoadshowFactory)
    membership = factory.SubFactory(MembershipFactory)
    nonce = factory.Sequence(lambda n: f"nonce-{n}-aaaaaaaaaa")
    registered_at = JOINED


def juror_of(roadshow, **fields):
    member = MembershipFactory(role=Role.EXPERT, **fields)
    return RegistrationFactory(roadshow=roadshow, membership=member, part="jury")


def plan(**changes):
    """What an organiser says of an event; enough for ``commands.roadshows.plan``."""
    return {
        "kind": "roadshow", "title": "固态电池专场", "words": "", "language": "zh", "start": DAY,
        "end": DAY + timedelta(hours=3), "place": "报告厅", "online_url": "", "capacity": 50,
        "register_until": DAY, "audience": "public", "series_id": None,
        "criteria_bp": {"technology": 6000, "market": 4000},
    } | changes  # fmt: skip
