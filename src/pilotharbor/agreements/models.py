"""What was promised, by whom, to whom, and which paper says so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Agreement(Stateful):
    """An agreement of several parties about one project.

    ``fee_fen``         the whole fee; includes VAT where ``fee_includes_vat``
    ``vat_bp``          VAT rate in basis points
    ``improvement_ip``  who owns improvements (improvements to a spin-off depart from the statute)
    ``document``        the paper all parties sign, once rendered; its text is frozen when offered
    ``title``           empty until somebody names it; then the project's title says what it is
    ``version``         of the draft, counted from 1; earlier ones stay as ``EarlierTerms``
    """

    class Kind(models.TextChoices):
        TRIPARTITE_PILOT_FIRST = (
            "tripartite_pilot_first",
            _("Tripartite: pilot first, invest later"),
        )

    class ImprovementIp(models.TextChoices):
        STATUTE = "statute", _("As the law provides")
        SPIN_OFF = "spin_off", _("The industrialisation company")
        UNIVERSITY = "university", _("The university")
        ENTERPRISE = "enterprise", _("The enterprise")
        JOINT = "joint", _("Owned jointly")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OFFERED = "offered", _("Being signed")
        SIGNED = "signed", _("Signed")
        VOID = "void", _("Void")

    MOVES = {
        Status.DRAFT: {Status.OFFERED, Status.VOID},
        Status.OFFERED: {Status.SIGNED, Status.VOID},
        Status.SIGNED: set(),
        Status.VOID: set(),
    }

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=32, choices=Kind)
    title = models.CharField(max_length=200)
    fee_fen = models.BigIntegerField()
    vat_bp = models.PositiveIntegerField()
    fee_includes_vat = models.BooleanField(default=True)
    improvement_ip = models.CharField(max_length=12, choices=ImprovementIp)
    governing_statute_note = models.BooleanField(default=True)
    document = models.ForeignKey("documents.Document", models.PROTECT, null=True)
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    drafted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=~Q(status="void"),
                name="agreements_one_in_force",
            ),
            models.CheckConstraint(
                name="agreements_signed_has_date",
                condition=~Q(status="signed") | Q(signed_at__isnull=False, document__isnull=False),
            ),
            models.CheckConstraint(
                name="agreements_offered_has_paper",
                condition=~Q(status="offered")
                | Q(offered_at__isnull=False, document__isnull=False),
            ),
            models.CheckConstraint(
                name="agreements_void_has_reason",
                condition=~Q(status="void") | ~Q(void_reason=""),
            ),
            models.CheckConstraint(name="agreements_fee_positive", condition=Q(fee_fen__gt=0)),
            models.CheckConstraint(name="agreements_vat_is_a_rate", condition=Q(vat_bp__lte=10000)),
        ]

    def __str__(self) -> str:
        return self.title


class EarlierTerms(models.Model):
    """What a draft said before it was changed: whole, so that every version can be read again.

    ``terms``    as ``terms.Terms`` holds them; amounts in fen, rates in basis points
    ``changed``  the fields that the next version changed
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="earlier")
    version = models.PositiveSmallIntegerField()
    terms = models.JSONField()
    changed = models.JSONField()
    replaced_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "version"], name="agreements_earlier_terms_once"
            )
        ]


class Party(models.Model):
    """One organisation bound by the agreement, and who signed for it.

    ``signed_sha256``  the hash of the very paper that was signed
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT)
    position = models.PositiveSmallIntegerField()
    signed_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"], name="agreements_party_once"
            ),
            models.CheckConstraint(
                name="agreements_party_signed_whole",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True, signed_sha256="")
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_sha256="")),
            ),
        ]


class Milestone(Stateful):
    """A part of the fee that falls due when its evidence exists.

    ``share_bp``  of the fee; an agreement's sum to 10000
    ``nth``       for batch evidence: which released batch, counted from 1
    """

    class Evidence(models.TextChoices):
        AGREEMENT_SIGNED = "agreement_signed", _("Agreement signed")
        BATCH_RELEASED = "batch_released", _("Batch released")
        ACCEPTANCE_MET = "acceptance_met", _("Acceptance met")
        REPORT_ISSUED = "report_issued", _("Pilot report issued")
        DECISION_MADE = "decision_made", _("Decision made")

    class Status(models.TextChoices):
        AHEAD = "ahead", _("Ahead")
        REACHED = "reached", _("Reached")

    MOVES = {Status.AHEAD: {Status.REACHED}, Status.REACHED: set()}

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="milestones")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    share_bp = models.PositiveIntegerField()
    evidence = models.CharField(max_length=24, choices=Evidence)
    nth = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status, default=Status.AHEAD)
    reached_at = models.DateTimeField(null=True)
    evidence_ref = models.CharField(max_length=96, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "key"], name="agreements_milestone_key_once"
            ),
            models.UniqueConstraint(
                fields=["agreement", "position"], name="agreements_milestone_position_once"
            ),
            models.CheckConstraint(
                name="agreements_milestone_reached_has_evidence",
                condition=~Q(status="reached")
                | (Q(reached_at__isnull=False) & ~Q(evidence_ref="")),
            ),
        ]


class RevenueShareTerm(models.Model):
    """A share of later revenue: ``rate_bp`` of the cumulative ``base``, from the first sale (S0-13).

    ``payer``  who sells what came of the project; may be founded only later, so no party yet
    """

    class Base(models.TextChoices):
        NET_SALES = "net_sales", _("Net sales")
        PROFIT = "profit", _("Profit")

    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="revenue_share")
    payer = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    payee = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    rate_bp = models.PositiveIntegerField()
    base = models.CharField(max_length=12, choices=Base)
    starts = models.CharField(max_length=24, default="first_sale")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreements_revenue_share_rate", condition=Q(rate_bp__range=(1, 10000))
            )
        ]
