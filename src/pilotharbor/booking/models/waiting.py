"""Who waits for a time on a line that is taken."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Waiting(Stateful):
    """A place in the queue for a line: whoever asked first is offered a freed slot first.

    ``windows``     stretches in which it may lie, ``[[start, end], …]`` as ISO times in UTC
    ``duration_s``  how long it takes, in seconds
    ``ask``         the rest of the request that an offer becomes
    ``offer_ends_at``  until when the offered slot is kept; then it goes to the next
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("waiting list", "Waiting")
        OFFERED = "offered", pgettext_lazy("waiting list", "Offered a slot")
        TAKEN = "taken", pgettext_lazy("waiting list", "Offer taken")
        DECLINED = "declined", pgettext_lazy("waiting list", "Offer declined")
        LAPSED = "lapsed", pgettext_lazy("waiting list", "Offer lapsed")
        WITHDRAWN = "withdrawn", pgettext_lazy("waiting list", "Withdrawn")

    MOVES = {
        Status.WAITING: {Status.OFFERED, Status.WITHDRAWN, Status.LAPSED},
        Status.OFFERED: {Status.TAKEN, Status.DECLINED, Status.LAPSED, Status.WITHDRAWN},
        Status.TAKEN: set(),
        Status.DECLINED: set(),
        Status.LAPSED: set(),
        Status.WITHDRAWN: set(),
    }
    OPEN = (Status.WAITING, Status.OFFERED)

    line = models.ForeignKey("facilities.Line", models.PROTECT)
    project = models.ForeignKey("projects.Project", models.PROTECT)
    windows = models.JSONField()
    duration_s = models.BigIntegerField()
    ask = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    offer_ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_waiting_sound", condition=Q(duration_s__gt=0, windows__isnull=False)
            ),
            models.CheckConstraint(
                name="booking_waiting_offer_ends",
                condition=~Q(status="offered") | Q(offer_ends_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["line", "asked_at", "id"],
                condition=Q(status="waiting"),
                name="booking_waiting_in_order",
            )
        ]
