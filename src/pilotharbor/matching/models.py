"""The index of what can be found, and matches between results and needs."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful

PUBLISHED = "published"


class IndexEntry(models.Model):
    """One findable thing: its words and who may find it; kept by handlers, never read for content.

    ``kind``         model label (``technologies.achievement``); ``object_id`` its key
    ``text``         ``engine.score.weighted_flat``: each field as often as it weighs
    ``words``        the distinct terms of ``text``; empty unless published
    ``word_count``   how many terms ``text`` has
    ``level``        confidentiality of the entry; ``owner_id`` its organisation
    ``project_id``   for things only a project's team may find
    ``status``       ``PUBLISHED``, or something else: then it is not to be found
    ``event_id``     newest event it reflects, so an older one never overwrites it
    ``body``         keywords and summary as they are written, for the engine; empty unless published
    ``marks``        what the engine filters by (``marks.py``)
    ``touched``      the transaction that wrote it, by which the engine finds what is new
    """

    kind = models.CharField(max_length=48)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    words = SearchVectorField()
    word_count = models.PositiveIntegerField()
    level = models.CharField(max_length=12)
    status = models.CharField(max_length=16)
    owner_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    event_id = models.BigIntegerField()
    body = models.TextField(default="")
    marks = ArrayField(models.CharField(max_length=80), default=list)
    touched = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="matching_entry_once")
        ]
        indexes = [
            GinIndex(fields=["words"], name="matching_entry_words"),
            models.Index(fields=["touched"], name="matching_entry_touched"),
        ]


class Match(Stateful):
    """A result and a need that someone put together.

    ``score_bp``  0–10000, the engine's word score relative to a perfect match
    ``reasons``   list of {"kind", …}: shared terms, met and unmet requirements
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    MOVES = {
        Status.PROPOSED: {Status.ACCEPTED, Status.DECLINED},
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
    }

    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT)
    demand = models.ForeignKey("technologies.Demand", models.PROTECT)
    score_bp = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    declined_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "demand"],
                condition=~Q(status="declined"),
                name="matching_match_once",
            ),
            models.CheckConstraint(
                name="matching_match_score_range", condition=Q(score_bp__lte=10000)
            ),
        ]


class Subscription(models.Model):
    """Somebody wants to be told of new fits for words of theirs, or for a result or need.

    ``kind``       the label of what is looked for; ``text`` in whose words, empty where an entry stands
    ``told``       ids of the fits that need not be told (again), newest last
    ``looked_at``  when the worker looked last
    """

    membership = models.ForeignKey("parties.Membership", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=48)
    text = models.CharField(max_length=500, blank=True)
    achievement = models.ForeignKey("technologies.Achievement", models.CASCADE, null=True)
    demand = models.ForeignKey("technologies.Demand", models.CASCADE, null=True)
    told = ArrayField(models.BigIntegerField(), default=list)
    begun_at = models.DateTimeField()
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="matching_subscription_of_one_thing",
                condition=Q(achievement__isnull=True, demand__isnull=True) ^ Q(text=""),
            ),
            models.CheckConstraint(
                name="matching_subscription_of_one_entry",
                condition=Q(achievement__isnull=True) | Q(demand__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["membership", "kind", "text"],
                condition=~Q(text=""),
                name="matching_subscription_words_once",
            ),
            models.UniqueConstraint(
                fields=["membership", "kind", "achievement", "demand"],
                condition=Q(text=""),
                nulls_distinct=False,
                name="matching_subscription_entry_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.achievement or self.demand)


class Outcome(models.Model):
    """How far a result and a need got that were brought together.

    ``grade``    0 refused, 1 opened, 2 contacted, 3 met, 4 signed
    ``signals``  how the find looked when they were: numbers alone (``engine.rerank.Signals``)
    """

    achievement = models.ForeignKey("technologies.Achievement", models.CASCADE)
    demand = models.ForeignKey("technologies.Demand", models.CASCADE)
    grade = models.PositiveSmallIntegerField()
    signals = models.JSONField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["achievement", "demand"], name="matching_outcome_once"),
            models.CheckConstraint(
                name="matching_outcome_grade_range", condition=Q(grade__range=(0, 4))
            ),
        ]


class RankingModel(models.Model):
    """What was learnt from outcomes: a few weights with the evidence for them, as text.

    ``accepted``     it was better than the base where it had not learnt
    ``switched_on``  whether operators want it; ``in_use`` both
    """

    text = models.TextField()
    learnt_at = models.DateTimeField()
    accepted = models.BooleanField()
    switched_on = models.BooleanField(default=True)
    in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["in_use"], condition=Q(in_use=True), name="matching_ranking_one_in_use"
            ),
            models.CheckConstraint(
                name="matching_ranking_used_only_if_proven",
                condition=Q(in_use=False) | Q(accepted=True, switched_on=True),
            ),
        ]
