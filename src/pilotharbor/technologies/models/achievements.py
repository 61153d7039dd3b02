"""Results on offer, who made them and the rights behind them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies.models.market import MOVES, Cooperation, Pricing, Status, TrlScale


class Achievement(Stateful):
    """A research result on offer.

    ``summary``          what everyone who may see the entry reads
    ``detail``           the technical detail, shown only as ``confidentiality`` allows
    ``trl_scale/level``  maturity on a named ladder, with ``trl_evidence``
    ``mrl``              manufacturing readiness 1–10, or empty
    ``submitted_by``     who put it up for review; ``reviewed_by`` who published or returned it,
                         never the same person
    ``cooperation``      ways in which it may be had; ``price_fen`` what it is to cost, in fen, found
                         by ``pricing``; empty where it is to be negotiated
    ``discipline``       in the words of who wrote it; ``discipline_code`` by GB/T 13745-2009, three,
                         five or seven digits
    ``import_key``       external number or content hash, unique per owner
    ``active_at``    when somebody last did something with it, here or in a domain above
    ``registration`` what the national register asks beside these (``registration.content``)
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
    discipline_code = models.CharField(max_length=7, blank=True)
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
    cooperation = ArrayField(
        models.CharField(max_length=32, choices=Cooperation), default=list, blank=True
    )
    pricing = models.CharField(max_length=12, choices=Pricing, default=Pricing.NEGOTIABLE)
    price_fen = models.BigIntegerField(null=True, blank=True)
    active_at = models.DateTimeField(null=True)
    registration = models.JSONField(default=dict, blank=True)

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
            models.CheckConstraint(
                name="technologies_achievement_price_not_negative",
                condition=Q(price_fen__isnull=True) | Q(price_fen__gte=0),
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
    ``ipc``                 symbols of the International Patent Classification, the first one leads
    ``cpc``                 symbols of the Cooperative Patent Classification, likewise
    ``priority``            number, day and office of an earlier filing, as its owner writes them
    ``priority_no``         number of the earliest of them, in the form of an application number
    ``family``              number of the family, as a register states it
    ``family_key``          what entries of one family have in common (R-TECH-43), by the database
    When it expires is computed from ``filing_date`` (R-TECH-41), never stored.
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
        ABANDONED = "abandoned", pgettext_lazy("legal status", "Abandoned")
        SUSPENDED = "suspended", pgettext_lazy("legal status", "Suspended")
        REINSTATED = "reinstated", pgettext_lazy("legal status", "Reinstated")
        OPPOSED = "opposed", pgettext_lazy("legal status", "Opposed")
        REVOKED = "revoked", pgettext_lazy("legal status", "Revoked")
        TERMINATED = "terminated", pgettext_lazy("legal status", "Terminated")
        INVALIDATED = "invalidated", pgettext_lazy("legal status", "Invalidated")
        NONE = "none", pgettext_lazy("legal status", "Not registered")

    achievement = models.ForeignKey(Achievement, models.CASCADE, related_name="ip_assets")
    kind = models.CharField(max_length=24, choices=Kind)
    application_no = models.CharField(max_length=24, blank=True)
    number_checked = models.BooleanField(default=False)
    legal_status = models.CharField(max_length=16, choices=LegalStatus, default=LegalStatus.NONE)
    title = models.CharField(max_length=200, blank=True)
    abstract = models.TextField(max_length=4000, blank=True)
    publication_no = models.CharField(max_length=32, blank=True)
    filing_date = models.DateField(null=True)
    publication_date = models.DateField(null=True)
    grant_date = models.DateField(null=True)
    applicant = models.CharField(max_length=200, blank=True)
    right_holder = models.CharField(max_length=200, blank=True)
    ipc = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    cpc = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    priority = models.CharField(max_length=200, blank=True)
    priority_no = models.CharField(max_length=40, blank=True)
    family = models.CharField(max_length=40, blank=True)
    family_key = models.GeneratedField(
        expression=Case(
            When(family__gt="", then=Concat(Value("F:"), F("family"))),
            When(priority_no__gt="", then=Concat(Value("N:"), F("priority_no"))),
            When(application_no__gt="", then=Concat(Value("N:"), Upper("application_no"))),
            default=Value(""),
        ),
        output_field=models.CharField(max_length=48),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_ipasset_days_in_order",
                condition=(
                    Q(filing_date__isnull=True)
                    | (
                        (
                            Q(publication_date__isnull=True)
                            | Q(publication_date__gte=F("filing_date"))
                        )
                        & (Q(grant_date__isnull=True) | Q(grant_date__gte=F("filing_date")))
                    )
                ),
            )
        ]
        indexes = [models.Index(fields=["family_key"], name="technologies_ipasset_family")]

    def __str__(self) -> str:
        return self.title or self.application_no
