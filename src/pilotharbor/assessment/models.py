"""Is it worth it: panels, independent scores, maturity statements, whether to pilot at all."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful
from pilotharbor.technologies.models import TrlScale


class PanelRule(models.Model):
    """A dated rule on who sits on a panel, from a named source.

    ``min_experts``, ``min_fields``  fewer are refused unless the convener says why
    """

    validity = DateRangeField()
    min_experts = models.PositiveSmallIntegerField()
    min_fields = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="assessment_panel_rule_one_at_a_time",
                expressions=[("validity", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="assessment_panel_rule_range",
                condition=Q(min_fields__gte=1, min_experts__gte=models.F("min_fields")),
            ),
        ]


class Panel(Stateful):
    """Experts of different fields who judge one project.

    ``pass_mark``   the weighted mean, out of 100 with two decimals, that passes (inclusive)
    ``score``       weighted mean over experts, half up to two decimals, set when closed
    ``override_reason``  why it has fewer experts or fields than the rule of the day asks
    ``dissolved_reason`` why it was dissolved before anybody scored
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Scoring")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")
        DISSOLVED = "dissolved", _("Dissolved")

    MOVES = {
        Status.OPEN: {Status.PASSED, Status.FAILED, Status.DISSOLVED},
        Status.PASSED: set(),
        Status.FAILED: set(),
        Status.DISSOLVED: set(),
    }

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="panels")
    pass_mark = models.DecimalField(max_digits=7, decimal_places=4)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    convened_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    convened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    override_reason = models.CharField(max_length=500, blank=True)
    dissolved_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(status="open"), name="assessment_panel_one_open"
            ),
            models.CheckConstraint(
                name="assessment_panel_closed_has_score",
                condition=Q(status__in=["open", "dissolved"])
                | Q(score__isnull=False, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_panel_dissolved_has_reason",
                condition=~Q(status="dissolved")
                | (~Q(dissolved_reason="") & Q(score__isnull=True, closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="assessment_panel_pass_mark_range", condition=Q(pass_mark__range=(0, 100))
            ),
        ]


class Criterion(models.Model):
    """What is scored, and how much it counts in basis points (a panel's sum to 10000)."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=40)
    weight_bp = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "key"], name="assessment_criterion_once")
        ]


class Seat(models.Model):
    """One expert on a panel; scores are independent until all are in."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="seats")
    expert = models.ForeignKey("parties.Membership", models.PROTECT)
    field = models.CharField(max_length=80)
    opinion = models.TextField(blank=True, max_length=4000)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="assessment_seat_once")
        ]


class Score(models.Model):
    """Points from 0 to 100 of one expert for one criterion."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT)
    points = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "criterion"], name="assessment_score_once"),
            models.CheckConstraint(
                name="assessment_score_range", condition=Q(points__range=(0, 100))
            ),
        ]


class TrlStatement(models.Model):
    """Who says, on which evidence, that the result stands on which rung of which ladder."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="trl_statements")
    scale = models.CharField(max_length=8, choices=TrlScale)
    level = models.PositiveSmallIntegerField()
    evidence = models.CharField(max_length=1000)
    stated_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_trl_on_its_scale",
                condition=Q(scale="TRL-9", level__range=(1, 9))
                | Q(scale="GB-13", level__range=(1, 13)),
            )
        ]


class PilotDecision(models.Model):
    """需否中试: whether this project needs a pilot at all, with the reasons (S2-14)."""

    project = models.OneToOneField(
        "projects.Project", models.PROTECT, related_name="pilot_decision"
    )
    needed = models.BooleanField()
    reasons = models.TextField(max_length=2000)
    decided_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
