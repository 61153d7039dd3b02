"""中国创新挑战赛: needs collected and published, proposals to them, and what was signed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Challenge(Stateful):
    """A contest that looks for answers to the needs of a field or region.

    ``…_date``  the day on which each step is to begin, in this order; ``close_date`` the end
    """

    class Status(models.TextChoices):
        COLLECTING = "collecting", pgettext_lazy("challenge", "Collecting needs")
        PUBLISHED = "published", pgettext_lazy("challenge", "Needs published")
        PROPOSING = "proposing", pgettext_lazy("challenge", "Open for proposals")
        MATCHING = "matching", pgettext_lazy("challenge", "Bringing together")
        SIGNING = "signing", pgettext_lazy("challenge", "Signing")
        CLOSED = "closed", pgettext_lazy("challenge", "Closed")

    MOVES = {
        Status.COLLECTING: {Status.PUBLISHED, Status.CLOSED},
        Status.PUBLISHED: {Status.PROPOSING, Status.CLOSED},
        Status.PROPOSING: {Status.MATCHING, Status.CLOSED},
        Status.MATCHING: {Status.SIGNING, Status.CLOSED},
        Status.SIGNING: {Status.CLOSED},
        Status.CLOSED: set(),
    }

    organiser = models.ForeignKey("parties.Organisation", models.PROTECT)
    title = models.CharField(max_length=200)
    field = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=6, blank=True)
    rules = models.TextField(max_length=8000)
    collect_date = models.DateField()
    publish_date = models.DateField()
    propose_date = models.DateField()
    match_date = models.DateField()
    sign_date = models.DateField()
    close_date = models.DateField()
    status = models.CharField(max_length=12, choices=Status, default=Status.COLLECTING)
    opened_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outreach_challenge_dates_rise",
                condition=Q(
                    publish_date__gte=F("collect_date"),
                    propose_date__gte=F("publish_date"),
                    match_date__gte=F("propose_date"),
                    sign_date__gte=F("match_date"),
                    close_date__gte=F("sign_date"),
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Need(Stateful):
    """One need of a challenge, from a published demand or from a row of the organiser's list.

    ``demand``        the demand behind it; empty until whoever has the need confirms the row
    ``from_list``     its words are the organiser's own, whatever demand confirms it
    ``organisation``  whose need it is, where the list names one that is known here
    """

    class Status(models.TextChoices):
        COLLECTED = "collected", pgettext_lazy("need of a challenge", "Collected")
        PUBLISHED = "published", pgettext_lazy("need of a challenge", "Published")
        LEFT_OUT = "left_out", pgettext_lazy("need of a challenge", "Left out")

    MOVES = {
        Status.COLLECTED: {Status.PUBLISHED, Status.LEFT_OUT},
        Status.PUBLISHED: {Status.LEFT_OUT},
        Status.LEFT_OUT: set(),
    }

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="needs")
    number = models.PositiveIntegerField()
    demand = models.ForeignKey("technologies.Demand", models.PROTECT, null=True)
    title = models.CharField(max_length=200)
    words = models.TextField(max_length=4000)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, null=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    from_list = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.COLLECTED)
    left_out_reason = models.CharField(max_length=500, blank=True)
    put_in_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    put_in_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "number"], name="outreach_need_number_once"
            ),
            models.UniqueConstraint(
                fields=["challenge", "demand"],
                condition=~Q(status="left_out"),
                name="outreach_need_demand_once",
            ),
            models.CheckConstraint(
                name="outreach_need_confirmed_has_demand",
                condition=Q(confirmed_at__isnull=True, demand__isnull=True)
                | Q(confirmed_at__isnull=False, demand__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_need_has_a_source",
                condition=Q(from_list=True) | Q(demand__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_need_left_out_has_reason",
                condition=~Q(status="left_out") | ~Q(left_out_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Proposal(Stateful):
    """方案: a result offered as the answer to a need, up to the signature.

    ``matched_at``    when the two sides were brought together; stays, whatever comes of it
    ``intended_at``   when they declared an intent; ``intent_words`` what they intend
    ``signed_fen``    the amount signed, in fen, on ``signed_date``
    """

    class Status(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("proposal", "Offered")
        MATCHED = "matched", pgettext_lazy("proposal", "Brought together")
        INTENDED = "intended", pgettext_lazy("proposal", "Intent declared")
        SIGNED = "signed", pgettext_lazy("proposal", "Signed")
        DECLINED = "declined", pgettext_lazy("proposal", "Declined")

    MOVES = {
        Status.OFFERED: {Status.MATCHED, Status.DECLINED},
        Status.MATCHED: {Status.INTENDED, Status.SIGNED, Status.DECLINED},
        Status.INTENDED: {Status.SIGNED, Status.DECLINED},
        Status.SIGNED: set(),
        Status.DECLINED: set(),
    }

    need = models.ForeignKey(Need, models.PROTECT, related_name="proposals")
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT)
    words = models.TextField(max_length=4000)
    status = models.CharField(max_length=12, choices=Status, default=Status.OFFERED)
    offered_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)
    intended_at = models.DateTimeField(null=True)
    intent_words = models.CharField(max_length=1000, blank=True)
    signed_fen = models.BigIntegerField(null=True)
    signed_date = models.DateField(null=True)
    declined_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need", "achievement"],
                condition=~Q(status="declined"),
                name="outreach_proposal_once",
            ),
            models.CheckConstraint(
                name="outreach_proposal_signed_has_amount",
                condition=~Q(status="signed")
                | Q(signed_fen__gte=0, signed_date__isnull=False, matched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_proposal_declined_has_reason",
                condition=~Q(status="declined") | ~Q(declined_reason=""),
            ),
        ]


class MatchRun(Stateful):
    """All needs of a challenge against all results on the market, once, by the worker.

    ``per_need``        how many results are kept for each need
    ``need_ids``        the needs in the order they are looked at; ``done`` of them, of ``total``
    ``index_event_id``  the newest event the index reflected at the start; ``index_at`` when that was
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("matching run", "Waiting for the worker")
        RUNNING = "running", pgettext_lazy("matching run", "Under way")
        DONE = "done", pgettext_lazy("matching run", "Done")

    MOVES = {
        Status.WAITING: {Status.RUNNING, Status.DONE},
        Status.RUNNING: {Status.DONE},
        Status.DONE: set(),
    }

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="runs")
    per_need = models.PositiveSmallIntegerField()
    need_ids = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    index_event_id = models.BigIntegerField()
    index_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge"],
                condition=~Q(status="done"),
                name="outreach_match_run_one_at_a_time",
            ),
            models.CheckConstraint(
                name="outreach_match_run_progress",
                condition=Q(done__lte=F("total")) & (~Q(status="done") | Q(done=F("total"))),
            ),
        ]


