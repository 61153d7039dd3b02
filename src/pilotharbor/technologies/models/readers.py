"""Who is let into an entry beyond what its level says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.technologies.models.achievements import Achievement
from pilotharbor.technologies.models.demands import Demand


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
