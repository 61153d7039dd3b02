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

URL, TOKEN, PORT = (
    "PILOTHARBOR_FINDER_URL",
    "PILOTHARBOR_FINDER_TOKEN",
    "PILOTHARBOR_FINDER_PORT",
)
OFF = "off"
MODULE = "pilotharbor.matching.finder.serve"


@dataclass(frozen=True)
class Finding:
    """Where the finder is reached; without a port of ours it is another host's, or there is none."""

    url: str
    token: str
    port: int = 0

    @property
    def variables(self) -> dict[str, str]:
        """What those need to know who ask it."""
        return {URL: self.url, TOKEN: self.token}

    def child(self, environment: Mapping[str, str], logs: Path) -> Child | None:
        """The process, if it is ours to run."""
        if not self.port:
            return None
        wanted = {**environment, **self.variables, PORT: str(self.port)}
        return Child("finder", [sys.executable, "-m", MODULE], wanted, logs / "finder.log")


def settle() -> Finding:
    """The finder that is named, or one of our own on a free port of the loopback address.

    Raises: Trouble.
    """
    given = os.environ.get(URL, "")
    if given == OFF:
        return Finding("", "")
    if given:
        return Finding(given, os.environ.get(TOKEN, ""))
    # Let go at once and not kept open: while the finder is away, whoever asks must be refused at once.
    with socket.socket() as kept:
        kept.bind((listening.USUAL_HOST, 0))
        port = int(kept.getsockname()[1])
    url = f"http://{listening.USUAL_HOST}:{port}"
    return Finding(url, secrets.token_urlsafe(32), port)
