"""What leave takes of shifts, and what of them counts again when it does not come to pass.

A shift that meets leave stays on record as taken by it; the pieces that are left beside all leave
point at it (``rest_of``) and count in its place. They are worked out anew whenever leave changes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from pilotharbor.crew import queries, spans
from pilotharbor.crew.models import Leave, Shift
from pilotharbor.crew.spans import Span
from pilotharbor.kernel.time import period
from pilotharbor.parties.models import Membership


class WhoseTime(TypedDict):
    """What an event says of somebody's time: the membership, and ISO times."""

    membership_id: int
    start: str
    end: str


def whose_time(row: Shift | Leave) -> WhoseTime:
    """Whose time changed, and when."""
    start, end = span_of(row)
    return {
        "membership_id": row.membership_id,
        "start": start.isoformat(),
        "end": end.isoformat(),
    }


def span_of(row: Shift | Leave) -> Span:
    """When it begins and ends."""
    return row.period.lower, row.period.upper


def take_away(shifts: Iterable[Shift], leave: Leave, *, at: datetime) -> set[int]:
    """Let these shifts count no more because of leave; the whole shifts to be worked out anew."""
    shifts = list(shifts)
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(
        withdrawn_at=at, cut_by=leave
    )
    return {shift.rest_of_id or shift.pk for shift in shifts}


def meeting(leave: Leave, *, at: datetime) -> set[int]:
    """The whole shifts that some leave took and that this leave meets, unless they are over."""
    rows = Shift.objects.filter(
        membership_id=leave.membership_id, rest_of__isnull=True, cut_by__isnull=False,
        period__overlap=leave.period, period__endswith__gt=at,
    )  # fmt: skip
    return set(rows.values_list("pk", flat=True))


def work_out(shift_ids: Iterable[int], *, actor: Membership, at: datetime) -> list[Shift]:
    """Let count of these whole shifts what lies beside leave; what counts newly.

    What was withdrawn by hand stays withdrawn, and so does what lies on another shift planned since.
    The person's membership is locked. Source: R-CREW-5.
    """
    newly: list[Shift] = []
    for shift in Shift.objects.filter(pk__in=shift_ids).order_by("period"):
        pieces = list(shift.rests.all())
        leaves = list(
            queries.granted_leave()
            .filter(membership_id=shift.membership_id, period__overlap=shift.period)
            .order_by("period")
        )
        rivals = list(
            queries.shifts()
            .filter(membership_id=shift.membership_id, period__overlap=shift.period)
            .exclude(pk__in=[shift.pk, *(piece.pk for piece in pieces)])
        )
        by_hand = [p for p in pieces if p.withdrawn_at is not None and p.cut_by_id is None]
        rows: list[Shift | Leave] = [*leaves, *rivals, *by_hand]
        taken = [span_of(row) for row in rows]
        newly += _settle(shift, pieces, spans.without([span_of(shift)], taken), actor=actor, at=at)
    return newly


def _settle(
    shift: Shift, pieces: list[Shift], wanted: list[Span], *, actor: Membership, at: datetime
) -> list[Shift]:
    live = [piece for piece in pieces if piece.withdrawn_at is None]
    whole = wanted == [span_of(shift)]
    gone = [piece for piece in live if whole or span_of(piece) not in wanted]
    Shift.objects.filter(pk__in=[piece.pk for piece in gone]).update(
        withdrawn_at=at, cut_by_id=shift.cut_by_id
    )
    if whole:
        shift.withdrawn_at, shift.cut_by = None, None
        shift.save(update_fields=["withdrawn_at", "cut_by"])
        return [shift]
    there = [span_of(piece) for piece in live]
    return Shift.objects.bulk_create(
        Shift(
            membership_id=shift.membership_id, period=period(*span), note=shift.note,
            pattern_id=shift.pattern_id, planned_by=actor, planned_at=at, rest_of=shift,
        )
        for span in wanted
        if span not in there
    )  # fmt: skip
