"""What schedules of a platform keep to beside its calendars: cleaning, and what is kept apart."""

from datetime import datetime

from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.scheduling import queries
from pilotharbor.scheduling.models import Apart, Changeover

MOST_MINUTES = 10_080
MOST_LETTERS = 40


class MinutesOutOfRange(Invalid):
    """Cleaning takes between 0 and {most} minutes; write a whole number in between."""

    code = "scheduling.minutes_out_of_range"


class WordsMissing(Invalid):
    """Name both hazards in a word each, at most {most} letters long."""

    code = "scheduling.words_missing"


class Alike(Invalid):
    """Name two different hazards."""

    code = "scheduling.alike"


@command
def set_changeover(*, line_id: int, minutes: int, actor_id: int, at: datetime) -> None:
    """Say how long a line is cleaned between different materials; 0 = not at all.

    Raises: NotYourRole, NotFound, MinutesOutOfRange.
    """
    actor = _keeper(actor_id)
    if not 0 <= minutes <= MOST_MINUTES:
        wrong = MinutesOutOfRange(most=MOST_MINUTES)
        wrong.problems["minutes"] = str(wrong)
        raise wrong
    line = (
        Line.objects.select_for_update(no_key=True)
        .filter(pk=line_id, platform=queries.platform_of(actor))
        .first()
    )
    if line is None:
        raise NotFound
    if minutes:
        Changeover.objects.update_or_create(line=line, defaults={"minutes": minutes})
    else:
        Changeover.objects.filter(line=line).delete()
    events.record("scheduling.changeover.set", line, actor=actor, at=at, minutes=minutes)


@command
def keep_apart(*, one: str, other: str, actor_id: int, at: datetime) -> Apart:
    """Say that two hazards never run side by side on the actor's platform.

    Raises: NotYourRole, WordsMissing, Alike.
    """
    actor = _keeper(actor_id)
    words = sorted({one.strip(), other.strip()})
    if "" in words or max(map(len, words)) > MOST_LETTERS:
        missing = WordsMissing(most=MOST_LETTERS)
        missing.problems["other"] = str(missing)
        raise missing
    if len(words) == 1:
        raise Alike(problems={"other": str(Alike())})
    pair, created = Apart.objects.get_or_create(
        platform_id=queries.platform_of(actor), one=words[0], other=words[1]
    )
    if created:
        events.record("scheduling.apart.named", pair, actor=actor, at=at)
    return pair


@command
def let_together(*, apart_id: int, actor_id: int, at: datetime) -> None:
    """Take a pair of hazards off the list.

    Raises: NotYourRole, NotFound.
    """
    actor = _keeper(actor_id)
    pair = Apart.objects.filter(pk=apart_id, platform=queries.platform_of(actor)).first()
    if pair is None:
        raise NotFound
    events.record("scheduling.apart.lifted", pair, actor=actor, at=at)
    pair.delete()


def _keeper(actor_id: int) -> Membership:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.APPROVE, Kind.BOOKING)
    return actor
