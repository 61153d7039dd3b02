"""What does a booking need to know of a line? All of it in two statements, for one line or many."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import FilteredRelation, JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from pilotharbor.facilities import opening
from pilotharbor.facilities.models import (
    Consumable,
    Equipment,
    Line,
    SafetyItem,
    Tariff,
)
from pilotharbor.facilities.opening import Hours, Misfit, Stretch
from pilotharbor.facilities.pricing import Terms
from pilotharbor.facilities.queries.lines import visible_lines
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.models import Membership, Organisation

# What a booking of each line takes: its machines in service, what is linked to those, and so on.
_TAKEN = """
WITH RECURSIVE taken (line_id, equipment_id) AS (
    SELECT line_id, id FROM facilities_equipment
    WHERE line_id = ANY(%s) AND status = 'in_service'
    UNION
    SELECT taken.line_id, linked.id FROM taken
    CROSS JOIN LATERAL (
        SELECT other_id AS id FROM facilities_equipmentlink
        WHERE equipment_id = taken.equipment_id
        UNION ALL
        SELECT equipment_id FROM facilities_equipmentlink WHERE other_id = taken.equipment_id
    ) AS linked
    JOIN facilities_equipment ON facilities_equipment.id = linked.id AND status = 'in_service'
)
"""
_TAKEN_IDS = _TAKEN + "SELECT equipment_id FROM taken"  # noqa: S608 - fixed texts
# The first row locks the line before a machine, and the rows come in the order of the machines.
_HOLD = (
    _TAKEN  # noqa: S608 - fixed texts
    + """
SELECT 1 FROM facilities_line AS line
JOIN facilities_equipment AS machine
    ON machine.id = ANY (ARRAY (SELECT equipment_id FROM taken))
WHERE line.id = %s ORDER BY machine.id
FOR NO KEY UPDATE OF line, machine
"""
)
_HOLD_LINES = "SELECT 1 FROM facilities_line WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"
_HOLD_MACHINES = _TAKEN + (  # noqa: S608 - fixed texts
    "SELECT 1 FROM facilities_equipment WHERE id = ANY (ARRAY (SELECT equipment_id FROM taken)) "
    "ORDER BY id FOR NO KEY UPDATE"
)
_MACHINES = (
    _TAKEN  # noqa: S608 - fixed texts
    + """
SELECT facilities_equipment.*, taken.line_id AS taken_by_line_id, (
    SELECT jsonb_agg(jsonb_build_object(
        'id', id, 'kind', kind, 'reason', reason, 'planned', planned, 'equipment_id', equipment_id,
        'start', lower(period), 'end', upper(period)
    ) ORDER BY period, id)
    FROM facilities_closure
    WHERE equipment_id = facilities_equipment.id AND period && tstzrange(%s, %s)
    AND (lifted_at IS NULL OR lifted_at > GREATEST(%s, lower(period)))
) AS shut
FROM taken JOIN facilities_equipment ON facilities_equipment.id = taken.equipment_id
ORDER BY taken.line_id, facilities_equipment.id
"""
)


@dataclass(frozen=True, slots=True)
class Shut:
    """A closure as far as it concerns a stretch.

    ``end``           where nobody knows it, the end of the stretch asked about (``open_ended``)
    ``equipment_id``  empty when the line itself is shut
    """

    start: datetime
    end: datetime
    kind: str
    reason: str
    equipment_id: int | None
    closure_id: int
    planned: bool
    open_ended: bool


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line with all that decides whether and at what price it can be had over a stretch.

    ``machines``  what one booking takes, by id: in service, with what is linked to them
    ``hours``     weekly; none: open round the clock
    ``closures``  of the line and of these machines that touch the stretch, earliest first
    ``tariff``    of the day the stretch begins
    """

    line: Line
    machines: tuple[Equipment, ...]
    hours: tuple[Hours, ...]
    closures: tuple[Shut, ...]
    tariff: Tariff | None
    safety_items: tuple[SafetyItem, ...]
    consumables: tuple[Consumable, ...]

    def open_stretches(self, start: datetime, end: datetime) -> list[Stretch]:
        """When the line is open within ``[start, end)`` by its hours; closures not looked at."""
        return opening.open_stretches(self.hours, self.line.open_on_holidays, start, end)

    def misfit(self, start: datetime, end: datetime) -> Misfit | None:
        """Why ``[start, end)`` does not fit the hours; ``None`` when it does."""
        return opening.misfit(
            self.hours,
            open_on_holidays=self.line.open_on_holidays,
            multi_day=self.line.multi_day,
            start=start,
            end=end,
        )

    def shut_during(self, start: datetime, end: datetime) -> list[Shut]:
        """The closures that touch ``[start, end)``, earliest first."""
        return [one for one in self.closures if one.start < end and start < one.end]


