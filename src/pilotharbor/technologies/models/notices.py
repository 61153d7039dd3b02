"""What is made public before a result changes hands at an agreed price, and who objected."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.technologies.models.achievements import Achievement
from pilotharbor.technologies.models.market import Cooperation


class NoticeRule(models.Model):
    """A dated rule on how long an agreed price is public, from a named source (domain.md §5.1).

    ``least_days``  whole days after the first one; ``binding`` whether the law itself names them,
                    or this harbour did where the law names none
    """

    jurisdiction = models.CharField(max_length=6)
    validity = DateRangeField()
    least_days = models.PositiveSmallIntegerField()
    binding = models.BooleanField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="technologies_notice_rule_one_at_a_time",
                expressions=[
                    ("jurisdiction", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="technologies_notice_rule_days", condition=Q(least_days__range=(1, 365))
            ),
        ]


class PriceNotice(Stateful):
    """A public notice of an agreed price (价格公示); its facts never change once it is open.

    ``title/summary``       the result as the public is told of it
    ``way``                 transfer, licence or investment; ``price_fen`` the intended price in fen
    ``taker``               who is to have it; ``relation`` whether that is one of its inventors or
                            somebody with an interest, ``relation_note`` how
    ``places``              where else it is shown, such as a technology market
    ``period``              ``[start, end)`` by Shanghai days; its first day is not counted
    ``least_days``…         the rule that held when it was opened
    ``corrects``            the notice it stands in the place of
    """

    class Status(models.TextChoices):
        DRAFTED = "drafted", pgettext_lazy("price notice", "Drafted")
        OPEN = "open", pgettext_lazy("price notice", "On public notice")
        OBJECTED = "objected", pgettext_lazy("price notice", "Objection being examined")
        CLOSED = "closed", pgettext_lazy("price notice", "Ended without an upheld objection")
        WITHDRAWN = "withdrawn", pgettext_lazy("price notice", "Notice withdrawn")

    class Way(models.TextChoices):
        TRANSFER = Cooperation.TRANSFER.value, Cooperation.TRANSFER.label
        LICENCE = Cooperation.LICENCE.value, Cooperation.LICENCE.label
        EQUITY = Cooperation.EQUITY.value, Cooperation.EQUITY.label

    class Relation(models.TextChoices):
        NONE = "none", _("Neither an inventor nor an interested party")
        INVENTOR = "inventor", _("One of the inventors")
        INTERESTED = "interested", _("An interested party")

    MOVES = {
        Status.DRAFTED: {Status.OPEN, Status.WITHDRAWN},
        Status.OPEN: {Status.OBJECTED, Status.CLOSED, Status.WITHDRAWN},
        Status.OBJECTED: {Status.OPEN, Status.WITHDRAWN},
        Status.CLOSED: set(),
        Status.WITHDRAWN: set(),
    }
    LIVE = (Status.OPEN, Status.OBJECTED)

    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="price_notices")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000)
    way = models.CharField(max_length=16, choices=Way)
    price_fen = models.BigIntegerField()
    taker = models.CharField(max_length=200)
    relation = models.CharField(max_length=12, choices=Relation)
    relation_note = models.CharField(max_length=500, blank=True)
    places = models.CharField(max_length=500)
    period = DateTimeRangeField()
    jurisdiction = models.CharField(max_length=6, blank=True)
    least_days = models.PositiveSmallIntegerField(null=True)
    rule_source = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFTED)
    end_note = models.CharField(max_length=1000, blank=True)
    drafted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    opened_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_pricenotice_price_not_negative", condition=Q(price_fen__gte=0)
            ),
            models.CheckConstraint(
                name="technologies_pricenotice_relation_explained",
                condition=Q(relation="none") | ~Q(relation_note=""),
            ),
            models.CheckConstraint(
                name="technologies_pricenotice_open_by_a_rule",
                condition=Q(status__in=["drafted", "withdrawn"])
                | Q(opened_at__isnull=False, opened_by__isnull=False, least_days__isnull=False),
            ),
            models.CheckConstraint(
                name="technologies_pricenotice_closed_after_its_end",
                condition=~Q(status="closed")
                | Q(ended_by__isnull=False, ended_at__gte=models.Func(
                    F("period"), function="upper", output_field=models.DateTimeField(),
                )),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False) & ~Q(status="withdrawn"),
                name="technologies_pricenotice_corrected_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["status", "-id"], name="technologies_pricenotice_list")]

    def __str__(self) -> str:
        return self.title


class Objection(Stateful):
    """What somebody had against a notice, and what the office found (异议).

    ``name/contact``  who it is; only the office reads them, and the text
    ``answer``        what the office found, public beside the notice
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("objection", "Being examined")
        DISMISSED = "dismissed", pgettext_lazy("objection", "Not upheld")
        UPHELD = "upheld", pgettext_lazy("objection", "Upheld")

    MOVES = {
        Status.OPEN: {Status.DISMISSED, Status.UPHELD},
        Status.DISMISSED: set(),
        Status.UPHELD: set(),
    }

    notice = models.ForeignKey(PriceNotice, models.PROTECT, related_name="objections")
    name = models.CharField(max_length=100)
    contact = models.CharField(max_length=200)
    text = models.TextField(max_length=4000)
    raised_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    answer = models.TextField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_objection_answered_with_words",
                condition=Q(status="open", answered_at__isnull=True)
                | (~Q(status="open") & ~Q(answer="") & Q(answered_at__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["notice", "id"], name="technologies_objection_of")]
