"""Skills: defined, asked for, granted, taken back."""

from datetime import date

import pytest

from pilotharbor.crew import commands, queries
from pilotharbor.crew.models import (
    EngineerSkill,
    Skill,
)
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.models import Membership
from tests.crew.conftest import NOW
from tests.factories.crew import (
    LineSkillFactory,
    SkillFactory,
)

pytestmark = pytest.mark.django_db


def skill(plant, name="高压操作", **more):
    return commands.define_skill(name=name, **(plant.by | more))


def give(plant, one, first=date(2026, 1, 1), after=None, **more):
    return commands.grant_skill(
        membership_id=plant.engineer.pk,
        skill_id=one.pk,
        valid_from=first,
        valid_to=after,
        **(plant.by | more),
    )


def test_skills_are_defined_once_and_retired(plant):
    one = skill(plant)

    with pytest.raises(commands.SkillNameTaken):
        skill(plant, " 高压操作 ")
    for name in ("", "x" * 81):
        with pytest.raises(commands.SkillNameMissing):
            skill(plant, name)
    with pytest.raises(NotFound):
        commands.retire_skill(skill_id=one.pk, actor_id=plant.other_operator.pk, at=NOW)
    commands.retire_skill(skill_id=one.pk, **plant.by)
    with pytest.raises(commands.SkillRetired):
        commands.retire_skill(skill_id=one.pk, **plant.by)
    assert skill(plant).pk != one.pk


def test_a_line_asks_for_exactly_the_skills_set(plant):
    one, two, elsewhere = skill(plant), skill(plant, "GMP"), SkillFactory()
    LineSkillFactory(line=plant.line, skill=one)
    ask = {"line_id": plant.line.pk, **plant.by}

    assert commands.set_line_skills(**ask, skill_ids=[two.pk, one.pk, one.pk]) == [one.pk, two.pk]
    with pytest.raises(commands.SkillElsewhere):
        commands.set_line_skills(**ask, skill_ids=[elsewhere.pk])
    assert {n.skill_id for n in one.lines.model.objects.all()} == {one.pk, two.pk}
    assert commands.set_line_skills(**ask, skill_ids=[]) == []
    with pytest.raises(commands.NotYourCrew):
        commands.set_line_skills(
            line_id=plant.line.pk, skill_ids=[], actor_id=plant.other_operator.pk, at=NOW
        )
    with pytest.raises(NotFound):
        commands.set_line_skills(line_id=0, skill_ids=[], **plant.by)


def test_a_grant_takes_the_place_of_the_one_it_overlaps(plant):
    one = skill(plant)
    first = give(plant, one, date(2025, 1, 1), date(2026, 6, 1))
    second = give(plant, one, date(2026, 3, 1), date(2027, 3, 1))

    first.refresh_from_db()
    assert (first.withdrawn_at, first.withdrawn_reason) == (NOW, "")
    assert list(queries.skills_held()) == [second]
    with pytest.raises(commands.ValidityReversed):
        give(plant, one, date(2026, 3, 1), date(2026, 3, 1))


def test_who_may_be_granted_what(plant):
    retired = skill(plant)
    commands.retire_skill(skill_id=retired.pk, **plant.by)
    with pytest.raises(commands.SkillRetired):
        give(plant, retired)
    with pytest.raises(NotFound):
        give(plant, SkillFactory())
    with pytest.raises(NotFound):
        give(plant, Skill(pk=0))
    with pytest.raises(commands.NotAnEngineer):
        give(plant, skill(plant, "GMP"), actor_id=plant.other_operator.pk)
    Membership.objects.filter(pk=plant.engineer.pk).update(status="ended")
    with pytest.raises(commands.NotAnEngineer):
        give(plant, skill(plant, "高压"))
    assert not EngineerSkill.objects.exists()


def test_a_skill_is_taken_back_once_with_a_reason(plant):
    grant = give(plant, skill(plant))
    back = {"grant_id": grant.pk, "reason": "证书到期未复审"}

    with pytest.raises(commands.WhyMissing):
        commands.withdraw_skill(grant_id=grant.pk, reason="", **plant.by)
    with pytest.raises(NotFound):
        commands.withdraw_skill(**back, actor_id=plant.other_operator.pk, at=NOW)
    with pytest.raises(NotFound):
        commands.withdraw_skill(grant_id=0, reason="x", **plant.by)
    commands.withdraw_skill(**back, **plant.by)
    with pytest.raises(commands.GrantWithdrawn):
        commands.withdraw_skill(**back, **plant.by)
    assert not queries.skills_held().exists()
