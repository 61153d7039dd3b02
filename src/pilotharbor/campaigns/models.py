"""Did it work at scale: batches, their measured values, acceptance and the report."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Campaign(Stateful):
    """The pilot batches of one project, judged by one acceptance specification.

    ``consecutive_batches``  so many good batches in a row are acceptance
    ``planned_batches``      acceptance can only be refused once so many are judged
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        ACCEPTED = "accepted", _("Acceptance met")
        FAILED = "failed", _("Acceptance not met")

    MOVES = {
        Status.RUNNING: {Status.ACCEPTED, Status.FAILED},
        Status.ACCEPTED: set(),
        Status.FAILED: set(),
    }

    project = models.OneToOneField("projects.Project", models.PROTECT, related_name="campaign")
    line = models.ForeignKey("facilities.Line", models.PROTECT)
    consecutive_batches = models.PositiveSmallIntegerField()
    planned_batches = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    opened_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    report_issued_at = models.DateTimeField(null=True)
    report = models.ForeignKey("documents.Document", models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_campaign_consecutive",
                condition=Q(
                    consecutive_batches__gte=1,
                    planned_batches__gte=models.F("consecutive_batches"),
                ),
            ),
            models.CheckConstraint(
                name="campaigns_campaign_judged_dated",
                condition=Q(status="running") | Q(judged_at__isnull=False, judged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_campaign_report_issued",
                condition=Q(report_issued_at__isnull=True)
                | (~Q(status="running") & Q(report__isnull=False)),
            ),
        ]


class AcceptanceLimit(models.Model):
    """One attribute every measured value of which must lie within ``at_least`` and ``at_most``."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="limits")
    attribute = models.CharField(max_length=60)
    unit = models.CharField(max_length=24)
    at_least = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    at_most = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "attribute"], name="campaigns_limit_once"),
            models.CheckConstraint(
                name="campaigns_limit_bounded",
                condition=Q(at_least__isnull=False) | Q(at_most__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_limit_ordered",
                condition=Q(at_least__isnull=True)
                | Q(at_most__isnull=True)
                | Q(at_least__lte=models.F("at_most")),
            ),
        ]


class Batch(Stateful):
    """One pilot batch.

    ``status``  released when every value is within limits, rejected when one is not
    """

    class Status(models.TextChoices):
        RECORDED = "recorded", _("Recorded")
        RELEASED = "released", _("Released")
        REJECTED = "rejected", _("Out of specification")

    MOVES = {
        Status.RECORDED: {Status.RELEASED, Status.REJECTED},
        Status.RELEASED: set(),
        Status.REJECTED: set(),
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="batches")
    booking = models.OneToOneField(
        "booking.Booking", models.PROTECT, null=True, related_name="batch"
    )
    number = models.PositiveSmallIntegerField()
    scale_kg = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.RECORDED)
    recorded_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    judged_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], name="campaigns_batch_number_once"
            ),
            models.CheckConstraint(name="campaigns_batch_number", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="campaigns_batch_judged",
                condition=Q(status="recorded")
                | Q(judged_by__isnull=False, judged_at__isnull=False),
            ),
        ]


class Correction(models.Model):
    """That a recorded batch was set right before it was judged, and why.

    ``before``   number, booking, scale and remark as they stood; the values that stood then are
                 kept as the measurements that this correction replaced
    ``changed``  what it changed: names of these, and attributes
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="corrections")
    before = models.JSONField()
    changed = models.JSONField()
    reason = models.CharField(max_length=500)
    corrected_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="campaigns_correction_has_reason", condition=~Q(reason=""))
        ]


class Measurement(models.Model):
    """One replicate value of one attribute of one batch, in the attribute's unit.

    ``replaced_by``  the correction that put another value in its place; empty: it holds
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="measurements")
    limit = models.ForeignKey(AcceptanceLimit, models.PROTECT)
    replicate = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=24, decimal_places=9)
    replaced_by = models.ForeignKey(Correction, models.PROTECT, null=True, related_name="replaced")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "limit", "replicate"],
                condition=Q(replaced_by__isnull=True),
                name="campaigns_measurement_once",
            )
        ]
