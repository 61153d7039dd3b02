"""The smallest valid roadshows, seats, challenges and orders for coaching."""

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from pilotharbor.kernel import time
from pilotharbor.outreach.models import (
    Challenge,
    Need,
    Pitch,
    Proposal,
    Registration,
    Roadshow,
)
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory
from tests.factories.technologies import AchievementFactory

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


class ChallengeFactory(DjangoModelFactory):
    class Meta:
        model = Challenge

    organiser = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    opened_by = factory.SubFactory(
        MembershipFactory,
        role=Role.PLATFORM_OPERATOR,
        organisation=factory.SelfAttribute("..organiser"),
    )
    title = "第十一届中国创新挑战赛（甬江·新材料）"
    rules = "面向新材料企业征集技术需求。"
    collect_date = date(2026, 3, 1)
    publish_date = date(2026, 4, 1)
    propose_date = date(2026, 4, 10)
    match_date = date(2026, 5, 1)
    sign_date = date(2026, 6, 1)
    close_date = date(2026, 7, 1)
    opened_at = JOINED


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = Need

    challenge = factory.SubFactory(ChallengeFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"挑战需求{n}")
    words = "需要批间离子电导率波动小的固态电解质。"
    from_list = factory.LazyAttribute(lambda need: need.demand is None)
    demand = None
    put_in_by = factory.SelfAttribute("challenge.opened_by")
    put_in_at = JOINED


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = Proposal

    need = factory.SubFactory(NeedFactory, status="published", challenge__status="proposing")
    achievement = factory.SubFactory(AchievementFactory)
    words = "以公斤级制备工艺供样。"
    offered_by = factory.SelfAttribute("achievement.disclosed_by")
    offered_at = JOINED


def call(**changes):
    """What an organiser says of a challenge; enough for ``commands.challenges.open_challenge``."""
    return {
        "title": "新材料挑战赛", "field": "新材料", "region": "330200", "rules": "公开征集。",
        "collect_date": date(2026, 3, 1), "publish_date": date(2026, 4, 1),
        "propose_date": date(2026, 4, 10), "match_date": date(2026, 5, 1),
        "sign_date": date(2026, 6, 1), "close_date": date(2026, 7, 1),
    } | changes  # fmt: skip
