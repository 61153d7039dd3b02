"""What a booking is offered at, and what it comes to."""

from decimal import Decimal

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.booking.models.bookings import Booking


class Quote(models.Model):
    """A price given for a wish, kept until ``valid_until_at`` whatever later tariffs say.

    ``period``     the stretch it was asked for; another one is priced by the same tariff
    ``ask``        what was priced: billing, batches, samples, engineer's seconds, consumables
    ``priced``     its lines, each ``[kind, quantity, unit, unit_fen, amount_fen]``
    ``total_fen``  their sum
    """

    line = models.ForeignKey("facilities.Line", models.PROTECT)
    project = models.ForeignKey("projects.Project", models.PROTECT)
    tariff = models.ForeignKey("facilities.Tariff", models.PROTECT)
    period = DateTimeRangeField()
    group = models.CharField(max_length=8, choices=Booking.Group)
    ask = models.JSONField(default=dict)
    priced = models.JSONField(default=list)
    total_fen = models.BigIntegerField()
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    valid_until_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_quote_sound",
                condition=Q(total_fen__gte=0, valid_until_at__gt=models.F("asked_at")),
            )
        ]


class Usage(models.Model):
    """What was really used: ``period`` as recorded, billed as ``amount_fen``, with its lines.

    ``seconds``  length of ``period``; ``tariff`` and ``billing`` come from the booking
    """

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="usage")
    period = DateTimeRangeField()
    seconds = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    priced = models.JSONField(default=list)
    recorded_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_usage_not_negative",
                condition=Q(seconds__gt=0, amount_fen__gte=0),
            )
        ]

    @property
    def hours(self) -> str:
        """The hours used as a plain decimal, ``36`` or ``1.5``; four places at most."""
        text = f"{Decimal(self.seconds) / 3600:.4f}"
        return text.rstrip("0").rstrip(".")


class Charge(models.Model):
    """What a booking costs beside its use: fees for what was not used, and its deposit.

    ``project``     whose cost it is: that of the booking when it was charged
    ``amount_fen``  what is charged; a deposit given back is negative
    """

    class Kind(models.TextChoices):
        LATE_CANCEL = "late_cancel", _("Fee for a late cancellation")
        NO_SHOW = "no_show", _("Fee for a no-show")
        DEPOSIT = "deposit", pgettext_lazy("charge", "Deposit")
        DEPOSIT_BACK = "deposit_back", _("Deposit returned")

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="charges")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    amount_fen = models.BigIntegerField()
    made_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_charge_signed",
                condition=Q(kind="deposit_back", amount_fen__lt=0)
                | (~Q(kind="deposit_back") & Q(amount_fen__gt=0)),
            ),
            models.UniqueConstraint(
                fields=["booking", "kind"],
                condition=~Q(kind="late_cancel"),
                name="booking_charge_once",
            ),
        ]
