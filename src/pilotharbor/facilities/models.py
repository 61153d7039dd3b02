"""Lines, their equipment and engineers, and what an hour or a batch costs."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Line(models.Model):
    """An ordered set of equipment that one booking takes together.

    ``batch_kg_min/max``  scale of one batch in kilogram; empty where it does not apply
    ``closed_reason``     why it takes no bookings now; empty while open
    """

    class Site(models.TextChoices):
        LAB = "lab", _("Laboratory")
        WORKSHOP = "workshop", _("Pilot workshop")
        WAREHOUSE = "warehouse", _("Warehouse")

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    name = models.CharField(max_length=120)
    site = models.CharField(max_length=12, choices=Site, default=Site.WORKSHOP)
    description = models.TextField(blank=True, max_length=4000)
    batch_kg_min = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    batch_kg_max = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    is_open = models.BooleanField(default=True)
    closed_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facilities_line_closed_has_reason",
                condition=Q(is_open=False) ^ Q(closed_reason=""),
            ),
            models.CheckConstraint(
                name="facilities_line_scale_ordered",
                condition=Q(batch_kg_min__isnull=True)
                | Q(batch_kg_max__isnull=True)
                | Q(batch_kg_min__lte=models.F("batch_kg_max")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def smallest_kg(self) -> str:
        """The smallest batch as people write it, empty where none is said."""
        return _plain(self.batch_kg_min)

    @property
    def largest_kg(self) -> str:
        """The largest batch as people write it, empty where none is said."""
        return _plain(self.batch_kg_max)


def _plain(number: Decimal | None) -> str:
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Equipment(Stateful):
    """One machine; ``value_fen`` is its original value."""

    class Kind(models.TextChoices):
        PRODUCTION = "production", _("Trial production")
        EXPERIMENT = "experiment", _("Experiment")
        ONLINE_TEST = "online_test", _("Online testing")

    class Status(models.TextChoices):
        IN_SERVICE = "in_service", _("In service")
        MAINTENANCE = "maintenance", _("Under maintenance")
        RETIRED = "retired", _("Retired")

    MOVES = {
        Status.IN_SERVICE: {Status.MAINTENANCE, Status.RETIRED},
        Status.MAINTENANCE: {Status.IN_SERVICE, Status.RETIRED},
        Status.RETIRED: set(),
    }

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="equipment")
    position = models.PositiveSmallIntegerField(default=1)
    asset_no = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRODUCTION)
    value_fen = models.BigIntegerField(null=True, blank=True)
    purchase_date = models.DateField(null=True, blank=True)
    specification = models.TextField(blank=True, max_length=4000)
    is_shared = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_SERVICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "asset_no"], name="facilities_equipment_asset_no"
            ),
            models.CheckConstraint(
                name="facilities_equipment_value_not_negative",
                condition=Q(value_fen__isnull=True) | Q(value_fen__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LineEngineer(models.Model):
    """An engineer who may run a line."""

    line = models.ForeignKey(Line, models.CASCADE, related_name="engineers")
    membership = models.ForeignKey("parties.Membership", models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "membership"], name="facilities_line_engineer_once"
            )
        ]


class Tariff(models.Model):
    """What a line costs over ``validity`` (dates, half-open), in fen an hour and fen a batch.

    Prices never change once written (a trigger refuses it): a new price is a new row.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="tariffs")
    validity = DateRangeField()
    hourly_fen = models.BigIntegerField()
    batch_fen = models.BigIntegerField()

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
                condition=Q(hourly_fen__gte=0, batch_fen__gte=0),
            ),
        ]
