"""How long do 100,000 achievements take to come in, and how much memory? CSV, XLSX and JSON lines.

The file is made of real abstracts (``examples/matching``) with other numbers, and imported by the
command line into a harbour of its own; the peak is that of the importing process.
"""

import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from pilotharbor.launcher import harbour
from pilotharbor.launcher.paths import ROOT, SETTINGS, DataFolder

ROWS = int(os.environ.get("PILOTHARBOR_BENCH_ROWS", "100000"))
MOST_SECONDS = 120
MOST_MB = 600
DOCUMENTS = ROOT / "examples" / "matching" / "documents.jsonl"
FORMATS = ("csv", "xlsx", "jsonl")
EMAIL = "bench@harbor.example"

# Whoever imports: one office of one university. Written in the process that runs Django.
FOUND = f"""
import django; django.setup()
from django.utils import timezone
from pilotharbor.parties.models import Membership, Organisation, Person
from pilotharbor.technologies.models import Achievement
print(Achievement.objects.count())
person, _ = Person.objects.get_or_create(email="{EMAIL}", defaults={{"name": "基准"}})
if not Membership.objects.filter(person=person).exists():
    organisation = Organisation.objects.create(
        kind="university", name="基准大学", uscc="12330000470000013F", status="approved",
        registered_at=timezone.now())
    Membership.objects.create(person=person, organisation=organisation, role="tto_officer",
        since_at=timezone.now())
"""


def documents(rows: int, edition: str) -> Iterator[dict[str, object]]:
    """Real abstracts over and over, each with a number of its own."""
    lines = DOCUMENTS.read_text("utf-8").splitlines()
    for number, line in enumerate(itertools.islice(itertools.cycle(lines), rows)):
        yield json.loads(line) | {"id": f"{edition}-{number:06d}"}


def write_file(path: Path, rows: int) -> None:
    """Write the file without any part of the product, as another program would."""
    edition = path.suffix[1:]
    if edition == "jsonl":
        with path.open("w", encoding="utf-8") as file:
            for row in documents(rows, edition):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return
    headings = ["外部编号", "成果名称", "摘要", "关键词", "学科", "学科门类"]
    lines = (
        [
            row["id"],
            row["title"],
            row["abstract"],
            "；".join(row.get("keywords", [])),  # type: ignore[arg-type]
            row.get("discipline", ""),
            row.get("category", ""),
        ]
        for row in documents(rows, edition)
    )
    if edition == "csv":
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(itertools.chain([headings], lines))
        return
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in itertools.chain([headings], lines):
        sheet.append(line)
    book.save(path)


def _import(path: Path, env: dict[str, str]) -> tuple[float, float, float, dict[str, object]]:
    """Seconds, processor seconds, peak megabytes and report of one import, in a process of its own."""
    command = [sys.executable, "-m", "django", "import_list", "achievements", str(path)]
    command += ["--as", EMAIL, "--json", "--settings", SETTINGS]
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read()))  # type: ignore[union-attr]
    reader.start()
    _, _, usage = os.wait4(process.pid, 0)
    reader.join()
    seconds = time.monotonic() - started
    scale = 1 if sys.platform == "darwin" else 1024
    cpu = usage.ru_utime + usage.ru_stime
    return seconds, cpu, usage.ru_maxrss * scale / 2**20, json.loads(said[0])


def measure(env: dict[str, str], folder: Path, rows: int = ROWS) -> dict[str, object]:
    """Import the three files into the harbour of ``env``, and the first of them again."""
    subprocess.run([sys.executable, "-c", FOUND], env=env, check=True, stdout=subprocess.DEVNULL)
    figures: dict[str, object] = {"rows": rows}
    passed = True
    for edition in (*FORMATS, "again.csv"):
        path = folder / f"achievements.{edition.removeprefix('again.')}"
        if not path.exists():
            write_file(path, rows)
        seconds, cpu, peak, report = _import(path, env)
        done = report["unchanged"] if edition.startswith("again") else report["created"]
        figures[f"{edition}_file_mb"] = round(path.stat().st_size / 2**20, 1)
        figures[f"{edition}_seconds"] = round(seconds, 1)
        figures[f"{edition}_cpu_seconds"] = round(cpu, 1)
        figures[f"{edition}_peak_mb"] = round(peak)
        passed = passed and done == rows and seconds <= MOST_SECONDS and peak <= MOST_MB
    figures["limits"] = f"{MOST_SECONDS} s, {MOST_MB} MB"
    figures["passed"] = passed
    return figures


def run() -> dict[str, object]:
    """Measure in a fresh harbour in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="pilotharbor-imports-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with harbour.database_of(DataFolder.at(folder / "data")) as wanted:
            return measure({**os.environ, **wanted}, folder)


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
