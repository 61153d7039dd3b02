"""Who sees which signals, and how do they stand?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When

from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Equipment
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.telemetry.models import Alarm, AlarmRule, Connector, Refusal, Run, Tag

# Without a limit of its own, a signal that has been away for this long is said to be.
QUIET_AFTER = timedelta(hours=1)
_LATEST = """
SELECT tag_id, at, value, flags, changed_at FROM telemetry_latest
WHERE tag_id = ANY(%s) AND at IS NOT NULL
"""


def reads_signals(actor: Membership | None) -> bool:
    """Whether the actor sees signals at all: staff of a platform, and auditors."""
    return rights.acts_as(actor, *facilities.EQUIPMENT_KEEPERS) or rights.audits(actor)


def keeps_signals(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor looks after the signals of this platform's equipment."""
    return facilities.keeps_equipment(actor, platform_id=platform_id)


def keeps_connectors(actor: Membership | None, *, platform_id: int) -> bool:
    """Whether the actor looks after the connectors of this platform."""
    return facilities.keeps_lines(actor, platform_id=platform_id)


def _of_platform(actor: Membership | None) -> Q:
    """Rows of one's own platform for its staff, all for auditors, none for anybody else."""
    if actor is None or not reads_signals(actor):
        return Q(pk__in=[])
    return Q() if rights.audits(actor) else Q(platform_id=actor.organisation_id)


def visible_machines(*, actor: Membership | None) -> QuerySet[Equipment]:
    """Equipment whose signals the actor sees."""
    return Equipment.objects.filter(_of_platform(actor)).select_related("platform", "line")


def visible_tags(*, actor: Membership | None) -> QuerySet[Tag]:
    """Tags the actor sees, with equipment and connector."""
    return Tag.objects.filter(_of_platform(actor)).select_related("equipment", "connector")


def visible_connectors(*, actor: Membership | None) -> QuerySet[Connector]:
    """Connectors the actor sees, those removed left out, with how they do."""
    rows = Connector.objects.exclude(status=Connector.Status.REMOVED)
    return rows.filter(_of_platform(actor)).select_related("platform", "health")


def visible_alarms(*, actor: Membership | None) -> QuerySet[Alarm]:
    """Alarms the actor sees, with rule, tag and equipment."""
    return Alarm.objects.filter(_of_platform(actor)).select_related(
        "rule__tag__equipment", "acknowledged_by__person"
    )


def open_alarms(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Those that still ask something of somebody: worst first, then the latest."""
    urgency = Case(
        When(status=Alarm.Status.ACTIVE, rule__severity="critical", then=Value(0)),
        When(status=Alarm.Status.ACTIVE, then=Value(1)),
        When(status=Alarm.Status.RETURNED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return alarms.filter(status__in=Alarm.OPEN).order_by(urgency, "-raised_at", "-id")


def connectors_to_choose(*, platform_id: int) -> QuerySet[Connector]:
    """Connectors that tags of this platform may listen to."""
    rows = Connector.objects.filter(platform_id=platform_id)
    return rows.exclude(status=Connector.Status.REMOVED).order_by("name", "id")


def refusals_of(*, platform_id: int, connector_id: int | None) -> QuerySet[Refusal]:
    """What came through a connector, or from programs, and was not taken; the latest first."""
    rows = Refusal.objects.filter(platform_id=platform_id)
    if connector_id is None:
        rows = rows.filter(connector__isnull=True)
    else:
        rows = rows.filter(connector_id=connector_id)
    return rows.order_by("-last_at", "place", "reason")


def rules_of(*, tag_ids: list[int]) -> QuerySet[AlarmRule]:
    """Alarm rules in use of these tags."""
    return AlarmRule.objects.filter(tag_id__in=tag_ids, is_active=True).order_by("tag_id", "id")


@dataclass(frozen=True, slots=True)
class Current:
    """A tag and the last that was heard of it."""

    tag: Tag
    at: datetime | None = None
    value: float | None = None
    flags: int = 0
    changed_at: datetime | None = None

    @property
    def impossible(self) -> bool:
        """Whether the last value cannot be."""
        return bool(self.flags & 1)

    @property
    def stuck(self) -> bool:
        """Whether the value has stood still for too long."""
        return bool(self.flags & 2)

    def quiet(self, now: datetime) -> bool:
        """Whether nothing has come for longer than it may."""
        after_s = self.tag.gap_after_s
        limit = QUIET_AFTER if after_s is None else timedelta(seconds=after_s)
        return self.at is not None and now - self.at > limit


def current(tags: QuerySet[Tag]) -> list[Current]:
    """Tags with the last value of each, by name; two queries."""
    rows = list(tags.order_by("name", "id"))
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [[tag.pk for tag in rows]])
        latest = {row[0]: row[1:] for row in cursor.fetchall()}
    return [Current(tag, *latest.get(tag.pk, ())) for tag in rows]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with signals: how many, when last heard, alarms open, since when it runs."""

    equipment: Equipment
    tags: int
    heard_at: datetime | None
    alarms: int
    has_run_signal: bool
    running_since_at: datetime | None


def machines(rows: QuerySet[Equipment]) -> list[Machine]:
    """Machines with at least one tag in use, by name; a constant number of queries."""
    active = Tag.objects.filter(status=Tag.Status.ACTIVE)
    running = Run.objects.filter(period__upper_inf=True)
    found = list(
        rows.filter(pk__in=active.values("equipment_id"))
        .prefetch_related(
            Prefetch("tags", active, to_attr="in_use"), Prefetch("runs", running, to_attr="on")
        )
        .order_by("name", "id")
    )
    alarms = dict(
        Alarm.objects.filter(
            status__in=Alarm.OPEN, rule__tag__equipment_id__in=[m.pk for m in found]
        )
        .values_list("rule__tag__equipment_id")
        .annotate(n=Count("id"))
    )
    ids = [tag.pk for machine in found for tag in machine.in_use]
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [ids])
        heard = {row[0]: row[1] for row in cursor.fetchall()}
    return [
        Machine(
            machine, len(machine.in_use),
            max((heard[t.pk] for t in machine.in_use if t.pk in heard), default=None),
            alarms.get(machine.pk, 0),
            any(t.run_level is not None for t in machine.in_use),
            next((run.period.lower for run in machine.on), None),
        )
        for machine in found
    ]  # fmt: skip
