"""What do the measured values look like against their limits?

Plain data for the chart component; of every batch the value that is hardest on the limit is drawn,
because one value outside is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from pilotharbor.agreements.wording import term
from pilotharbor.campaigns import queries, wording
from pilotharbor.campaigns.engine.acceptance import Limit
from pilotharbor.campaigns.models import Campaign


@dataclass(frozen=True, slots=True)
class Picture:
    """A control chart of one attribute and the table behind it."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    json: dict[str, Any]
    size: str = "medium"


def of_campaign(campaign: Campaign) -> list[Picture]:
    """One picture for each attribute, batches in order; none without batches."""
    batches = list(campaign.batches.all())
    values = [queries.values_of(batch, campaign) for batch in batches]
    names = [str(batch.number) for batch in batches]
    return [
        _picture(limit, names, [of.get(limit.attribute, []) for of in values])
        for limit in queries.limits_of(campaign)
        if batches
    ]


def _picture(limit: Limit, names: list[str], values: list[list[Decimal]]) -> Picture:
    name, unit = term(limit.attribute), limit.unit
    lines = [
        {"name": label, "value": float(bound), "tone": "stop"}
        for label, bound in ((_("At least"), limit.at_least), (_("At most"), limit.at_most))
        if bound is not None
    ]
    hardest = [_hardest(limit, row) for row in values]
    return Picture(
        title=f"{name} ({unit})" if unit else name,
        note=_("Limit: {bounds}. Of each batch the value nearest to or farthest beyond it.").format(
            bounds=wording.bounds(limit)
        ),
        heads=[_("Batch"), _("Values")],
        rows=[
            [batch, " · ".join(wording.number(v) for v in row) or "—"]
            for batch, row in zip(names, values, strict=True)
        ],
        json={
            "title": name,
            "kind": "control",
            "x": names,
            "unit": unit,
            "series": [{"name": name, "values": hardest}],
            "limits": lines,
        },
    )


def _hardest(limit: Limit, values: list[Decimal]) -> float | None:
    """The value with the least room to its limit."""
    if not values:
        return None

    def room(value: Decimal) -> Decimal:
        rooms = []
        if limit.at_least is not None:
            rooms.append(value - limit.at_least)
        if limit.at_most is not None:
            rooms.append(limit.at_most - value)
        return min(rooms)

    return float(min(values, key=room))
