"""When does the process that runs connectors run?

Only while a connector is configured: a file in the data folder says so. Whoever learns of a connector
writes it, the supervisor looks for it, and the process takes it away when there is nothing left to do.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from pilotharbor.launcher.supervisor import Child


def flag(data: Path) -> Path:
    """The file that says that connectors are to run."""
    return Path(data) / "telemetry" / "wanted"


def want(data: Path, *, wanted: bool) -> None:
    """Say whether connectors are to run on this host."""
    if wanted:
        flag(data).parent.mkdir(parents=True, exist_ok=True)
        flag(data).touch()
    else:
        flag(data).unlink(missing_ok=True)


def child(environment: Mapping[str, str], data: Path, logs: Path) -> Child:
    """The process, to be started when it is wanted."""
    command = [sys.executable, "-m", "django", "listen"]
    return Child("listener", command, dict(environment), logs / "listener.log", wanted=flag(data))
