"""What the benchmark of signals does inside a harbour: fill it, beside a bare COPY, then draw."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import django
import psycopg

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from pilotharbor.facilities.models import Equipment, Line  # noqa: E402
from pilotharbor.kernel.transactions import command  # noqa: E402
from pilotharbor.parties.models import Membership, Organisation, Person  # noqa: E402
from pilotharbor.telemetry import commands  # noqa: E402
from pilotharbor.telemetry.commands import series  # noqa: E402
from pilotharbor.telemetry.engine import reading, wire  # noqa: E402
from pilotharbor.telemetry.engine import series as engine  # noqa: E402
from pilotharbor.telemetry.models import Tag  # noqa: E402

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOW = {"X-Harbor-Time": AT.isoformat()}
# A plant of 20 machines with ten signals each, ten values a second; a batch is twenty seconds.
MACHINES, SIGNALS, PER_S, BATCH_S = 20, 10, 10, 20
YEAR_BATCH_S = 2 * 86_400
CHARTS = 40
BARE = "CREATE TABLE bare_copy (at timestamptz NOT NULL, value float8 NOT NULL, tag_id int4 NOT NULL, flags int2 NOT NULL)"
COPY = "COPY bare_copy (at, value, tag_id, flags) FROM STDIN (FORMAT BINARY)"


def main(batches: int, days: int) -> dict[str, Any]:
    """Fill the harbour and measure."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    operator, tags = _plant()
    return {**_sustained(tags, batches), **_messages(tags), **_year(operator, tags[0], days)}


def _plant() -> tuple[Membership, list[Tag]]:
    """Machines whose signals have limits, gaps, alarms and, one of each ten, say whether it runs."""
    platform = Organisation.objects.create(
        kind="pilot_platform", name="基准平台", uscc="91330000470000000F", status="approved",
        registered_at=AT,
    )  # fmt: skip
    person = Person.objects.create(email="operator@bench.example", name="基准")
    operator = Membership.objects.create(
        person=person, organisation=platform, role="platform_operator", since_at=AT
    )
    line = Line.objects.create(platform=platform, name="基准线")
    mine: Any = {"actor_id": operator.pk, "at": AT}
    tags = []
    for m in range(MACHINES):
        machine = Equipment.objects.create(
            platform=platform, line=line, position=m + 1, name=f"釜{m}", asset_no=f"B-{m}"
        )
        for n in range(SIGNALS):
            runs: Any = {"run_level": 60, "idle_level": 20} if n == 0 else {}
            fields: Any = {"key": f"m{m}.s{n}", "name": f"信号{n}", "lowest": -50, "highest": 400}
            fields |= {"gap_after_s": 60, "stuck_after_s": 3600} | runs
            tag = commands.register_tag(equipment_id=machine.pk, fields=fields, **mine)
            commands.set_alarm_rule(
                tag_id=tag.pk, side="high", raise_level=150, clear_level=140, delay_s=30,
                severity="warning", **mine,
            )  # fmt: skip
            tags.append(tag)
    return operator, tags


def _swing(at: Any, phase: Any) -> Any:
    """Values of a machine that warms up and cools down; hardly ever twice the same."""
    return 80 + 45 * np.sin(at / 4e8 + phase) + np.sin(at / 7e5 + phase * 3)


