"""How quick were the replies, how many leads were signed, and which enterprises have a manager?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from pilotharbor.kernel.time import HOUR, local_date, of_days
from pilotharbor.leads.models import Lead, Visit
from pilotharbor.leads.queries.sight import MANAGERS, OPERATORS, Clock, clock
from pilotharbor.leads.queries.visits import enterprises
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Role
from pilotharbor.technologies.models import Demand

WATCHERS = (*MANAGERS, *OPERATORS, Role.GOVERNMENT_OFFICER, Role.AUDITOR)
# How long a visit or a lead keeps an enterprise covered.
COVERED_DAYS = 365


def sees_figures(actor: Membership) -> bool:
    """Whether the figures open: managers, operators, officials and auditors, who see sums alone."""
    return rights.acts_as(actor, *WATCHERS)


@dataclass(frozen=True, slots=True)
class Replies:
    """The first replies on some leads; hours are whole, rounded down; every count its own.

    ``opened`` = ``kept`` + ``missed`` + ``waiting`` + ``late`` + ``ended``
    """

    opened: int
    kept: int
    missed: int
    waiting: int
    late: int
    ended: int
    median_hours: int | None
    p90_hours: int | None

    @property
    def replied(self) -> int:
        """Leads with a first contact on record."""
        return self.kept + self.missed

    @property
    def judged(self) -> int:
        """Leads whose day of reply has passed or that were replied to: the denominator of ``kept``."""
        return self.replied + self.late


def replies(leads: Iterable[Lead], *, today: date) -> Replies:
    """How quick the first replies on these leads were.

    Source: R-LEAD-13.
    """
    found = list(leads)
    states = Counter(clock(lead, today=today) for lead in found)
    hours = sorted(
        (lead.first_contact_at - lead.opened_at) // HOUR for lead in found if lead.first_contact_at
    )
    return Replies(
        opened=len(found), kept=states[Clock.KEPT], missed=states[Clock.MISSED],
        waiting=states[Clock.DUE], late=states[Clock.LATE], ended=states[Clock.ENDED],
        median_hours=int(median(hours)) if hours else None, p90_hours=_nearest(hours, 90),
    )  # fmt: skip


def _nearest(values: Sequence[int], percent: int) -> int | None:
    """The percentile by nearest rank, of sorted values."""
    if not values:
        return None
    rank = -(-len(values) * percent // 100)
    return values[rank - 1]


@dataclass(frozen=True, slots=True)
class Conversion:
    """How far leads of a period came; ``signed`` of ``contacted`` is 意向→签约率.

    ``need_days``  median of whole days from a need's publication to its lead; ``needs`` how many
    """

    opened: int
    contacted: int
    signed: int
    lost: int
    reasons: list[tuple[str, int]]
    need_days: int | None
    needs: int


def conversion(leads: Iterable[Lead]) -> Conversion:
    """How far these leads came.

    Source: R-LEAD-13.
    """
    found = list(leads)
    lost = [lead for lead in found if lead.status == Lead.Status.LOST]
    why = Counter(str(lead.get_lost_reason_display()) for lead in lost)
    days = [
        (lead.opened_at - lead.demand.published_at).days
        for lead in found
        if lead.demand and lead.demand.published_at and lead.demand.published_at <= lead.opened_at
    ]
    return Conversion(
        opened=len(found), contacted=sum(lead.first_contact_at is not None for lead in found),
        signed=sum(lead.status == Lead.Status.SIGNED for lead in found), lost=len(lost),
        reasons=sorted(why.items(), key=lambda item: (-item[1], item[0])),
        need_days=int(median(days)) if days else None, needs=len(days),
    )  # fmt: skip


def opened_in(*, first: date, after: date) -> QuerySet[Lead]:
    """All leads opened in ``[first, after)``, whoever may see them: for sums alone."""
    stretch = of_days(first, after)
    rows = Lead.objects.filter(opened_at__gte=stretch.lower, opened_at__lt=stretch.upper)
    return rows.select_related("demand", "manager__person").order_by("opened_at", "id")


def by_month(leads: Iterable[Lead], *, today: date) -> list[tuple[str, Replies]]:
    """The replies of each month in which leads were opened, oldest first."""
    months: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        months[f"{local_date(lead.opened_at):%Y-%m}"].append(lead)
    return [(month, replies(rows, today=today)) for month, rows in sorted(months.items())]


@dataclass(frozen=True, slots=True)
class Cover:
    """How many enterprises of a region or trade have a manager, of how many."""

    key: str
    covered: int
    enterprises: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which part of the enterprises has a manager, in all, by province and by trade."""

    total: Cover
    regions: list[Cover]
    trades: list[Cover]


def coverage(*, at: datetime) -> Coverage:
    """Which approved enterprises a manager looks after: with a live carried lead, or visited within
    a year. A trade counts enterprises with a published need in it.

    Source: R-LEAD-13.
    """  # noqa: D205 - one sentence too long for a line
    regions = dict(enterprises().values_list("pk", "region"))
    since = local_date(at) - timedelta(days=COVERED_DAYS)
    carried = Lead.objects.exclude(status="lost").filter(
        manager__isnull=False,
        enterprise__in=regions,
        active_at__gte=at - timedelta(days=COVERED_DAYS),
    )
    visited = Visit.objects.filter(enterprise__in=regions, visit_date__gte=since)
    covered = {pk for pk in carried.values_list("enterprise_id", flat=True) if pk is not None}
    covered |= set(visited.values_list("enterprise_id", flat=True))
    trades: dict[str, set[int]] = defaultdict(set)
    needs = Demand.objects.filter(owner__in=regions, published_at__isnull=False)
    for owner, code in needs.values_list("owner_id", "industry"):
        trades[code[:3]].add(owner)
    places: dict[str, set[int]] = defaultdict(set)
    for pk, region in regions.items():
        places[region[:2]].add(pk)
    return Coverage(
        Cover("", len(covered & set(regions)), len(regions)),
        _covers(places, covered),
        _covers(trades, covered),
    )


def _covers(groups: dict[str, set[int]], covered: set[int]) -> list[Cover]:
    found = [Cover(key, len(ids & covered), len(ids)) for key, ids in groups.items()]
    return sorted(found, key=lambda one: (-one.enterprises, one.key))
