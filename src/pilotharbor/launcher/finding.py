"""How does the finder of a harbour run, and how is it reached?

``PILOTHARBOR_FINDER_URL`` and ``PILOTHARBOR_FINDER_TOKEN`` name one that runs elsewhere; ``off`` is none.
"""

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pilotharbor.launcher import listening
from pilotharbor.launcher.supervisor import Child

URL, TOKEN, DESCRIPTOR = (
    "PILOTHARBOR_FINDER_URL",
    "PILOTHARBOR_FINDER_TOKEN",
    "PILOTHARBOR_FINDER_FD",
)
OFF = "off"
MODULE = "pilotharbor.matching.finder.serve"


@dataclass(frozen=True)
class Finding:
    """Where the finder listens; without a listener it is another host's, or there is none."""

    url: str
    token: str
    listener: socket.socket | None = None

    @property
    def variables(self) -> dict[str, str]:
        """What those need to know who ask it."""
        return {URL: self.url, TOKEN: self.token}

    def child(self, environment: Mapping[str, str], logs: Path) -> Child | None:
        """The process, if it is ours to run."""
        if self.listener is None:
            return None
        wanted = {**environment, **self.variables, DESCRIPTOR: str(self.listener.fileno())}
        command = [sys.executable, "-m", MODULE]
        return Child("finder", command, wanted, logs / "finder.log", listener=self.listener)


def settle() -> Finding:
    """The finder that is named, or one of our own on a free port of the loopback address.

    Raises: Trouble.
    """
    given = os.environ.get(URL, "")
    if given == OFF:
        return Finding("", "")
    if given:
        return Finding(given, os.environ.get(TOKEN, ""))
    listener = listening.listen(listening.USUAL_HOST, 0)
    host, port = listener.getsockname()[:2]
    return Finding(f"http://{host}:{port}", secrets.token_urlsafe(32), listener)
