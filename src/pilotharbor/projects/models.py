"""One result on its way to the factory: where it stands and who owes what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Project(Stateful):
    """A voyage: one achievement, the need it answers, and the people who carry it.

    ``status``    the step it stands on; see ``MOVES``
    ``steward``   exactly one technology manager and one industry advisor once started (S0-10)
    ``ended_reason``  why it stopped at a gate, when it did
    ``owner``     the organisation of the result; ``enterprise`` that of the need
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        ASSESSMENT = "assessment", _("Technology assessment")
        PLANNING = "planning", _("Scheme design")
        RESOURCING = "resourcing", _("Resource matching")
        PILOT = "pilot", _("Pilot verification")
        DECISION = "decision", _("Industrialisation decision")
        FOLLOW_UP = "follow_up", _("Follow-up support")
        CLOSED = "closed", _("Closed")
        ENDED = "ended", _("Ended at a gate")

    MOVES = {
        Status.PROPOSED: {Status.ASSESSMENT, Status.ENDED},
        # R-PROJ-4: a project that needs no pilot goes straight to its decision.
        Status.ASSESSMENT: {Status.PLANNING, Status.DECISION, Status.ENDED},
        Status.PLANNING: {Status.RESOURCING, Status.ENDED},
        Status.RESOURCING: {Status.PILOT, Status.ENDED},
        Status.PILOT: {Status.DECISION, Status.ENDED},
        Status.DECISION: {Status.FOLLOW_UP, Status.ENDED},
        Status.FOLLOW_UP: {Status.CLOSED, Status.ENDED},
        Status.CLOSED: set(),
        Status.ENDED: set(),
    }

    title = models.CharField(max_length=200)
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT)
    demand = models.ForeignKey("technologies.Demand", models.PROTECT, null=True, blank=True)
    match = models.ForeignKey("matching.Match", models.PROTECT, null=True, blank=True)
    platform = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    owner = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(
        "parties.Organisation", models.PROTECT, related_name="+", null=True, blank=True
    )
    technology_manager = models.ForeignKey(
        "parties.Membership", models.PROTECT, related_name="+", null=True, blank=True
    )
    industry_advisor = models.ForeignKey(
        "parties.Membership", models.PROTECT, related_name="+", null=True, blank=True
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    ended_reason = models.CharField(max_length=500, blank=True)
    proposed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(  # S0-10: no project starts without both stewards
                name="projects_project_stewarded",
                condition=Q(status__in=["proposed", "ended"])
                | Q(technology_manager__isnull=False, industry_advisor__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_project_two_stewards",
                condition=Q(technology_manager__isnull=True)
                | Q(industry_advisor__isnull=True)
                | ~Q(technology_manager=models.F("industry_advisor")),
            ),
            models.CheckConstraint(
                name="projects_project_ended_has_reason",
                condition=~Q(status="ended") | ~Q(ended_reason=""),
            ),
            models.UniqueConstraint(
                fields=["match"],
                condition=Q(match__isnull=False) & ~Q(status="ended"),
                name="projects_project_once_per_match",
            ),
        ]
        indexes = [models.Index(fields=["platform", "-id"], name="projects_project_platform")]

    def __str__(self) -> str:
        return self.title


class TeamMember(models.Model):
    """Someone let into a project beside the people of its three organisations.

    ``scope``  ``team`` reads all of it; ``report`` only reports and reviews (investors, banks)
    """

    class Scope(models.TextChoices):
        TEAM = "team", _("Project team")
        REPORT = "report", _("Reports only")

    project = models.ForeignKey(Project, models.CASCADE, related_name="team")
    membership = models.ForeignKey("parties.Membership", models.PROTECT)
    scope = models.CharField(max_length=12, choices=Scope, default=Scope.TEAM)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "membership"], name="projects_team_member_once"
            )
        ]


class Plan(models.Model):
    """The pilot plan: budget and what counts as success, frozen with the agreement.

    ``acceptance``  list of {"attribute", "unit", "at_least"?, "at_most"?}, decimals as strings
    ``frozen_at``   since when the parties sign it; from then on it never changes
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="plan")
    goal = models.TextField(max_length=4000, blank=True)
    budget_fen = models.BigIntegerField()
    acceptance = models.JSONField()
    consecutive_batches = models.PositiveSmallIntegerField()
    planned_batches = models.PositiveSmallIntegerField()
    written_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="projects_plan_batches",
                condition=Q(
                    consecutive_batches__gte=1,
                    budget_fen__gte=0,
                    planned_batches__gte=models.F("consecutive_batches"),
                ),
            )
        ]


# What a follow-up is usually about; any other word of up to 48 characters may be used as well.
TASK_KINDS: dict[str, object] = {
    "action": _("Action item"),
    "clinical_trial_application": _("Clinical trial application"),
    "gmp_scale_up": _("Scale-up under GMP"),
    "registration": _("Product registration"),
    "environmental_assessment": _("Environmental impact assessment"),
    "safety_assessment": _("Process safety assessment"),
    "financing": _("Financing"),
    "patent_filing": _("Patent filing"),
    "supply_chain": _("Supply chain"),
}


class Task(Stateful):
    """Something somebody owes the project: an action item or a follow-up (后续支持).

    ``kind``   a key of ``TASK_KINDS`` or a free word; ``title`` may be empty, then the kind says it
    ``owner``  the organisation that owes it; ``due_date`` the last day in Shanghai
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    MOVES = {Status.OPEN: {Status.DONE, Status.DROPPED}, Status.DONE: set(), Status.DROPPED: set()}

    project = models.ForeignKey(Project, models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=48, default="action")
    title = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    outcome = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="projects_task_settled_dated",
                condition=Q(status="open", settled_at__isnull=True)
                | (~Q(status="open") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="projects_task_dropped_has_reason",
                condition=~Q(status="dropped") | ~Q(outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["project", "status", "due_date"], name="projects_task_due")]

    def __str__(self) -> str:
        return self.title or self.kind_name

    @property
    def kind_name(self) -> str:
        """The kind in the reader's words; a free kind as it was written."""
        return str(TASK_KINDS.get(self.kind, self.kind))