def hold(*, line_ids: Iterable[int]) -> None:
    """Lock lines by id and then everything that bookings of them take, by id.

    Whoever books queues here, and whoever shuts a line or machine. One line takes one statement; one
    without machines in service is not locked, since nothing of it can be taken.
    """
    ids = sorted(set(line_ids))
    with connection.cursor() as cursor:
        if len(ids) == 1:
            cursor.execute(_HOLD, [ids, ids[0]])
        else:
            cursor.execute(_HOLD_LINES, [ids])
            cursor.execute(_HOLD_MACHINES, [ids])


def taken_by(*, line_id: int) -> QuerySet[Equipment]:
    """What one booking of this line takes, by id: machines in service and what is linked to them.

    May be locked (``select_for_update``). Source: R-FAC-3, R-FAC-8.
    """
    ids = RawSQL(_TAKEN_IDS, [[line_id]])  # noqa: S611 - a fixed text with one parameter
    return Equipment.objects.filter(pk__in=ids).order_by("id")


def plan_of(
    *, line_id: int, start: datetime, end: datetime, actor: Membership | None = None
) -> LinePlan:
    """The plan of one line over ``[start, end)``, in two statements.

    With an ``actor``, only of a line that may see; without one it is not asked.

    Raises: NotFound.
    """
    plans = plans_of(line_ids=[line_id], start=start, end=end, actor=actor)
    if line_id not in plans:
        raise NotFound
    return plans[line_id]


def plans_of(
    *,
    line_ids: Iterable[int],
    start: datetime,
    end: datetime,
    actor: Membership | None = None,
) -> dict[int, LinePlan]:
    """The plans of lines over ``[start, end)`` by line id, in two statements however many.

    The tariff is that of the day of ``start``. Lines there are not, or that the actor does not see,
    are left out.
    """
    ids = list(line_ids)
    lines = _lines(ids, start, end, actor)
    machines: defaultdict[int, list[Equipment]] = defaultdict(list)
    shut: defaultdict[int, list[Shut]] = defaultdict(list)
    for one in Equipment.objects.raw(_MACHINES, [[x.pk for x in lines], start, end, start]):
        row = cast("Any", one)
        machines[row.taken_by_line_id].append(one)
        shut[row.taken_by_line_id] += _shut(json.loads(row.shut or "[]"), end)
    return {
        line.pk: _plan(line, machines[line.pk], [*shut[line.pk], *_shut(line.shut, end)])
        for line in lines
    }


def terms_of(tariff: Tariff) -> Terms:
    """The columns of a tariff as the terms a price is computed from."""
    return Terms(
        hourly_fen=tariff.hourly_fen,
        batch_fen=tariff.batch_fen,
        sample_fen=tariff.sample_fen,
        peak_hourly_fen=tariff.peak_hourly_fen,
        peak_weekdays=tuple(tariff.peak_weekdays),
        peak_from=tariff.peak_from,
        peak_to=tariff.peak_to,
        member_bp=tariff.member_bp,
        sme_bp=tariff.sme_bp,
        outside_bp=tariff.outside_bp,
        engineer_hourly_fen=tariff.engineer_hourly_fen,
        minimum_fen=tariff.minimum_fen,
        deposit_fen=tariff.deposit_fen,
        free_cancel_hours=tariff.free_cancel_hours,
        late_cancel_bp=tariff.late_cancel_bp,
        no_show_bp=tariff.no_show_bp,
    )


