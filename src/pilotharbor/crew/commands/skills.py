"""What engineers are good for, and what lines ask of them."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.crew import queries
from pilotharbor.crew.commands.standing import (
    NotYourCrew,
    keeper,
    locked_engineer,
    locked_member,
    require_own,
    said,
)
from pilotharbor.crew.models import EngineerSkill, LineSkill, Skill
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.kernel.transactions import command, refusing


class SkillNameMissing(Invalid):
    """A skill needs a name of at most 80 characters."""

    code = "crew.skill_name_missing"


class SkillNameTaken(Conflict):
    """Your platform already has a skill called “{name}”."""

    code = "crew.skill_name_taken"


class SkillRetired(Conflict):
    """This skill is no longer asked for; define it anew if it is needed again."""

    code = "crew.skill_retired"


class SkillElsewhere(Invalid):
    """Choose skills of the line's own platform."""

    code = "crew.skill_elsewhere"


class ValidityReversed(Invalid):
    """The end must come after the beginning."""

    code = "crew.validity_reversed"


class GrantedMeanwhile(Conflict):
    """Somebody else is granting the same skill at this moment; look again."""

    code = "crew.granted_meanwhile"


class GrantWithdrawn(Conflict):
    """This has been withdrawn already."""

    code = "crew.grant_withdrawn"


@command
def define_skill(*, name: str, description: str = "", actor_id: int, at: datetime) -> Skill:
    """Name a skill that lines of the actor's platform may ask for.

    Raises: NotYourRole, CrewOfPlatformsOnly, SkillNameMissing, SkillNameTaken. Source: R-CREW-1.
    """
    actor = keeper(actor_id=actor_id)
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise SkillNameMissing(problems={"name": str(SkillNameMissing())})
    taken = SkillNameTaken(name=name)
    taken.problems["name"] = str(taken)
    with refusing(crew_skill_name_once=taken):
        skill = Skill.objects.create(
            platform_id=actor.organisation_id, name=name, description=description.strip()
        )
    events.record("crew.skill.defined", skill, actor=actor, at=at)
    return skill


@command
def retire_skill(*, skill_id: int, actor_id: int, at: datetime) -> Skill:
    """Ask nobody for a skill any more; who has it keeps it on record.

    Raises: NotYourRole, NotFound, NotYourCrew, SkillRetired. Source: R-CREW-1.
    """
    actor = keeper(actor_id=actor_id)
    skill = _locked_skill(skill_id)
    require_own(actor, platform_id=skill.platform_id)
    if skill.retired_at is not None:
        raise SkillRetired
    skill.retired_at = at
    skill.save(update_fields=["retired_at"])
    events.record("crew.skill.retired", skill, actor=actor, at=at)
    return skill


@command
def set_line_skills(
    *, line_id: int, skill_ids: Collection[int], actor_id: int, at: datetime
) -> list[int]:
    """Say which skills a line asks for, all of them; the ids in order.

    Raises: NotYourRole, NotFound, NotYourCrew, SkillElsewhere. Source: R-CREW-1.
    """
    actor = keeper(actor_id=actor_id)
    if not facilities.visible_lines(actor=actor).filter(pk=line_id).exists():
        raise NotFound
    line = Line.objects.select_for_update(no_key=True).get(pk=line_id)
    if not facilities.keeps_lines(actor, platform_id=line.platform_id):
        raise NotYourCrew
    wanted = set(skill_ids)
    known = Skill.objects.filter(
        pk__in=wanted, platform_id=line.platform_id, retired_at__isnull=True
    )
    if known.count() != len(wanted):
        raise SkillElsewhere(problems={"skill_ids": str(SkillElsewhere())})
    LineSkill.objects.filter(line=line).exclude(skill_id__in=wanted).delete()
    present = set(LineSkill.objects.filter(line=line).values_list("skill_id", flat=True))
    LineSkill.objects.bulk_create(
        LineSkill(line=line, skill_id=pk) for pk in sorted(wanted - present)
    )
    asked = sorted(wanted)
    events.record("crew.line_skills.set", line, actor=actor, at=at, skill_ids=asked)
    return asked


@command
def grant_skill(
    *,
    membership_id: int,
    skill_id: int,
    valid_from: date,
    valid_to: date | None = None,
    certificate_no: str = "",
    actor_id: int,
    at: datetime,
) -> EngineerSkill:
    """Say that an engineer has a skill from ``valid_from`` until before ``valid_to`` (open when ``None``).

    It takes the place of grants of the same skill whose time it overlaps.

    Raises: NotYourRole, CrewOfPlatformsOnly, NotAnEngineer, NotFound, NotYourCrew, SkillRetired,
    ValidityReversed. Source: R-CREW-2.
    """
    actor = keeper(actor_id=actor_id)
    if valid_to is not None and valid_to <= valid_from:
        raise ValidityReversed(problems={"valid_to": str(ValidityReversed())})
    member = locked_engineer(membership_id=membership_id, actor=actor)
    skill = _locked_skill(skill_id)
    require_own(actor, platform_id=skill.platform_id)
    if skill.retired_at is not None:
        raise SkillRetired
    validity = DateRange(valid_from, valid_to, "[)")
    queries.skills_held().filter(membership=member, skill=skill, validity__overlap=validity).update(
        withdrawn_at=at, withdrawn_by=actor
    )
    with refusing(crew_engineer_skill_one_at_a_time=GrantedMeanwhile()):
        grant = EngineerSkill.objects.create(
            membership=member, skill=skill, validity=validity, granted_by=actor, granted_at=at,
            certificate_no=certificate_no.strip(),
        )  # fmt: skip
    events.record(
        "crew.engineer_skill.granted", grant, actor=actor, at=at, membership_id=member.pk,
        skill_id=skill.pk, valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )  # fmt: skip
    return grant


@command
def withdraw_skill(*, grant_id: int, reason: str, actor_id: int, at: datetime) -> EngineerSkill:
    """Take a granted skill back.

    Raises: NotYourRole, NotFound, NotYourCrew, WhyMissing, GrantWithdrawn. Source: R-CREW-2.
    """
    actor = keeper(actor_id=actor_id)
    reason = said(reason)
    found = EngineerSkill.objects.select_related("skill").filter(pk=grant_id).first()
    if found is None:
        raise NotFound
    require_own(actor, platform_id=found.skill.platform_id)
    locked_member(membership_id=found.membership_id)
    grant = EngineerSkill.objects.select_for_update(no_key=True).get(pk=grant_id)
    if grant.withdrawn_at is not None:
        raise GrantWithdrawn
    grant.withdrawn_at, grant.withdrawn_by, grant.withdrawn_reason = at, actor, reason
    grant.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    events.record(
        "crew.engineer_skill.withdrawn", grant, actor=actor, at=at, membership_id=grant.membership_id,
        skill_id=grant.skill_id, day=local_date(at).isoformat(),
    )  # fmt: skip
    return grant


def _locked_skill(skill_id: int) -> Skill:
    skill = Skill.objects.select_for_update(no_key=True).filter(pk=skill_id).first()
    if skill is None:
        raise NotFound
    return skill
