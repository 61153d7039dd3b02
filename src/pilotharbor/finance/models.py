"""Who owes and earns what: invoices, equity, rewards, revenue shares."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Invoice(Stateful):
    """What one organisation owes another for one milestone or one revenue period.

    ``gross_fen = net_fen + vat_fen``; a milestone or report is invoiced once
    """

    class Status(models.TextChoices):
        ISSUED = "issued", _("Issued")
        PAID = "paid", _("Paid")

    MOVES = {Status.ISSUED: {Status.PAID}, Status.PAID: set()}

    number = models.CharField(max_length=32, unique=True)
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="invoices")
    milestone = models.OneToOneField("agreements.Milestone", models.PROTECT, null=True)
    revenue_report = models.OneToOneField("finance.RevenueReport", models.PROTECT, null=True)
    payer = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    payee = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    gross_fen = models.BigIntegerField()
    net_fen = models.BigIntegerField()
    vat_fen = models.BigIntegerField()
    vat_bp = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.ISSUED)
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="finance_invoice_adds_up",
                condition=Q(gross_fen=models.F("net_fen") + models.F("vat_fen")),
            ),
            models.CheckConstraint(
                name="finance_invoice_for_one_thing",
                condition=Q(milestone__isnull=False, revenue_report__isnull=True)
                | Q(milestone__isnull=True, revenue_report__isnull=False),
            ),
        ]


class RewardRule(models.Model):
    """A dated rule on what inventors get, from a named source (domain.md §5.1).

    ``floor_bp``   least share for the inventors; ``mandatory_for_state_funded`` whether it binds
    ``applies_to`` ``equity`` (作价投资) or ``licence_income`` (转让/许可)
    """

    class AppliesTo(models.TextChoices):
        EQUITY = "equity", _("Equity contribution")
        LICENCE_INCOME = "licence_income", _("Transfer or licence income")

    jurisdiction = models.CharField(max_length=6)
    applies_to = models.CharField(max_length=16, choices=AppliesTo)
    validity = DateRangeField()
    floor_bp = models.PositiveIntegerField()
    mandatory_for_state_funded = models.BooleanField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="finance_reward_rule_one_at_a_time",
                expressions=[
                    ("jurisdiction", RangeOperators.EQUAL),
                    ("applies_to", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="finance_reward_rule_range", condition=Q(floor_bp__lte=10000)
            ),
        ]


class Decision(models.Model):
    """The industrialisation decision of a project and, where a company is founded, its founding.

    ``investment_fen``  cash put in by the investors, in fen
    """

    class Outcome(models.TextChoices):
        SPIN_OFF = "spin_off", _("Found a company")
        LICENCE = "licence", _("Licence")
        RETRY = "retry", _("Try again")
        STOP = "stop", _("Stop")

    project = models.OneToOneField("projects.Project", models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Outcome)
    company = models.ForeignKey("parties.Organisation", models.PROTECT, null=True)
    investment_fen = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="finance_decision_spin_off_has_company",
                condition=~Q(outcome="spin_off") | Q(company__isnull=False),
            ),
            models.CheckConstraint(
                name="finance_decision_investment_not_negative",
                condition=Q(investment_fen__gte=0),
            ),
            models.UniqueConstraint(  # R-FIN-7
                fields=["company"],
                condition=Q(outcome="spin_off"),
                name="finance_company_founded_once",
            ),
        ]


class Holding(models.Model):
    """A share in the company in basis points; a decision's holdings sum to 10000 (a trigger).

    ``holder``     the organisation, or empty for the inventors together
    ``agreed_bp``  share in the decision before the inventors' reward was taken out
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="holdings")
    holder = models.ForeignKey("parties.Organisation", models.PROTECT, null=True)
    inventors_of = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    agreed_bp = models.PositiveIntegerField()
    share_bp = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "holder", "inventors_of"],
                nulls_distinct=False,
                name="finance_holding_once",
            ),
            models.CheckConstraint(
                name="finance_holding_one_holder",
                condition=Q(holder__isnull=False, inventors_of__isnull=True)
                | Q(holder__isnull=True, inventors_of__isnull=False),
            ),
        ]


class InventorReward(models.Model):
    """How the inventors' share came about: which rule, what was agreed, what it yields."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="inventor_reward")
    rule = models.ForeignKey(RewardRule, models.PROTECT)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT)
    of_bp = models.PositiveIntegerField()
    share_bp = models.PositiveIntegerField()
    result_bp = models.PositiveIntegerField()


class RevenueReport(models.Model):
    """What the company sold in one period, on which the platform's share is computed.

    ``period``         ``2027-Q1``, ``2027-03`` or ``2027``; ``net_sales_fen`` of that period alone
    ``cumulative_fen`` base including this period; ``share_fen`` due for this period
    """

    term = models.ForeignKey("agreements.RevenueShareTerm", models.PROTECT, related_name="reports")
    period = models.CharField(max_length=8)
    validity = DateRangeField()
    net_sales_fen = models.BigIntegerField()
    cumulative_fen = models.BigIntegerField()
    share_fen = models.BigIntegerField()
    reported_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="finance_revenue_period_once",
                expressions=[
                    ("term", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="finance_revenue_cumulative",
                condition=Q(cumulative_fen__gte=models.F("net_sales_fen")),
            ),
        ]
