"""How mature is it, and does it need a pilot at all?"""

from datetime import datetime

from django.utils.translation import gettext as _

from pilotharbor.assessment import queries
from pilotharbor.assessment.commands.panels import NotAssessing, convened_by
from pilotharbor.assessment.models import PilotDecision, TrlStatement
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import commands as projects
from pilotharbor.projects import queries as project_queries
from pilotharbor.projects.models import Project
from pilotharbor.technologies.models import TrlScale

LEVELS = {TrlScale.TRL_9: 9, TrlScale.QINGDAO_13: 13}


class BadLevel(Invalid):
    """This statement cannot be kept; see the fields."""

    code = "assessment.bad_level"


class NotPassed(Conflict):
    """Whether a pilot is needed is decided after a panel has passed the project."""

    code = "assessment.not_passed"


class NoTrlStatement(Conflict):
    """State the technology readiness with its evidence first."""

    code = "assessment.no_trl_statement"


class AlreadyDecided(Conflict):
    """Whether this project needs a pilot is decided already."""

    code = "assessment.already_decided"


class ReasonsMissing(Invalid):
    """Give the reasons of the decision."""

    code = "assessment.reasons_missing"


@command
def state_trl(
    *, project_id: int, scale: str, level: int, evidence: str, actor_id: int, at: datetime
) -> TrlStatement:
    """State on which rung of which ladder the result stands, with the evidence for it.

    The platform's operators and the panel's experts may; statements add up, none is changed.

    Raises: NotFound, NotYourRole, BadLevel, AlreadyOver.
    Source: R-ASMT-6.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    problems = _problems(scale, level, evidence)
    if problems:
        raise BadLevel(problems=problems)
    project = _reviewed(actor, project_id)
    if project.status in project_queries.OVER:
        raise projects.AlreadyOver

    statement = TrlStatement.objects.create(
        project=project,
        scale=scale,
        level=level,
        evidence=evidence.strip(),
        stated_by=actor,
        stated_at=at,
    )
    events.record(
        "assessment.trl.stated",
        statement,
        actor=actor,
        at=at,
        project_id=project.pk,
        scale=scale,
        level=level,
    )
    return statement


def _problems(scale: str, level: int, evidence: str) -> dict[str, str]:
    found: dict[str, str] = {}
    highest = LEVELS.get(TrlScale(scale)) if scale in TrlScale.values else None
    if highest is None:
        found["scale"] = _("Name the scale: levels of different scales never mix.")
    elif not 1 <= level <= highest:
        found["level"] = _("This scale goes from 1 to {highest}.").format(highest=highest)
    if not evidence.strip():
        found["evidence"] = _("Name the evidence: a report, a record, a test.")
    return found


def _reviewed(actor: Membership, project_id: int) -> Project:
    project = Project.objects.select_for_update(no_key=True).filter(pk=project_id).first()
    if project is None:
        raise NotFound
    if queries.reviews(actor, project):
        return project
    return convened_by(actor, project_id)


@command
def decide_pilot(
    *, project_id: int, needed: bool, reasons: str, actor_id: int, at: datetime
) -> PilotDecision:
    """Decide whether the project needs a pilot; it then plans one or goes to its decision.

    Raises: NotFound, NotYourRole, NotTheConvener, ReasonsMissing, AlreadyDecided, NotAssessing,
    NotPassed, NoTrlStatement.
    Source: R-ASMT-7 (S2-14).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    if not reasons.strip():
        raise ReasonsMissing(problems={"reasons": str(ReasonsMissing())})
    project = convened_by(actor, project_id)
    if PilotDecision.objects.filter(project=project).exists():
        raise AlreadyDecided
    if project.status != Project.Status.ASSESSMENT:
        raise NotAssessing
    panel = queries.passed_panel(project)
    if panel is None:
        raise NotPassed
    if not project.trl_statements.exists():
        raise NoTrlStatement

    decision = PilotDecision.objects.create(
        project=project, needed=needed, reasons=reasons.strip(), decided_by=actor, decided_at=at
    )
    events.record(
        "assessment.pilot.decided",
        decision,
        actor=actor,
        at=at,
        project_id=project.pk,
        needed=needed,
    )
    projects.pass_gate(
        project_id=project.pk,
        to=Project.Status.PLANNING if needed else Project.Status.DECISION,
        actor_id=actor.pk,
        at=at,
        ref=f"assessment.panel:{panel.pk}",
    )
    return decision
