"""A line is asked for: an exact time, or some time within windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pilotharbor.booking import queries
from pilotharbor.booking.commands import drafting, errors, examining, looking, rules, slots
from pilotharbor.booking.commands.asking import Ask, Window
from pilotharbor.booking.commands.examining import Ground
from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Line
from pilotharbor.facilities.pricing import Priced
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb


@command
def request(
    *,
    line_id: int,
    project_id: int,
    billing: str,
    actor_id: int,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    windows: Sequence[Window] = (),
    duration_s: int | None = None,
    batch_no: int | None = None,
    material: str = "",
    hazard: str = "",
    wants_engineer: bool = True,
    retrospective: bool = False,
    batches: int | None = None,
    samples: int = 0,
    engineer_s: int | None = None,
    consumables: Mapping[int, Decimal] | None = None,
    batch_kg: Decimal | None = None,
    acknowledged: Sequence[int] = (),
    used_by_id: int | None = None,
    quote_id: int | None = None,
    override_reason: str = "",
) -> Booking:
    """Ask for a line over ``[start, end)``, or for ``duration_s`` seconds within ``windows``.

    A flexible request is put at the earliest free place; review and schedules may move it within
    its windows. Where the line says so, the time is held meanwhile. All reasons why it cannot be
    had are told at once, each at its field.

    Raises: NotFound, NotYourRole, the errors of ``errors``. Source: R-BOOK-2 to R-BOOK-5, R-BOOK-14
    to R-BOOK-21.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    ask = Ask(
        billing=billing, batch_no=batch_no, material=material, hazard=hazard.strip(),
        wants_engineer=wants_engineer, batches=batches, samples=samples, engineer_s=engineer_s,
        consumables=consumables or {}, batch_kg=batch_kg, acknowledged=acknowledged,
        used_by_id=used_by_id, quote_id=quote_id,
    )  # fmt: skip
    slots.hold_lines([line_id])
    return put_in(
        ask, line_id=line_id, project_id=project_id, start=start, end=end, windows=windows,
        duration_s=duration_s, retrospective=retrospective, override_reason=override_reason,
        actor=actor, at=at,
    )  # fmt: skip


def put_in(
    ask: Ask,
    *,
    line_id: int,
    project_id: int,
    actor: Membership,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    windows: Sequence[Window] = (),
    duration_s: int | None = None,
    retrospective: bool = False,
    override_reason: str = "",
    listed: bool = False,
) -> Booking:
    """Put in one request on its locked line; what refuses it refuses before anything is written.

    ``listed``  it came with a list, of which the platform is told once
    """
    wish, unsound = drafting.wished(
        ask, line_id=line_id, start=start, end=end, windows=windows, duration_s=duration_s,
        retrospective=retrospective, actor=actor, at=at,
    )  # fmt: skip
    if wish is None:
        rules.refuse(unsound)
        raise NotFound
    user, absent = examining.user_of(ask.used_by_id, actor)
    ground = Ground(line_id=line_id, project_id=project_id, user=user, actor=actor)
    seen = looking.look(wish, ask, ground)
    found = [*seen.found, *unsound, *absent, *examining.of_party(user, seen.project)]
    overridden = rules.weigh(
        found,
        override_reason=override_reason,
        may_override=queries.may_review(actor, seen.plan.line),
    )
    booking = drafting.drafted(seen, ask, user=user, actor=actor)
    booking.overridden, booking.override_reason = overridden, override_reason.strip()
    drafting.put_down(booking, seen)
    drafting.announce(
        booking, actor=actor, at=at, platform_id=seen.plan.line.platform_id, listed=listed
    )
    return booking


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a request would meet: when it would be, what it would cost, what stands against it.

    ``reasons``  as ``rules.told``; ``deposit_fen`` and ``fee_fen`` by the terms that would hold
    """

    start: datetime | None
    end: datetime | None
    line: Line | None
    priced: Priced | None
    group: str
    deposit_fen: int
    free_cancel_hours: int
    held_until: datetime | None
    reasons: list[dict[str, str | bool]]
    plan: LinePlan | None


def assess(
    *,
    line_id: int,
    project_id: int,
    ask: Ask,
    actor_id: int,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
    windows: Sequence[Window] = (),
    duration_s: int | None = None,
    retrospective: bool = False,
) -> Assessment:
    """Look at a wish without asking for it: nothing is locked, nothing is written.

    Raises: NotFound, NotYourRole, NotYourProject.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    wish, unsound = drafting.wished(
        ask, line_id=line_id, start=start, end=end, windows=windows, duration_s=duration_s,
        retrospective=retrospective, actor=actor, at=at,
    )  # fmt: skip
    if wish is None:
        return Assessment(
            start=None, end=None, line=None, priced=None, group="", deposit_fen=0,
            free_cancel_hours=0, held_until=None, reasons=rules.told(unsound), plan=None,
        )  # fmt: skip
    user, absent = examining.user_of(ask.used_by_id, actor)
    ground = Ground(line_id=line_id, project_id=project_id, user=user, actor=actor)
    seen = examining.examine(wish, ask, ground)
    found = [*seen.found, *unsound, *absent, *examining.of_party(user, seen.project)]
    return Assessment(
        start=wish.start if wish.placed else None,
        end=wish.end if wish.placed else None,
        line=seen.plan.line,
        priced=seen.price(),
        group=seen.group,
        deposit_fen=seen.tariff.deposit_fen if seen.tariff else 0,
        free_cancel_hours=seen.tariff.free_cancel_hours if seen.tariff else 0,
        held_until=drafting.held_until(seen),
        reasons=rules.told(found),
        plan=seen.plan,
    )


def standing_against(booking: Booking, *, at: datetime) -> list[dict[str, str | bool]]:
    """What stands against a request as it is, for its reviewer; nothing is locked."""
    start, end = booking.period.lower, booking.period.upper
    seen = examining.examine(
        examining.wish_of(booking, start=start, end=end, at=at),
        examining.ask_of(booking),
        Ground(
            line_id=booking.line_id,
            project_id=booking.project_id,
            user=booking.used_by or booking.requested_by,
            besides=[booking.pk],
        ),
    )
    late = booking.retrospective or start < at
    found = [*seen.found, *([("override_reason", errors.OverrideMissing())] if late else [])]
    return rules.told([one for one in found if one[1].code not in booking.overridden])
