"""Who is told of what happens to a booking."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.booking import commands, queries
from pilotharbor.booking.models import Booking, Waiting
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import SHANGHAI, local_date
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role

for _kind, _sentence, _earlier in (
    (
        "booking.booking.requested",
        _("{organisation} asks for “{line}”, {day}."),
        _("{organisation} asks for “{line}”."),
    ),
    (
        "booking.booking.approved",
        _("Your slot on “{line}”, {day}, has been allotted."),
        _("Your slot on “{line}” has been allotted."),
    ),
    (
        "booking.booking.rejected",
        _("Your request for “{line}”, {day}, was refused."),
        _("Your request for “{line}” was refused."),
    ),
    (
        "booking.booking.cancelled",
        _("The booking of “{line}”, {day}, has been cancelled."),
        _("A booking of “{line}” has been cancelled."),
    ),
    (
        "booking.booking.moved",
        _("The slot on “{line}” has been moved to {day}."),
        "",
    ),
    (
        "booking.booking.reviewed",
        _("A reviewer has agreed to the request for “{line}”, {day}; it needs another one."),
        "",
    ),
    (
        "booking.booking.handed_over",
        _("The slot on “{line}”, {day}, has been handed over."),
        "",
    ),
    (
        "booking.booking.taken_over",
        _("Another engineer runs the slot on “{line}”, {day}."),
        "",
    ),
    (
        "booking.booking.hit",
        _("“{line}” is shut while you have it, {day}: choose another time."),
        "",
    ),
    (
        "booking.booking.spared",
        _("“{line}” is open again for your slot, {day}."),
        "",
    ),
    (
        "booking.booking.overran",
        _("A slot on “{line}” is still in use after its end; yours comes next, {day}."),
        "",
    ),
    (
        "booking.booking.let_go",
        _("Your request for “{line}”, {day}, is not decided yet and holds its time no longer."),
        "",
    ),
    (
        "booking.list.imported",
        _("{organisation} asks for “{line}” by a list: {count} times, from {day} on."),
        "",
    ),
    (
        "booking.series.requested",
        _("{organisation} asks for a series of slots on “{line}”, from {day} on."),
        "",
    ),
    (
        "booking.series.approved",
        _("Your series of slots on “{line}”, from {day} on, has been allotted."),
        "",
    ),
    (
        "booking.series.rejected",
        _("Your series of slots on “{line}”, from {day} on, was refused."),
        "",
    ),
    (
        "booking.series.cancelled",
        _("A series of slots on “{line}” has been cancelled from {day} on."),
        "",
    ),
    (
        "booking.waiting.offered",
        _("A slot on “{line}” has become free, {day}: take it until {until}."),
        "",
    ),
    (
        "booking.waiting.lapsed",
        _("Your place on the waiting list for “{line}” is over."),
        "",
    ),
    (
        "booking.engineer.assigned",
        _("You run a new slot on “{line}”, {day}."),
        _("You run a new slot on “{line}”."),
    ),
):
    notices.say(_kind, _sentence, earlier=_earlier, day=str)

# How soon after an overrun a slot counts as the one that comes next.
SOON = timedelta(days=1)


# Told once for all of a series, not slot by slot.
OF_SERIES = frozenset({
    "booking.booking.requested", "booking.booking.approved", "booking.booking.rejected",
})  # fmt: skip


def _booking(event: Event) -> Booking:
    return _read(Booking.objects.filter(pk=event.subject_id))


def _read(rows: QuerySet[Booking]) -> Booking:
    return rows.select_related(
        "line",
        "requested_by__organisation",
        "requested_by__person",
        "used_by__person",
        "engineer",
    ).get()


def _tell(event: Event, booking: Booking, members: set[int], kind: str = "", **more: Fact) -> None:
    facts: dict[str, Fact] = {
        "line": booking.line.name,
        "organisation": booking.requested_by.organisation.name,
        "day": local_date(booking.period.lower).isoformat(),
        **more,
    }
    parties.notify(
        member_ids=members,
        not_to=event.person_id,
        kind=kind or event.name,
        url=reverse("booking_detail", args=[booking.pk]),
        event=event,
        at=event.at,
        facts=facts,
    )


def _operators(booking: Booking) -> set[int]:
    rows = people.people_of(
        organisation_id=booking.line.platform_id, roles=[Role.PLATFORM_OPERATOR]
    )
    return set(rows.values_list("pk", flat=True))


def _theirs(booking: Booking) -> set[int]:
    """Who asked, and who comes."""
    return {booking.requested_by_id, booking.used_by_id or booking.requested_by_id}


def _planned(booking: Booking) -> set[int]:
    """Whoever planned with it: who asked, who comes, the engineer, the platform's operators."""
    engineer = {booking.engineer_id} if booking.engineer_id else set()
    return _theirs(booking) | engineer | _operators(booking)


def _alone(event: Event) -> bool:
    if event.facts.get("listed"):
        return False
    return event.name not in OF_SERIES or event.facts.get("series_id") is None


@handles("booking.list.imported")
def tell_the_operators_of_a_list(event: Event) -> None:
    """The platform's operators learn of a list once for each line, not row by row."""
    booking = _read(Booking.objects.filter(pk=event.facts["booking_id"]))
    _tell(event, booking, _operators(booking), count=event.facts["count"])


@handles("booking.booking.requested", "booking.booking.reviewed")
def tell_the_operators_of_a_request(event: Event) -> None:
    """The platform's operators see what waits for their decision."""
    if _alone(event):
        booking = _booking(event)
        _tell(event, booking, _operators(booking))


