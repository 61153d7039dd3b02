"""Who is on site when, what they can do, and who has learnt to run which machine."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Skill(models.Model):
    """Something a platform's engineers can be good for, such as running a pressure vessel.

    ``retired_at``  since when nobody is asked for it any more
    """

    platform = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["platform", "name"],
                condition=Q(retired_at__isnull=True),
                name="crew_skill_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LineSkill(models.Model):
    """A skill that whoever runs the line must have."""

    line = models.ForeignKey("facilities.Line", models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="lines")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "skill"], name="crew_line_skill_once")
        ]


class EngineerSkill(models.Model):
    """A skill granted to an engineer over ``validity`` (days, half-open; open end: until withdrawn).

    ``withdrawn_reason``  why it was taken back; empty where a later grant took its place
    """

    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="grants")
    validity = DateRangeField()
    certificate_no = models.CharField(max_length=80, blank=True)
    granted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="crew_engineer_skill_one_at_a_time",
                expressions=[
                    ("membership", RangeOperators.EQUAL),
                    ("skill", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="crew_engineer_skill_bounded",
                condition=Q(validity__isempty=False, validity__lower_inf=False),
            ),
            models.CheckConstraint(
                name="crew_engineer_skill_withdrawn_by_somebody",
                condition=Q(
                    withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason=""
                )
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]


class Pattern(models.Model):
    """A weekly rhythm from which shifts were planned, by Shanghai's clock.

    ``weekdays``  0 Monday … 6 Sunday; ``ends`` at or before ``starts`` means on the next day
    ``days``      the days on which shifts may begin, half-open
    ``by_calendar``  none on public holidays; a make-up workday counts as a Monday
    """

    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    starts = models.TimeField()
    ends = models.TimeField()
    days = DateRangeField()
    by_calendar = models.BooleanField(default=False)
    planned_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crew_pattern_weekdays",
                condition=Q(weekdays__contained_by=list(range(7)), weekdays__len__gte=1),
            ),
            models.CheckConstraint(
                name="crew_pattern_bounded",
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
            ),
        ]


class Leave(Stateful):
    """Time off, asked for by the engineer and decided by an operator of the platform."""

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual leave")
        SICK = "sick", _("Sick leave")
        PERSONAL = "personal", _("Personal leave")
        TRAINING = "training", _("Training elsewhere")
        OTHER = "other", pgettext_lazy("leave", "Other leave")

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("leave", "Asked for")
        APPROVED = "approved", pgettext_lazy("leave", "Granted")
        REFUSED = "refused", pgettext_lazy("leave", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("leave", "Withdrawn")

    MOVES = {
        Status.ASKED: {Status.APPROVED, Status.REFUSED, Status.WITHDRAWN},
        Status.APPROVED: {Status.WITHDRAWN},
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }
    OPEN = (Status.ASKED, Status.APPROVED)

    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ANNUAL)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="crew_leave_no_overlap",
                expressions=[
                    ("membership", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["asked", "approved"]),
            ),
            models.CheckConstraint(
                name="crew_leave_half_open",
                condition=Q(period__isempty=False, period__lower_inc=True, period__upper_inc=False)
                & Q(period__lower_inf=False, period__upper_inf=False),
            ),
            models.CheckConstraint(
                name="crew_leave_decided_by_somebody",
                condition=~Q(status__in=["approved", "refused"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="crew_leave_refused_has_reason",
                condition=~Q(status="refused") | ~Q(decision_reason=""),
            ),
        ]


class Shift(models.Model):
    """One stretch of duty of one engineer.

    ``withdrawn_at``  since when it no longer counts; ``cut_by`` the leave that took it away
    ``rest_of``       the shift of which a leave left this piece
    """

    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    period = DateTimeRangeField()
    note = models.CharField(max_length=200, blank=True)
    pattern = models.ForeignKey(
        Pattern, models.PROTECT, null=True, blank=True, related_name="shifts"
    )
    planned_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    cut_by = models.ForeignKey(Leave, models.PROTECT, null=True, related_name="cut")
    rest_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="rests")

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(  # R-CREW-3
                name="crew_shift_no_overlap",
                expressions=[
                    ("membership", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="crew_shift_half_open",
                condition=Q(period__isempty=False, period__lower_inc=True, period__upper_inc=False)
                & Q(period__lower_inf=False, period__upper_inf=False),
            ),
            models.CheckConstraint(
                name="crew_shift_cut_is_withdrawn",
                condition=Q(cut_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ]


class Course(Stateful):
    """A training that opens machines to those who pass: before it, only with an engineer.

    ``months_valid``   how long a pass holds; empty: until withdrawn
    ``pass_mark``      of 100; empty: taking part is enough
    ``required_date``  the day from which nobody may do without it
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("course", "Open")
        CLOSED = "closed", pgettext_lazy("course", "Closed")

    MOVES: ClassVar[dict[str, set[str]]] = {
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: {Status.OPEN},
    }

    platform = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=4000)
    months_valid = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField(null=True, blank=True)
    required_date = models.DateField()
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["platform", "name"],
                condition=Q(status="open"),
                name="crew_course_name_once",
            ),
            models.CheckConstraint(
                name="crew_course_sound",
                condition=(Q(months_valid__isnull=True) | Q(months_valid__gte=1))
                & (Q(pass_mark__isnull=True) | Q(pass_mark__gte=1, pass_mark__lte=100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CourseTarget(models.Model):
    """A line or a single machine that the course opens."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="targets")
    line = models.ForeignKey("facilities.Line", models.CASCADE, null=True, related_name="+")
    equipment = models.ForeignKey(
        "facilities.Equipment", models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crew_course_target_is_one",
                condition=Q(line__isnull=True) ^ Q(equipment__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["course", "line"], condition=Q(line__isnull=False), name="crew_target_line"
            ),
            models.UniqueConstraint(
                fields=["course", "equipment"],
                condition=Q(equipment__isnull=False),
                name="crew_target_equipment",
            ),
        ]


class Enrolment(Stateful):
    """Somebody asks to be trained."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("enrolment", "Waits for a place")
        EXAMINED = "examined", pgettext_lazy("enrolment", "Examined")
        WITHDRAWN = "withdrawn", pgettext_lazy("enrolment", "Withdrawn")

    MOVES = {
        Status.ASKED: {Status.EXAMINED, Status.WITHDRAWN},
        Status.EXAMINED: set(),
        Status.WITHDRAWN: set(),
    }

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "person"],
                condition=Q(status="asked"),
                name="crew_enrolment_once",
            )
        ]


