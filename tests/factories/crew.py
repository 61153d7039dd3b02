"""The smallest valid shifts, leave, skills and courses."""

from datetime import UTC, date, datetime, timedelta

import factory
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from factory.django import DjangoModelFactory

from pilotharbor.crew.models import (
    Course,
    CourseTarget,
    EngineerSkill,
    Examination,
    Leave,
    LineSkill,
    Shift,
    Skill,
    UserQualification,
)
from pilotharbor.parties.roles import OrganisationKind, Role
from tests.factories.parties import JOINED, MembershipFactory, OrganisationFactory

# A Monday morning in Shanghai.
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


def hours(first: float, last: float, *, day: int = 0) -> DateTimeTZRange:
    """From so many hours after ``MONDAY`` (08:00 in Shanghai) to so many, ``day`` days later."""
    base = MONDAY + timedelta(days=day)
    return DateTimeTZRange(base + timedelta(hours=first), base + timedelta(hours=last), "[)")


class EngineerFactory(MembershipFactory):
    organisation = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    role = Role.EQUIPMENT_ENGINEER


class OperatorFactory(MembershipFactory):
    organisation = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    role = Role.MEMBER_PLATFORM


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    platform = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    name = factory.Sequence(lambda n: f"技能{n}")


class LineSkillFactory(DjangoModelFactory):
    class Meta:
        model = LineSkill

    skill = factory.SubFactory(SkillFactory, platform=factory.SelfAttribute("..line.platform"))


class EngineerSkillFactory(DjangoModelFactory):
    class Meta:
        model = EngineerSkill

    membership = factory.SubFactory(EngineerFactory)
    validity = DateRange(date(2026, 1, 1), None, "[)")
    granted_by = factory.SelfAttribute("membership")
    granted_at = JOINED


class ShiftFactory(DjangoModelFactory):
    class Meta:
        model = Shift

    membership = factory.SubFactory(EngineerFactory)
    period = factory.LazyFunction(lambda: hours(0, 8))
    planned_by = factory.SelfAttribute("membership")
    planned_at = JOINED


class LeaveFactory(DjangoModelFactory):
    class Meta:
        model = Leave

    membership = factory.SubFactory(EngineerFactory)
    period = factory.LazyFunction(lambda: hours(0, 24))
    status = Leave.Status.APPROVED
    asked_by = factory.SelfAttribute("membership")
    asked_at = JOINED
    decided_by = factory.SelfAttribute("membership")
    decided_at = JOINED


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    platform = factory.SubFactory(OrganisationFactory, kind=OrganisationKind.PILOT_PLATFORM)
    name = factory.Sequence(lambda n: f"上岗培训{n}")
    months_valid = 12
    pass_mark = 80
    required_date = date(2026, 1, 1)


def course_for(target, **fields) -> Course:
    """A course that opens this line or machine."""
    course = CourseFactory(platform=target.platform, **fields)
    kind = "line" if target._meta.model_name == "line" else "equipment"
    CourseTarget.objects.create(course=course, **{kind: target})
    return course


def qualify(
    person, course, *, first: date = date(2026, 1, 15), after: date | None = date(2027, 1, 15)
) -> UserQualification:
    """Somebody who has passed."""
    operator = OperatorFactory(organisation=course.platform)
    examination = Examination.objects.create(
        course=course, person=person, held_date=first, mark=90, passed=True,
        recorded_by=operator, recorded_at=JOINED,
    )  # fmt: skip
    return UserQualification.objects.create(
        course=course, person=person, examination=examination,
        validity=DateRange(first, after, "[)"),
    )  # fmt: skip
