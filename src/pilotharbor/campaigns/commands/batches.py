"""Recording what was measured of a batch, and judging it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from pilotharbor.agreements import commands as agreements
from pilotharbor.agreements.models import Milestone
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns import queries
from pilotharbor.campaigns.commands.access import locked, running
from pilotharbor.campaigns.models import AcceptanceLimit, Batch, Campaign, Measurement
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

_VALUE = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,9})?)\s*(.*)", re.ASCII | re.DOTALL)
_SCALE = re.compile(r"\d{1,10}(?:\.\d{1,6})?", re.ASCII)
MOST_REPLICATES = 100
LARGEST_NUMBER = 9999
USED = (Booking.Status.IN_USE, Booking.Status.COMPLETED)


class BadResults(Invalid):
    """These results cannot be recorded as they are; see the fields."""

    code = "campaigns.bad_results"


class BatchNumberTaken(Conflict):
    """Batch {number} is recorded already."""

    code = "campaigns.batch_number_taken"


class BookingTaken(Conflict):
    """Another batch is recorded for this booking already."""

    code = "campaigns.booking_taken"


class BookingUnusable(Conflict):
    """A batch belongs to a booking of this project that is in use or completed."""

    code = "campaigns.booking_unusable"


@command
def record_batch(
    *,
    campaign_id: int,
    number: int,
    results: Mapping[str, Sequence[str]],
    actor_id: int,
    at: datetime,
    booking_id: int | None = None,
    scale_kg: str | None = None,
    note: str = "",
) -> Batch:
    """Record one batch with its measured values, in the units of the limits.

    ``results`` maps each attribute to its replicate values as decimal strings; a unit written
    behind a value must be the attribute's own.

    Raises: NotFound, NotYourCampaign, CampaignOver, WrongStep, BadResults, BookingUnusable,
    BookingTaken, BatchNumberTaken.
    Source: R-CAMP-3.
    """
    actor, project, campaign = locked(campaign_id=campaign_id, actor_id=actor_id)
    running(project, campaign)
    values = checked_values(campaign, number=number, results=results, scale_kg=scale_kg)
    if booking_id is not None:
        require_booking(booking_id, campaign)
    with refusing(
        campaigns_batch_number_once=BatchNumberTaken(number=number),
        campaigns_batch_booking_id_key=BookingTaken(booking_id=booking_id),
    ):
        batch = Batch.objects.create(
            campaign=campaign,
            booking_id=booking_id,
            number=number,
            scale_kg=Decimal(scale_kg.strip()) if scale_kg else None,
            recorded_by=actor,
            recorded_at=at,
            note=note.strip(),
        )
    write_values(batch, campaign, values)
    events.record(
        "campaigns.batch.recorded",
        batch,
        actor=actor,
        at=at,
        project_id=project.pk,
        campaign_id=campaign.pk,
        number=number,
        booking_id=booking_id,
    )
    return batch


def checked_values(
    campaign: Campaign, *, number: int, results: Mapping[str, Sequence[str]], scale_kg: str | None
) -> dict[str, list[Decimal]]:
    """The values by attribute, when everything that was typed of a batch can be read.

    Raises: BadResults with one sentence a field.
    """
    values, wrong = _read(results, {row.attribute: row for row in campaign.limits.all()})
    if not 1 <= number <= LARGEST_NUMBER:
        wrong["number"] = _("Batches are numbered from 1.")
    if scale_kg is not None and not _SCALE.fullmatch(scale_kg.strip()):
        wrong["scale_kg"] = _("Give the scale in kilogram, such as 1.2.")
    if wrong:
        raise BadResults(problems=wrong)
    return values


def write_values(batch: Batch, campaign: Campaign, values: Mapping[str, Sequence[Decimal]]) -> None:
    """Write the replicate values of these attributes, which hold from now on."""
    limits = {row.attribute: row for row in campaign.limits.all()}
    Measurement.objects.bulk_create(
        Measurement(batch=batch, limit=limits[name], replicate=i, value=value)
        for name, row in values.items()
        for i, value in enumerate(row, 1)
    )


def require_booking(booking_id: int, campaign: Campaign) -> None:
    """Refuse a booking that is not one of the project's, in use or completed.

    Raises: BookingUnusable.
    """
    fits = Booking.objects.filter(
        pk=booking_id, project_id=campaign.project_id, status__in=USED
    ).exists()
    if not fits:
        raise BookingUnusable(booking_id=booking_id)


def _read(
    results: Mapping[str, Sequence[str]], limits: Mapping[str, AcceptanceLimit]
) -> tuple[dict[str, list[Decimal]], dict[str, str]]:
    """The values by attribute, and what is wrong with them by field."""
    values: dict[str, list[Decimal]] = {}
    wrong: dict[str, str] = {}
    for name in results:
        if name not in limits:
            wrong[f"results.{name}"] = _("“{name}” is not among the acceptance criteria.").format(
                name=name
            )
    for name, limit in limits.items():
        given = results.get(name, ())
        if not 1 <= len(given) <= MOST_REPLICATES:
            wrong[f"results.{name}"] = _("Give at least one value of “{name}”.").format(name=name)
            continue
        read = [_value(text, limit) for text in given]
        bad = [one for one in read if isinstance(one, str)]
        if bad:
            wrong[f"results.{name}"] = bad[0]
        values[name] = [one for one in read if isinstance(one, Decimal)]
    return values, wrong


def _value(text: str, limit: AcceptanceLimit) -> Decimal | str:
    """One measured value, or the sentence that says why it is none."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    match = _VALUE.fullmatch(plain)
    if match is None:
        return _("“{text}” is not a decimal number such as 99.56.").format(text=text.strip())
    unit = match[2].strip()
    if unit and unit != unicodedata.normalize("NFKC", limit.unit):
        return _("“{text}” is in another unit; “{name}” is measured in {unit}.").format(
            text=text.strip(), name=limit.attribute, unit=limit.unit or _("no unit")
        )
    return Decimal(match[1])


@command
def judge_batch(*, batch_id: int, actor_id: int, at: datetime) -> Batch:
    """Release a batch all of whose values are within limits, or reject it.

    Raises: NotFound, NotYourCampaign, CampaignOver, WrongStep, MoveNotAllowed.
    Source: R-CAMP-3.
    """
    seen = queries.visible_batch(actor=parties.actor(actor_id=actor_id), batch_id=batch_id)
    actor, project, campaign = locked(campaign_id=seen.campaign_id, actor_id=actor_id)
    running(project, campaign)
    batch = next(b for b in campaign.batches.all() if b.pk == batch_id)
    found = queries.findings_of(batch, campaign)
    to = Batch.Status.REJECTED if found else Batch.Status.RELEASED
    advance(batch, to, judged_by=actor, judged_at=at)
    events.record(
        f"campaigns.batch.{to}",
        batch,
        actor=actor,
        at=at,
        project_id=project.pk,
        campaign_id=campaign.pk,
        number=batch.number,
        findings=len(found),
    )
    if to == Batch.Status.RELEASED:
        _reach(batch, campaign, actor, at)
    return batch


def _reach(batch: Batch, campaign: Campaign, actor: Membership, at: datetime) -> None:
    released = sum(b.status == Batch.Status.RELEASED for b in campaign.batches.all())
    agreements.reach_milestones(
        project_id=campaign.project_id,
        evidence=Milestone.Evidence.BATCH_RELEASED,
        nth=released,
        ref=f"campaigns.batch:{batch.pk}",
        actor_id=actor.pk,
        at=at,
    )
