"""What of each kind of thing is searched by, and who may find it?

Who may see an entry is decided by its own domain (``visible``); ``reach`` says the same in marks, so that
nothing else is ranked or counted. Finds are asked for from ``visible`` once more.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.matching import marks
from pilotharbor.matching.kinds import ACHIEVEMENT, DEMAND, EXPERT, LINE, RIGHT, SCENARIO
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Confidentiality, Role
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand, IpAsset, Scenario, Status
from pilotharbor.technologies.patents import queries as patents
from pilotharbor.technologies.scenarios import queries as scenarios

CARRIERS = frozenset({"technology_manager", "platform_operator", "member_platform"})
EXPERTS = (Role.EXPERT, Role.INDUSTRY_ADVISOR)
# The level of what only those find who carry matches.
FOR_CARRIERS = "carriers"


@dataclass(frozen=True, slots=True)
class Content:
    """What of an entry can be found: its words, and what it is filtered by."""

    title: str
    keywords: list[str]
    summary: str
    level: str
    owner_id: int
    published: bool
    marks: list[str]

    @property
    def text(self) -> str:
        """Title, keywords and summary, never the detail."""
        return "\n".join([self.title, *self.keywords, self.summary])


@dataclass(frozen=True, slots=True)
class Findable:
    """One kind of thing that can be found."""

    label: str
    model: type[Model]
    content: Callable[[Any], Content]
    visible: Callable[[Membership | None], QuerySet[Any]]
    reach: Callable[[Membership | None], Iterable[str]]


def _entry(label: str, kind: Kind) -> Callable[[Membership | None], Iterable[str]]:
    """Results and needs (R-TECH-5): by level, one's own, and those one was let into."""

    def reach(actor: Membership | None) -> Iterable[str]:
        held = rights.scopes(actor, Verb.READ, kind)
        if Scope.ALL in held:
            return [f"kind/{label}"]
        found = [f"see/{label}/{level}" for level in technologies.listed_levels(actor, kind)]
        if actor is not None:
            if Scope.OWN in held:
                found.append(f"own/{label}/{actor.organisation_id}")
            found += [f"id/{label}/{pk}" for pk in technologies.admitted_ids(actor, kind)]
        return found

    return reach


def _of_entry(label: str) -> Callable[[Achievement | Demand], Content]:
    def content(entry: Achievement | Demand) -> Content:
        return Content(
            entry.title, entry.keywords, entry.summary, entry.confidentiality, entry.owner_id,
            entry.status == Status.PUBLISHED, marks.of(label, entry, entry.confidentiality),
        )  # fmt: skip

    return content


def _scenario(entry: Scenario) -> Content:
    summary = "\n".join(part for part in (entry.summary, entry.conditions) if part)
    found = [*marks.of(SCENARIO, entry, entry.confidentiality), f"direction/{entry.direction}"]
    return Content(
        entry.title, entry.keywords, summary, entry.confidentiality, entry.owner_id,
        entry.status == Scenario.Status.PUBLISHED, found,
    )  # fmt: skip


def _scenario_reach(actor: Membership | None) -> Iterable[str]:
    if Scope.ALL in rights.scopes(actor, Verb.READ, Kind.DEMAND):
        return [f"kind/{SCENARIO}"]
    levels = technologies.listed_levels(actor, Kind.DEMAND)
    found = [f"see/{SCENARIO}/{level}" for level in levels]
    if actor is not None and scenarios.takes_part(actor):
        found.append(f"own/{SCENARIO}/{actor.organisation_id}")
        found += [f"id/{SCENARIO}/{pk}" for pk in scenarios.answered_ids(actor)]
    return found


def _right(right: IpAsset) -> Content:
    """A right is found as its result is; never by who judges that one blind."""
    result = right.achievement
    title = right.title or result.title
    of_result = marks.of(ACHIEVEMENT, result, result.confidentiality)
    found = [
        *marks.of(RIGHT, right, result.confidentiality, owner_id=result.owner_id),
        *(mark for mark in of_result if mark.startswith(marks.NARROWING)),
        f"of/{result.pk}",
    ]
    return Content(
        title, [*result.keywords, right.application_no], right.abstract or result.summary,
        result.confidentiality, result.owner_id, result.status == Status.PUBLISHED, found,
    )  # fmt: skip


