"""What will be tried, for how much, and what counts as success?"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.money import LARGEST_FEN
from pilotharbor.kernel.transactions import command
from pilotharbor.projects.commands.access import by_a_writer, locked
from pilotharbor.projects.models import Plan, Project

type Acceptance = dict[str, str | None]
# What campaigns keep of a limit: 24 digits, 9 of them decimals.
DIGITS, DECIMALS = 24, 9
MOST_BATCHES = 200
MOST_LIMITS = 60


class BadPlan(Invalid):
    """The plan does not hold together yet; see the fields."""

    code = "projects.bad_plan"


class PlanNotDue(Conflict):
    """A plan is written while the project stands at scheme design."""

    code = "projects.plan_not_due"


class PlanFrozen(Conflict):
    """The parties are signing this plan; it can only change once their agreement is void."""

    code = "projects.plan_frozen"


@command
def set_plan(
    *,
    project_id: int,
    budget_fen: int,
    acceptance: Sequence[Acceptance],
    consecutive_batches: int,
    planned_batches: int,
    actor_id: int,
    at: datetime,
    goal: str = "",
) -> Plan:
    """Write the pilot plan, or write it anew until the parties sign it.

    ``acceptance`` lists attribute, unit and ``at_least`` or ``at_most`` as decimal strings.

    Raises: NotFound, NotYourRole, ReadOnly, BadPlan, PlanNotDue, PlanFrozen.
    Source: R-PROJ-7.
    """
    problems = _problems(budget_fen, acceptance, consecutive_batches, planned_batches)
    actor, project = by_a_writer(project_id=project_id, actor_id=actor_id)
    if problems:
        raise BadPlan(problems=problems)
    if project.status != Project.Status.PLANNING:
        raise PlanNotDue
    if Plan.objects.filter(project=project, frozen_at__isnull=False).exists():
        raise PlanFrozen

    plan, _created = Plan.objects.update_or_create(
        project=project,
        defaults={
            "goal": goal.strip(),
            "budget_fen": budget_fen,
            "acceptance": [_tidy(limit) for limit in acceptance],
            "consecutive_batches": consecutive_batches,
            "planned_batches": planned_batches,
            "written_by": actor,
            "written_at": at,
        },
    )
    events.record(
        "projects.plan.written",
        plan,
        actor=actor,
        at=at,
        project_id=project.pk,
        consecutive_batches=consecutive_batches,
        planned_batches=planned_batches,
    )
    return plan


@command
def freeze_plan(*, project_id: int, actor_id: int, at: datetime) -> Plan:
    """Keep the plan as it is from now on, as part of offering the agreement that contains it.

    Raises: NotFound when there is no plan.
    Source: R-PROJ-7.
    """
    del actor_id
    return _set_frozen(project_id, at)


@command
def release_plan(*, project_id: int, actor_id: int, at: datetime) -> Plan:
    """Let the plan change again, as part of making void the agreement that contained it.

    Raises: NotFound when there is no plan.
    """
    del actor_id, at
    return _set_frozen(project_id, None)


def _set_frozen(project_id: int, frozen_at: datetime | None) -> Plan:
    plan = Plan.objects.filter(project=locked(project_id=project_id)).first()
    if plan is None:
        raise NotFound
    plan.frozen_at = frozen_at
    plan.save(update_fields=["frozen_at"])
    return plan


def _tidy(limit: Acceptance) -> Acceptance:
    kept: Acceptance = {
        "attribute": (limit.get("attribute") or "").strip(),
        "unit": (limit.get("unit") or "").strip(),
    }
    for bound in ("at_least", "at_most"):
        value = _number(limit.get(bound))
        if value is not None:
            kept[bound] = format(value, "f")
    return kept


def _problems(
    budget_fen: int, acceptance: Sequence[Acceptance], consecutive: int, planned: int
) -> dict[str, str]:
    found: dict[str, str] = {}
    if not 0 <= budget_fen <= LARGEST_FEN:
        found["budget_fen"] = _("The budget is not negative.")
    if not 1 <= consecutive <= MOST_BATCHES:
        found["consecutive_batches"] = _("At least one batch, at most {most}.").format(
            most=MOST_BATCHES
        )
    elif not consecutive <= planned <= MOST_BATCHES:
        found["planned_batches"] = _(
            "Plan at least the {consecutive} batches that must be good in a row."
        ).format(consecutive=consecutive)
    if not 1 <= len(acceptance) <= MOST_LIMITS:
        found["acceptance"] = _("State at least one criterion of success.")
    seen: set[str] = set()
    for i, limit in enumerate(acceptance):
        if problem := _problem(limit, seen):
            found[f"acceptance.{i}"] = problem
    return found


def _problem(limit: Acceptance, seen: set[str]) -> str | None:
    """What is wrong with one criterion, if anything; remembers its name in ``seen``."""
    name = (limit.get("attribute") or "").strip()
    if not name:
        return _("Name what is measured.")
    if name in seen:
        return _("“{name}” is stated twice.").format(name=name)
    seen.add(name)
    try:
        low, high = _number(limit.get("at_least")), _number(limit.get("at_most"))
    except BadNumber as exc:
        return _("“{text}” is not a decimal number such as 99.5.").format(text=exc.args[0])
    if low is None and high is None:
        return _("Give a lower or an upper limit for “{name}”.").format(name=name)
    if low is not None and high is not None and low > high:
        return _("The lower limit of “{name}” is above the upper one.").format(name=name)
    return None


class BadNumber(ValueError):
    """The text is no decimal number that a limit can keep."""


def _number(text: str | None) -> Decimal | None:
    if text is None or not text.strip():
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation as exc:
        raise BadNumber(text) from exc
    if not value.is_finite():
        raise BadNumber(text)
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    if decimals > DECIMALS or abs(value) >= Decimal(10) ** (DIGITS - DECIMALS):
        raise BadNumber(text)
    return value
