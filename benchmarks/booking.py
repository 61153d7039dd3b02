"""Can it be double-booked, how dear is one reservation, and how quickly is room found?

Limits (two cores): 10,000 racing requests over four web processes with 2, 8 and 32 clients, of one
and of several people, with approvals, moves and waiting-list offers among them: nothing taken twice
and no deadlock; the same race without the guard must double-book. One reservation at 100,000: at
most 8 statements, half of them within 12 ms. Free room on 200 machines over four weeks: 50 ms.
"""

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pilotharbor.launcher import harbour
from pilotharbor.launcher.paths import ROOT, DataFolder

HERE = ROOT / "benchmarks"
ROWS = int(os.environ.get("PILOTHARBOR_BENCH_ROWS", "100000"))
REQUESTS = int(os.environ.get("PILOTHARBOR_BENCH_REQUESTS", "10000"))
CLIENTS = (2, 8, 32)
WEB_PROCESSES = 4
LIMITS = {"queries": 8, "reservation_p50_ms": 12.0, "free_p50_ms": 50.0}
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
# Few lines and one month, so that clients want the same times.
CONTESTED_LINES = 6
MONTH = datetime(2027, 6, 1, tzinfo=SHANGHAI)
DAYS = 28


def run() -> dict[str, Any]:
    """Measure in a fresh harbour in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="pilotharbor-booking-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with harbour.database_of(DataFolder.at(folder / "data")) as wanted:
            exercise = {"PILOTHARBOR_EXERCISE": "1", "PYTHONPATH": str(ROOT / "src")}
            return _measure({**os.environ, **wanted, **exercise}, folder)


def _measure(env: dict[str, str], folder: Path) -> dict[str, Any]:
    stage = _child(env, "prepare", ROWS)
    one, free = _child(env, "one", 300), _child(env, "free", 40)
    figures: dict[str, Any] = {
        "reservations": ROWS,
        "queries": one["queries"],
        "reservation_p50_ms": one["p50_ms"],
        "reservation_p95_ms": one["p95_ms"],
        "free_machines": free["machines"],
        "free_queries": free["queries"],
        "free_p50_ms": free["p50_ms"],
    }
    before = _child(env, "judge")
    answers: Counter[str] = Counter()
    with _web(env, folder) as port:
        for clients in CLIENTS:
            began = time.monotonic()
            told = _race(port, stage, clients=clients, requests=REQUESTS // len(CLIENTS) + 1)
            figures[f"race_{clients}_clients_a_second"] = round(
                sum(told.values()) / (time.monotonic() - began), 1
            )
            answers += told
    after = _child(env, "judge")
    figures |= {
        "race_requests": sum(answers.values()),
        "race_answers": dict(sorted(answers.items())),
        "double_bookings": after["twice"],
        "deadlocks": after["deadlocks"] - before["deadlocks"],
        "server_errors": sum(n for code, n in answers.items() if code.endswith(" 500")),
    }
    _child(env, "guard_off")
    with _web({**env, "BOOKING_GUARD": "off"}, folder) as port:
        _press_at_once(port, stage)
    figures["control_double_bookings"] = _child(env, "judge")["twice"]
    figures["limits"] = LIMITS
    figures["passed"] = (
        all(figures[name] <= limit for name, limit in LIMITS.items())
        and figures["double_bookings"] == figures["deadlocks"] == figures["server_errors"] == 0
        and figures["control_double_bookings"] > 0
    )
    return figures


def _child(env: dict[str, str], *asked: object) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "_booking_harbour.py"), *(str(one) for one in asked)]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stderr)
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def _web(env: dict[str, str], folder: Path) -> Iterator[int]:
    """Four web processes on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--preload"]
    command += ["--workers", str(WEB_PROCESSES), "--worker-class", "gthread", "--threads", "8"]
    command += ["--no-control-socket", "--log-level", "error", "_booking_control:application"]
    log = (folder / "web.log").open("w")
    process = subprocess.Popen(command, env=env, cwd=HERE, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _race(
    port: int, stage: dict[str, Any], *, clients: int, requests: int, seed: int = 0
) -> Counter[str]:
    """So many requests by so many clients at once; how each kind was answered."""
    told: list[Counter[str]] = [Counter() for _ in range(clients)]
    start = threading.Barrier(clients)

    def act(i: int) -> None:
        client = _Client(port, stage, seed * 1000 + clients * 100 + i, i)
        start.wait()
        for _ in range(requests // clients):
            told[i][client.act()] += 1

    threads = [threading.Thread(target=act, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(told, Counter())


def _press_at_once(port: int, stage: dict[str, Any], *, clients: int = 8, rounds: int = 60) -> None:
    """Round by round everybody asks for the same time at the same moment."""
    start = threading.Barrier(clients)

    def act(i: int) -> None:
        client = _Client(port, stage, 99_000 + i, i)
        for n in range(rounds):
            day = MONTH + timedelta(days=DAYS + n, hours=9)
            same = {"line_id": stage["lines"][0], "start": day.isoformat()}
            same["end"] = (day + timedelta(hours=2)).isoformat()
            start.wait()
            client.post("/bookings", client.wish() | same)

    threads = [threading.Thread(target=act, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Client:
    """One client: requests mostly, with approvals, moves, waits, answers and cancellations."""

    def __init__(self, port: int, stage: dict[str, Any], seed: int, i: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.stage, self.dice = stage, random.Random(seed)
        # Every other client is the same person.
        self.person = stage["people"][0 if i % 2 else i % len(stage["people"])]
        self.count, self.name = 0, f"{seed}-{i}"
        self.bookings: list[int] = []
        self.offers: list[int] = []

    def act(self) -> str:
        acts = [self.ask, self.approve, self.move, self.wait, self.answer, self.cancel]
        chosen = self.dice.choices(acts, [10, 4, 3, 2, 2, 2])[0]
        status = chosen()
        return f"{chosen.__name__} {status}"

    def ask(self) -> int:
        start, end = self.when()
        status, body = self.post("/bookings", self.wish() | {"start": start, "end": end})
        if status == 201:
            self.bookings.append(body["id"])
        return status

    def approve(self) -> int:
        return self.post(f"/bookings/{self.any()}/approve", {}, self.stage["operator"])[0]

    def move(self) -> int:
        start, end = self.when()
        who = self.dice.choice([self.stage["operator"], self.person])
        return self.post(f"/bookings/{self.any()}/move", {"start": start, "end": end}, who)[0]

    def wait(self) -> int:
        start, end = self.when(hours=8)
        wish = self.wish() | {"windows": [{"start": start, "end": end}], "duration_s": 7200}
        status, body = self.post("/waiting-list", wish)
        if status == 201:
            self.offers.append(body["id"])
        return status

    def answer(self) -> int:
        pk = self.dice.choice([*self.offers, 0])
        verb = self.dice.choice(["accept", "decline"])
        return self.post(f"/waiting-list/{pk}/{verb}", {})[0]

    def cancel(self) -> int:
        return self.post(f"/bookings/{self.any()}/cancel", {"reason": "x"}, self.stage["operator"])[
            0
        ]

    def any(self) -> int:
        return self.dice.choice([*self.bookings[-20:], 0])

    def wish(self) -> dict[str, Any]:
        return {
            "line_id": self.dice.choice(self.stage["lines"][:CONTESTED_LINES]),
            "project_id": self.dice.choice(self.stage["projects"]),
            "billing": "hour",
        }

    def when(self, hours: int = 0) -> tuple[str, str]:
        day = MONTH + timedelta(days=self.dice.randrange(DAYS), hours=8 + self.dice.randrange(8))
        end = min(day + timedelta(hours=hours or self.dice.randint(1, 4)), day.replace(hour=20))
        return day.isoformat(), end.isoformat()

    def post(self, path: str, body: dict[str, Any], token: str = "") -> tuple[int, dict[str, Any]]:
        self.count += 1
        headers = {
            "Authorization": f"Bearer {token or self.person}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"bench-{self.name}-{self.count}",
            "X-Harbor-Time": NOW.isoformat(),
        }
        self.connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=1, ensure_ascii=False) + os.linesep)
