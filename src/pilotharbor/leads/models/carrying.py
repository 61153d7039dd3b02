"""Who carries a lead, by what rule, and who did which step of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.leads.models.leads import Lead


class Claim(Stateful):
    """One manager's hold on a lead, from the taking to the end.

    ``offered``    the manager who carries it would hand it to this one, who has not answered
    ``contested``  this one says that it is theirs; an operator decides
    ``words``      why; ``ended_words`` why it ended; ``decided_by`` the operator, if one did
    """

    class Status(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("claim", "Offered")
        CONTESTED = "contested", pgettext_lazy("claim", "Contested")
        HELD = "held", pgettext_lazy("claim", "Carried")
        RELEASED = "released", pgettext_lazy("claim", "Given back")
        HANDED_ON = "handed_on", pgettext_lazy("claim", "Handed on")
        LAPSED = "lapsed", pgettext_lazy("claim", "Lapsed")
        OVERRULED = "overruled", pgettext_lazy("claim", "Decided for another")
        DECLINED = "declined", pgettext_lazy("claim", "Declined")
        REFUSED = "refused", pgettext_lazy("claim", "Not granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")

    MOVES = {
        Status.OFFERED: {Status.HELD, Status.DECLINED, Status.WITHDRAWN},
        Status.CONTESTED: {Status.HELD, Status.REFUSED, Status.WITHDRAWN},
        Status.HELD: {Status.RELEASED, Status.HANDED_ON, Status.LAPSED, Status.OVERRULED},
        Status.RELEASED: set(),
        Status.HANDED_ON: set(),
        Status.LAPSED: set(),
        Status.OVERRULED: set(),
        Status.DECLINED: set(),
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="claims")
    manager = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.HELD)
    words = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_words = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(status="held"), name="leads_claim_one_holds"
            ),
            models.UniqueConstraint(
                fields=["lead"], condition=Q(status="offered"), name="leads_claim_one_offer"
            ),
            models.UniqueConstraint(
                fields=["lead", "manager"],
                condition=Q(status="contested"),
                name="leads_claim_one_contest",
            ),
            models.CheckConstraint(
                name="leads_claim_ended_dated",
                condition=Q(status__in=["offered", "contested", "held"], ended_at__isnull=True)
                | (~Q(status__in=["offered", "contested", "held"]) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="leads_claim_contest_has_words",
                condition=~Q(status="contested") | ~Q(words=""),
            ),
        ]


class Credit(models.Model):
    """A manager's part in one step of a lead; the parts of a step sum to 10,000 basis points."""

    class Step(models.TextChoices):
        FIND_NEED = "find_need", pgettext_lazy("step of a lead", "Found the need")
        FIND_RESULT = "find_result", pgettext_lazy("step of a lead", "Found the result")
        MATCH = "match", pgettext_lazy("step of a lead", "Brought both together")
        SIGN = "sign", pgettext_lazy("step of a lead", "Signing")
        PAYMENT = "payment", pgettext_lazy("step of a lead", "Payment received")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="credits")
    step = models.CharField(max_length=12, choices=Step)
    manager = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    share_bp = models.PositiveIntegerField()
    written_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "step", "manager"], name="leads_credit_once_a_step"
            ),
            models.CheckConstraint(
                name="leads_credit_share_range", condition=Q(share_bp__range=(1, 10000))
            ),
        ]


class Policy(models.Model):
    """By which times and rules leads are carried from a day on.

    ``reply_working_days``   within how many working days (Mon-Fri) a first contact is in time
    ``protection_days``      after how many idle days a lead goes back to the pool
    ``interested_may_carry`` whether a manager of one side may carry the lead, shown as interested
    ``words``                the rule in the operator's words; ``source`` what it rests on
    """

    valid_from_date = models.DateField(unique=True)
    reply_working_days = models.PositiveSmallIntegerField()
    protection_days = models.PositiveSmallIntegerField()
    interested_may_carry = models.BooleanField(default=False)
    words = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=200)
    set_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_policy_reply_range", condition=Q(reply_working_days__range=(1, 60))
            ),
            models.CheckConstraint(
                name="leads_policy_protection_range",
                condition=Q(protection_days__range=(7, 730)),
            ),
        ]
