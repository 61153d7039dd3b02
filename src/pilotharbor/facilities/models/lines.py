"""Where does a line stand, who runs it, and what must be seen to before work begins?"""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SiteKind(models.TextChoices):
    """The three kinds of ground a platform has."""

    LAB = "lab", _("Laboratory")
    WORKSHOP = "workshop", _("Pilot workshop")
    WAREHOUSE = "warehouse", _("Warehouse")


class Site(models.Model):
    """A place of a platform: a laboratory, a workshop or a warehouse with its address."""

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=SiteKind, default=SiteKind.WORKSHOP)
    address = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "name"], name="facilities_site_name")
        ]

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """An ordered set of equipment that one booking takes together.

    ``site``               the kind of ground it stands on, that of its ``place`` where it has one
    ``batch_kg_min/max``   scale of one batch in kilogram; empty where it does not apply
    ``closed_reason``      why it takes no bookings now; empty while open
    ``open_on_holidays``   whether its hours hold on public holidays too
    ``multi_day``          a booking may cross closed hours, as long as it begins and ends inside
    ``hold_hours``         how long a request holds its slot; 0: it is looked at when approved
    ``reviews_needed``     how many different people must agree to a request
    ``quota_hours_week``   most hours of one organisation in one week; empty: no limit
    """

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    name = models.CharField(max_length=120)
    site = models.CharField(max_length=12, choices=SiteKind, default=SiteKind.WORKSHOP)
    place = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="lines")
    description = models.TextField(blank=True, max_length=4000)
    batch_kg_min = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    batch_kg_max = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    is_open = models.BooleanField(default=True)
    closed_reason = models.CharField(max_length=500, blank=True)
    open_on_holidays = models.BooleanField(default=False)
    multi_day = models.BooleanField(default=False)
    hold_hours = models.PositiveSmallIntegerField(default=0)
    reviews_needed = models.PositiveSmallIntegerField(default=1)
    quota_hours_week = models.PositiveSmallIntegerField(null=True, blank=True)

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
            models.CheckConstraint(
                name="facilities_line_terms_in_range",
                condition=Q(reviews_needed__range=(1, 3), hold_hours__lte=720)
                & (Q(quota_hours_week__isnull=True) | Q(quota_hours_week__range=(1, 168))),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def smallest_kg(self) -> str:
        """The smallest batch as people write it, empty where none is said."""
        return plain(self.batch_kg_min)

    @property
    def largest_kg(self) -> str:
        """The largest batch as people write it, empty where none is said."""
        return plain(self.batch_kg_max)


def plain(number: Decimal | None) -> str:
    """A number as people write it, empty where there is none."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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


class SafetyItem(models.Model):
    """One thing to be acknowledged before work on a line begins.

    ``only_with_hazard``  asked for only where the material is declared hazardous
    ``reference``         the permit, assessment or procedure behind it
    ``last_day``       the last day the permit is good for; empty: no end
    """

    class Topic(models.TextChoices):
        CHEMICALS = "chemicals", _("Hazardous chemicals")
        ENVIRONMENT = "environment", _("Environmental assessment")
        FIRE = "fire", _("Fire and explosion")
        PRESSURE = "pressure", _("Pressure equipment")
        PROTECTION = "protection", _("Personal protection")
        WASTE = "waste", _("Waste")
        OTHER = "other", _("Other")

    line = models.ForeignKey(Line, models.PROTECT, related_name="safety_items")
    position = models.PositiveSmallIntegerField(default=1)
    topic = models.CharField(max_length=12, choices=Topic)
    text = models.CharField(max_length=500)
    only_with_hazard = models.BooleanField(default=True)
    reference = models.CharField(max_length=120, blank=True)
    last_day = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "text"],
                condition=Q(withdrawn_at__isnull=True),
                name="facilities_safety_item_once",
            )
        ]

    def __str__(self) -> str:
        return self.text
