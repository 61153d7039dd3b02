"""Who judges, by which weights, and what do they find together?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from pilotharbor.assessment import queries, scoring
from pilotharbor.assessment.commands.composition import (
    BadPanel,
    Composition,
    Conflicted,
    NotAnExpert,
    SeatGiven,
    checked,
    needed_reason,
)
from pilotharbor.assessment.models import Criterion, Panel, Seat
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as project_commands
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.technologies import commands as technologies


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


class PanelScored(Conflict):
    """An expert has handed in scores already; the panel stays as it is until it is closed."""

    code = "assessment.panel_scored"


class PanelOver(Conflict):
    """This panel is closed or dissolved already."""

    code = "assessment.panel_over"


class ReasonMissing(Invalid):
    """Say why the panel is dissolved; its experts read it."""

    code = "assessment.reason_missing"


@command
def convene(
    *,
    project_id: int,
    seats: Sequence[SeatGiven],
    weights_bp: Mapping[str, int],
    pass_mark: Decimal,
    actor_id: int,
    at: datetime,
    override_reason: str = "",
) -> Panel:
    """Call experts together to judge a project, each on their own.

    ``override_reason`` says why there are fewer experts or fields than the rule of the day asks.

    Raises: NotFound, NotYourRole, NotTheConvener, BadPanel, NotAssessing, PanelOpen.
    Source: R-ASMT-1 (panel), R-ASMT-3 (independence).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    project = convened_by(actor, project_id)
    wanted = Composition(seats, weights_bp, pass_mark, override_reason.strip(), local_date(at))
    experts = checked(wanted, project)
    if project.status != Project.Status.ASSESSMENT:
        raise NotAssessing
    if queries.passed_panel(project):
        raise PanelOpen

    with refusing(assessment_panel_one_open=PanelOpen()):
        panel = Panel.objects.create(
            project=project,
            pass_mark=pass_mark,
            override_reason=needed_reason(wanted),
            convened_by=actor,
            convened_at=at,
        )
    _sit(panel, wanted, experts)
    _let_in(panel, [seat["expert_id"] for seat in seats], actor, at)
    events.record(
        "assessment.panel.convened",
        panel,
        actor=actor,
        at=at,
        project_id=project.pk,
        seats=len(seats),
        expert_ids=[seat["expert_id"] for seat in seats],
        overridden=bool(panel.override_reason),
    )
    return panel


@command
def change(
    *,
    panel_id: int,
    seats: Sequence[SeatGiven],
    weights_bp: Mapping[str, int],
    pass_mark: Decimal,
    actor_id: int,
    at: datetime,
    override_reason: str = "",
) -> Panel:
    """Give a panel other experts, criteria or another pass mark, before anybody has scored.

    Raises: NotFound, NotYourRole, NotTheConvener, BadPanel, PanelOver, PanelScored.
    Source: R-ASMT-8.
    """
    actor, panel = _unscored(panel_id, actor_id)
    wanted = Composition(seats, weights_bp, pass_mark, override_reason.strip(), local_date(at))
    experts = checked(wanted, panel.project)
    before = set(panel.seats.values_list("expert_id", flat=True))
    after = {seat["expert_id"] for seat in seats}
    panel.seats.all().delete()
    panel.criteria.all().delete()
    panel.pass_mark, panel.override_reason = pass_mark, needed_reason(wanted)
    panel.save(update_fields=["pass_mark", "override_reason"])
    _sit(panel, wanted, experts)
    _let_go(panel, sorted(before - after), actor, at)
    _let_in(panel, sorted(after - before), actor, at)
    events.record(
        "assessment.panel.changed",
        panel,
        actor=actor,
        at=at,
        project_id=panel.project_id,
        added_ids=sorted(after - before),
        removed_ids=sorted(before - after),
        overridden=bool(panel.override_reason),
    )
    return panel


@command
def dissolve(*, panel_id: int, reason: str, actor_id: int, at: datetime) -> Panel:
    """Send a panel home before anybody has scored, with a reason; another can be called then.

    Raises: NotFound, NotYourRole, NotTheConvener, ReasonMissing, PanelOver, PanelScored.
    Source: R-ASMT-8.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    actor, panel = _unscored(panel_id, actor_id)
    experts = list(panel.seats.order_by("id").values_list("expert_id", flat=True))
    advance(panel, Panel.Status.DISSOLVED, dissolved_reason=reason.strip()[:500], closed_at=at)
    _let_go(panel, experts, actor, at)
    events.record(
        "assessment.panel.dissolved",
        panel,
        actor=actor,
        at=at,
        project_id=panel.project_id,
        expert_ids=experts,
    )
    return panel


def _unscored(panel_id: int, actor_id: int) -> tuple[Membership, Panel]:
    """The locked panel that nobody has scored yet, when the actor organises it."""
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    seen = queries.visible_panel(actor=actor, panel_id=panel_id)
    convened_by(actor, seen.project_id)
    locked = Panel.objects.select_for_update(of=["self"], no_key=True)
    panel = locked.select_related("project__achievement").get(pk=panel_id)
    if panel.status != Panel.Status.OPEN:
        raise PanelOver
    if queries.progress(panel).handed_in:
        raise PanelScored
    return actor, panel


def _sit(panel: Panel, wanted: Composition, experts: Mapping[int, Membership]) -> None:
    Criterion.objects.bulk_create(
        Criterion(panel=panel, key=key.strip(), weight_bp=weight, position=i)
        for i, (key, weight) in enumerate(wanted.weights_bp.items(), 1)
    )
    Seat.objects.bulk_create(
        Seat(panel=panel, expert=experts[seat["expert_id"]], field=seat["field"].strip())
        for seat in wanted.seats
    )


def _let_in(panel: Panel, experts: Sequence[int], actor: Membership, at: datetime) -> None:
    if experts:
        technologies.admit(
            achievement_id=panel.project.achievement_id,
            membership_ids=experts,
            via="blind",
            actor_id=actor.pk,
            at=at,
        )


def _let_go(panel: Panel, experts: Sequence[int], actor: Membership, at: datetime) -> None:
    """Close the blind pack to experts whom no other panel on this result needs it for."""
    others = Seat.objects.filter(
        panel__project__achievement=panel.project.achievement_id, expert__in=experts
    ).exclude(panel=panel)
    kept = set(
        others.exclude(panel__status=Panel.Status.DISSOLVED).values_list("expert", flat=True)
    )
    gone = [pk for pk in experts if pk not in kept]
    if gone:
        technologies.dismiss(
            achievement_id=panel.project.achievement_id,
            membership_ids=gone,
            via="blind",
            actor_id=actor.pk,
            at=at,
        )


def convened_by(actor: Membership, project_id: int) -> Project:
    """The locked project, when the actor organises its assessment.

    Raises: NotFound, NotTheConvener.
    """
    seen = projects.visible_project(actor=actor, project_id=project_id)
    if not queries.convenes(actor, seen):
        raise NotTheConvener
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


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


__all__ = [
    "BadPanel",
    "Conflicted",
    "NotAnExpert",
    "NotAssessing",
    "NotTheConvener",
    "PanelOpen",
    "PanelOver",
    "PanelScored",
    "ReasonMissing",
    "SeatsOpen",
    "change",
    "close",
    "convene",
    "convened_by",
    "dissolve",
]
