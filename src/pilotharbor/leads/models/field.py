"""Visits to enterprises, the problems met there, and the teams that go."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Team(models.Model):
    """A dedicated team (转化专班): managers, officials and experts for a field or a region.

    ``field``   a GB/T 4754 code; ``region`` digits of GB/T 2260; either may be empty
    """

    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=500, blank=True)
    field = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=6, blank=True)
    formed_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    formed_at = models.DateTimeField()
    dissolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(dissolved_at__isnull=True),
                name="leads_team_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Someone who belongs to a team, until they leave it."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "membership"],
                condition=Q(left_at__isnull=True),
                name="leads_team_member_once",
            )
        ]


class Visit(models.Model):
    """A visit to an enterprise by a manager or a team.

    ``people``   who took part, from both sides, in words; ``visit_date`` the day in Shanghai
    """

    enterprise = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="visits")
    led_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    visit_date = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    people = models.CharField(max_length=500)
    summary = models.TextField(max_length=4000, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="leads_visit_has_people", condition=~Q(people=""))
        ]
        indexes = [models.Index(fields=["enterprise", "-visit_date"], name="leads_visit_list")]


class Problem(Stateful):
    """One line of an enterprise's problem list (难题清单).

    ``offered``  written so that the enterprise can make a need of it; ``taken`` it did
    ``answer``   what was answered, or why it was dropped
    """

    class Status(models.TextChoices):
        NOTED = "noted", pgettext_lazy("problem", "Noted")
        OFFERED = "offered", pgettext_lazy("problem", "Waits for the enterprise")
        TAKEN = "taken", pgettext_lazy("problem", "Became a need")
        ANSWERED = "answered", pgettext_lazy("problem", "Answered")
        DROPPED = "dropped", pgettext_lazy("problem", "Dropped")

    MOVES = {
        Status.NOTED: {Status.OFFERED, Status.TAKEN, Status.ANSWERED, Status.DROPPED},
        Status.OFFERED: {Status.TAKEN, Status.ANSWERED, Status.DROPPED},
        Status.TAKEN: set(),
        Status.ANSWERED: set(),
        Status.DROPPED: set(),
    }

    class Urgency(models.TextChoices):
        LOW = "low", pgettext_lazy("urgency", "Can wait")
        NORMAL = "normal", pgettext_lazy("urgency", "This year")
        URGENT = "urgent", pgettext_lazy("urgency", "Urgent")

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="problems")
    title = models.CharField(max_length=200)
    words = models.TextField(max_length=4000)
    field = models.CharField(max_length=5, blank=True)
    urgency = models.CharField(max_length=12, choices=Urgency, default=Urgency.NORMAL)
    status = models.CharField(max_length=12, choices=Status, default=Status.NOTED)
    demand = models.OneToOneField(
        "technologies.Demand", models.PROTECT, null=True, related_name="+"
    )
    answer = models.TextField(max_length=2000, blank=True)
    noted_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_problem_taken_has_need",
                condition=Q(status="taken", demand__isnull=False)
                | (~Q(status="taken") & Q(demand__isnull=True)),
            ),
            models.CheckConstraint(
                name="leads_problem_settled_says_how",
                condition=~Q(status__in=["answered", "dropped"])
                | (~Q(answer="") & Q(settled_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title
