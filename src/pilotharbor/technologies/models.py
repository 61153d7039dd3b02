"""Achievements, demands and the intellectual property behind them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.parties.roles import Confidentiality


class Status(models.TextChoices):
    """Where an entry of the market stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Under review")
    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MOVES: dict[str, set[str]] = {
    Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED},
    Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.PUBLISHED: {Status.WITHDRAWN},
    Status.WITHDRAWN: set(),
}


class TrlScale(models.TextChoices):
    """Which ladder a level stands on; levels of different ladders never mix (R-TECH)."""

    TRL_9 = "TRL-9", _("TRL, 9 levels")
    QINGDAO_13 = "GB-13", _("Readiness, 13 levels (GB/T 22900 family)")


class Achievement(Stateful):
    """A research result on offer.

    ``summary``          what everyone who may see the entry reads
    ``detail``           the technical detail, shown only as ``confidentiality`` allows
    ``trl_scale/level``  maturity on a named ladder, with ``trl_evidence``
    ``mrl``              manufacturing readiness 1–10, or empty
    ``submitted_by``     who put it up for review; ``reviewed_by`` who published or returned it,
                         never the same person
    ``import_key``       external number or content hash, unique per owner
    """

    MOVES = MOVES
    Status = Status

    owner = models.ForeignKey("parties.Organisation", models.PROTECT)
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000)
    detail = models.TextField(blank=True, max_length=20000)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    industry = models.CharField(max_length=5, blank=True)
    discipline = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=6, blank=True)
    trl_scale = models.CharField(max_length=8, choices=TrlScale, default=TrlScale.TRL_9)
    trl_level = models.PositiveSmallIntegerField(null=True, blank=True)
    trl_evidence = models.CharField(max_length=500, blank=True)
    mrl = models.PositiveSmallIntegerField(null=True, blank=True)
    confidentiality = models.CharField(
        max_length=12, choices=Confidentiality, default=Confidentiality.PUBLIC
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    review_note = models.CharField(max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    disclosed_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    disclosed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=200, blank=True)
    import_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_achievement_trl_on_its_scale",
                condition=Q(trl_level__isnull=True)
                | Q(trl_scale="TRL-9", trl_level__range=(1, 9))
                | Q(trl_scale="GB-13", trl_level__range=(1, 13)),
            ),
            models.CheckConstraint(
                name="technologies_achievement_mrl_range",
                condition=Q(mrl__isnull=True) | Q(mrl__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="technologies_achievement_published_dated",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="technologies_achievement_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=models.F("submitted_by")),
            ),
            models.UniqueConstraint(
                fields=["owner", "import_key"],
                condition=~Q(import_key=""),
                name="technologies_achievement_import_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="technologies_achievement_list")]

    def __str__(self) -> str:
        return self.title


class Inventor(models.Model):
    """A person who made the result, in the order of contribution."""

    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="inventors")
    membership = models.ForeignKey("parties.Membership", models.PROTECT)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "membership"], name="technologies_inventor_once"
            )
        ]


class IpAsset(models.Model):
    """A right that belongs to an achievement.

    ``application_no``      as filed; ``number_checked`` whether its check digit is right
    """

    class Kind(models.TextChoices):
        INVENTION_PATENT = "invention_patent", _("Invention patent")
        UTILITY_MODEL = "utility_model", _("Utility model")
        DESIGN_PATENT = "design_patent", _("Design patent")
        SOFTWARE = "software", _("Software copyright")
        LAYOUT_DESIGN = "layout_design", _("Integrated-circuit layout design")
        PLANT_VARIETY = "plant_variety", _("Plant variety")
        TECHNICAL_SECRET = "technical_secret", _("Technical secret")

    class LegalStatus(models.TextChoices):
        """WIPO ST.27 style."""

        PENDING = "pending", pgettext_lazy("legal status", "Pending")
        GRANTED = "granted", pgettext_lazy("legal status", "Granted")
        IN_FORCE = "in_force", pgettext_lazy("legal status", "In force")
        LAPSED = "lapsed", pgettext_lazy("legal status", "Lapsed")
        EXPIRED = "expired", pgettext_lazy("legal status", "Expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("legal status", "Withdrawn")
        INVALIDATED = "invalidated", pgettext_lazy("legal status", "Invalidated")
        NONE = "none", pgettext_lazy("legal status", "Not registered")

    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="ip_assets")
    kind = models.CharField(max_length=24, choices=Kind)
    application_no = models.CharField(max_length=24, blank=True)
    number_checked = models.BooleanField(default=False)
    legal_status = models.CharField(max_length=16, choices=LegalStatus, default=LegalStatus.NONE)


class Demand(Stateful):
    """What an enterprise wants solved.

    ``budget_fen``  what it is ready to spend, in fen, or empty
    """

    MOVES = MOVES
    Status = Status

    owner = models.ForeignKey("parties.Organisation", models.PROTECT)
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000)
    detail = models.TextField(blank=True, max_length=20000)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    industry = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=6, blank=True)
    budget_fen = models.BigIntegerField(null=True, blank=True)
    confidentiality = models.CharField(
        max_length=12, choices=Confidentiality, default=Confidentiality.PUBLIC
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    review_note = models.CharField(max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    posted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    import_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_demand_budget_not_negative",
                condition=Q(budget_fen__isnull=True) | Q(budget_fen__gte=0),
            ),
            models.CheckConstraint(
                name="technologies_demand_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=models.F("submitted_by")),
            ),
            models.UniqueConstraint(
                fields=["owner", "import_key"],
                condition=~Q(import_key=""),
                name="technologies_demand_import_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="technologies_demand_list")]

    def __str__(self) -> str:
        return self.title


class Reader(models.Model):
    """A person let into one achievement or demand beyond what the confidentiality level says.

    ``via``  ``named``: by its owner, one by one; ``project``: because of a project that carries it;
             ``blind``: to judge it, without learning whose it is
    """

    class Via(models.TextChoices):
        NAMED = "named", _("Named by the owner")
        PROJECT = "project", _("Project team")
        BLIND = "blind", _("Blind review")

    achievement = models.ForeignKey(Achievement, models.CASCADE, null=True, related_name="readers")
    demand = models.ForeignKey(Demand, models.CASCADE, null=True, related_name="readers")
    membership = models.ForeignKey("parties.Membership", models.PROTECT)
    via = models.CharField(max_length=8, choices=Via)
    admitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_reader_of_one_thing",
                condition=Q(achievement__isnull=False, demand__isnull=True)
                | Q(achievement__isnull=True, demand__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["achievement", "membership", "via"],
                name="technologies_reader_once_per_achievement",
            ),
            models.UniqueConstraint(
                fields=["demand", "membership", "via"],
                name="technologies_reader_once_per_demand",
            ),
        ]
        indexes = [models.Index(fields=["membership", "via"], name="technologies_reader_whose")]
