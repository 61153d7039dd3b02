"""Who judges, by which weights, and what do they find together?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from pilotharbor.assessment import queries, scoring
from pilotharbor.assessment.commands.conflicts import conflict_of
from pilotharbor.assessment.models import Criterion, Panel, Seat
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.money import BP
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects import commands as project_commands
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.technologies import commands as technologies

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


class NotAssessing(Conflict):
    """A panel judges a project while it stands at technology assessment."""

    code = "assessment.not_assessing"


class PanelOpen(Conflict):
    """This project has a panel already; close it first."""

    code = "assessment.panel_open"


class NotTheConvener(Forbidden):
    """Only the platform that carries the project organises its assessment."""

    code = "assessment.not_the_convener"


class SeatsOpen(Conflict):
    """{missing} of {seats} experts have not scored yet."""

    code = "assessment.seats_open"


@command
def convene(
    *,
    project_id: int,
    seats: Sequence[SeatGiven],
    weights_bp: Mapping[str, int],
    pass_mark: Decimal,
    actor_id: int,
    at: datetime,
) -> Panel:
    """Call experts together to judge a project, each on their own.

    Raises: NotFound, NotYourRole, NotTheConvener, BadPanel, NotAssessing, PanelOpen.
    Source: R-ASMT-1 (panel), R-ASMT-3 (independence).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    project = convened_by(actor, project_id)
    experts = _experts(seats)
    problems = _weight_problems(weights_bp, pass_mark) | _seat_problems(seats, experts, project)
    if problems:
        raise BadPanel(problems=problems)
    if project.status != Project.Status.ASSESSMENT:
        raise NotAssessing
    if queries.passed_panel(project):
        raise PanelOpen

    with refusing(assessment_panel_one_open=PanelOpen()):
        panel = Panel.objects.create(
            project=project, pass_mark=pass_mark, convened_by=actor, convened_at=at
        )
    Criterion.objects.bulk_create(
        Criterion(panel=panel, key=key.strip(), weight_bp=weight, position=i)
        for i, (key, weight) in enumerate(weights_bp.items(), 1)
    )
    Seat.objects.bulk_create(
        Seat(panel=panel, expert=experts[seat["expert_id"]], field=seat["field"].strip())
        for seat in seats
    )
    technologies.admit(
        achievement_id=project.achievement_id,
        membership_ids=[seat["expert_id"] for seat in seats],
        via="blind",
        actor_id=actor.pk,
        at=at,
    )
    events.record(
        "assessment.panel.convened",
        panel,
        actor=actor,
        at=at,
        project_id=project.pk,
        seats=len(seats),
        expert_ids=[seat["expert_id"] for seat in seats],
    )
    return panel


def convened_by(actor: Membership, project_id: int) -> Project:
    """The locked project, when the actor organises its assessment.

    Raises: NotFound, NotTheConvener.
    """
    seen = projects.visible_project(actor=actor, project_id=project_id)
    if not queries.convenes(actor, seen):
        raise NotTheConvener
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


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


@command
def close(*, panel_id: int, actor_id: int, at: datetime) -> Panel:
    """Add the independent scores up, once all are in; below the pass mark the project ends.

    Raises: NotFound, NotYourRole, NotTheConvener, SeatsOpen, MoveNotAllowed.
    Source: R-ASMT-4 (score), R-ASMT-5 (not passed ends the project).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    seen = queries.visible_panel(actor=actor, panel_id=panel_id)
    convened_by(actor, seen.project_id)
    panel = Panel.objects.select_for_update(no_key=True).get(pk=panel_id)
    how_far = queries.progress(panel)
    if panel.status == Panel.Status.OPEN and not how_far.complete:
        raise SeatsOpen(missing=how_far.seats - how_far.handed_in, seats=how_far.seats)

    sheets = [queries.points_of(seat) for seat in queries.seats(panel, with_scores=True)]
    score = scoring.weighted_mean(sheets, queries.weights(panel))
    passed = score >= panel.pass_mark
    advance(
        panel, Panel.Status.PASSED if passed else Panel.Status.FAILED, score=score, closed_at=at
    )
    events.record(
        "assessment.panel.closed",
        panel,
        actor=actor,
        at=at,
        project_id=panel.project_id,
        score=f"{score:.2f}",
        mark=f"{panel.pass_mark.normalize():f}",
        passed=passed,
    )
    if not passed:
        project_commands.end(
            project_id=panel.project_id, reason=_not_passed(panel), actor_id=actor.pk, at=at
        )
    return panel


def _not_passed(panel: Panel) -> str:
    # The reason is kept, not composed on reading, so it is in the harbour's own language.
    with translation.override(settings.LANGUAGE_CODE):
        return _("The assessment scored {score} points, below the pass mark of {mark}.").format(
            score=f"{panel.score:.2f}", mark=f"{panel.pass_mark.normalize():f}"
        )
