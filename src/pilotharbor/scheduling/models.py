"""What was proposed for a platform's lines, from what, and what became of it?"""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.kernel.time import period


class Proposal(Stateful):
    """A schedule for the lines of a platform, asked for by a person and searched for by the worker.

    ``horizon``      tstzrange, half-open ``[start, end)``: what is planned lies in it
    ``limit_s``      seconds the search may take
    ``swap_lines``   ids of lines that may take each other's work
    ``attempt``      rises when a search that broke off is begun anew
    ``solve_ends_at``  by when a search that is under way must have reported
    ``tick_s``       seconds that ``cost``, ``bound`` and ``best`` count one of
    ``best``         what the best schedule found so far costs, while it is searched for
    ``cost``, ``bound``  what the schedule costs, and what no schedule can cost less than
    ``gap_bp``       what might be saved at most, as a part of the cost
    ``took_ms``      how long the search took
    ``waits_s``      seconds by which the placed requests end later than they might at the earliest
    ``first_come_waits_s``, ``first_come_placed``  the same, first come first served, and how many
                     requests would have found a place then
    ``snapshot``     SHA-256 of everything the schedule was computed from
    ``problem``      why it failed, as a code
    ``closed_at``    from then on nothing of it is accepted any more
    """

    class Kind(models.TextChoices):
        REQUESTS = "requests", pgettext_lazy("kind of plan", "Open requests")
        REPAIR = "repair", pgettext_lazy("kind of plan", "After a breakdown")

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("plan", "Waits for the worker")
        SOLVING = "solving", pgettext_lazy("plan", "Being searched for")
        READY = "ready", pgettext_lazy("plan", "Ready to be looked at")
        PARTLY = "partly", pgettext_lazy("plan", "Accepted in part")
        ACCEPTED = "accepted", pgettext_lazy("plan", "Accepted")
        DISCARDED = "discarded", pgettext_lazy("plan", "Discarded")
        FAILED = "failed", pgettext_lazy("plan", "Failed")
        OVERTAKEN = "overtaken", pgettext_lazy("plan", "Overtaken by a newer one")

    MOVES = {
        Status.QUEUED: {Status.SOLVING, Status.DISCARDED, Status.FAILED},
        Status.SOLVING: {Status.QUEUED, Status.READY, Status.DISCARDED, Status.FAILED},
        Status.READY: {Status.PARTLY, Status.ACCEPTED, Status.DISCARDED, Status.OVERTAKEN},
        Status.PARTLY: {Status.ACCEPTED, Status.OVERTAKEN},
        Status.ACCEPTED: set(),
        Status.DISCARDED: set(),
        Status.FAILED: set(),
        Status.OVERTAKEN: set(),
    }
    UNDER_WAY = (Status.QUEUED, Status.SOLVING)
    TO_DECIDE = (Status.READY, Status.PARTLY)

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REQUESTS)
    horizon = DateTimeRangeField()
    limit_s = models.PositiveSmallIntegerField()
    swap_lines = models.JSONField(default=list)
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    solve_ends_at = models.DateTimeField(null=True)
    requests = models.PositiveIntegerField(default=0)
    tick_s = models.PositiveIntegerField(null=True)
    best = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    bound = models.BigIntegerField(null=True)
    gap_bp = models.PositiveIntegerField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    waits_s = models.BigIntegerField(null=True)
    first_come_waits_s = models.BigIntegerField(null=True)
    first_come_placed = models.PositiveIntegerField(null=True)
    snapshot = models.CharField(max_length=64, blank=True)
    solved_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="scheduling_horizon_half_open",
                condition=Q(horizon__isempty=False, horizon__lower_inc=True)
                & Q(horizon__upper_inc=False, horizon__lower_inf=False, horizon__upper_inf=False),
            ),
            models.CheckConstraint(
                name="scheduling_limit_in_range", condition=Q(limit_s__range=(1, 600))
            ),
            models.CheckConstraint(
                name="scheduling_solved_has_result",
                condition=~Q(status__in=["ready", "partly", "accepted"])
                | Q(cost__isnull=False, bound__isnull=False, solved_at__isnull=False)
                & Q(gap_bp__isnull=False, tick_s__isnull=False)
                & ~Q(snapshot=""),
            ),
            models.CheckConstraint(
                name="scheduling_bound_is_one",
                condition=Q(cost__isnull=True) | Q(bound__lte=models.F("cost"), bound__gte=0),
            ),
            models.CheckConstraint(
                name="scheduling_over_is_closed",
                condition=Q(status__in=["queued", "solving", "ready", "partly"], closed_at=None)
                | Q(status__in=["accepted", "discarded", "failed", "overtaken"])
                & Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="scheduling_failed_says_why", condition=~Q(status="failed") | ~Q(problem="")
            ),
            models.UniqueConstraint(
                fields=["platform"],
                condition=Q(status__in=["queued", "solving"]),
                name="scheduling_one_search_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["platform", "-id"], name="scheduling_of_platform"),
        ]


