"""创业辅导: who is helped with what, by whom, and how it went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class CoachingOrder(Stateful):
    """A team's order for coaching.

    ``sessions``  list of {"at", "coach_id", "notes", "next_step", "next_date"}, in their order
    ``plan``      section of the business plan → its text, filled by the team
    ``equity``    the last simulation that was kept: what ``engine.equity`` was asked
    """

    class Topic(models.TextChoices):
        BUSINESS_PLAN = "business_plan", _("Business plan")
        EQUITY = "equity", _("Design of the equity")
        OTHER = "other", pgettext_lazy("topic of coaching", "Something else")

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("coaching", "Asked for")
        UNDER_WAY = "under_way", pgettext_lazy("coaching", "Under way")
        CLOSED = "closed", pgettext_lazy("coaching", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("coaching", "Withdrawn")

    MOVES = {
        Status.ASKED: {Status.UNDER_WAY, Status.WITHDRAWN},
        Status.UNDER_WAY: {Status.CLOSED, Status.WITHDRAWN},
        Status.CLOSED: set(),
        Status.WITHDRAWN: set(),
    }

    topic = models.CharField(max_length=16, choices=Topic)
    team = models.CharField(max_length=120)
    question = models.TextField(max_length=2000)
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT, null=True)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT)
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    coach = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    sessions = models.JSONField(default=list, blank=True)
    plan = models.JSONField(default=dict, blank=True)
    equity = models.JSONField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    outcome = models.CharField(max_length=1000, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outreach_coaching_under_way_has_coach",
                condition=~Q(status__in=["under_way", "closed"]) | Q(coach__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_coaching_closed_has_outcome",
                condition=~Q(status="closed") | (~Q(outcome="") & Q(closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.team