def _right_reach(actor: Membership | None) -> Iterable[str]:
    held = rights.scopes(actor, Verb.READ, Kind.ACHIEVEMENT)
    if Scope.ALL in held:
        return [f"kind/{RIGHT}"]
    levels = technologies.listed_levels(actor, Kind.ACHIEVEMENT)
    found = [f"see/{RIGHT}/{level}" for level in levels]
    if actor is not None:
        if Scope.OWN in held:
            found.append(f"own/{RIGHT}/{actor.organisation_id}")
        let_in = technologies.admitted_ids(actor, Kind.ACHIEVEMENT)
        found += [f"of/{pk}" for pk in let_in - technologies.blind_ids(actor, let_in)]
    return found


def _line(line: Line) -> Content:
    """A line and what stands in it: which processes could run there?"""
    shown = [one for one in line.equipment.all() if one.is_shared]
    equipment = [one.name for one in shown if one.status != Equipment.Status.RETIRED]
    working = line.platform.status == Organisation.Status.APPROVED
    return Content(
        line.name, equipment, line.description, Confidentiality.PUBLIC, line.platform_id,
        line.is_open and working,
        marks.of(LINE, line, Confidentiality.PUBLIC, owner_id=line.platform_id),
    )  # fmt: skip


def _expert(member: Membership) -> Content:
    """What somebody knows; the name stands nowhere in the index."""
    fit = (
        member.role in EXPERTS
        and member.status == Membership.Status.ACTIVE
        and member.person.is_active
        and member.organisation.status == Organisation.Status.APPROVED
    )
    return Content(
        member.field, [], "", FOR_CARRIERS, member.organisation_id, fit and bool(member.field),
        marks.of(EXPERT, member, FOR_CARRIERS, owner_id=member.organisation_id),
    )  # fmt: skip


def _experts(actor: Membership | None) -> QuerySet[Membership]:
    rows = Membership.objects.select_related("person", "organisation")
    if actor is None or not rights.acts_as(actor, *CARRIERS):
        return rows.none()
    return rows.filter(
        role__in=EXPERTS,
        status=Membership.Status.ACTIVE,
        person__is_active=True,
        organisation__status=Organisation.Status.APPROVED,
    )


def _expert_reach(actor: Membership | None) -> Iterable[str]:
    if actor is None or not rights.acts_as(actor, *CARRIERS):
        return []
    return [f"see/{EXPERT}/{FOR_CARRIERS}"]


FINDABLE: dict[str, Findable] = {
    one.label: one
    for one in (
        Findable(
            ACHIEVEMENT, Achievement, _of_entry(ACHIEVEMENT),
            lambda actor: technologies.visible_achievements(actor=actor).filter(
                status=Status.PUBLISHED
            ),
            _entry(ACHIEVEMENT, Kind.ACHIEVEMENT),
        ),
        Findable(
            DEMAND, Demand, _of_entry(DEMAND),
            lambda actor: technologies.visible_demands(actor=actor).filter(status=Status.PUBLISHED),
            _entry(DEMAND, Kind.DEMAND),
        ),
        Findable(
            SCENARIO, Scenario, _scenario,
            lambda actor: scenarios.visible_scenarios(actor=actor).filter(
                status=Scenario.Status.PUBLISHED
            ),
            _scenario_reach,
        ),
        Findable(
            RIGHT, IpAsset, _right,
            lambda actor: patents.visible_rights(actor=actor).filter(
                achievement__status=Status.PUBLISHED
            ),
            _right_reach,
        ),
        Findable(
            LINE, Line, _line,
            lambda actor: facilities.visible_lines(actor=actor)
            .filter(is_open=True)
            .prefetch_related("equipment"),
            lambda _actor: [f"see/{LINE}/{Confidentiality.PUBLIC}"],
        ),
        Findable(EXPERT, Membership, _expert, _experts, _expert_reach),
    )
}  # fmt: skip


def label_of(entry: Model) -> str:
    """Which kind of thing this is."""
    return next(one.label for one in FINDABLE.values() if isinstance(entry, one.model))


def content_of(entry: Model) -> Content:
    """What of it can be found."""
    return FINDABLE[label_of(entry)].content(entry)


def rows_of(label: str) -> QuerySet[Any]:
    """Everything of a kind with what its content needs."""
    rows = FINDABLE[label].model._default_manager.order_by("pk")  # noqa: SLF001
    if label == EXPERT:
        rows = rows.filter(role__in=EXPERTS)
    needed = {
        RIGHT: ("achievement",),
        LINE: ("platform",),
        EXPERT: ("person", "organisation"),
    }
    if label in needed:
        rows = rows.select_related(*needed[label])
    return rows.prefetch_related("equipment") if label == LINE else rows
