"""What a line costs, from when to when."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time

from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.facilities import queries
from pilotharbor.facilities.commands.lines import keeper, locked_line
from pilotharbor.facilities.commands.together import Found, refuse
from pilotharbor.facilities.models import Tariff
from pilotharbor.facilities.models.prices import MOST_BP
from pilotharbor.facilities.pricing import MIDNIGHT, Terms
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.money import BP
from pilotharbor.kernel.transactions import command, refusing

# More than any pilot line costs, and far from what the column holds.
DEAREST_FEN = 10**15
LONGEST_NOTICE = 8_784


class NegativePrice(Invalid):
    """A price cannot be below zero."""

    code = "facilities.negative_price"


class PriceTooLarge(Invalid):
    """This price is too large to be meant."""

    code = "facilities.price_too_large"


class PartOutOfRange(Invalid):
    """A group pays 0 to 1,000 percent of the listed price; fees are 0 to 100 percent of the agreed one."""

    code = "facilities.part_out_of_range"


class PeakUnsound(Invalid):
    """A peak needs its price and at least one weekday (0 Monday to 6 Sunday); its hours are both given, the later one last, or both left out."""

    code = "facilities.peak_unsound"


class NoticeOutOfRange(Invalid):
    """Giving up is free until 0 to 8,784 hours before the start."""

    code = "facilities.notice_out_of_range"


class TariffUnsound(Invalid):
    """This price cannot stand, for {count} reasons."""

    code = "facilities.tariff_unsound"


class ValidityEmpty(Invalid):
    """A tariff must be valid for at least one day: its end comes after its beginning."""

    code = "facilities.validity_empty"


class TariffOverlaps(Conflict):
    """This line already has a tariff from {first} on; end that one first, or begin later."""

    code = "facilities.tariff_overlaps"


class TariffEnded(Conflict):
    """This tariff already ends on {after}; it can only be ended earlier than that."""

    code = "facilities.tariff_ended"


@command
def set_tariff(
    *,
    line_id: int,
    valid_from: date,
    valid_to: date | None = None,
    hourly_fen: int,
    batch_fen: int,
    sample_fen: int = 0,
    peak_hourly_fen: int | None = None,
    peak_weekdays: Sequence[int] = (),
    peak_from: time | None = None,
    peak_to: time | None = None,
    member_bp: int = BP,
    sme_bp: int = BP,
    outside_bp: int = BP,
    engineer_hourly_fen: int = 0,
    minimum_fen: int = 0,
    deposit_fen: int = 0,
    free_cancel_hours: int = 0,
    late_cancel_bp: int = 0,
    no_show_bp: int = 0,
    actor_id: int,
    at: datetime,
) -> Tariff:
    """Say what a line costs from ``valid_from`` until before ``valid_to`` (open when ``None``).

    All that is unsound is told at once, each at its field.

    Raises: NotYourRole, NegativePrice, PriceTooLarge, PartOutOfRange, PeakUnsound, NoticeOutOfRange,
    ValidityEmpty, TariffUnsound, NotFound, NotYourLine, TariffOverlaps.
    Source: R-FAC-4, R-FAC-13.
    """
    actor = keeper(actor_id=actor_id)
    terms = Terms(
        hourly_fen=hourly_fen, batch_fen=batch_fen, sample_fen=sample_fen,
        peak_hourly_fen=peak_hourly_fen, peak_weekdays=tuple(sorted(set(peak_weekdays))),
        peak_from=peak_from, peak_to=peak_to,
        member_bp=member_bp, sme_bp=sme_bp, outside_bp=outside_bp,
        engineer_hourly_fen=engineer_hourly_fen, minimum_fen=minimum_fen, deposit_fen=deposit_fen,
        free_cancel_hours=free_cancel_hours, late_cancel_bp=late_cancel_bp, no_show_bp=no_show_bp,
    )  # fmt: skip
    refuse(_of_terms(terms) + _of_validity(valid_from, valid_to), TariffUnsound)
    validity = DateRange(valid_from, valid_to, "[)")
    line = locked_line(line_id=line_id, actor=actor)
    rival = line.tariffs.filter(validity__overlap=validity).order_by("validity").first()
    overlaps = TariffOverlaps(first=(rival.validity.lower if rival else valid_from).isoformat())
    overlaps.problems["valid_from"] = str(overlaps)
    if rival is not None:
        raise overlaps
    columns = asdict(terms) | {"peak_weekdays": list(terms.peak_weekdays)}
    with refusing(facilities_tariff_one_at_a_time=overlaps):
        tariff = Tariff.objects.create(line=line, validity=validity, **columns)
    facts = {name: value for name, value in columns.items() if isinstance(value, int)}
    events.record(
        "facilities.tariff.set", tariff, actor=actor, at=at, line_id=line.pk, **facts,
        valid_from=valid_from.isoformat(), valid_to=valid_to.isoformat() if valid_to else None,
    )  # fmt: skip
    return tariff


def _of_terms(terms: Terms) -> Found:
    columns = asdict(terms)
    found: Found = []
    for name, value in columns.items():
        if name.endswith("_fen") and value is not None:
            if value < 0:
                found.append((name, NegativePrice()))
            elif value > DEAREST_FEN:
                found.append((name, PriceTooLarge()))
    for name in ("member_bp", "sme_bp", "outside_bp", "late_cancel_bp", "no_show_bp"):
        most = BP if name in {"late_cancel_bp", "no_show_bp"} else MOST_BP
        if not 0 <= columns[name] <= most:
            found.append((name, PartOutOfRange()))
    if not 0 <= terms.free_cancel_hours <= LONGEST_NOTICE:
        found.append(("free_cancel_hours", NoticeOutOfRange()))
    return found + _of_peak(terms)


def _of_peak(terms: Terms) -> Found:
    begins, ends = terms.peak_from, terms.peak_to
    if terms.peak_hourly_fen is None:
        given = {
            "peak_weekdays": bool(terms.peak_weekdays),
            "peak_from": begins is not None,
            "peak_to": ends is not None,
        }
        # What stands there without a price is told at the price.
        return [("peak_hourly_fen", PeakUnsound())] if any(given.values()) else []
    if not terms.peak_weekdays or not set(terms.peak_weekdays) <= set(range(7)):
        return [("peak_weekdays", PeakUnsound())]
    if (begins is None) != (ends is None):
        return [("peak_to" if ends is None else "peak_from", PeakUnsound())]
    if begins is not None and ends is not None and ends != MIDNIGHT and ends <= begins:
        return [("peak_to", PeakUnsound())]
    return []


def _of_validity(first: date, after: date | None) -> Found:
    if after is not None and after <= first:
        return [("valid_to", ValidityEmpty())]
    return []


@command
def end_tariff(*, tariff_id: int, valid_to: date, actor_id: int, at: datetime) -> Tariff:
    """Let a tariff end before ``valid_to``; what was agreed under it stays as agreed.

    Raises: NotYourRole, NotFound, NotYourLine, ValidityEmpty, TariffEnded.
    """
    actor = keeper(actor_id=actor_id)
    tariff = Tariff.objects.filter(
        pk=tariff_id, line__in=queries.visible_lines(actor=actor)
    ).first()
    if tariff is None:
        raise NotFound
    locked_line(line_id=tariff.line_id, actor=actor)
    tariff.refresh_from_db(from_queryset=Tariff.objects.select_for_update(no_key=True))
    present = tariff.validity.upper
    if present is not None and valid_to >= present:
        ended = TariffEnded(after=present.isoformat())
        ended.problems["valid_to"] = str(ended)
        raise ended
    refuse(_of_validity(tariff.validity.lower, valid_to), TariffUnsound)
    tariff.validity = DateRange(tariff.validity.lower, valid_to, "[)")
    tariff.save(update_fields=["validity"])
    events.record(
        "facilities.tariff.ended", tariff, actor=actor, at=at, valid_to=valid_to.isoformat()
    )
    return tariff
