"""Where does everything lie on this machine?"""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src"
SETTINGS = "pilotharbor.web.settings"


@dataclass(frozen=True)
class DataFolder:
    """One harbour's data folder and the names inside it.

    ``root``  absolute path; everything that must survive a restart lies below it.
    """

    root: Path

    @classmethod
    def at(cls, given: str | os.PathLike[str] | None) -> "DataFolder":
        """Take ``given``, else ``PILOTHARBOR_DATA``, else ``.harbor`` in the project."""
        chosen = given or os.environ.get("PILOTHARBOR_DATA") or ROOT / ".harbor"
        return cls(Path(chosen).expanduser().absolute())

    @property
    def cluster(self) -> Path:
        """The embedded PostgreSQL cluster."""
        return self.root / "postgres"

    @property
    def logs(self) -> Path:
        """Where each process writes what it has to say."""
        return self.root / "log"

    @property
    def secrets(self) -> Path:
        """Passwords and keys of this harbour, readable by its owner only."""
        return self.root / "secrets.json"

    @property
    def version(self) -> Path:
        """Which PilotHarbor last wrote here."""
        return self.root / "version.json"

    @property
    def lock(self) -> Path:
        """Held by whoever runs the embedded database of this folder."""
        return self.root / "harbor.lock"

    @property
    def running(self) -> Path:
        """Address and process of the running harbour."""
        return self.root / "running.json"

    @property
    def accounts(self) -> Path:
        """The demonstration accounts, written by ``load_demonstration``."""
        return self.root / "demonstration.json"
