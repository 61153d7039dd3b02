"""Who waits for a taken line is offered a freed slot, in order."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from pilotharbor.booking import queries
from pilotharbor.booking.commands import drafting, examining, placing, rules, slots
from pilotharbor.booking.commands.asking import (
    Ask,
    Window,
    ask_kept_in,
    sound_windows,
)
from pilotharbor.booking.commands.examining import Ground
from pilotharbor.booking.commands.rules import Wish
from pilotharbor.booking.commands.slots import record
from pilotharbor.booking.models import Allocation, Booking, Waiting
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.time import HOUR
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as voyages

# How long an offer is kept at most; shorter where the slot begins sooner.
OFFER_HOURS = 24
MOST_WAITING = 20


class NotYoursToAnswer(Forbidden):
    """Only the organisation that waits answers an offer."""

    code = "booking.not_yours_to_answer"


class OfferOver(Conflict):
    """This offer held until {until} and has gone to the next in line; you may wait again."""

    code = "booking.offer_over"


class NothingOffered(Conflict):
    """There is no offer to answer here."""

    code = "booking.nothing_offered"


class TooManyWaiting(Conflict):
    """One project waits for at most {most} slots of a line at a time; withdraw one first."""

    code = "booking.too_many_waiting"


@command
def wait(
    *,
    line_id: int,
    project_id: int,
    windows: Sequence[Window],
    duration_s: int,
    ask: Ask,
    actor_id: int,
    at: datetime,
) -> Waiting:
    """Join the queue for a line; a slot that is free already is offered at once.

    Raises: NotFound, NotYourRole, NotYourProject, TooManyWaiting, the errors of ``errors``.
    Source: R-BOOK-28.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    slots.hold_lines([line_id])
    line = facilities.visible_lines(actor=actor).filter(pk=line_id).first()
    project = voyages.visible_projects(actor=actor).filter(pk=project_id).first()
    if line is None or project is None:
        raise NotFound
    rules.require_requester(actor, project)
    kept, unsound = sound_windows(windows, duration_s=duration_s, at=at)
    rules.refuse([*unsound, *rules.of_project(project)])
    queued = Waiting.objects.filter(line=line, project=project, status__in=Waiting.OPEN)
    if queued.count() >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    waiting = Waiting.objects.create(
        line=line,
        project=project,
        windows=[[a.isoformat(), b.isoformat()] for a, b in kept],
        duration_s=duration_s,
        ask=ask.kept(),
        asked_by=actor,
        asked_at=at,
    )
    _record("joined", waiting, actor=actor, at=at, platform_id=line.platform_id)
    offer_freed(line_id=line_id, at=at)
    return Waiting.objects.get(pk=waiting.pk)


@command
def accept_offer(*, waiting_id: int, actor_id: int, at: datetime) -> Booking:
    """Take an offer: it is a request like any other, and its time is kept until it is decided on.

    Raises: NotFound, NotYoursToAnswer, NothingOffered, OfferOver. Source: R-BOOK-28.
    """
    actor, waiting, booking = _offered(waiting_id, actor_id)
    if waiting.offer_ends_at is not None and waiting.offer_ends_at <= at:
        raise OfferOver(until=rules.moment(waiting.offer_ends_at))
    advance(waiting, Waiting.Status.TAKEN)
    booking.hold_ends_at = booking.period.lower
    booking.save(update_fields=["hold_ends_at"])
    _record("taken", waiting, actor=actor, at=at, booking_id=booking.pk)
    drafting.announce(booking, actor=actor, at=at, platform_id=booking.line.platform_id)
    return booking


@command
def decline_offer(*, waiting_id: int, actor_id: int, at: datetime) -> Waiting:
    """Leave an offer to the next in line.

    Raises: NotFound, NotYoursToAnswer, NothingOffered. Source: R-BOOK-28.
    """
    actor, waiting, booking = _offered(waiting_id, actor_id)
    _close(waiting, booking, Waiting.Status.DECLINED, actor=actor, at=at)
    offer_freed(line_id=waiting.line_id, at=at)
    return waiting


