"""Is somebody already running this data folder?"""

import fcntl
import os
import time
from dataclasses import dataclass
from typing import Any

from pilotharbor.launcher import vault
from pilotharbor.launcher.children import alive
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.trouble import Trouble

CLEAN_UP_S = 60.0


@dataclass
class Hold:
    """The exclusive lock on one data folder."""

    descriptor: int

    def release(self) -> None:
        """Let the next one in."""
        os.close(self.descriptor)


def take(data: DataFolder) -> Hold | dict[str, Any]:
    """Lock the data folder, or say what runs there.

    A folder whose harbour was killed is waited for until its guard has cleaned up.

    Raises: Trouble when whoever holds it stays silent.
    """
    descriptor = os.open(data.lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + CLEAN_UP_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = vault.read_json(data.running)
            if running and alive(int(running["pid"])):
                os.close(descriptor)
                return running
        else:
            data.running.unlink(missing_ok=True)
            return Hold(descriptor)
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise Trouble("data_folder_held", folder=data.root)
        time.sleep(0.1)


def announce(data: DataFolder, **facts: object) -> None:
    """Let others find the running harbour; passwords inside, so for the owner only."""
    vault.write_json(data.running, {"pid": os.getpid()} | facts, mode=0o600)


def found(data: DataFolder) -> dict[str, Any] | None:
    """What runs on this data folder, None if nothing does."""
    running = vault.read_json(data.running)
    return running if running and alive(int(running["pid"])) else None
