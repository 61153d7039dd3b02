"""What the processes of the booking benchmark do inside a harbour; each is started by its name."""

import json
import os
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django
import psycopg

django.setup()

from django.db import connection  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateRange  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from pilotharbor.booking import commands, queries  # noqa: E402
from pilotharbor.facilities.models import (  # noqa: E402
    Equipment,
    Line,
    LineEngineer,
    OpeningHours,
    Tariff,
)
from pilotharbor.kernel.time import SHANGHAI  # noqa: E402
from pilotharbor.parties import tokens  # noqa: E402
from pilotharbor.parties.models import ApiToken, Membership, Organisation, Person  # noqa: E402
from pilotharbor.projects.models import Project  # noqa: E402
from pilotharbor.technologies.models import Achievement  # noqa: E402

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
LINES, PEOPLE = 100, 8
# Reservations lie over a year around the window that is looked at.
FIRST = datetime(2025, 10, 1, tzinfo=SHANGHAI)
SLOT_H, EVERY_H = 4, 8

FILL = """
WITH made AS (
    INSERT INTO booking_booking (
        line_id, project_id, period, billing, material, hazard, wants_engineer, tariff_id,
        price_fen, status, requested_by_id, requested_at, retrospective, reviewed_by_id,
        reviewed_at, review_reason, override_reason, cancel_reason, flexible, windows, batches,
        samples, engineer_s, consumables, "group", priced, acknowledged, overridden, review_round
    )
    SELECT line.id, %(project)s,
        tstzrange(%(first)s + n * %(every)s, %(first)s + n * %(every)s + %(slot)s),
        'hour', '', '', true, tariff.id, 720000, 'approved', %(who)s, %(at)s, false, %(who)s,
        %(at)s, '', '', '', false, '[]', 1, 0, 0, '[]', 'outside', '[]', '[]', '[]', 1
    FROM facilities_line AS line JOIN facilities_tariff AS tariff ON tariff.line_id = line.id
    CROSS JOIN generate_series(0, %(each)s - 1) AS n
    RETURNING id, line_id, period
)
INSERT INTO booking_allocation (booking_id, equipment_id, period, live)
SELECT made.id, machine.id, made.period, true
FROM made JOIN facilities_equipment AS machine ON machine.line_id = made.line_id
"""


def prepare(rows: int) -> dict[str, Any]:
    """A platform with 100 lines of two machines, eight people, and so many reservations."""
    platform, university, company = (
        Organisation.objects.create(
            kind=kind, name=f"基准{i}", uscc=f"9133000047000{i:04d}F", status="approved",
            registered_at=AT,
        )
        for i, kind in enumerate(["pilot_platform", "university", "enterprise"])
    )  # fmt: skip
    operator = _member(platform, "platform_operator", "operator")
    manager = _member(platform, "technology_manager", "manager")
    advisor = _member(platform, "industry_advisor", "advisor")
    people = [_member(university, "researcher", f"researcher{i}") for i in range(PEOPLE)]
    achievement = Achievement.objects.create(
        owner=university, title="基准成果", summary="摘要", status="published",
        disclosed_by=people[0], disclosed_at=AT, published_at=AT,
    )  # fmt: skip
    projects = [
        Project.objects.create(
            title=f"基准项目{i}", achievement=achievement, platform=platform, owner=university,
            enterprise=company, technology_manager=manager, industry_advisor=advisor,
            status="pilot", proposed_at=AT, started_at=AT,
        )
        for i in range(4)
    ]  # fmt: skip
    lines = [
        Line.objects.create(platform=platform, name=f"基准线{i}", hold_hours=48, multi_day=True)
        for i in range(LINES)
    ]
    for line in lines:
        for position in (1, 2):
            Equipment.objects.create(
                platform=platform, line=line, position=position, name="釜",
                asset_no=f"B-{line.pk}-{position}",
            )  # fmt: skip
        Tariff.objects.create(
            line=line, validity=DateRange(date(2025, 1, 1), None), hourly_fen=180_000,
            batch_fen=9_000_000,
        )  # fmt: skip
        LineEngineer.objects.create(line=line, membership=_engineer(platform, line))
        for weekday in range(7):
            OpeningHours.objects.create(line=line, weekday=weekday, opens="08:00", closes="20:00")
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "project": projects[0].pk, "first": FIRST, "every": timedelta(hours=EVERY_H),
                "slot": timedelta(hours=SLOT_H), "who": operator.pk, "at": AT, "each": rows // LINES,
            },
        )  # fmt: skip
        cursor.execute("ANALYZE")
    return {
        "lines": [line.pk for line in lines],
        "projects": [project.pk for project in projects],
        "people": [_token(one) for one in people],
        "operator": _token(operator),
    }


