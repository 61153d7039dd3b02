"""A platform tells visitors for whom a line is meant."""

from collections.abc import Collection
from datetime import datetime

from pilotharbor.calendars.models import Showing
from pilotharbor.facilities import commands as facilities_commands
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.technologies.industries import TRADES

MOST_INDUSTRIES = 8
DIVISION = 3


class TooManyIndustries(Invalid):
    """Name at most {most} industries: what is meant for everybody is found by nobody."""

    code = "calendars.too_many_industries"


class NoSuchIndustry(Invalid):
    """“{industry}” is no division of GB/T 4754; choose from the list."""

    code = "calendars.no_such_industry"


@command
def tell_industries(
    *, line_id: int, industries: Collection[str], actor_id: int, at: datetime
) -> Showing:
    """Say for which industries a line is meant, in place of what was said before.

    Raises: NotFound, NotYourLine, TooManyIndustries, NoSuchIndustry. Source: R-CAL-43.
    """
    actor = parties.actor(actor_id=actor_id)
    line = facilities.visible_lines(actor=actor).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    if not facilities.keeps_lines(actor, platform_id=line.platform_id):
        raise facilities_commands.NotYourLine
    chosen = sorted(set(industries))
    if len(chosen) > MOST_INDUSTRIES:
        many = TooManyIndustries(most=MOST_INDUSTRIES)
        raise TooManyIndustries(most=MOST_INDUSTRIES, problems={"industries": str(many)})
    for code in chosen:
        if len(code) != DIVISION or code not in TRADES:
            unknown = NoSuchIndustry(industry=code[:20])
            raise NoSuchIndustry(industry=code[:20], problems={"industries": str(unknown)})
    # Two at once take turns: one is made, the other changed.
    Line.objects.select_for_update(no_key=True, of=("self",)).get(pk=line_id)
    shown, _ = Showing.objects.update_or_create(
        line_id=line_id, defaults={"industries": chosen, "told_by": actor, "told_at": at}
    )
    events.record(
        "calendars.showing.told", shown, actor=actor, at=at, line_id=line_id, industries=chosen
    )
    return shown