@command
def withdraw(*, waiting_id: int, actor_id: int, at: datetime) -> Waiting:
    """Leave the queue; what was offered goes to the next.

    Raises: NotFound, NotYoursToAnswer, MoveNotAllowed.
    """
    actor, seen = _mine(waiting_id, actor_id)
    slots.hold_lines([seen.line_id])
    waiting = Waiting.objects.select_for_update(no_key=True).get(pk=waiting_id)
    offered = waiting.offers.filter(status=Booking.Status.SUBMITTED).first()
    if waiting.status == Waiting.Status.OFFERED and offered is not None:
        _close(waiting, offered, Waiting.Status.WITHDRAWN, actor=actor, at=at)
        offer_freed(line_id=waiting.line_id, at=at)
    else:
        advance(waiting, Waiting.Status.WITHDRAWN)
        _record("withdrawn", waiting, actor=actor, at=at)
    return waiting


@command
def tidy(*, line_id: int, actor_id: int | None, at: datetime) -> int:
    """Let go of what a line's requests and offers hold no longer, and offer it on; how many.

    Done every minute, and by whoever meets such a hold. Source: R-BOOK-16, R-BOOK-28.
    """
    del actor_id  # Nobody's act: time did it.
    slots.hold_lines([line_id])
    return let_go(line_id=line_id, at=at)


def let_go(*, line_id: int, at: datetime) -> int:
    """The same for a line that is locked already."""
    holding = Allocation.objects.filter(booking=OuterRef("pk"), live=True)
    expired = list(
        Booking.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            Exists(holding),
            line_id=line_id,
            status=Booking.Status.SUBMITTED,
            hold_ends_at__lte=at,
        )
        .order_by("id")
    )
    for booking in expired:
        release(booking, at=at)
    offer_freed(line_id=line_id, at=at)
    return len(expired)


def let_go_of(*, booking_ids: Collection[int], line_id: int, at: datetime) -> None:
    """The same for requests that somebody met on machines that are locked, of this line or linked."""
    rows = Booking.objects.select_for_update(no_key=True, of=("self",)).filter(
        pk__in=booking_ids, status=Booking.Status.SUBMITTED, hold_ends_at__lte=at
    )
    for booking in rows.order_by("id"):
        release(booking, at=at)
    offer_freed(line_id=line_id, at=at)


def release(booking: Booking, *, at: datetime) -> None:
    """Let go of what a locked request holds no longer; an offer that was not taken lapses."""
    slots.free(booking)
    waiting = _open_offer(booking)
    if waiting is None:
        record("let_go", booking, None, at, line_id=booking.line_id)
    else:
        _close(waiting, booking, Waiting.Status.LAPSED, actor=None, at=at)


def offer_freed(*, line_id: int, at: datetime) -> int:
    """Offer what is free on a locked line to those who wait for it, in order; how many got one.

    Whoever cannot have it now (a project that may not book, say) keeps the place in the queue.
    """
    queue = list(
        Waiting.objects.select_for_update(no_key=True, of=("self",))
        .filter(line_id=line_id, status=Waiting.Status.WAITING)
        .select_related("asked_by__person", "asked_by__organisation")
        .order_by("asked_at", "id")
    )
    open_ended = []
    for waiting in queue:
        windows = _ahead(waiting, at)
        if windows:
            open_ended.append((waiting, windows))
        else:
            _lapse(waiting, at=at)
    if not open_ended:
        return 0
    room = placing.Room.of(
        line_id=line_id,
        start=min(windows[0][0] for _waiting, windows in open_ended),
        end=max(windows[-1][1] for _waiting, windows in open_ended),
        at=at,
    )
    return sum(_offer(waiting, windows, room, at=at) for waiting, windows in open_ended)


def _ahead(waiting: Waiting, at: datetime) -> list[Window]:
    """The windows that are still long enough from now on."""
    given = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in waiting.windows]
    kept, _unsound = sound_windows(given, duration_s=waiting.duration_s, at=at)
    return kept


