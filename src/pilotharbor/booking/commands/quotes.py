"""A price is given, and kept for a month."""

from datetime import datetime, timedelta

from pilotharbor.booking import queries
from pilotharbor.booking.commands import errors, rules, slots
from pilotharbor.booking.commands.asking import Ask
from pilotharbor.booking.commands.rules import Wish
from pilotharbor.booking.models import Quote
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as voyages

VALID = timedelta(days=30)


@command
def quote(
    *,
    line_id: int,
    project_id: int,
    start: datetime,
    end: datetime,
    ask: Ask,
    actor_id: int,
    at: datetime,
) -> Quote:
    """Give the price of a wish by today's terms; a request within thirty days keeps these terms.

    Whether the time is free is not asked: that is for the request. For another time of the same wish
    the same terms hold.

    Raises: NotFound, NotYourRole, NotYourProject, NaiveTime, EmptyPeriod, TooLong, NoTariff,
        NotUsedUp. Source: R-BOOK-21.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    wanted = period(start, end)
    wish = Wish(start=start, end=end, at=at, past=True, billing=ask.billing)
    plan = slots.plan_for(wish, line_id, actor=actor)
    project = voyages.visible_projects(actor=actor).filter(pk=project_id).first()
    if project is None:
        raise NotFound
    if not queries.may_review(actor, plan.line):
        rules.require_requester(actor, project)
    asked, missing = ask.asked(plan)
    found = [*rules.of_time(wish), *missing]
    if plan.tariff is None:
        found.append(("start", errors.NoTariff()))
    rules.refuse(found)
    assert plan.tariff is not None, "refused above"
    group = queries.group_of(project, plan.tariff, platform_id=plan.line.platform_id)
    priced = queries.price(plan.tariff, asked, start=start, end=end, group=group)
    given = Quote.objects.create(
        line=plan.line,
        project=project,
        tariff=plan.tariff,
        period=wanted,
        group=group,
        ask=asked.kept(),
        priced=queries.kept(priced.lines),
        total_fen=priced.total_fen,
        asked_by=actor,
        asked_at=at,
        valid_until_at=at + VALID,
    )
    events.record(
        "booking.quote.given",
        given,
        actor=actor,
        at=at,
        project_id=project_id,
        line_id=line_id,
        platform_id=plan.line.platform_id,
        total_fen=given.total_fen,
        valid_until=given.valid_until_at.isoformat(),
    )
    return given
