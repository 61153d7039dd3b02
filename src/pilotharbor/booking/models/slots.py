"""What a booking takes: machines and an engineer; and what the machines themselves tell."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from pilotharbor.booking.models.bookings import Booking


class Allocation(models.Model):
    """One machine or one engineer taken by one booking; ``live`` falls when it is let go.

    The exclusion constraints are R-BOOK-1: nothing and nobody is ever taken twice at one time.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="allocations")
    equipment = models.ForeignKey("facilities.Equipment", models.PROTECT, null=True)
    engineer = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
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
            ),
            ExclusionConstraint(
                name="booking_engineer_once",
                expressions=[
                    ("engineer", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True, engineer__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_allocation_of_one",
                condition=Q(equipment__isnull=False) ^ Q(engineer__isnull=False),
            ),
        ]
        indexes = [
            GistIndex(fields=["period"], condition=Q(live=True), name="booking_allocation_when")
        ]


class Run(models.Model):
    """A stretch in which a machine of a booking ran, by its own signal.

    ``event_id``  the event that told of it: the same telling counts once
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="runs")
    equipment = models.ForeignKey("facilities.Equipment", models.PROTECT)
    period = DateTimeRangeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "event_id"], name="booking_run_once")
        ]