class Placement(Stateful):
    """Where a proposal puts one booking, or why nowhere; what was proposed never changes.

    ``from_line``, ``from_period``  where the booking was asked for or allotted at that time
    ``line``, ``start_at``, ``end_at``  where it is put; empty where it finds no place
    ``engineer``     who runs it; empty where nobody is asked for, or no one shift covers it
    ``reasons``      why there and not earlier, or why nowhere: ``[{kind, …}]``, see ``words.py``
    ``outcome``      the code of the refusal when it was to be accepted, ``said`` its sentence
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("placement", "Proposed")
        NO_PLACE = "no_place", pgettext_lazy("placement", "No place found")
        ACCEPTED = "accepted", pgettext_lazy("placement", "Accepted")
        AGREED = "agreed", pgettext_lazy("placement", "Agreed to; another reviewer has to")
        REFUSED = "refused", pgettext_lazy("placement", "No longer possible")

    MOVES = {
        Status.PROPOSED: {Status.ACCEPTED, Status.AGREED, Status.REFUSED},
        # What was in the way may be gone at the next try.
        Status.REFUSED: {Status.ACCEPTED, Status.AGREED, Status.REFUSED},
        Status.NO_PLACE: set(),
        Status.ACCEPTED: set(),
        Status.AGREED: set(),
    }
    OPEN = (Status.PROPOSED, Status.REFUSED)

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="placements")
    booking = models.ForeignKey("booking.Booking", models.PROTECT, related_name="+")
    from_line = models.ForeignKey("facilities.Line", models.PROTECT, related_name="+")
    from_period = DateTimeRangeField()
    line = models.ForeignKey("facilities.Line", models.PROTECT, null=True, related_name="+")
    engineer = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField(null=True)
    end_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    outcome = models.CharField(max_length=80, blank=True)
    said = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "booking"], name="scheduling_placement_once"
            ),
            models.CheckConstraint(
                name="scheduling_placement_is_whole",
                condition=Q(
                    status="no_place", line__isnull=True, start_at__isnull=True, end_at__isnull=True
                )
                | ~Q(status="no_place")
                & Q(line__isnull=False, start_at__isnull=False)
                & Q(end_at__gt=models.F("start_at")),
            ),
            models.CheckConstraint(
                name="scheduling_placement_decided_by_somebody",
                condition=Q(status__in=["proposed", "no_place"], decided_at__isnull=True)
                | Q(status__in=["accepted", "agreed", "refused"])
                & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="scheduling_placement_refused_says_why",
                condition=~Q(status="refused") | ~Q(outcome=""),
            ),
        ]

    @property
    def period(self) -> DateTimeTZRange | None:
        """``[start_at, end_at)``; nothing where it finds no place."""
        return period(self.start_at, self.end_at) if self.start_at and self.end_at else None


class Changeover(models.Model):
    """How long a line is cleaned between two runs with different materials, in ``minutes``.

    Runs with the same material follow each other without; a line without a row needs none.
    """

    line = models.OneToOneField("facilities.Line", models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="scheduling_changeover_in_range", condition=Q(minutes__range=(1, 10_080))
            )
        ]


class Apart(models.Model):
    """Two words for hazards that never run side by side on a platform, such as 易燃 and 氧化.

    A booking has a hazard when its hazards, as they were written down, contain the word.
    ``one`` and ``other`` in their order as text, so that each pair stands once.
    """

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    one = models.CharField(max_length=40)
    other = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "one", "other"], name="scheduling_apart_once"
            ),
            models.CheckConstraint(
                name="scheduling_apart_are_two",
                condition=~Q(one="") & ~Q(other="") & ~Q(one=models.F("other")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} / {self.other}"