@handles("booking.booking.approved", "booking.booking.rejected")
def tell_who_asked(event: Event) -> None:
    """Who asked learns the answer, and the engineer learns of the slot."""
    booking = _booking(event)
    if _alone(event):
        _tell(event, booking, _theirs(booking))
    if event.name.endswith(".approved") and booking.engineer is not None:
        _tell(event, booking, {booking.engineer.pk}, "booking.engineer.assigned")


@handles("booking.booking.taken_over")
def tell_who_runs_it_now(event: Event) -> None:
    """The engineer who runs it now, the one who did, and who comes learn of the change."""
    booking = _booking(event)
    before = event.facts.get("from_engineer_id")
    _tell(event, booking, {event.facts["engineer_id"]}, "booking.engineer.assigned")
    _tell(event, booking, _theirs(booking) | ({before} if before else set()))


@handles("booking.booking.let_go")
def tell_whose_hold_is_over(event: Event) -> None:
    """Who asked learns that the time is held no longer."""
    booking = _booking(event)
    _tell(event, booking, _theirs(booking))


@handles(
    "booking.booking.cancelled",
    "booking.booking.moved",
    "booking.booking.handed_over",
    "booking.booking.hit",
    "booking.booking.spared",
)
def tell_who_planned_with_it(event: Event) -> None:
    """Requester, user, engineer and operators learn that what they planned with has changed."""
    booking = _booking(event)
    _tell(event, booking, _planned(booking))


@handles("booking.booking.overran")
def tell_who_comes_next(event: Event) -> None:
    """Whoever has the line next, and those who run it, learn that it is still in use."""
    booking = _booking(event)
    after = Booking.objects.filter(
        line_id=booking.line_id,
        status=Booking.Status.APPROVED,
        period__startswith__gte=booking.period.lower,
        period__startswith__lte=event.at + SOON,
    ).order_by("period", "id")
    engineer = {booking.engineer_id} if booking.engineer_id else set()
    _tell(event, booking, engineer | _operators(booking), day=local_date(event.at).isoformat())
    if (following := after.first()) is not None:
        first = _read(Booking.objects.filter(pk=following.pk))
        _tell(event, first, _theirs(first))


@handles(
    "booking.series.requested",
    "booking.series.approved",
    "booking.series.rejected",
    "booking.series.cancelled",
)
def tell_of_a_series(event: Event) -> None:
    """Operators learn of a series once, and so does who asked for it."""
    slots = Booking.objects.filter(series_id=event.subject_id).order_by("period", "id")
    first = slots.first()
    if first is None:
        return
    booking = _read(Booking.objects.filter(pk=first.pk))
    day = str(event.facts.get("from_day") or local_date(booking.period.lower).isoformat())
    asked = event.name.endswith(("requested", "cancelled"))
    answered = event.name.endswith(("approved", "rejected", "cancelled"))
    told = (_operators(booking) if asked else set()) | (_theirs(booking) if answered else set())
    _tell(event, booking, told, day=day)


@handles("booking.waiting.offered", "booking.waiting.lapsed")
def tell_who_waits(event: Event) -> None:
    """Who waits learns of an offer, and of its end."""
    waiting = Waiting.objects.select_related("line", "asked_by__organisation").get(
        pk=event.subject_id
    )
    offered = waiting.offers.order_by("-id").first()
    day = local_date(offered.period.lower).isoformat() if offered else ""
    until = event.facts.get("until")
    parties.notify(
        member_ids={waiting.asked_by_id},
        not_to=None,
        kind=event.name,
        url=reverse("waiting_list"),
        event=event,
        at=event.at,
        facts={"line": waiting.line.name, "day": day, "until": _moment(until)},
    )


@handles("facilities.closure.declared")
def mark_what_a_closure_hits(event: Event) -> None:
    """Bookings whose time is taken away are marked; their people are told by that event."""
    commands.mark_hit(closure_id=event.facts["closure_id"], actor_id=event.actor_id, at=event.at)


@handles("facilities.closure.lifted")
def clear_what_a_closure_hit(event: Event) -> None:
    """Bookings have their time again."""
    commands.clear_hit(closure_id=event.facts["closure_id"], actor_id=event.actor_id, at=event.at)


@handles("telemetry.run.ended")
def propose_usage(event: Event) -> None:
    """What a machine ran by its own signal is proposed as the usage of its slot."""
    commands.note_run(
        equipment_id=event.facts["equipment_id"],
        start=datetime.fromisoformat(event.facts["start"]),
        end=datetime.fromisoformat(event.facts["end"]),
        event_id=event.pk,
        actor_id=event.actor_id,
        at=event.at,
    )


@handles(
    "booking.booking.cancelled",
    "booking.booking.missed",
    "booking.booking.moved",
    "booking.booking.rejected",
    "booking.booking.let_go",
    "booking.usage.recorded",
)
def offer_on_other_lines(event: Event) -> None:
    """What a slot set free of linked machines is offered to who waits for the other lines.

    Its own line has been offered on in the command itself.
    """
    booking_id = event.facts.get("booking_id") or event.subject_id
    for line_id in queries.lines_sharing(booking_id=booking_id):
        commands.tidy(line_id=line_id, actor_id=None, at=event.at)


def _moment(text: Fact) -> str:
    if not isinstance(text, str):
        return ""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
