"""When is a line open, and when is it or one of its machines shut?"""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.facilities.models.equipment import Equipment
from pilotharbor.facilities.models.lines import Line


class OpeningHours(models.Model):
    """One stretch of one weekday on which a line is open; a line without any is always open.

    ``weekday``  0 Monday to 6 Sunday, 7 a make-up workday (without one it is like a Monday)
    ``closes``   00:00 is the midnight that ends the day
    """

    MAKE_UP = 7

    line = models.ForeignKey(Line, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facilities_hours_weekday", condition=Q(weekday__range=(0, 7))
            ),
            models.CheckConstraint(
                name="facilities_hours_opens_first",
                condition=Q(closes="00:00") | Q(opens__lt=F("closes")),
            ),
        ]


class Closure(models.Model):
    """A stretch in which a line, or one machine and with it every line that takes it, is shut.

    ``period``     tstzrange, half-open; no end while nobody knows when an outage is over
    ``planned``    announced beforehand, not a sudden failure
    ``series_id``  shared by the closures that were declared as one recurring closure
    ``lifted_at``  when it was called off; from then on it shuts nothing
    """

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", pgettext_lazy("kind of closure", "Maintenance")
        CALIBRATION = "calibration", pgettext_lazy("kind of closure", "Calibration")
        OUTAGE = "outage", _("Outage")
        OTHER = "other", pgettext_lazy("kind of closure", "Other")

    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="closures")
    equipment = models.ForeignKey(
        Equipment, models.PROTECT, null=True, blank=True, related_name="closures"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=500)
    planned = models.BooleanField(default=True)
    series_id = models.UUIDField(null=True, blank=True, db_index=True)
    declared_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    lifted_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facilities_closure_of_one_thing",
                condition=Q(line__isnull=True) ^ Q(equipment__isnull=True),
            ),
            models.CheckConstraint(
                name="facilities_closure_period_half_open",
                condition=Q(period__isempty=False, period__lower_inc=True)
                & Q(period__lower_inf=False)
                & (Q(period__upper_inf=True) | Q(period__upper_inc=False)),
            ),
            models.CheckConstraint(
                name="facilities_closure_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
