"""Which engineers can take a stretch of time, as far as shifts, leave and skills say?

Whether somebody has booked them already is not known here. An engineer for whom no shift counts at
all, neither past nor to come, is taken to be always on duty (R-CREW-4).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Aggregate,
    BooleanField,
    Exists,
    Field,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import JSONObject

from pilotharbor.crew import spans
from pilotharbor.crew.models import EngineerSkill, Leave, LineSkill, Shift
from pilotharbor.crew.problems import OffShift, OnLeave, Problem, SkillExpired, SkillMissing
from pilotharbor.crew.spans import Span
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel.time import SHANGHAI, local_date, period
from pilotharbor.parties.models import Membership


class _Multirange(Field[Any, Any]):
    """What ``range_agg`` gives; it is compared in the database and never read here."""

    def db_type(self, connection: object) -> str:
        del connection
        return "tstzmultirange"


class _RangeAgg(Aggregate):
    function = "range_agg"
    output_field = _Multirange()


class _Contains(Func):
    template = "COALESCE(%(expressions)s, false)"
    arg_joiner = " @> "
    output_field = BooleanField()


def shifts() -> QuerySet[Shift]:
    """The shifts that count."""
    return Shift.objects.filter(withdrawn_at__isnull=True)


def granted_leave() -> QuerySet[Leave]:
    """The leave that counts."""
    return Leave.objects.filter(status=Leave.Status.APPROVED)


def skills_held() -> QuerySet[EngineerSkill]:
    """The grants of skills that were not taken back; their ``validity`` may be over."""
    return EngineerSkill.objects.filter(withdrawn_at__isnull=True)


def _days(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and last day of ``[start, end)`` in Shanghai."""
    return local_date(start), local_date(max(start, end - timedelta(seconds=1)))


def _mine[M: (Shift, Leave)](rows: QuerySet[M], member: str = "pk") -> QuerySet[M]:
    return rows.filter(membership_id=OuterRef(member))


def _spans(found: Collection[Any]) -> list[Span]:
    return [(one.lower, one.upper) for one in found]


def engineer_problems(
    *, membership_id: int, line_id: int, start: datetime, end: datetime
) -> list[Problem]:
    """What keeps this engineer from running the line over ``[start, end)``, all of it; one query.

    Whether the engineer is one of the line's is the facilities' business. Source: R-CREW-1, R-CREW-4.
    """
    wanted = period(start, end)
    asked = LineSkill.objects.filter(line_id=line_id, skill__retired_at__isnull=True)
    held = skills_held().filter(
        skill_id=OuterRef("skill_id"), membership_id=OuterRef(OuterRef("pk"))
    )
    first, last = _days(start, end)
    holds = held.filter(validity__contains=first).filter(validity__contains=last)
    lacking = (
        asked.annotate(ever=Exists(held), now=Exists(holds)).filter(now=False).order_by("skill_id")
    )
    engineer = (
        Membership.objects.filter(pk=membership_id)
        .select_related("person")
        .annotate(
            rostered=Exists(_mine(shifts())),
            on_shift=ArraySubquery(
                _mine(shifts()).filter(period__overlap=wanted).order_by("period").values("period")
            ),
            on_leave=ArraySubquery(
                _mine(granted_leave())
                .filter(period__overlap=wanted)
                .order_by("period")
                .values("period")
            ),
            lacking=ArraySubquery(lacking.values(one=JSONObject(skill="skill__name", ever="ever"))),
        )
        .first()
    )
    if engineer is None:
        return []
    name = engineer.person.name
    found: list[Problem] = []
    found += [
        OnLeave(engineer=name, start=_said(a), end=_said(b)) for a, b in _spans(engineer.on_leave)
    ]
    if engineer.rostered and not spans.covers(_spans(engineer.on_shift), start, end):
        found.append(OffShift(engineer=name))
    for one in engineer.lacking:
        error = SkillExpired if one["ever"] else SkillMissing
        found.append(error(engineer=name, skill=one["skill"]))
    return found


def _said(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def on_duty(*, start: datetime, end: datetime) -> Q:
    """Those whose shifts cover all of ``[start, end)``, or who have none, and who are not on leave."""
    wanted = period(start, end)
    together = (
        _mine(shifts())
        .filter(period__overlap=wanted)
        .order_by()
        .values("membership_id")
        .annotate(together=_RangeAgg("period"))
        .values("together")
    )
    covered = _Contains(
        Subquery(together, output_field=_Multirange()),
        Value(wanted, output_field=Shift._meta.get_field("period")),  # noqa: SLF001
    )
    return (Q(covered) | ~Exists(_mine(shifts()))) & ~Exists(
        _mine(granted_leave()).filter(period__overlap=wanted)
    )


def free_engineers(*, line_id: int, start: datetime, end: datetime) -> QuerySet[Membership]:
    """The line's engineers who are on duty over ``[start, end)`` with every skill it asks for, by id."""
    first, last = _days(start, end)
    holds = (
        skills_held()
        .filter(skill_id=OuterRef("skill_id"), membership_id=OuterRef(OuterRef("pk")))
        .filter(validity__contains=first)
        .filter(validity__contains=last)
    )
    lacking = LineSkill.objects.filter(
        ~Exists(holds), line_id=line_id, skill__retired_at__isnull=True
    )
    return facilities.engineers_of(line_id=line_id).filter(
        on_duty(start=start, end=end), ~Exists(lacking)
    )


def able_engineers(
    *, line_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, list[int]]:
    """Line → its engineers whose skills hold over all of ``[start, end)``; shifts not asked. Three queries."""
    first, last = _days(start, end)
    asked: dict[int, set[int]] = {pk: set() for pk in line_ids}
    for line_id, skill_id in LineSkill.objects.filter(
        line_id__in=line_ids, skill__retired_at__isnull=True
    ).values_list("line_id", "skill_id"):
        asked[line_id].add(skill_id)
    staff = list(
        facilities.engineers()
        .filter(line_id__in=line_ids)
        .select_related(None)
        .values_list("line_id", "membership_id")
    )
    held: dict[int, set[int]] = {}
    for member_id, skill_id in (
        skills_held()
        .filter(membership_id__in={member for _, member in staff})
        .filter(validity__contains=first)
        .filter(validity__contains=last)
        .values_list("membership_id", "skill_id")
    ):
        held.setdefault(member_id, set()).add(skill_id)
    able: dict[int, list[int]] = {pk: [] for pk in line_ids}
    for line_id, member_id in staff:
        if asked[line_id] <= held.get(member_id, set()):
            able[line_id].append(member_id)
    return able


def availability(
    *, membership_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, list[Span]]:
    """Membership → the stretches of ``[start, end)`` on duty and not on leave, in order; one query."""
    wanted = period(start, end)
    rows = (
        Membership.objects.filter(pk__in=membership_ids)
        .annotate(
            rostered=Exists(_mine(shifts())),
            on_shift=ArraySubquery(
                _mine(shifts()).filter(period__overlap=wanted).order_by("period").values("period")
            ),
            on_leave=ArraySubquery(
                _mine(granted_leave())
                .filter(period__overlap=wanted)
                .order_by("period")
                .values("period")
            ),
        )
        .values_list("pk", "rostered", "on_shift", "on_leave")
    )
    found: dict[int, list[Span]] = {pk: [] for pk in membership_ids}
    for pk, rostered, on_shift, on_leave in rows:
        duty = spans.clipped(_spans(on_shift), start, end) if rostered else [(start, end)]
        found[pk] = spans.without(duty, _spans(on_leave))
    return found
