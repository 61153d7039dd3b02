"""What do the batches look like against their limits?"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from pilotharbor.agreements.wording import term
from pilotharbor.campaigns import queries as campaigns
from pilotharbor.campaigns.models import AcceptanceLimit, Campaign
from pilotharbor.web import charts
from pilotharbor.web.charts import Chart


def of_batches(campaign: Campaign) -> list[Chart]:
    """One chart for each criterion: of every batch the value that is hardest on it."""
    batches = list(campaign.batches.all())
    if not batches:
        return []
    values = [campaigns.values_of(batch, campaign) for batch in batches]
    names = [_("Batch {n}").format(n=batch.number) for batch in batches]
    return [
        _chart(limit, names, [of.get(limit.attribute, ()) for of in values])
        for limit in campaign.limits.all()
    ]


def _chart(
    limit: AcceptanceLimit, names: Sequence[str], values: Sequence[Sequence[Decimal]]
) -> Chart:
    lines = []
    if limit.at_least is not None:
        lines.append(charts.Limit(_("At least"), float(limit.at_least), "stop"))
    if limit.at_most is not None:
        lines.append(charts.Limit(_("At most"), float(limit.at_most), "stop"))
    hardest = [_hardest(limit, found) for found in values]
    return charts.control(
        _("{attribute} of each batch").format(attribute=term(limit.attribute)),
        names,
        [None if value is None else float(value) for value in hardest],
        lines,
        unit=limit.unit,
        name=term(limit.attribute),
        x_name=_("Batch"),
        note=_("Of several measured values the one that is nearest to its limit or beyond it."),
        size="small",
    )


def _hardest(limit: AcceptanceLimit, values: Sequence[Decimal]) -> Decimal | None:
    """The value with the least room to its limits; a negative room lies outside."""

    def room(value: Decimal) -> Decimal:
        rooms = []
        if limit.at_least is not None:
            rooms.append(value - limit.at_least)
        if limit.at_most is not None:
            rooms.append(limit.at_most - value)
        return min(rooms)

    return min(values, key=room) if values else None