class Examination(models.Model):
    """A person was examined in a course; never rewritten (triggers refuse it).

    ``mark``      of 100; empty where taking part is enough
    ``corrects``  the earlier record that was wrong
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="examinations")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    held_date = models.DateField()
    mark = models.PositiveSmallIntegerField(null=True, blank=True)
    passed = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "person", "held_date"],
                condition=Q(corrects__isnull=True),
                name="crew_examination_once_a_day",
            ),
            models.CheckConstraint(
                name="crew_examination_mark", condition=Q(mark__isnull=True) | Q(mark__lte=100)
            ),
        ]


class UserQualification(Stateful):
    """What a passed examination opened, over ``validity`` (days, half-open).

    Only its withdrawal is ever written to it (a trigger refuses the rest).
    """

    class Status(models.TextChoices):
        GRANTED = "granted", pgettext_lazy("qualification", "Granted")
        WITHDRAWN = "withdrawn", pgettext_lazy("qualification", "Withdrawn")

    MOVES: ClassVar[dict[str, set[str]]] = {
        Status.GRANTED: {Status.WITHDRAWN},
        Status.WITHDRAWN: set(),
    }

    course = models.ForeignKey(Course, models.PROTECT, related_name="qualifications")
    person = models.ForeignKey("parties.Person", models.PROTECT, related_name="+")
    examination = models.OneToOneField(Examination, models.PROTECT, related_name="qualification")
    validity = DateRangeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.GRANTED)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crew_qualification_bounded",
                condition=Q(validity__isempty=False, validity__lower_inf=False),
            ),
            models.CheckConstraint(
                name="crew_qualification_withdrawn_has_reason",
                condition=Q(
                    status="granted",
                    withdrawn_at__isnull=True,
                    withdrawn_by__isnull=True,
                    withdrawn_reason="",
                )
                | Q(status="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "course"], name="crew_qualification_person")
        ]


class Reminder(models.Model):
    """That somebody was told, ``days`` before it ends, that a qualification or skill runs out."""

    qualification = models.ForeignKey(UserQualification, models.PROTECT, null=True)
    engineer_skill = models.ForeignKey(EngineerSkill, models.PROTECT, null=True)
    days = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="crew_reminder_of_one",
                condition=Q(qualification__isnull=True) ^ Q(engineer_skill__isnull=True),
            ),
            models.UniqueConstraint(fields=["qualification", "days"], name="crew_reminder_once"),
            models.UniqueConstraint(
                fields=["engineer_skill", "days"], name="crew_skill_reminder_once"
            ),
        ]
