"""Who gets which equipment when: asked, reviewed, allotted, used."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Booking(Stateful):
    """A line asked for by a project, and what became of it.

    ``period``        tstzrange, half-open ``[start, end)``
    ``billing``       by the batch or by the hour
    ``price_fen``     what ``period`` costs by the ``tariff`` of its first day, fixed when allotted
    ``retrospective`` entered after the fact; allotted only with the reviewer's ``override_reason``
    ``cancel_reason`` why it was given up, or why nobody came
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", _("Under review")
        APPROVED = "approved", _("Allotted")
        REJECTED = "rejected", _("Rejected")
        IN_USE = "in_use", _("In use")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("No-show")

    class Billing(models.TextChoices):
        BATCH = "batch", _("By the batch")
        HOUR = "hour", _("By the hour")

    MOVES = {
        Status.SUBMITTED: {Status.APPROVED, Status.REJECTED, Status.CANCELLED},
        Status.APPROVED: {Status.IN_USE, Status.CANCELLED, Status.NO_SHOW},
        Status.IN_USE: {Status.COMPLETED},
        Status.REJECTED: set(),
        Status.COMPLETED: set(),
        Status.CANCELLED: set(),
        Status.NO_SHOW: set(),
    }
    LIVE = (Status.APPROVED, Status.IN_USE, Status.COMPLETED)

    line = models.ForeignKey("facilities.Line", models.PROTECT)
    project = models.ForeignKey("projects.Project", models.PROTECT)
    period = DateTimeRangeField()
    billing = models.CharField(max_length=8, choices=Billing)
    batch_no = models.PositiveSmallIntegerField(null=True, blank=True)
    material = models.CharField(max_length=200, blank=True)
    hazard = models.CharField(max_length=200, blank=True)
    wants_engineer = models.BooleanField(default=True)
    tariff = models.ForeignKey("facilities.Tariff", models.PROTECT, null=True, blank=True)
    price_fen = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.SUBMITTED)
    requested_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    retrospective = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    review_reason = models.CharField(max_length=500, blank=True)
    override_reason = models.CharField(max_length=500, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)
    engineer = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_period_half_open",
                condition=Q(period__isempty=False, period__lower_inc=True, period__upper_inc=False)
                & Q(period__lower_inf=False, period__upper_inf=False),
            ),
            models.CheckConstraint(
                name="booking_allotted_has_price",
                condition=~Q(status__in=["approved", "in_use", "completed", "no_show"])
                | Q(price_fen__isnull=False, tariff__isnull=False, reviewed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_rejected_has_reason",
                condition=~Q(status="rejected") | ~Q(review_reason=""),
            ),
            models.CheckConstraint(
                name="booking_retrospective_accepted",
                condition=Q(retrospective=False)
                | ~Q(status__in=["approved", "in_use", "completed", "no_show"])
                | ~Q(override_reason=""),
            ),
            models.CheckConstraint(
                name="booking_given_up_has_reason",
                condition=~Q(status__in=["cancelled", "no_show"]) | ~Q(cancel_reason=""),
            ),
            models.CheckConstraint(
                name="booking_in_use_started",
                condition=~Q(status__in=["in_use", "completed"]) | Q(started_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="booking_project"),
            models.Index(fields=["line", "status"], name="booking_line_status"),
        ]


class Allocation(models.Model):
    """One machine taken by one booking; ``live`` falls when the booking is cancelled.

    The exclusion constraint is R-BOOK-1: no machine is ever taken twice at one time.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="allocations")
    equipment = models.ForeignKey("facilities.Equipment", models.PROTECT)
    period = DateTimeRangeField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="booking_no_double_booking",
                expressions=[
                    ("equipment", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            )
        ]


class Usage(models.Model):
    """What was really used: ``period`` as recorded, billed as ``amount_fen``.

    ``seconds``  length of ``period``; ``tariff`` and ``billing`` come from the booking
    """

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="usage")
    period = DateTimeRangeField()
    seconds = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    recorded_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_usage_not_negative",
                condition=Q(seconds__gt=0, amount_fen__gte=0),
            )
        ]

    @property
    def hours(self) -> str:
        """The hours used as a plain decimal, ``36`` or ``1.5``; four places at most."""
        text = f"{Decimal(self.seconds) / 3600:.4f}"
        return text.rstrip("0").rstrip(".")
