"""What each reviewer said."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.booking.models.bookings import Booking


class Review(models.Model):
    """One reviewer's word on one request; each person speaks once in a round.

    ``round``      a slot that was moved by who asked for it is reviewed anew
    ``overridden`` codes of the reasons against it that the reviewer set aside, for ``reason``
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", _("For it")
        REJECT = "reject", _("Against it")

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField(default=1)
    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision)
    reason = models.CharField(max_length=500, blank=True)
    overridden = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "round", "person"], name="booking_review_once"
            ),
            models.CheckConstraint(
                name="booking_review_against_has_reason",
                condition=Q(decision="approve") | ~Q(reason=""),
            ),
        ]
