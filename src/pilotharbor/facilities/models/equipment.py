"""What is this machine, which papers speak of it, and what must be taken together with it?"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.facilities.models.lines import Line, Site
from pilotharbor.kernel.states import Stateful


class Equipment(Stateful):
    """One machine; ``value_fen`` is its original value.

    ``scale_min_g/max_g``  what it takes at once, in gram; the scale-up factor is their ratio
    ``place``              where it stands when that is not the place of its line
    """

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
    place = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="equipment")
    position = models.PositiveSmallIntegerField(default=1)
    asset_no = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRODUCTION)
    value_fen = models.BigIntegerField(null=True, blank=True)
    purchase_date = models.DateField(null=True, blank=True)
    specification = models.TextField(blank=True, max_length=4000)
    scale_min_g = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    scale_max_g = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
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
            models.CheckConstraint(
                name="facilities_equipment_scale_ordered",
                condition=(Q(scale_min_g__isnull=True) | Q(scale_min_g__gt=0))
                & (Q(scale_max_g__isnull=True) | Q(scale_max_g__gt=0))
                & (
                    Q(scale_min_g__isnull=True)
                    | Q(scale_max_g__isnull=True)
                    | Q(scale_min_g__lte=F("scale_max_g"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scale_up(self) -> Decimal | None:
        """How many times its smallest scale its largest one is."""
        if self.scale_min_g is None or self.scale_max_g is None:
            return None
        return self.scale_max_g / self.scale_min_g


class EquipmentLink(models.Model):
    """Two machines that are only ever taken together; kept once, the lower number first."""

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="links")
    other = models.ForeignKey(Equipment, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "other"], name="facilities_equipment_link_once"
            ),
            models.CheckConstraint(
                name="facilities_equipment_link_lower_first",
                condition=Q(equipment__lt=F("other")),
            ),
        ]


class EquipmentPaper(models.Model):
    """A photo or paper of a machine; its bytes lie under their SHA-256.

    ``form``       what its content is, whatever its name says
    ``is_public``  shown to everybody who sees the machine; otherwise to its platform and auditors
    ``size``       in bytes; ``removed_at`` when it was taken off the machine
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        MANUAL = "manual", _("Manual")
        CERTIFICATE = "certificate", _("Certificate")
        DRAWING = "drawing", _("Drawing")
        RECORD = "record", _("Calibration or maintenance record")
        OTHER = "other", pgettext_lazy("kind of paper", "Other")

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    about = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    is_public = models.BooleanField(default=False)
    added_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facilities_paper_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="facilities_paper_size", condition=Q(size__range=(1, 20_000_000))
            ),
            models.CheckConstraint(
                name="facilities_paper_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["equipment", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="facilities_paper_once_per_machine",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EquipmentQualification(models.Model):
    """What a machine is proved fit for, by whom, and until when.

    ``number``       of the certificate; ``last_day`` the last day it is good for, empty: no end
    ``withdrawn_at`` when it was taken back, whatever day it said
    """

    class Kind(models.TextChoices):
        GMP = "gmp", _("GMP qualification")
        CALIBRATION = "calibration", _("Calibration")
        PRESSURE = "pressure", _("Pressure equipment inspection")
        EXPLOSION = "explosion", _("Explosion protection")
        OTHER = "other", pgettext_lazy("kind of qualification", "Other")

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=80, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    issued_date = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    paper = models.ForeignKey(
        EquipmentPaper, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="facilities_qualification_valid_for_a_day",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("issued_date")),
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())
