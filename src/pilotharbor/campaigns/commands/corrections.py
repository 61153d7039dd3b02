"""How is a recorded batch set right before it is judged, so that what stood there stays?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pilotharbor.campaigns import queries
from pilotharbor.campaigns.commands.access import locked, running
from pilotharbor.campaigns.commands.batches import (
    BatchNumberTaken,
    BookingTaken,
    checked_values,
    require_booking,
    write_values,
)
from pilotharbor.campaigns.models import Batch, Correction
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties


class JudgedAlready(Conflict):
    """This batch has been judged; what was recorded of it stays."""

    code = "campaigns.judged_already"


class CorrectionReasonMissing(Invalid):
    """Say why the record is corrected; the reason stays with it."""

    code = "campaigns.correction_reason_missing"


class NothingCorrected(Invalid):
    """This says the same as the record; nothing was corrected."""

    code = "campaigns.nothing_corrected"


@command
def correct_batch(
    *,
    batch_id: int,
    number: int,
    results: Mapping[str, Sequence[str]],
    reason: str,
    actor_id: int,
    at: datetime,
    booking_id: int | None = None,
    scale_kg: str | None = None,
    note: str = "",
) -> Batch:
    """Record a batch anew before it is judged, with the reason; what stood there is kept.

    Raises: NotFound, NotYourCampaign, CampaignOver, WrongStep, CorrectionReasonMissing,
    JudgedAlready, BadResults, NothingCorrected, BookingUnusable, BookingTaken, BatchNumberTaken.
    Source: R-CAMP-8.
    """
    if not reason.strip():
        said = str(CorrectionReasonMissing())
        raise CorrectionReasonMissing(problems={"reason": said})
    seen = queries.visible_batch(actor=parties.actor(actor_id=actor_id), batch_id=batch_id)
    actor, project, campaign = locked(campaign_id=seen.campaign_id, actor_id=actor_id)
    running(project, campaign)
    batch = next(b for b in campaign.batches.all() if b.pk == batch_id)
    if batch.status != Batch.Status.RECORDED:
        raise JudgedAlready(number=batch.number)
    values = checked_values(campaign, number=number, results=results, scale_kg=scale_kg)
    row = {
        "number": number,
        "booking_id": booking_id,
        "scale_kg": Decimal(scale_kg.strip()) if scale_kg else None,
        "note": note.strip(),
    }
    stood = queries.values_of(batch, campaign)
    fields = [name for name, value in row.items() if getattr(batch, name) != value]
    attributes = [name for name, given in values.items() if stood[name] != given]
    if not fields and not attributes:
        raise NothingCorrected
    if booking_id is not None and booking_id != batch.booking_id:
        require_booking(booking_id, campaign)

    correction = Correction.objects.create(
        batch=batch,
        before={name: _plain(getattr(batch, name)) for name in row},
        changed=[*fields, *attributes],
        reason=reason.strip()[:500],
        corrected_by=actor,
        corrected_at=at,
    )
    holding = batch.measurements.filter(replaced_by__isnull=True, limit__attribute__in=attributes)
    holding.update(replaced_by=correction)
    write_values(batch, campaign, {name: values[name] for name in attributes})
    for name in fields:
        setattr(batch, name, row[name])
    with refusing(
        campaigns_batch_number_once=BatchNumberTaken(number=number),
        campaigns_batch_booking_id_key=BookingTaken(booking_id=booking_id),
    ):
        batch.save(update_fields=fields)
    events.record(
        "campaigns.batch.corrected",
        batch,
        actor=actor,
        at=at,
        project_id=project.pk,
        campaign_id=campaign.pk,
        number=batch.number,
        correction_id=correction.pk,
        changed=[*fields, *attributes],
    )
    return batch


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