class Candidate(Stateful):
    """One row of a run's worksheet: a result that may answer a need, and what was done with it.

    ``score_bp``     beside the best of the same need; ``standing_bp`` how far it stands out, if known
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("row of a worksheet", "To look at")
        DISMISSED = "dismissed", pgettext_lazy("row of a worksheet", "Does not fit")
        INVITED = "invited", pgettext_lazy("row of a worksheet", "Invited to propose")
        LED = "led", pgettext_lazy("row of a worksheet", "Made a lead")

    MOVES = {
        Status.OPEN: {Status.DISMISSED, Status.INVITED, Status.LED},
        Status.DISMISSED: {Status.OPEN},
        Status.INVITED: set(),
        Status.LED: set(),
    }

    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="candidates")
    need = models.ForeignKey(Need, models.PROTECT, related_name="candidates")
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT)
    rank = models.PositiveSmallIntegerField()
    score_bp = models.PositiveIntegerField()
    standing_bp = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    dismissed_reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    lead_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "need", "achievement"], name="outreach_candidate_once"
            ),
            models.CheckConstraint(
                name="outreach_candidate_score_range", condition=Q(score_bp__lte=10_000)
            ),
            models.CheckConstraint(
                name="outreach_candidate_standing_range",
                condition=Q(standing_bp__isnull=True) | Q(standing_bp__lte=10_000),
            ),
            models.CheckConstraint(
                name="outreach_candidate_dismissed_has_reason",
                condition=~Q(status="dismissed") | ~Q(dismissed_reason=""),
            ),
        ]
