"""Needs: what an enterprise wants solved."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from pilotharbor.kernel.states import Stateful
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies.models.market import MOVES, Cooperation, Status


class Demand(Stateful):
    """What an enterprise wants solved.

    ``budget_fen``   what it is ready to spend, in fen, or empty
    ``cooperation``  ways it would agree to; ``trl_wanted`` least readiness, on the nine-level scale
    ``answers``      what its owner answered question by question (``needs.answers``), or empty
    """

    MOVES = MOVES
    Status = Status

    owner = models.ForeignKey("parties.Organisation", models.PROTECT)
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000)
    detail = models.TextField(blank=True, max_length=20000)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    industry = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=6, blank=True)
    budget_fen = models.BigIntegerField(null=True, blank=True)
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
    posted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    import_key = models.CharField(max_length=64, blank=True)
    cooperation = ArrayField(
        models.CharField(max_length=32, choices=Cooperation), default=list, blank=True
    )
    trl_wanted = models.PositiveSmallIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_demand_budget_not_negative",
                condition=Q(budget_fen__isnull=True) | Q(budget_fen__gte=0),
            ),
            models.CheckConstraint(
                name="technologies_demand_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=models.F("submitted_by")),
            ),
            models.CheckConstraint(
                name="technologies_demand_trl_wanted_range",
                condition=Q(trl_wanted__isnull=True) | Q(trl_wanted__range=(1, 9)),
            ),
            models.UniqueConstraint(
                fields=["owner", "import_key"],
                condition=~Q(import_key=""),
                name="technologies_demand_import_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="technologies_demand_list")]

    def __str__(self) -> str:
        return self.title
