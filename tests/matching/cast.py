"""Everybody who may come by, and of every kind of thing one that each of them may or may not find."""

from dataclasses import dataclass, field
from typing import Any

from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, EXPERT, LINE, RIGHT, SCENARIO
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Confidentiality, OrganisationKind, Role
from pilotharbor.technologies.models import Achievement, Demand, IpAsset, Reader
from tests.factories.facilities import LineFactory
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory
from tests.factories.scenarios import AnswerFactory, ScenarioFactory
from tests.factories.technologies import AchievementFactory, DemandFactory
from tests.rights.world import newcomer

KINDS = (ACHIEVEMENT, DEMAND, SCENARIO, RIGHT, LINE, EXPERT)
# What every one of them says; numbers of rights have a word of their own.
WORD = "硫化物"
LEVELS = tuple(Confidentiality)
NOT_ON_THE_MARKET = ("draft", "submitted", "returned", "withdrawn")
HIDDEN = {"published_at": None}


@dataclass
class Cast:
    """Who asks: by a name, a membership; ``None`` is the public."""

    people: dict[str, Membership | None] = field(default_factory=dict)


def _standing(role: Role, standing: str) -> Membership:
    member = newcomer(role)
    if standing in {"applied", "suspended"}:
        Organisation.objects.filter(pk=member.organisation_id).update(status=standing)
    elif standing == "left":
        Membership.objects.filter(pk=member.pk).update(status="ended")
    return Membership.objects.select_related("person", "organisation").get(pk=member.pk)


def everybody() -> Cast:
    """Each role in good standing; some of each other standing; the public."""
    people: dict[str, Membership | None] = {"public": None}
    people |= {role.value: _standing(role, "good") for role in Role}
    for standing in ("applied", "suspended", "left"):
        for role in (Role.RESEARCHER, Role.ENTERPRISE_MEMBER, Role.PLATFORM_OPERATOR, Role.EXPERT):
            people[f"{standing} {role.value}"] = _standing(role, standing)
    return Cast(people)


def fill(cast: Cast) -> None:
    """The market: of each level, of each one's own, of those let in each way, and not published."""
    stranger = OrganisationFactory(kind=OrganisationKind.UNIVERSITY)
    for level in LEVELS:
        _one_of_each(stranger, confidentiality=level)
    for status in NOT_ON_THE_MARKET:
        for level in (Confidentiality.PUBLIC, Confidentiality.CORE):
            _one_of_each(stranger, confidentiality=level, status=status, **HIDDEN)
    ScenarioFactory(owner=stranger, title=f"{WORD}场景", status="closed", closing_reason="无人应答")
    doors: dict[str, tuple[Achievement, Demand]] = {
        via: _one_of_each(stranger, confidentiality=Confidentiality.CORE)
        for via in ("named", "project", "blind", "blind and named")
    }
    doors["public but blind"] = _one_of_each(stranger, confidentiality=Confidentiality.PUBLIC)
    for member in cast.people.values():
        if member is not None:
            _one_of_each(member.organisation, confidentiality=Confidentiality.CORE, by=member)
            _let_in(member, doors)
    _lines(cast)
    for role in (Role.EXPERT, Role.INDUSTRY_ADVISOR):
        for standing in ("good", "applied", "suspended", "left"):
            known = _standing(role, standing)
            Membership.objects.filter(pk=known.pk).update(field=f"{WORD}烧结")
        MembershipFactory(role=role)


def _one_of_each(owner: Organisation, *, by: Any = None, **fields: Any) -> tuple[Any, Any]:
    wrote = {"disclosed_by": by} if by else {}
    posted = {"posted_by": by} if by else {}
    result = AchievementFactory(owner=owner, title=f"{WORD}成果", **wrote, **fields)
    IpAsset.objects.create(
        achievement=result, kind="invention_patent", title=f"{WORD}专利",
        application_no=number_of(result),
    )  # fmt: skip
    need = DemandFactory(owner=owner, title=f"{WORD}需求", **posted, **fields)
    ScenarioFactory(owner=owner, title=f"{WORD}场景", **posted, **fields)
    return result, need


def number_of(result: Achievement) -> str:
    """The number its right was filed under."""
    return f"2023{result.pk:08d}"


def _let_in(member: Membership, doors: dict[str, tuple[Achievement, Demand]]) -> None:
    ways = {"blind and named": ("blind", "named"), "public but blind": ("blind",)}
    for name, (result, need) in doors.items():
        for via in ways.get(name, (name,)):
            Reader.objects.create(
                achievement=result, membership=member, via=via, admitted_at=JOINED
            )
            if via != "blind":
                Reader.objects.create(demand=need, membership=member, via=via, admitted_at=JOINED)
    AnswerFactory(
        scenario=ScenarioFactory(title=f"{WORD}应答", confidentiality=Confidentiality.CORE),
        organisation=member.organisation, offered_by=member,
    )  # fmt: skip


def _lines(cast: Cast) -> None:
    LineFactory(name=f"{WORD}中试线")
    for standing in ("applied", "suspended"):
        platform = OrganisationFactory(kind=OrganisationKind.PILOT_PLATFORM, status=standing)
        LineFactory(name=f"{WORD}中试线", platform=platform)
    for name in ("platform_operator", "applied platform_operator", "suspended platform_operator"):
        member = cast.people[name]
        assert member is not None
        LineFactory(name=f"{WORD}中试线", platform=member.organisation)
        closed = {"is_open": False, "closed_reason": "检修"}
        LineFactory(name=f"{WORD}中试线", platform=member.organisation, **closed)
