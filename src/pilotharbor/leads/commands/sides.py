"""Which two are brought together? What was named, checked, and who speaks for which side."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import NotYourLead
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import (
    Achievement,
    Demand,
    Direction,
    Scenario,
    ScenarioAnswer,
)
from pilotharbor.technologies.models import Status as Entry
from pilotharbor.technologies.scenarios import queries as scenarios

# While a scenario looks for its other side, and until what was tried has been ordered.
OPEN_SCENARIO = (Scenario.Status.PUBLISHED, Scenario.Status.UNVEILED, Scenario.Status.TRIED)
A = ScenarioAnswer.Status
# Answers that a lead may be about: they stand, whether chosen yet or not.
FROM_SCENARIOS = (A.OFFERED, A.CHOSEN, A.PASSED)


class SideMissing(Invalid):
    """A lead begins from a published result or a published need; name one at least."""

    code = "leads.side_missing"


class NotOnTheMarket(Conflict):
    """“{title}” is not published; a lead begins from what is published."""

    code = "leads.not_on_the_market"


class AnswerMissing(Invalid):
    """Name the answer to your scenario that you want to carry on with."""

    code = "leads.answer_missing"


class SidesDisagree(Conflict):
    """The scenario stands for a side that belongs to somebody else; name another one or leave it open."""

    code = "leads.sides_disagree"


class OneSided(Invalid):
    """Both sides are the same organisation."""

    code = "leads.one_sided"


@dataclass(slots=True)
class Sides:
    """The two sides of a lead to be; each may be open.

    ``own``    the side a scenario stands for, ``other`` the one it looks for
    """

    achievement: Achievement | None = None
    demand: Demand | None = None
    supplier_id: int | None = None
    enterprise_id: int | None = None
    scenario: Scenario | None = None

    def __post_init__(self) -> None:
        if self.achievement:
            self.supplier_id = self.achievement.owner_id
        if self.demand:
            self.enterprise_id = self.demand.owner_id
        if self.scenario:
            named = getattr(self, f"{self.own}_id")
            if named not in (None, self.scenario.owner_id):
                raise SidesDisagree
            setattr(self, f"{self.own}_id", self.scenario.owner_id)

    @property
    def own(self) -> str:
        """``enterprise`` where a scenario looks for a product, ``supplier`` the other way."""
        return own_side(self.scenario)

    @property
    def other(self) -> str:
        """The side that is looked for."""
        return "supplier" if self.own == "enterprise" else "enterprise"


def own_side(scenario: Scenario | None) -> str:
    """Which side the owner of a scenario is (R-LEAD-15)."""
    offers = scenario is not None and scenario.direction == Direction.SEEKS_SCENARIO
    return "supplier" if offers else "enterprise"


def what_is_named(
    actor: Membership,
    achievement_id: int | None,
    demand_id: int | None,
    scenario_id: int | None = None,
    *,
    supplier_id: int | None = None,
    enterprise_id: int | None = None,
) -> Sides:
    """What the actor may see and names, as two sides.

    Raises: NotFound, SideMissing, NotOnTheMarket, SidesDisagree, OneSided.
    """
    results = technologies.visible_achievements(actor=actor)
    needs = technologies.visible_demands(actor=actor)
    achievement: Achievement | None = _on_the_market(results, achievement_id)
    demand: Demand | None = _on_the_market(needs, demand_id)
    scenario = open_scenario(actor, scenario_id)
    if achievement is None and demand is None and scenario is None:
        raise SideMissing
    for given in (supplier_id, enterprise_id):
        if given is not None and queries.open_organisation(given) is None:
            raise NotFound
    return two(Sides(achievement, demand, supplier_id, enterprise_id, scenario))


def _on_the_market(rows: QuerySet[Any], pk: int | None) -> Any:
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    if found.status != Entry.PUBLISHED:
        raise NotOnTheMarket(title=found.title)
    return found


def open_scenario(actor: Membership, scenario_id: int | None) -> Scenario | None:
    """The scenario, which the actor may see and which still looks for its other side.

    Raises: NotFound, NotOnTheMarket.
    """
    if scenario_id is None:
        return None
    found = scenarios.scenario(scenario_id=scenario_id, actor=actor)
    if found.status not in OPEN_SCENARIO:
        raise NotOnTheMarket(title=found.title)
    return found


def of_scenario(
    actor: Membership,
    scenario_id: int,
    answer: ScenarioAnswer | None,
    achievement_id: int | None,
    demand_id: int | None,
) -> tuple[Sides, str]:
    """The two sides of a scenario, and for which of them the actor asks.

    Raises: NotFound, NotYourLead, AnswerMissing, NotOnTheMarket, SidesDisagree, OneSided.
    Source: R-LEAD-15.
    """
    scenario = open_scenario(actor, scenario_id)
    assert scenario is not None
    owns = scenario.owner_id == actor.organisation_id
    if owns and answer is None:
        raise AnswerMissing
    spoken_by = scenario.posted_by_id if owns else answer.offered_by_id if answer else None
    if not rights.acts_as(actor, *queries.SPEAKERS) and spoken_by != actor.pk:
        raise NotYourLead
    own = own_side(scenario)
    other = "supplier" if own == "enterprise" else "enterprise"
    other_id = answer.organisation_id if answer else actor.organisation_id
    rests_on = answer.achievement if answer and other == "supplier" else None
    if achievement_id is None and rests_on is not None and rests_on.status == Entry.PUBLISHED:
        seen = technologies.visible_achievements(actor=actor).filter(pk=rests_on.pk)
        achievement_id = rests_on.pk if seen.exists() else None
    sides = what_is_named(
        actor, achievement_id, demand_id, scenario_id, **{f"{other}_id": other_id}
    )
    if getattr(sides, f"{other}_id") != other_id:
        raise SidesDisagree
    return sides, own if owns else other


def two(sides: Sides) -> Sides:
    """The sides, which are not one and the same organisation.

    Raises: OneSided.
    """
    if sides.supplier_id is not None and sides.supplier_id == sides.enterprise_id:
        raise OneSided
    return sides


def author(entry: Achievement | Demand | None) -> Membership | None:
    """Who wrote an entry down."""
    if entry is None:
        return None
    return entry.disclosed_by if isinstance(entry, Achievement) else entry.posted_by
