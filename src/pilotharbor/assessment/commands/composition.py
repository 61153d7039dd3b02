"""Does a panel hold together: independent experts, enough fields, weights, a pass mark?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _

from pilotharbor.assessment import queries
from pilotharbor.assessment.commands.conflicts import conflict_of
from pilotharbor.assessment.models import Criterion
from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.money import BP
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import Project

MOST_SEATS, MOST_CRITERIA = 50, 30
FULL_MARK = Decimal(100)


class SeatGiven(TypedDict):
    """One expert and the field they judge."""

    expert_id: int
    field: str


class BadPanel(Invalid):
    """The panel does not hold together yet; see the fields."""

    code = "assessment.bad_panel"


class NotAnExpert(Invalid):
    """“{name}” is not an active review expert."""

    code = "assessment.not_an_expert"


class Conflicted(Invalid):
    """“{name}” cannot judge this project: {reason}."""

    code = "assessment.conflicted"


@dataclass(frozen=True, slots=True)
class Composition:
    """Who is to judge by which weights; ``on`` is the day whose rule holds."""

    seats: Sequence[SeatGiven]
    weights_bp: Mapping[str, int]
    pass_mark: Decimal
    override_reason: str
    on: date


def checked(wanted: Composition, project: Project) -> dict[int, Membership]:
    """The experts by membership, when the panel holds together.

    Raises: BadPanel with one sentence a field.
    Source: R-ASMT-1, R-ASMT-3.
    """
    experts = _experts(wanted.seats)
    problems = _weight_problems(wanted.weights_bp, wanted.pass_mark)
    problems |= _seat_problems(wanted.seats, experts, project)
    if not any(name.startswith("seats") for name in problems):
        problems |= _too_few(wanted)
    if problems:
        raise BadPanel(problems=problems)
    return experts


def needed_reason(wanted: Composition) -> str:
    """The reason for departing from the rule, where the panel departs from it; else none."""
    return wanted.override_reason if _lacks(wanted) else ""


def _too_few(wanted: Composition) -> dict[str, str]:
    lack = _lacks(wanted)
    if not lack:
        return {}
    if wanted.override_reason:
        if len(wanted.override_reason) > 500:
            return {"override_reason": _("At most 500 characters.")}
        return {}
    return {
        "seats": lack,
        "override_reason": _("Call more experts, or say here why fewer judge this project."),
    }


def _lacks(wanted: Composition) -> str:
    """What the rule of the day asks beyond the panel; empty where it asks no more."""
    rule = queries.panel_rule(on=wanted.on)
    experts = len(wanted.seats)
    fields = len({seat["field"].strip().casefold() for seat in wanted.seats})
    if rule is None or (experts >= rule.min_experts and fields >= rule.min_fields):
        return ""
    return _(
        "A panel has at least {min_experts} experts of {min_fields} different fields; this one has "
        "{experts} of {fields}."
    ).format(
        min_experts=rule.min_experts, min_fields=rule.min_fields, experts=experts, fields=fields
    )


def _experts(seats: Sequence[SeatGiven]) -> dict[int, Membership]:
    return {
        m.pk: m
        for m in Membership.objects.filter(
            pk__in=[seat["expert_id"] for seat in seats],
            role=Role.EXPERT,
            status=Membership.Status.ACTIVE,
            person__is_active=True,
            organisation__status="approved",
        ).select_related("person")
    }


def _weight_problems(weights_bp: Mapping[str, int], pass_mark: Decimal) -> dict[str, str]:
    found: dict[str, str] = {}
    longest = Criterion._meta.get_field("key").max_length or 0  # noqa: SLF001
    keys = [key.strip() for key in weights_bp]
    if not 1 <= len(keys) <= MOST_CRITERIA:
        found["weights_bp"] = _("Name at least one criterion and its weight.")
    elif len(set(keys)) != len(keys) or not all(0 < len(key) <= longest for key in keys):
        found["weights_bp"] = _("Each criterion has a name of its own.")
    elif min(weights_bp.values()) <= 0 or sum(weights_bp.values()) != BP:
        found["weights_bp"] = _(
            "The weights are positive and sum to 100%; now they sum to {sum}%."
        ).format(sum=f"{Decimal(sum(weights_bp.values())) / 100:f}")
    if not pass_mark.is_finite() or not 0 <= pass_mark <= FULL_MARK:
        found["pass_mark"] = _("The pass mark lies between 0 and 100.")
    elif pass_mark != round(pass_mark, 4):
        found["pass_mark"] = _("At most four decimals.")
    return found


def _seat_problems(
    seats: Sequence[SeatGiven], experts: Mapping[int, Membership], project: Project
) -> dict[str, str]:
    if not 1 <= len(seats) <= MOST_SEATS:
        return {"seats": _("Call at least one expert.")}
    held = list(
        Membership.objects.filter(person__in={m.person_id for m in experts.values()}).exclude(
            status=Membership.Status.ENDED
        )
    )
    found: dict[str, str] = {}
    people: set[int] = set()
    for i, seat in enumerate(seats):
        expert = experts.get(seat["expert_id"])
        if problem := _seat_problem(seat, expert, project, held, people):
            found[f"seats.{i}"] = problem
    return found


def _seat_problem(
    seat: SeatGiven,
    expert: Membership | None,
    project: Project,
    held: Sequence[Membership],
    people: set[int],
) -> str:
    """What is wrong with one seat, if anything; remembers the person in ``people``."""
    if expert is None:
        return str(NotAnExpert(name=str(seat["expert_id"])))
    if expert.person_id in people:
        return _("“{name}” sits twice.").format(name=expert.person.name)
    people.add(expert.person_id)
    if not 1 <= len(seat["field"].strip()) <= 80:
        return _("Say which field the expert judges.")
    reason = conflict_of(expert=expert, project=project, memberships=held)
    return str(Conflicted(name=expert.person.name, reason=reason)) if reason else ""
