"""What a booking costs beside its use: late cancellations, no-shows, deposits."""

from datetime import datetime

from pilotharbor.booking.models import Booking, Charge
from pilotharbor.facilities.models import Line
from pilotharbor.kernel import events
from pilotharbor.parties.models import Membership


def charge(
    booking: Booking,
    kind: str,
    amount_fen: int,
    *,
    line: Line,
    actor: Membership | None,
    at: datetime,
    project_id: int | None = None,
) -> Charge | None:
    """Charge an amount that is not nothing; the books follow the event. Source: R-BOOK-22."""
    if not amount_fen:
        return None
    made = Charge.objects.create(
        booking=booking,
        project_id=project_id or booking.project_id,
        kind=Charge.Kind(kind),
        amount_fen=amount_fen,
        made_by=actor,
        made_at=at,
    )
    events.record(
        "booking.charge.made",
        made,
        actor=actor,
        at=at,
        project_id=made.project_id,
        booking_id=booking.pk,
        charge_id=made.pk,
        line_id=line.pk,
        platform_id=line.platform_id,
        kind=made.kind,
        amount_fen=amount_fen,
    )
    return made


def ask_deposit(
    booking: Booking, deposit_fen: int, *, line: Line, actor: Membership, at: datetime
) -> None:
    """Ask for the deposit of an allotted slot, once."""
    asked = booking.charges.filter(kind=Charge.Kind.DEPOSIT).exists() if deposit_fen else True
    if not asked:
        charge(booking, Charge.Kind.DEPOSIT, deposit_fen, line=line, actor=actor, at=at)


def return_deposit(booking: Booking, *, line: Line, actor: Membership | None, at: datetime) -> None:
    """Give back the deposit of a booking that is over, if there was one, to whoever owed it."""
    made = {one.kind: one for one in booking.charges.filter(kind__startswith="deposit")}
    paid = made.get(Charge.Kind.DEPOSIT)
    if paid is not None and Charge.Kind.DEPOSIT_BACK not in made:
        charge(
            booking, Charge.Kind.DEPOSIT_BACK, -paid.amount_fen,
            line=line, actor=actor, at=at, project_id=paid.project_id,
        )  # fmt: skip