def _offer(waiting: Waiting, windows: list[Window], room: placing.Room, *, at: datetime) -> bool:
    length = timedelta(seconds=waiting.duration_s)
    first = room.earliest(windows, length)
    if first is None:
        return False
    ask = ask_kept_in(waiting.ask)
    wish = Wish(
        start=first, end=first + length, at=at, billing=ask.billing, hazard=ask.hazard,
        acknowledged=ask.acknowledged, batch_kg=ask.batch_kg, windows=windows,
    )  # fmt: skip
    user, absent = examining.user_of(ask.used_by_id, waiting.asked_by)
    ground = Ground(line_id=waiting.line_id, project_id=waiting.project_id, user=user)
    seen = examining.examine(wish, ask, ground)
    if seen.found or absent:
        return False
    until = min(at + OFFER_HOURS * HOUR, wish.start)
    booking = drafting.drafted(seen, ask, user=user, actor=waiting.asked_by)
    drafting.put_down(booking, seen, waiting=waiting, hold_ends_at=until)
    room.take(wish.start, wish.end)
    advance(waiting, Waiting.Status.OFFERED, offered_at=at, offer_ends_at=until)
    _record(
        "offered", waiting, actor=None, at=at,
        booking_id=booking.pk, until=until.isoformat(), platform_id=seen.plan.line.platform_id,
    )  # fmt: skip
    return True


def _lapse(waiting: Waiting, *, at: datetime) -> None:
    advance(waiting, Waiting.Status.LAPSED)
    _record("lapsed", waiting, actor=None, at=at)


def _open_offer(booking: Booking) -> Waiting | None:
    """The entry of the queue whose unanswered offer this is."""
    if booking.waiting_id is None:
        return None
    rows = Waiting.objects.select_for_update(no_key=True).filter(pk=booking.waiting_id)
    return rows.filter(status=Waiting.Status.OFFERED).first()


def is_open_offer(booking: Booking) -> bool:
    """Whether a locked request is an offer that nobody has answered yet."""
    return _open_offer(booking) is not None


def give_back(booking: Booking, *, actor: Membership | None, at: datetime) -> bool:
    """Whether a locked request was an unanswered offer; then it is declined and gone."""
    waiting = _open_offer(booking)
    if waiting is None:
        return False
    _close(waiting, booking, Waiting.Status.DECLINED, actor=actor, at=at)
    return True


def _close(
    waiting: Waiting, booking: Booking, to: str, *, actor: Membership | None, at: datetime
) -> None:
    """End an offer: its booking is given up and its time is free."""
    advance(waiting, to)
    why = _("The offer from the waiting list was not taken.")
    advance(booking, Booking.Status.CANCELLED, cancel_reason=why)
    slots.free(booking)
    done = {
        Waiting.Status.DECLINED: "declined",
        Waiting.Status.LAPSED: "lapsed",
        Waiting.Status.WITHDRAWN: "withdrawn",
    }[Waiting.Status(to)]
    _record(done, waiting, actor=actor, at=at, booking_id=booking.pk)


def _mine(waiting_id: int, actor_id: int) -> tuple[Membership, Waiting]:
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    seen = queries.visible_waiting(actor=actor).filter(pk=waiting_id).first()
    if seen is None:
        raise NotFound
    if not queries.may_answer(actor, seen):
        raise NotYoursToAnswer
    return actor, seen


def _offered(waiting_id: int, actor_id: int) -> tuple[Membership, Waiting, Booking]:
    actor, seen = _mine(waiting_id, actor_id)
    slots.hold_lines([seen.line_id])
    waiting = Waiting.objects.select_for_update(no_key=True).get(pk=waiting_id)
    booking = waiting.offers.filter(status=Booking.Status.SUBMITTED).first()
    if waiting.status != Waiting.Status.OFFERED or booking is None:
        raise NothingOffered
    return actor, waiting, slots.locked(booking.pk)


def _record(
    done: str, waiting: Waiting, *, actor: Membership | None, at: datetime, **facts: Fact
) -> None:
    events.record(
        f"booking.waiting.{done}",
        waiting,
        actor=actor,
        actor_id=None,
        at=at,
        project_id=waiting.project_id,
        line_id=waiting.line_id,
        **facts,
    )