def _batches(tags: list[Tag], number: int) -> Iterator[tuple[engine.Series, list[Any]]]:
    """What comes in twenty seconds: as columns, and as the readings it comes as."""
    keys = [tag.key for tag in tags]
    ids = np.array([tag.pk for tag in tags], dtype=np.int64)
    each = BATCH_S * PER_S
    first = series.microseconds(AT - timedelta(hours=2))
    for n in range(number):
        times = first + (n * each + np.arange(each)) * (engine.SECOND // PER_S)
        tag, at = np.repeat(ids, each), np.tile(times, len(ids))
        value = _swing(at, tag)
        names = np.repeat(keys, each).tolist()
        # As it comes from a plant: by time, all machines among each other.
        mixed = np.argsort(at, kind="stable")
        columns = (mixed.tolist(), at.tolist(), value.tolist())
        found = [reading.Reading(names[i], columns[1][i], columns[2][i]) for i in columns[0]]
        yield engine.Series(tag, at, value), found


def _sustained(tags: list[Tag], number: int) -> dict[str, Any]:
    """Each batch by the command and, beside it, the very rows by COPY alone; all committed.

    Alone means: rows that lie ready, into a table without index or partition, nothing looked at.
    ``rows`` as any program does it, one ``write_row`` after another with their types set;
    ``laid_out`` bytes in COPY's own binary form, which is what the server can take at best.
    """
    platform_id = tags[0].platform_id
    took, samples = {"command": 0.0, "rows": 0.0, "laid_out": 0.0}, 0
    with psycopg.connect(os.environ["PILOTHARBOR_DB_OWNER_URL"], autocommit=True) as db:
        db.execute(BARE)
        for n, (columns, found) in enumerate(_batches(tags, number)):
            laid_out = wire.rows(columns, np.zeros(len(columns), dtype=np.int16))
            rows = _rows(columns)
            parcel = reading.Parcel(found)

            def command_(parcel: Any = parcel, wanted: int = len(found)) -> None:
                taken = commands.take_in(
                    found=parcel, platform_id=platform_id, connector_id=None, at=AT
                )
                if taken.stored != wanted:
                    raise RuntimeError(f"{taken.stored} of {wanted} were stored")

            def copied_rows(rows: Any = rows) -> None:
                with db.cursor().copy(COPY.encode()) as copy:
                    copy.set_types(["timestamptz", "float8", "int4", "int2"])
                    for row in rows:
                        copy.write_row(row)

            def copied(laid_out: bytes = laid_out) -> None:
                with db.cursor().copy(COPY.encode()) as copy:
                    copy.write(laid_out)

            # Whoever comes later finds the caches warm; they take turns.
            turns = [("command", command_), ("rows", copied_rows), ("laid_out", copied)]
            for name, do in turns[n % 3 :] + turns[: n % 3]:
                began = time.perf_counter()
                do()
                took[name] += time.perf_counter() - began
            samples += len(found)
    return {
        "samples": samples,
        "samples_per_s": round(samples / took["command"]),
        "bare_copy_per_s": round(samples / took["rows"]),
        "share_of_bare_copy": round(took["rows"] / took["command"], 3),
        "laid_out_copy_per_s": round(samples / took["laid_out"]),
        "share_of_laid_out_copy": round(took["laid_out"] / took["command"], 3),
    }


def _rows(columns: engine.Series) -> list[tuple[datetime, float, int, int]]:
    times = [series.instant(at) for at in columns.at.tolist()]
    return list(
        zip(times, columns.value.tolist(), columns.tag.tolist(), [0] * len(times), strict=True)
    )


def _messages(tags: list[Tag], number: int = 40_000) -> dict[str, Any]:
    """From the text of a gateway's messages on, as a connector finds them in its spool."""
    stamps = [AT + timedelta(seconds=60 + n // len(tags) / PER_S) for n in range(number)]
    said = [
        (tags[n % len(tags)].key, f'{{"value": {n % 97}.5, "at": "{at.isoformat()}"}}'.encode())
        for n, at in enumerate(stamps)
    ]
    began = time.perf_counter()
    parcel = reading.Parcel(one for topic, text in said for one in reading.message(topic, text, 0))
    taken = commands.take_in(
        found=parcel, platform_id=tags[0].platform_id, connector_id=None, at=AT + timedelta(hours=1)
    )
    took = time.perf_counter() - began
    if taken.stored != number:
        raise RuntimeError(f"{taken.stored} of {number} messages were stored")
    return {"messages_per_s": round(number / took)}


@command
def _store(*, batch: "Columns") -> int:
    return len(series.store(batch.series).fresh)


class Columns:
    """A batch that a command does not search for words."""

    def __init__(self, series_: engine.Series) -> None:
        self.series = series_


def _year(operator: Membership, like: Tag, days: int) -> dict[str, Any]:
    """A year of one signal, each second a value; then its charts as a browser asks for them."""
    tag = commands.register_tag(
        equipment_id=like.equipment_id, fields={"key": "year", "name": "一年"},
        actor_id=operator.pk, at=AT,
    )  # fmt: skip
    end = series.microseconds(AT)
    began = time.perf_counter()
    for first in range(end - days * 86_400 * engine.SECOND, end, YEAR_BATCH_S * engine.SECOND):
        at = np.arange(first, min(first + YEAR_BATCH_S * engine.SECOND, end), engine.SECOND)
        _store(batch=Columns(engine.Series(np.full(len(at), tag.pk), at, _swing(at, 1.0))))
    took = time.perf_counter() - began
    with psycopg.connect(os.environ["PILOTHARBOR_DB_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE telemetry_hour, telemetry_minute")
    browser = Client()
    browser.force_login(
        operator.person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    address = f"/signals/tags/{tag.pk}/chart"

    def chart(span: str) -> Any:
        answer = browser.get(address, {"span": span}, headers=NOW)
        if answer.status_code != 200 or b"data-chart" not in answer.content:
            raise RuntimeError(answer.content[:500])
        return answer

    chart("year")
    with CaptureQueriesContext(connection) as asked:
        chart("year")
    return {
        "year_samples": days * 86_400,
        "year_filled_per_s": round(days * 86_400 / took),
        "year_chart_queries": len(asked),
        **{
            f"{span}_chart_p50_ms": _p50(lambda s=span: chart(s))
            for span in ("year", "month", "day")
        },
    }


def _p50(ask: Callable[[], Any]) -> float:
    took = []
    for _ in range(CHARTS):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return round(statistics.median(took) * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
