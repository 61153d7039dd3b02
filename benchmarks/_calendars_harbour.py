"""What the calendar benchmark does inside a harbour: fill it, then ask as a program and as a browser."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import _booking_harbour as ground  # sets Django up
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties.models import Membership

# 56 lines with a slot every eight hours have 7,056 in six weeks.
LINES = 56
FIRST = datetime(2026, 3, 2, tzinfo=SHANGHAI)
LAST = FIRST + timedelta(weeks=6)
AT = {"X-Harbor-Time": "2026-03-01T12:00:00+08:00"}
TIMES = 40
FEED = "/api/v1/calendar"
SPAN = {"from": FIRST.isoformat(), "to": LAST.isoformat()}


def main(rows: int) -> dict[str, Any]:
    """Fill the harbour and measure."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    ground.LINES = LINES
    stage = ground.prepare(rows)
    _gather_statistics()
    program, browser = Client(), Client()
    bearer = {"Authorization": f"Bearer {stage['operator']}", **AT}
    operator = Membership.objects.get(role="platform_operator").person
    browser.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")

    def feed() -> Any:
        return program.get(FEED, SPAN, headers=bearer)

    def session() -> Any:
        return browser.get(FEED, SPAN, headers=AT)

    feed(), session()
    events = len(feed().json()["items"])
    pages = {
        view: _queries(lambda v=view: browser.get(f"/calendar?view={v}&day=2026-03-02", headers=AT))
        for view in ("timeline", "day", "week", "month")
    }
    wide = "/calendar?days=42&day=2026-03-02"
    return {
        "reservations": rows,
        "events": events,
        "feed_queries": _queries(feed),
        "feed_session_queries": _queries(session),
        "feed_p50_ms": _p50(feed),
        "page_queries": pages,
        "page_most_queries": max(pages.values()),
        "page_p50_ms": _p50(lambda: browser.get("/calendar?day=2026-03-02", headers=AT)),
        "page_six_weeks_p50_ms": _p50(lambda: browser.get(wide, headers=AT)),
    }


def _gather_statistics() -> None:
    """What the database's own housekeeper does on every table a minute after it was filled."""
    with psycopg.connect(os.environ["PILOTHARBOR_DB_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ANALYZE")


def _queries(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as made:
        answer = ask()
    if answer.status_code != 200:
        raise RuntimeError(answer.content[:500])
    return len(made)


def _p50(ask: Callable[[], Any]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return round(statistics.median(took) * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
