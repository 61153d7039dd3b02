"""What is in this file, whatever it is called, and is it of a kind that does no harm?

Judged by content alone: a picture called ``.pdf`` is refused like a program called ``.docx``.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as translate

from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.files.kinds import FileKind

LARGEST = 20_000_000
NAME_LENGTH = 200
HEAD = 4096
MOST_PARTS = 10_000
LARGEST_UNPACKED = 400_000_000
# The part by which an office file is known, and the folder of its texts.
OFFICE = {
    FileKind.DOCX: "word/document.xml",
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.PPTX: "ppt/presentation.xml",
}
SUFFIXES = {"jpeg": "jpg", "text": "txt", "log": "txt", "md": "txt"}
MIME = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PPTX: ("application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
    FileKind.TXT: "text/plain; charset=utf-8",
    FileKind.CSV: "text/csv; charset=utf-8",
}
# What runs: macros, embedded objects and controls inside an office file.
_RUNS = re.compile(
    r"(?:^|/)(?:vbaProject[^/]*|vbaData\.xml|activeX/.*|.*\.(?:bin|exe|dll|js|vbs))$"
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(r"<(?:!doctype|html|svg|script|\?xml|iframe|body|head)\b", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]{0,2000}>")
# The binary settings of a printer do nothing.
_PRINTER = re.compile(r"(?:^|/)printerSettings/[^/]*\.bin$")
TEXT_READ = 8_000_000


class FileRefused(Invalid):
    """This file cannot be kept: {why}."""

    code = "kernel.file_refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file turned out to be, under the name it keeps."""

    kind: str
    name: str
    texts: tuple[str, ...]


def examine(path: Path, *, name: str) -> Seen:
    """What a file is; ``texts`` is what can be read in it without a program of its own.

    Raises: FileRefused.
    Source: R-KERN-11.
    """
    size = path.stat().st_size
    if size == 0:
        raise _refused(translate("it is empty"))
    if size > LARGEST:
        raise _refused(translate("it is larger than 20 MB. Split it, or make it smaller"))
    kept = named(name)
    said = kept.rsplit(".", 1)[-1].lower() if "." in kept else ""
    said = SUFFIXES.get(said, said)
    kind, texts = _kind(path, said)
    if said != kind:
        label = str(FileKind(kind).label)
        raise _refused(
            translate("its name ends in “.{said}”, but what is in it is: {label}").format(
                said=said, label=label
            )
        )
    return Seen(kind, kept, texts)


def named(name: str) -> str:
    """The last part of a name, without what is invisible, at most 200 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    if len(plain) <= NAME_LENGTH:
        return plain or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 8:
        return plain[:NAME_LENGTH]
    return stem[: NAME_LENGTH - len(suffix) - 1] + dot + suffix


def _refused(why: str) -> FileRefused:
    error = FileRefused(why=why)
    return FileRefused(problems={"file": str(error)}, why=why)


def _kind(path: Path, said: str) -> tuple[str, tuple[str, ...]]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"%PDF-"):
        return FileKind.PDF, ()
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return FileKind.PNG, ()
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPG, ()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _office(path)
    return _text(path, said)


def _office(path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        with zipfile.ZipFile(path) as packed:
            return _parts(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as exc:
        raise _refused(translate("it is broken or locked with a password")) from exc


def _parts(packed: zipfile.ZipFile) -> tuple[str, tuple[str, ...]]:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    kind = next((k for k, main in OFFICE.items() if main in names), None)
    if kind is None or "[Content_Types].xml" not in names:
        raise _refused(
            translate("it is an archive. Add the files in it one by one, so that each can be seen")
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _refused(translate("unpacked it is too large"))
    running = [n for n in names if _RUNS.search(n) and not _PRINTER.search(n)]
    types = packed.read("[Content_Types].xml")[:1_000_000].decode("utf-8", "replace")
    if running or "macroEnabled" in types or "vbaProject" in types:
        raise _refused(translate("it holds macros or programs. Save it without them"))
    return kind, tuple(_read(packed, parts))


def _read(packed: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo]) -> Iterable[str]:
    """The texts of an office file, as far as they are read for markings."""
    left = TEXT_READ
    for part in parts:
        if left <= 0 or not part.filename.endswith(".xml"):
            continue
        with packed.open(part) as opened:
            data = opened.read(left)
        left -= len(data)
        yield _TAGS.sub("", data.decode("utf-8", "replace"))


def _text(path: Path, said: str) -> tuple[str, tuple[str, ...]]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NOT_TEXT.search(text) or _MARKUP.search(text[:HEAD]):
            break
        kind = FileKind.CSV if said == "csv" else FileKind.TXT
        return kind, (text,)
    raise _refused(
        translate("it is of another kind than PDF, Word, Excel, PowerPoint, PNG, JPEG, text or CSV")
    )
