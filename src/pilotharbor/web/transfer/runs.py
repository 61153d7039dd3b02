"""How far is the import of an uploaded file, and what came of it?

A run is a folder below the data folder: the file, ``state.json``, and nothing else. Web and worker
share that folder; on several hosts it must be shared storage.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.sheets import BadCell
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.web.transfer import importer
from pilotharbor.web.transfer.kinds import ImportKind

KEEP_SECONDS = 7 * 24 * 3600
# Longer without a sign of life means that whoever worked on it is gone.
SILENT_SECONDS = 180
TELL_EVERY_SECONDS = 0.5
# What is larger, unpacked, is carried out by the worker, so that no page waits for it.
AT_ONCE_BYTES = 1 << 20
_TOKEN = re.compile(r"[0-9A-Za-z_-]{22,64}")


@dataclass(frozen=True, slots=True)
class Run:
    """One upload: its secret name and its folder."""

    token: str
    folder: Path

    @property
    def file(self) -> Path:
        """The uploaded file, gone once it has been worked on."""
        return next(self.folder.glob("upload.*"), self.folder / "upload")

    def state(self) -> dict[str, Any]:
        """What is known now; ``stage`` is waiting, check, load, done, refused or broken_off."""
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text("utf-8"))
        if found["stage"] in {"check", "load"} and time.time() - found["told"] > SILENT_SECONDS:
            found["stage"] = "broken_off"
        return found

    def tell(self, **news: object) -> None:
        """Change the state so that a reader sees the old one or the new one, never half."""
        path = self.folder / "state.json"
        known = json.loads(path.read_text("utf-8")) if path.exists() else {}
        draft = self.folder / f"state.{os.getpid()}.tmp"
        text = json.dumps({**known, **news, "told": time.time()}, ensure_ascii=False, default=str)
        draft.write_text(text, "utf-8")
        draft.replace(path)


def _home() -> Path:
    home = Path(settings.DATA_DIR) / "imports"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _forget_old(home: Path) -> None:
    for folder in home.iterdir():
        if time.time() - folder.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def begin(
    pieces: Iterator[bytes],
    *,
    name: str,
    kind: ImportKind,
    actor: Membership,
    at: datetime,
    partial: bool,
    submit: bool,
) -> Run:
    """Keep an uploaded file and remember what is to be done with it."""
    home = _home()
    _forget_old(home)
    token = secrets.token_urlsafe(24)
    run = Run(token, home / token)
    run.folder.mkdir(mode=0o700)
    suffix = re.sub(r"[^a-z]", "", Path(name).suffix.lower())[:8]
    with (run.folder / f"upload.{suffix}").open("wb") as file:
        file.writelines(pieces)
    run.tell(
        kind=kind.name,
        name=Path(name).name[:200],
        person=actor.person_id,
        actor=actor.pk,
        at=at.isoformat(),
        partial=partial,
        submit=submit,
        language=get_language() or "zh-hans",
        stage="waiting",
        done=0,
        total=None,
    )
    return run


def of(token: str, *, person_id: int) -> Run:
    """The run of this name, for the person who began it.

    Raises: NotFound.
    """
    run = Run(token, _home() / token)
    if not _TOKEN.fullmatch(token) or not (run.folder / "state.json").exists():
        raise NotFound
    if run.state()["person"] != person_id:
        raise NotFound
    return run


def carry_out(run: Run) -> None:
    """Import the file of a run as its person, telling how far it is."""
    order = run.state()
    if order["stage"] != "waiting":
        return
    last = 0.0

    def told(stage: str, done: int, total: int | None) -> None:
        nonlocal last
        if time.monotonic() - last > TELL_EVERY_SECONDS:
            last = time.monotonic()
            run.tell(stage=stage, done=done, total=total)

    with override(order["language"]):
        run.tell(stage="check")
        try:
            report = importer.run(
                importer.kind_of(order["kind"]),
                run.file,
                actor=parties.actor(actor_id=order["actor"]),
                at=datetime.fromisoformat(order["at"]),
                name=order["name"],
                partial=order["partial"],
                submit=order["submit"],
                progress=told,
            )
            run.tell(
                stage="done",
                report=importer.as_dict(report),
                sentences=importer.sentences(report),
            )
        except DomainError as refusal:
            run.tell(stage="refused", code=refusal.code, sentences=[str(refusal)])
        finally:
            run.file.unlink(missing_ok=True)


def cells_of(report: Mapping[str, Any], name: str) -> list[BadCell]:
    """The bad or doubtful cells of a kept report."""
    return [BadCell(**cell) for cell in report[name]]
