"""A wish is held against every rule at once; requests, reviews, moves and previews all come here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pilotharbor.booking import queries
from pilotharbor.booking.commands import errors, rules, slots
from pilotharbor.booking.commands.asking import Ask
from pilotharbor.booking.commands.rules import Found, Wish
from pilotharbor.booking.models import Booking, Quote
from pilotharbor.booking.queries import Asked
from pilotharbor.facilities.models import Tariff
from pilotharbor.facilities.pricing import Priced
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects import queries as voyages
from pilotharbor.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A wish on its ground: what it stands on, what stands against it, what it costs.

    ``tariff``  whose terms hold: that of the quote, or of the day the slot begins
    ``lapsed``  requests in its way that hold their time no longer
    """

    wish: Wish
    plan: LinePlan
    project: Project
    asked: Asked
    found: Found
    tariff: Tariff | None
    engineer: Membership | None = None
    lapsed: Sequence[int] = ()

    @property
    def group(self) -> str:
        """In which group the project is priced."""
        if self.wish.quote is not None:
            return self.wish.quote.group
        if self.tariff is None:
            return ""
        return queries.group_of(self.project, self.tariff, platform_id=self.plan.line.platform_id)

    def price(self) -> Priced | None:
        """What it costs; nothing where no terms hold or the stretch is unsound."""
        if self.tariff is None or self.wish.end <= self.wish.start:
            return None
        return queries.price(
            self.tariff, self.asked,
            start=self.wish.start, end=self.wish.end, group=self.group,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a wish stands: a line, a project, and the people with it.

    ``user``     who comes
    ``actor``    who asks, where sight and standing have to be looked at
    ``besides``  bookings that do not count, such as the one that is moved
    """

    line_id: int
    project_id: int
    user: Membership
    actor: Membership | None = None
    engineer_id: int | None = None
    besides: Collection[int] = ()


def examine(wish: Wish, ask: Ask, ground: Ground) -> Examined:
    """Hold a wish against every rule; the times of ``wish`` carry their zone.

    Where rivals may come, the line is locked before (``slots.hold_lines``).

    Raises: NotFound, NotYourProject.
    """
    line_id, user, engineer_id = ground.line_id, ground.user, ground.engineer_id
    plan = slots.plan_for(wish, line_id, actor=ground.actor)
    alone = not ask.wants_engineer and engineer_id is None
    against = slots.against(
        wish,
        plan,
        project_id=ground.project_id,
        engineer_id=engineer_id,
        person_id=user.person_id if alone else None,
        besides=ground.besides,
    )
    if against is None:
        raise NotFound
    project = against.project
    if ground.actor is not None:
        _require_sight(ground.actor, project)
    asked, missing = ask.asked(plan, wish.quote.ask["consumables"] if wish.quote else ())
    served, engineer = slots.of_engineer(engineer_id, line_id, wish)
    on = local_date(wish.start)
    # What is held no longer is let go by ``looking.look`` before anything is written.
    rivals = [rival for rival in against.rivals if not rival.lapsed(wish.at)]
    found = [
        *rules.of_time(wish),
        *rules.of_line(wish, plan),
        *rules.of_opening(wish, plan),
        *rules.of_windows(wish),
        *missing,
        *(slots.of_rivals(rivals, engineer) if wish.placed else ()),
        *slots.of_quota(wish, plan, project, against.weeks),
        *rules.of_project(project),
        *rules.of_quote(wish, line_id=line_id, project_id=project.pk),
        *served,
        *slots.of_user(user, line_id, lacks=against.lacks, on=on),
    ]
    return Examined(
        wish=wish,
        plan=plan,
        project=project,
        asked=asked,
        found=found,
        tariff=wish.quote.tariff if wish.quote else plan.tariff,
        engineer=engineer,
        lapsed=sorted({r.booking_id for r in against.rivals if r.lapsed(wish.at)}),
    )


def wish_of(booking: Booking, *, start: datetime, end: datetime, at: datetime) -> Wish:
    """What a booking wishes for, at another time perhaps."""
    return Wish(
        start=start,
        end=end,
        at=at,
        retrospective=booking.retrospective,
        # What has begun already is looked at by review and move (R-BOOK-7).
        past=True,
        billing=booking.billing,
        hazard=booking.hazard,
        acknowledged=booking.acknowledged,
        batch_kg=booking.batch_kg,
        windows=[(_instant(a), _instant(b)) for a, b in booking.windows],
        quote=booking.quote,
    )


def ask_of(booking: Booking) -> Ask:
    """What goes with a booking; its consumables and quote were looked at when it was asked for."""
    return Ask(
        billing=booking.billing,
        batch_no=booking.batch_no,
        material=booking.material,
        hazard=booking.hazard,
        wants_engineer=booking.wants_engineer,
        batch_kg=booking.batch_kg,
        acknowledged=booking.acknowledged,
    )


def quoted(wish: Wish, quote_id: int | None) -> Wish:
    """The wish with its quote, if there is one of this number."""
    if quote_id is None:
        return wish
    quote = Quote.objects.select_related("tariff").filter(pk=quote_id).first()
    return replace(wish, quote_id=quote_id, quote=quote)


def user_of(used_by_id: int | None, actor: Membership) -> tuple[Membership, Found]:
    """Who comes: somebody who may act, of an organisation that is a party; by default who asks."""
    if used_by_id is None or used_by_id == actor.pk:
        return actor, []
    found = (
        parties.standing().select_related("person", "organisation").filter(pk=used_by_id).first()
    )
    if found is None:
        return actor, [("used_by_id", errors.UserElsewhere())]
    return found, []


def of_party(user: Membership, project: Project) -> Found:
    """Whether who comes belongs to a party of the project."""
    if voyages.is_party(user, project):
        return []
    return [("used_by_id", errors.UserElsewhere())]


def _require_sight(actor: Membership, project: Project) -> None:
    # Whoever may ask for a project is a party of it and sees it; only others have to be looked up.
    if queries.may_request(actor, project):
        return
    if not voyages.visible_projects(actor=actor).filter(pk=project.pk).exists():
        raise NotFound
    rules.require_requester(actor, project)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
