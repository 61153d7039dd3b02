"""What a line costs, from when to when."""

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from pilotharbor.facilities import queries
from pilotharbor.facilities.commands.lines import keeper, locked_line
from pilotharbor.facilities.models import Tariff
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing


class NegativePrice(Invalid):
    """A price cannot be below zero."""

    code = "facilities.negative_price"


class ValidityEmpty(Invalid):
    """A tariff must be valid for at least one day: its end comes after its beginning."""

    code = "facilities.validity_empty"


class TariffOverlaps(Conflict):
    """This line already has a tariff from {first} on; end that one first, or begin later."""

    code = "facilities.tariff_overlaps"


class TariffEnded(Conflict):
    """This tariff already ends on {after}; it can only be ended earlier than that."""

    code = "facilities.tariff_ended"


def _validity(first: date, after: date | None) -> DateRange:
    if after is not None and after <= first:
        raise ValidityEmpty(problems={"valid_to": str(ValidityEmpty())})
    return DateRange(first, after, "[)")


@command
def set_tariff(
    *,
    line_id: int,
    valid_from: date,
    valid_to: date | None = None,
    hourly_fen: int,
    batch_fen: int,
    actor_id: int,
    at: datetime,
) -> Tariff:
    """Say what a line costs from ``valid_from`` until before ``valid_to`` (open when ``None``).

    Raises: NotYourRole, NegativePrice, ValidityEmpty, NotFound, NotYourLine, TariffOverlaps.
    Source: R-FAC-4.
    """
    actor = keeper(actor_id=actor_id)
    prices = {"hourly_fen": hourly_fen, "batch_fen": batch_fen}
    if below := {name: str(NegativePrice()) for name, fen in prices.items() if fen < 0}:
        raise NegativePrice(problems=below)
    validity = _validity(valid_from, valid_to)
    line = locked_line(line_id=line_id, actor=actor)
    rival = line.tariffs.filter(validity__overlap=validity).order_by("validity").first()
    overlaps = TariffOverlaps(first=(rival.validity.lower if rival else valid_from).isoformat())
    overlaps.problems["valid_from"] = str(overlaps)
    if rival is not None:
        raise overlaps
    with refusing(facilities_tariff_one_at_a_time=overlaps):
        tariff = Tariff.objects.create(line=line, validity=validity, **prices)
    events.record(
        "facilities.tariff.set", tariff, actor=actor, at=at, line_id=line.pk, **prices,
        valid_from=valid_from.isoformat(), valid_to=valid_to.isoformat() if valid_to else None,
    )  # fmt: skip
    return tariff


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
    tariff.validity = _validity(tariff.validity.lower, valid_to)
    tariff.save(update_fields=["validity"])
    events.record(
        "facilities.tariff.ended", tariff, actor=actor, at=at, valid_to=valid_to.isoformat()
    )
    return tariff
