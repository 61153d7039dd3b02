"""Is the clock read at the edges alone? Commands and queries are told ``at``."""

import ast

import pytest

from tests.architecture import source

# Each with what it needs the time of day for. ``kernel.clock.now(request)`` serves every other edge.
CLOCK_READERS = {
    "kernel/clock.py",  # the one reading for requests
    "kernel/models.py",  # when a row was written, by the database's own clock
    "kernel/feeder.py",  # when a delivery is due
    "kernel/tasks.py",  # nightly jobs
    "crew/tasks.py",  # qualifications that run out, every morning
    "leads/tasks.py",  # overdue replies and idle leads, every morning
    "network/handlers.py",  # when a record for other repositories changed
    "matching/tasks.py",  # looks for whoever wants to be told of new fits
    "network/tasks.py",  # when a harvest is due, begins and ends
    "parties/handlers.py",  # when a mail went out
    "scheduling/tasks.py",  # when a search begins and ends
    "parties/management/commands/found.py",
    "parties/management/commands/token.py",
    "telemetry/listening/inbox.py",  # when a message came
    "telemetry/listening/opcua.py",  # up to when a server's history is read
    "telemetry/listening/process.py",  # what is stored now, and how a connector does
    "technologies/tasks.py",  # files taken off long ago, every night
    "telemetry/tasks.py",  # room ahead, and what is old
    "web/demonstration/load.py",
    "web/management/commands/import_list.py",
    "web/middleware.py",  # sessions and the age of a signed header
    "web/transfer/runs.py",  # whether an import still reports, and which files are old
    "web/voyage/player.py",  # the day a case is played at where it names none
    "web/words.py",  # “3 hours ago”
}
# Edges may ask the kernel's clock: by the file's name at the end of its path, or its folder.
EDGES = ("api.py", "views.py", "desk.py", "auth.py", "cli.py")
MODULES = {"datetime", "date", "timezone", "time"}
ALWAYS = {"now", "today", "utcnow", "time", "time_ns"}
# With an argument these only convert.
WITHOUT_ARGUMENT = {"localdate", "localtime", "gmtime"}


def readings(tree: ast.Module) -> list[int]:
    """Lines that read the clock, by call, by reference or under an imported name."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in MODULES and node.attr in ALWAYS:
                lines.append(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            named = isinstance(of, ast.Name) and of.id in MODULES
            if named and node.func.attr in WITHOUT_ARGUMENT and not node.args and not node.keywords:
                lines.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and _module_of_time(node.module or ""):
            taken = {alias.name for alias in node.names}
            if taken & (ALWAYS | WITHOUT_ARGUMENT | {"Now"}) - {"time"} or _renamed(node):
                lines.append(node.lineno)
    return sorted(lines)


def _module_of_time(module: str) -> bool:
    return module in {"datetime", "time", "django.utils", "django.utils.timezone"} or (
        module.startswith("django.db.models.functions")
    )


def _renamed(node: ast.ImportFrom) -> bool:
    return any(alias.name in MODULES and alias.asname for alias in node.names)


def asks_the_kernel(tree: ast.Module) -> list[int]:
    """Lines that call ``clock.now(request)``."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "now"
        and isinstance(node.value, ast.Name)
        and node.value.id == "clock"
    ]


def test_only_named_files_read_the_clock():
    found = {
        str(path.relative_to(source.SOURCE)): readings(tree)
        for path, tree in source.trees().items()
        if path.relative_to(source.SOURCE).parts[0] != "launcher"  # starts, waits and measures
    }
    reading = {name for name, lines in found.items() if lines}

    assert reading - CLOCK_READERS == set()
    assert CLOCK_READERS - reading == set(), "these read no clock any more: take them off the list"


def test_only_edges_ask_the_kernels_clock():
    wrong = [
        f"{source.name(path)}:{line}"
        for path, tree in source.trees().items()
        if path.name not in EDGES and path.parent.name not in {"views", "routes"}
        for line in asks_the_kernel(tree)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "code",
    [
        "at = timezone.now()",
        "at = datetime.now(UTC)",
        "day = date.today()",
        "field = DateTimeField(default=timezone.now)",
        "from django.utils.timezone import now",
        "from django.db.models.functions import Now",
        "from django.utils import timezone as tz",
        "from datetime import datetime as dt",
        "day = timezone.localdate()",
        "seconds = time.time()",
    ],
)
def test_every_reading_is_seen(code):
    assert readings(ast.parse(code)) != []


@pytest.mark.parametrize(
    "code",
    [
        "day = timezone.localdate(at)",
        "from datetime import datetime, time",
        "from django.utils import timezone",
        "until = time.monotonic() + 3",
        "noon = datetime.combine(day, time(12))",
    ],
)
def test_arithmetic_is_none(code):
    assert readings(ast.parse(code)) == []
