"""Slots that come again and again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Series(models.Model):
    """Slots of one project on one line that were asked for together.

    ``rule``   weekly, daily, or every ``every`` days
    """

    class Rule(models.TextChoices):
        DAILY = "daily", pgettext_lazy("series", "Every day")
        WEEKLY = "weekly", pgettext_lazy("series", "Every week")
        EVERY_N_DAYS = "every_n_days", _("Every so many days")

    line = models.ForeignKey("facilities.Line", models.PROTECT)
    project = models.ForeignKey("projects.Project", models.PROTECT)
    rule = models.CharField(max_length=12, choices=Rule)
    every = models.PositiveSmallIntegerField(default=1)
    requested_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="booking_series_sound", condition=Q(every__gte=1))
        ]