def is_member(organisation: Organisation, *, platform_id: int) -> bool:
    """Whether an organisation pays as a member: the platform itself, or one of its members (1+N)."""
    return platform_id in {organisation.pk, organisation.parent_id}


def _lines(
    ids: Sequence[int], start: datetime, end: datetime, actor: Membership | None
) -> list[Any]:
    seen = Line.objects.select_related("platform") if actor is None else visible_lines(actor=actor)
    day = local_date(start)
    return list(
        seen.filter(pk__in=ids)
        .annotate(
            priced_by=FilteredRelation("tariffs", condition=Q(tariffs__validity__contains=day)),
            opens=_rows(_OPENS),
            shut=_rows(_SHUT, start, end, start),
            heeds=_rows(_HEEDS),
            goods=_rows(_GOODS),
        )
        .select_related("priced_by")  # type: ignore[misc]  # the plugin knows no filtered relations
    )


# Written out, because the mapper takes longer to compose them than the database to answer, and
# every booking asks.
_OPENS = """ARRAY (
    SELECT jsonb_build_object('weekday', weekday, 'opens', opens, 'closes', closes)
    FROM facilities_openinghours WHERE line_id = facilities_line.id ORDER BY weekday, opens
)"""
_SHUT = """ARRAY (
    SELECT jsonb_build_object(
        'id', id, 'kind', kind, 'reason', reason, 'planned', planned, 'equipment_id', equipment_id,
        'start', lower(period), 'end', upper(period)
    )
    FROM facilities_closure
    WHERE line_id = facilities_line.id AND period && tstzrange(%s, %s)
    AND (lifted_at IS NULL OR lifted_at > GREATEST(%s, lower(period))) ORDER BY period, id
)"""
_HEEDS = """ARRAY (
    SELECT jsonb_build_object(
        'id', id, 'position', position, 'topic', topic, 'text', text,
        'only_with_hazard', only_with_hazard, 'reference', reference, 'last_day', last_day
    )
    FROM facilities_safetyitem
    WHERE line_id = facilities_line.id AND withdrawn_at IS NULL ORDER BY position, id
)"""
_GOODS = """ARRAY (
    SELECT jsonb_build_object('id', id, 'name', name, 'unit', unit, 'unit_fen', unit_fen)
    FROM facilities_consumable
    WHERE line_id = facilities_line.id AND withdrawn_at IS NULL ORDER BY name
)"""


def _rows(sql: str, *parameters: Any) -> RawSQL:
    return RawSQL(  # noqa: S611 - fixed texts
        sql, list(parameters), output_field=ArrayField(JSONField())
    )


def _shut(rows: Iterable[dict[str, Any]], end: datetime) -> list[Shut]:
    return [
        Shut(
            start=datetime.fromisoformat(row["start"]),
            end=datetime.fromisoformat(row["end"]) if row["end"] else end,
            kind=row["kind"],
            reason=row["reason"],
            equipment_id=row["equipment_id"],
            closure_id=row["id"],
            planned=row["planned"],
            open_ended=row["end"] is None,
        )
        for row in rows
    ]


def _plan(line: Any, machines: Sequence[Equipment], shut: Iterable[Shut]) -> LinePlan:
    hours = tuple(
        Hours(row["weekday"], time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))
        for row in line.opens
    )
    return LinePlan(
        line=line,
        machines=tuple(machines),
        hours=hours,
        closures=tuple(sorted(shut, key=lambda one: (one.start, one.closure_id))),
        tariff=getattr(line, "priced_by", None),
        safety_items=tuple(_safety(line, row) for row in line.heeds),
        consumables=tuple(Consumable(line_id=line.pk, **row) for row in line.goods),
    )


def _safety(line: Line, row: dict[str, Any]) -> SafetyItem:
    until = row["last_day"]
    row["last_day"] = date.fromisoformat(until) if until else None
    return SafetyItem(line_id=line.pk, **row)
