"""A line asked for by a project, and what became of it."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Booking(Stateful):
    """A line asked for by a project, and what became of it.

    ``period``        tstzrange, half-open ``[start, end)``
    ``billing``       by the batch or by the hour
    ``price_fen``     what ``period`` costs by the ``tariff`` of its first day, fixed when allotted
    ``retrospective`` entered after the fact; allotted only with the reviewer's ``override_reason``
    ``cancel_reason`` why it was given up, or why nobody came
    ``flexible``      may lie anywhere in ``windows`` (``[[start, end], …]``, ISO in UTC) for
                      ``duration_s`` seconds; ``period`` is where it lies at present
    ``hold_ends_at``  until when a request keeps its machines; empty where it takes none yet
    ``engineer_s``    seconds of an engineer's help; ``consumables`` as asked:
                      ``[{id, name, unit, quantity, unit_fen}]``
    ``group``         whose price it is; ``priced`` its lines, kept together with ``price_fen``
    ``used_by``       who comes; empty: who asked
    ``acknowledged``  ids of the safety items that were acknowledged when it was asked for
    ``overridden``    codes of the rules set aside for ``override_reason``
    ``hit_by``        the closure that takes its time away
    ``review_round``  rises when it has to be reviewed again
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
        SAMPLE = "sample", _("By the sample")
        MIXED = "mixed", _("By hours, batches and samples")

    class Group(models.TextChoices):
        MEMBER = "member", pgettext_lazy("price of", "Members")
        SME = "sme", pgettext_lazy("price of", "Small and medium enterprises")
        OUTSIDE = "outside", pgettext_lazy("price of", "Outside customers")

    MOVES = {
        Status.SUBMITTED: {Status.APPROVED, Status.REJECTED, Status.CANCELLED},
        # Back to review when who asked for it moves it (R-BOOK-24).
        Status.APPROVED: {
            Status.IN_USE,
            Status.CANCELLED,
            Status.NO_SHOW,
            Status.SUBMITTED,
        },
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
    flexible = models.BooleanField(default=False)
    windows = models.JSONField(default=list)
    duration_s = models.BigIntegerField(null=True)
    hold_ends_at = models.DateTimeField(null=True)
    batches = models.PositiveSmallIntegerField(default=1)
    samples = models.PositiveIntegerField(default=0)
    engineer_s = models.BigIntegerField(default=0)
    consumables = models.JSONField(default=list)
    batch_kg = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    group = models.CharField(max_length=8, choices=Group, blank=True)
    priced = models.JSONField(default=list)
    used_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged = models.JSONField(default=list)
    overridden = models.JSONField(default=list)
    review_round = models.PositiveSmallIntegerField(default=1)
    series = models.ForeignKey("booking.Series", models.PROTECT, null=True, related_name="bookings")
    quote = models.ForeignKey("booking.Quote", models.PROTECT, null=True, related_name="+")
    waiting = models.ForeignKey("booking.Waiting", models.PROTECT, null=True, related_name="offers")
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    overran_at = models.DateTimeField(null=True)
    hit_by = models.BigIntegerField(null=True)

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
            models.CheckConstraint(
                name="booking_flexible_has_windows",
                condition=Q(flexible=False) | Q(duration_s__gt=0) & ~Q(windows=[]),
            ),
            models.CheckConstraint(
                name="booking_overridden_has_reason",
                condition=Q(overridden=[]) | ~Q(override_reason=""),
            ),
        ]
        indexes = [
            GistIndex(fields=["line", "period"], name="booking_line_period"),
            models.Index(
                fields=["hold_ends_at"],
                condition=Q(status="submitted", hold_ends_at__isnull=False),
                name="booking_hold_ends",
            ),
            models.Index(fields=["line"], condition=Q(status="in_use"), name="booking_running"),
            models.Index(fields=["hit_by"], condition=Q(hit_by__isnull=False), name="booking_hit"),
            models.Index(fields=["project", "id"], name="booking_project"),
            models.Index(fields=["line", "status"], name="booking_line_status"),
        ]
