"""Where do the bytes of files people hand in lie? Under their SHA-256, outside of what the web serves.

Web processes of several hosts share the folder; nothing but a finished file has a final name. Bytes are
destroyed only where no table names them any more (R-KERN-12).
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.files.contents import LARGEST, FileRefused, examine
from pilotharbor.kernel.transactions import in_command

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Staged:
    """An examined file that has not found its place yet."""

    path: Path
    sha256: str
    size: int
    kind: str
    name: str
    texts: tuple[str, ...]


def _home() -> Path:
    home = Path(settings.DATA_DIR) / "attachments"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def path_of(digest: str) -> Path:
    """Where the bytes of this digest lie.

    Raises: NotFound for what is no digest.
    """
    if not _DIGEST.fullmatch(digest):
        raise NotFound
    return _home() / digest[:2] / digest


@contextmanager
def staged(
    pieces: Iterable[bytes], *, name: str, refused: type[FileRefused] = FileRefused
) -> Iterator[Staged]:
    """Write what is sent to a file that goes when the block ends, and say what it is.

    A domain that has a refusal of its own passes its class as ``refused``.

    Raises: FileRefused.
    """
    handle, given = tempfile.mkstemp(prefix="staged-", dir=_home())
    path = Path(given)
    try:
        digest, size = sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                size += len(piece)
                digest.update(piece)
                file.write(piece)
                if size > LARGEST:
                    break
            file.flush()
            os.fsync(file.fileno())
        try:
            seen = examine(path, name=name)
        except FileRefused as no:
            raise refused(problems=no.problems, **no.facts) from no
        yield Staged(path, digest.hexdigest(), size, seen.kind, seen.name, seen.texts)
    finally:
        path.unlink(missing_ok=True)


def keep(file: Staged) -> None:
    """Give a staged file its final name; the same bytes are kept once.

    The last step of a command, which has written the row that names them: from here to its end nobody
    destroys these bytes, and after it the row holds them.
    """
    _alone_with(file.sha256)
    place = path_of(file.sha256)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if not place.exists():
        # A link, not a move: the staged name goes with its own block.
        temporary = place.parent / f".{file.path.name}"
        os.link(file.path, temporary)
        temporary.replace(place)


def let_nobody_keep(digest: str) -> None:
    """Until the command ends nobody gives these bytes a name; who did before has said so by now."""
    _alone_with(digest)


def named_elsewhere(*, digest: str, besides: type[models.Model]) -> bool:
    """Whether a row of another table than ``besides`` names these bytes.

    Every table with a column ``sha256`` counts, so that a new domain need not remember to say so.
    """
    return any(
        model._default_manager.filter(sha256=digest).exists()  # noqa: SLF001
        for model in apps.get_models()
        if model is not besides and _names_files(model)
    )


def destroy(digest: str) -> None:
    """Delete bytes for good, as the last step of a command that has asked who needs them.

    Source: R-KERN-12.
    """
    _alone_with(digest)
    path_of(digest).unlink(missing_ok=True)


def _names_files(model: type[models.Model]) -> bool:
    return any(field.name == "sha256" for field in model._meta.concrete_fields)  # noqa: SLF001


def _alone_with(digest: str) -> None:
    if not in_command():
        raise RuntimeError("files are kept and destroyed inside a command")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"file {digest}"])
