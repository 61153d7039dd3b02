"""What does an hour, a batch, a sample, an engineer, a consumable cost?"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from pilotharbor.facilities.models.lines import Line

# A group pays at most ten times the listed price.
MOST_BP = 100_000


class Tariff(models.Model):
    """What a line costs over ``validity`` (dates, half-open), all sums in fen.

    ``hourly_fen``, ``batch_fen``, ``sample_fen``  one hour, batch, sample of use
    ``peak_hourly_fen``     an hour inside the peak window; empty: no peak
    ``peak_weekdays``       0 Monday to 6 Sunday; ``peak_from``/``peak_to`` in Shanghai's time, both
                            empty: the whole day; ``peak_to`` 00:00 is the midnight that ends the day
    ``member_bp``, ``sme_bp``, ``outside_bp``  what that group pays of the price of use, 1/10,000
    ``engineer_hourly_fen`` an hour of an engineer
    ``minimum_fen``         least for one booking
    ``deposit_fen``         held back when a slot is allotted, given back after use
    ``free_cancel_hours``   up to how many hours before the start giving up is free
    ``late_cancel_bp``, ``no_show_bp``  part of the agreed price due later than that, or for nobody

    Prices never change once written (a trigger refuses it): a new price is a new row.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="tariffs")
    validity = DateRangeField()
    hourly_fen = models.BigIntegerField()
    batch_fen = models.BigIntegerField()
    sample_fen = models.BigIntegerField(default=0)
    peak_hourly_fen = models.BigIntegerField(null=True, blank=True)
    peak_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    peak_from = models.TimeField(null=True, blank=True)
    peak_to = models.TimeField(null=True, blank=True)
    member_bp = models.PositiveIntegerField(default=10_000)
    sme_bp = models.PositiveIntegerField(default=10_000)
    outside_bp = models.PositiveIntegerField(default=10_000)
    engineer_hourly_fen = models.BigIntegerField(default=0)
    minimum_fen = models.BigIntegerField(default=0)
    deposit_fen = models.BigIntegerField(default=0)
    free_cancel_hours = models.PositiveIntegerField(default=0)
    late_cancel_bp = models.PositiveIntegerField(default=0)
    no_show_bp = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="facilities_tariff_one_at_a_time",
                expressions=[
                    ("line", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="facilities_tariff_not_negative",
                condition=Q(
                    hourly_fen__gte=0,
                    batch_fen__gte=0,
                    sample_fen__gte=0,
                    engineer_hourly_fen__gte=0,
                    minimum_fen__gte=0,
                    deposit_fen__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="facilities_tariff_peak_is_whole",
                condition=Q(
                    peak_hourly_fen__isnull=True,
                    peak_weekdays=[],
                    peak_from__isnull=True,
                    peak_to__isnull=True,
                )
                | Q(
                    peak_hourly_fen__isnull=False,
                    peak_hourly_fen__gte=0,
                    peak_weekdays__len__gte=1,
                    peak_weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6],
                )
                & (
                    Q(peak_from__isnull=True, peak_to__isnull=True)
                    | Q(peak_from__isnull=False, peak_to__isnull=False)
                    & (Q(peak_to="00:00") | Q(peak_from__lt=F("peak_to")))
                ),
            ),
            models.CheckConstraint(
                name="facilities_tariff_parts_in_range",
                condition=Q(
                    member_bp__lte=MOST_BP,
                    sme_bp__lte=MOST_BP,
                    outside_bp__lte=MOST_BP,
                    late_cancel_bp__lte=10_000,
                    no_show_bp__lte=10_000,
                    free_cancel_hours__lte=8_784,
                ),
            ),
        ]


class Consumable(models.Model):
    """What a booking of a line may use up, at ``unit_fen`` for one ``unit``.

    A price once written stays: a new price is a new row, and the old one is withdrawn.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="consumables")
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=20)
    unit_fen = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "name"],
                condition=Q(withdrawn_at__isnull=True),
                name="facilities_consumable_once",
            ),
            models.CheckConstraint(
                name="facilities_consumable_not_negative", condition=Q(unit_fen__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name
