"""What is written about a result for the national register."""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies.commands.rules import acting, locked_achievement, require_writer
from pilotharbor.technologies.models import Achievement
from pilotharbor.technologies.registration.content import Content, cleaned


@command
def describe_registration(
    *, achievement_id: int, content: Content, actor_id: int, at: datetime
) -> Achievement:
    """Write down what the register asks; what is given changes, empty answers are taken out.

    Raises: NotFound, NotYourRole, NotYourEntry, ContentWrong, StateSecretRefused.
    Source: R-TECH-60.
    """
    actor = acting(actor_id, Verb.WRITE, Kind.ACHIEVEMENT)
    achievement = locked_achievement(achievement_id, actor)
    require_writer(achievement, actor)
    whole = cleaned(content, achievement.registration)
    before = achievement.registration
    changed = sorted(n for n in {*whole, *before} if whole.get(n) != before.get(n))
    if not changed:
        return achievement
    achievement.registration = whole
    achievement.save(update_fields=["registration"])
    events.record(
        "technologies.achievement.registration_described", achievement, actor=actor, at=at,
        fields=changed,
    )  # fmt: skip
    return achievement
