"""What must a harbour remember about itself between two starts?"""

import errno
import json
import os
import secrets
import shutil
import tomllib
from pathlib import Path
from typing import Any

from pilotharbor.launcher.paths import ROOT, DataFolder
from pilotharbor.launcher.trouble import Trouble

# Raised when the layout of the data folder changes, so that an older PilotHarbor keeps off.
LAYOUT = 1
NEARLY_FULL_BYTES = 20_000_000
SECRETS = ("superuser_password", "owner_password", "app_password", "secret_key")


def code_version() -> str:
    """The version of this PilotHarbor."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def write_json(path: Path, value: object, *, mode: int = 0o644) -> None:
    """Replace a file in one step, so that a power cut leaves the old or the new one."""
    scratch = path.with_name(path.name + ".new")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The content of a small JSON file, empty if it is not there.

    Raises: Trouble when it cannot be read as JSON.
    """
    value = _read(path, {})
    if not isinstance(value, dict):
        raise Trouble("data_folder_broken", folder=path.parent)
    return value


def read_list(path: Path) -> list[dict[str, Any]]:
    """The entries of a small JSON file that holds a list, none if it is not there.

    Raises: Trouble when it cannot be read as such.
    """
    value = _read(path, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Trouble("data_folder_broken", folder=path.parent)
    return value


def _read(path: Path, otherwise: object) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return otherwise
    except ValueError as exc:
        raise Trouble("data_folder_broken", folder=path.parent) from exc


def open_folder(data: DataFolder) -> None:
    """Make the data folder if needed and refuse one that a newer PilotHarbor wrote.

    Raises: Trouble.
    """
    try:
        data.root.mkdir(parents=True, exist_ok=True)
        data.logs.mkdir(exist_ok=True)
        probe = data.root / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as exc:
        raise folder_trouble(data, exc) from exc
    refuse_newer(data)


def examine_folder(data: DataFolder) -> None:
    """Say whether ``open_folder`` would succeed, without making or writing anything.

    Raises: Trouble.
    """
    place = data.root
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise Trouble("data_folder_unusable", folder=data.root, reason=os.strerror(errno.ENOTDIR))
    if not os.access(place, os.W_OK | os.X_OK):
        raise Trouble("no_write_permission", folder=data.root)
    refuse_newer(data)


def refuse_newer(data: DataFolder) -> None:
    """Keep off what a newer PilotHarbor wrote.

    Raises: Trouble.
    """
    written = read_json(data.version)
    if written and (
        int(written.get("layout", 0)) > LAYOUT or _newer(str(written.get("version", "0")))
    ):
        raise Trouble(
            "data_folder_newer",
            folder=data.root,
            theirs=written.get("version"),
            ours=code_version(),
        )


def folder_trouble(data: DataFolder, exc: OSError) -> Trouble:
    """Say in one sentence why the data folder cannot be written."""
    if exc.errno in {28, 122}:  # ENOSPC, EDQUOT
        return Trouble("disk_full", folder=data.root)
    if exc.errno in {1, 13, 30}:  # EPERM, EACCES, EROFS
        return Trouble("no_write_permission", folder=data.root)
    return Trouble("data_folder_unusable", folder=data.root, reason=exc.strerror)


def nearly_full(place: Path) -> bool:
    """Whether a failure at ``place`` is no wonder; databases name a full disk in many words."""
    return shutil.disk_usage(place).free < NEARLY_FULL_BYTES


def _newer(theirs: str) -> bool:
    return _parts(theirs) > _parts(code_version())


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def stamp(data: DataFolder, **facts: object) -> None:
    """Record that this PilotHarbor wrote here, with further facts to keep."""
    known = read_json(data.version)
    new = known | {"layout": LAYOUT, "version": code_version()} | facts
    if new != known:
        write_json(data.version, new)


def secrets_of(data: DataFolder) -> dict[str, str]:
    """The harbour's passwords and keys; made at random the first time.

    Raises: Trouble when those of the embedded database were lost.
    """
    known = read_json(data.secrets)
    missing = [name for name in SECRETS if name not in known]
    if set(missing) - {"secret_key"} and (data.cluster / "PG_VERSION").exists():
        raise Trouble("secrets_lost", file=data.secrets)
    if missing:
        known |= {name: secrets.token_urlsafe(36) for name in missing}
        write_json(data.secrets, known, mode=0o600)
    return {name: str(value) for name, value in known.items()}


def remember_secret(data: DataFolder, **values: str) -> None:
    """Keep further secrets."""
    write_json(data.secrets, read_json(data.secrets) | values, mode=0o600)


def demonstration_password(data: DataFolder) -> str:
    """The password of the demonstration's accounts; kept before the first of them is made."""
    if not knows_demonstration(data):
        remember_secret(data, demonstration_password=secrets.token_urlsafe(9))
    return str(read_json(data.secrets)["demonstration_password"])


def knows_demonstration(data: DataFolder) -> bool:
    """Whether this folder has a password for demonstration accounts."""
    return "demonstration_password" in read_json(data.secrets)
