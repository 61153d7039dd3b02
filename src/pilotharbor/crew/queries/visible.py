"""Which shifts, leave, courses and qualifications may this actor see? Source: R-CREW-12."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from pilotharbor.crew.models import (
    Course,
    EngineerSkill,
    Enrolment,
    Examination,
    Leave,
    Pattern,
    Shift,
    Skill,
    UserQualification,
)
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import OrganisationKind, Role

# An empty Q would vanish in an “or”.
EVERY_ROW = ~Q(pk__in=[])


def keeps_crew(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor plans rosters and records examinations of this platform."""
    return facilities.keeps_lines(actor, platform_id=platform_id)


def sees_roster(actor: Membership | None) -> bool:
    """Whether there is a roster for the actor to see: of their own platform, or of all for auditors."""
    if actor is None:
        return False
    return rights.audits(actor) or (
        rights.acts_as(actor, *facilities.EQUIPMENT_KEEPERS)
        and actor.organisation.kind == OrganisationKind.PILOT_PLATFORM
    )


def is_engineer(actor: Membership | None) -> bool:
    """Whether the actor has shifts of their own at all."""
    return (
        rights.acts_as(actor, Role.EQUIPMENT_ENGINEER)
        and actor.organisation.kind == OrganisationKind.PILOT_PLATFORM
    )


def reads_all(actor: Membership | None) -> bool:
    """Whether the actor reads every platform's crew, and so has to choose one."""
    return rights.audits(actor)


def platforms_seen(*, actor: Membership) -> QuerySet[Organisation]:
    """The platforms whose roster, skills and matrix the actor reads."""
    platforms = Organisation.objects.filter(kind=OrganisationKind.PILOT_PLATFORM)
    if rights.audits(actor):
        return platforms.exclude(status=Organisation.Status.APPLIED).order_by("name", "pk")
    return platforms.filter(pk=actor.organisation_id if sees_roster(actor) else 0)


def platform_seen(*, actor: Membership, platform_id: int | None = None) -> Organisation:
    """The platform asked for, or the first one the actor sees.

    Raises: NotFound.
    """
    seen = platforms_seen(actor=actor)
    if platform_id is not None:
        seen = seen.filter(pk=platform_id)
    found = seen.first()
    if found is None:
        raise NotFound
    return found


def _inside(actor: Membership, platform: str) -> Q:
    """Rows of platforms whose inner life the actor reads, by the field that leads there."""
    if rights.audits(actor):
        return EVERY_ROW
    return Q(**{f"{platform}_id": actor.organisation_id if sees_roster(actor) else 0})


def _kept(actor: Membership, platform: str) -> Q:
    """Rows of the platform that the actor keeps, and all for auditors."""
    if rights.audits(actor):
        return EVERY_ROW
    kept = keeps_crew(actor, platform_id=actor.organisation_id)
    return Q(**{f"{platform}_id": actor.organisation_id if kept else 0})


def visible_skills(*, actor: Membership) -> QuerySet[Skill]:
    """The skills of the actor's platform."""
    return Skill.objects.filter(_inside(actor, "platform")).select_related("platform")


def visible_grants(*, actor: Membership) -> QuerySet[EngineerSkill]:
    """Who has which skill, on the actor's platform."""
    return EngineerSkill.objects.filter(_inside(actor, "skill__platform")).select_related(
        "skill", "membership__person"
    )


def visible_shifts(*, actor: Membership) -> QuerySet[Shift]:
    """The shifts of the actor's platform, those that no longer count too."""
    return Shift.objects.filter(_inside(actor, "membership__organisation")).select_related(
        "membership__person"
    )


def visible_patterns(*, actor: Membership) -> QuerySet[Pattern]:
    """The weekly rhythms of the actor's platform."""
    return Pattern.objects.filter(_inside(actor, "membership__organisation")).select_related(
        "membership__person"
    )


def visible_leave(*, actor: Membership) -> QuerySet[Leave]:
    """One's own leave; all of a platform for its operators, since a reason may be private."""
    own = Q(membership_id=actor.pk) if is_engineer(actor) else Q(pk__in=[])
    return Leave.objects.filter(own | _kept(actor, "membership__organisation")).select_related(
        "membership__person", "decided_by__person"
    )


def visible_courses(*, actor: Membership) -> QuerySet[Course]:
    """Open courses of approved platforms for everybody; closed ones for the platform and auditors."""
    shown = Q(status=Course.Status.OPEN, platform__status=Organisation.Status.APPROVED)
    if rights.audits(actor):
        shown = EVERY_ROW
    return Course.objects.filter(shown | _inside(actor, "platform")).select_related("platform")


def visible_enrolments(*, actor: Membership) -> QuerySet[Enrolment]:
    """One's own, and those of the courses of one's platform."""
    return Enrolment.objects.filter(
        Q(person_id=actor.person_id) | _inside(actor, "course__platform")
    ).select_related("course__platform", "person", "membership__organisation")


def visible_examinations(*, actor: Membership) -> QuerySet[Examination]:
    """One's own, and those of the courses of one's platform."""
    return Examination.objects.filter(
        Q(person_id=actor.person_id) | _inside(actor, "course__platform")
    ).select_related("course__platform", "person", "recorded_by__person")


def visible_qualifications(*, actor: Membership) -> QuerySet[UserQualification]:
    """One's own, and those of the courses of one's platform."""
    return UserQualification.objects.filter(
        Q(person_id=actor.person_id) | _inside(actor, "course__platform")
    ).select_related("course__platform", "person")


def running_out(model: Any, *, today: date, ahead: int, stale: timedelta) -> QuerySet[Any]:
    """Qualifications or grants of skills that end within ``ahead`` days, without a later one.

    Those that ended longer ago than ``stale`` are no longer told of. Source: R-CREW-11.
    """
    same = ("membership_id", "skill_id") if model is EngineerSkill else ("person_id", "course_id")
    rows = model.objects.filter(withdrawn_at__isnull=True)
    later = rows.filter(**{name: OuterRef(name) for name in same}).filter(
        Q(validity__endswith__gt=OuterRef("validity__endswith")) | Q(validity__upper_inf=True)
    )
    found: QuerySet[Any] = rows.filter(
        ~Exists(later),
        validity__endswith__lte=today + timedelta(days=ahead + 1),
        validity__endswith__gt=today - stale,
    )
    return found