def _member(organisation: Organisation, role: str, name: str) -> Membership:
    person = Person.objects.create(email=f"{name}@bench.example", name=name)
    return Membership.objects.create(
        person=person, organisation=organisation, role=role, since_at=AT
    )


def _engineer(platform: Organisation, line: Line) -> Membership:
    return _member(platform, "equipment_engineer", f"engineer{line.pk}")


def _token(member: Membership) -> str:
    secret = tokens.new_secret()
    ApiToken.objects.create(
        membership=member, prefix=secret[:10], secret_sha256=tokens.digest(secret),
        scopes=["read", "write"], created_at=AT, expires_at=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return secret


def one(count: int) -> dict[str, Any]:
    """The statements of one reservation, and its milliseconds in the middle and near the end."""
    line = Line.objects.order_by("id").first()
    project = Project.objects.order_by("id").first()
    member = Membership.objects.filter(role="researcher").order_by("id").first()
    assert line is not None
    assert project is not None
    assert member is not None

    def reserve(n: int) -> float:
        start = datetime(2027, 3, 1, 9, tzinfo=SHANGHAI) + timedelta(days=n)
        began = time.perf_counter()
        commands.request(
            line_id=line.pk, project_id=project.pk, start=start,
            end=start + timedelta(hours=2), billing="hour", actor_id=member.pk, at=AT,
        )  # fmt: skip
        return (time.perf_counter() - began) * 1000

    for n in range(20):
        reserve(n)
    with CaptureQueriesContext(connection) as asked:
        reserve(20)
    said = [q["sql"].split()[0] for q in asked.captured_queries]
    times = sorted(reserve(21 + n) for n in range(count))
    return {
        "queries": sum(word not in {"BEGIN", "COMMIT"} for word in said),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(times[int(len(times) * 0.95)], 2),
    }


def free(count: int) -> dict[str, Any]:
    """Free slots on every line over four weeks: statements and milliseconds."""
    member = Membership.objects.filter(role="researcher").order_by("id").first()
    lines = list(Line.objects.values_list("pk", flat=True))
    start = datetime(2026, 3, 2, tzinfo=SHANGHAI)

    def search(hours: int) -> tuple[float, int]:
        began = time.perf_counter()
        found = queries.free_slots(
            line_ids=lines, start=start, end=start + timedelta(days=28),
            duration=timedelta(hours=hours), actor=member, at=AT, limit=20,
        )  # fmt: skip
        return (time.perf_counter() - began) * 1000, len(found)

    search(4)
    with CaptureQueriesContext(connection) as asked:
        search(4)
    times = sorted(search(2 + n % 3)[0] for n in range(count))
    return {
        "machines": Equipment.objects.count(),
        "queries": len(asked),
        "p50_ms": round(statistics.median(times), 2),
        "found": search(4)[1],
    }


def judge() -> dict[str, Any]:
    """Pairs taken twice, deadlocks the database has counted, and what there is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM booking_allocation a JOIN booking_allocation b ON a.id < b.id "
            "AND a.live AND b.live AND a.period && b.period "
            "AND (a.equipment_id = b.equipment_id OR a.engineer_id = b.engineer_id) "
            "WHERE lower(a.period) >= '2027-06-01' AND lower(b.period) >= '2027-06-01'"
        )
        twice = cursor.fetchone()[0]
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        deadlocks = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM booking_booking")
        return {"twice": twice, "deadlocks": deadlocks, "bookings": cursor.fetchone()[0]}


def guard_off() -> dict[str, Any]:
    """Take the constraints away, for the control run; only the owner of the tables may."""
    with psycopg.connect(os.environ["PILOTHARBOR_DB_OWNER_URL"]) as owner:
        for name in ("booking_no_double_booking", "booking_engineer_once"):
            owner.execute(f"ALTER TABLE booking_allocation DROP CONSTRAINT {name}")
    return {}


if __name__ == "__main__":
    asked = sys.argv[1]
    given = [int(one) for one in sys.argv[2:]]
    known = {"prepare": prepare, "one": one, "free": free, "judge": judge, "guard_off": guard_off}
    sys.stdout.write(json.dumps(known[asked](*given)) + os.linesep)
