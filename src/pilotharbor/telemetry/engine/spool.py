"""What waits on disk until the database has it, and survives whatever stops in between?

Messages are appended to segment files, each with its length and checksum, and are on the disk before
``append`` returns. ``done`` moves the mark behind what was stored; whole segments behind the mark go.
"""

import fcntl
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

type Read = Callable[[int], bytes]
_HEAD = struct.Struct(
    ">IIq"
)  # length of what follows, CRC-32 of all but itself, microseconds since 1970
_MARK = struct.Struct(">QQI")  # segment, place in it, CRC-32 of both
SEGMENT_BYTES = 8 * 1024 * 1024
LONGEST = 4 * 1024 * 1024


class SpoolFull(Exception):
    """The spool has reached its limit; nothing was appended."""


class Message(NamedTuple):
    """What came: when, from which topic or node, and what it said."""

    came: int
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the spool: everything before it has been read."""

    segment: int
    offset: int


class Spool:
    """One connector's messages on disk; one process at a time holds it.

    Raises: OSError when the folder cannot be used or somebody else holds it.
    """

    def __init__(self, folder: Path, *, limit: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._limit, self._segment_bytes = folder, limit, segment_bytes
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise
        # One thread appends while another reads and marks.
        self._turn = threading.Lock()
        self.damaged = 0
        self._mark = self._read_mark()
        self._counts: dict[int, int] = {}
        self._bytes: dict[int, int] = {}
        self._recover()
        self._tail = os.open(self._path(self._last), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    # --- how much ---------------------------------------------------------------------------
    def __len__(self) -> int:
        return sum(self._counts.values())

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self._bytes.values())

    # --- in ---------------------------------------------------------------------------------
    def append(self, messages: Iterable[Message]) -> int:
        """Put messages on the disk, all or none; how many.

        Raises: SpoolFull, OSError.
        """
        records = [_packed(one) for one in messages]
        with self._turn:
            self._append(b"".join(records), len(records))
        return len(records)

    def _append(self, block: bytes, count: int) -> None:
        if self.size + len(block) > self._limit:
            raise SpoolFull
        if self._bytes[self._last] + len(block) > self._segment_bytes and self._counts[self._last]:
            self._begin_segment()
        before = self._bytes[self._last]
        try:
            view = memoryview(block)
            while view:
                view = view[os.write(self._tail, view) :]
            os.fdatasync(self._tail)
        except OSError:
            os.ftruncate(self._tail, before)
            raise
        self._bytes[self._last] += len(block)
        self._counts[self._last] += count

    def _begin_segment(self) -> None:
        os.close(self._tail)
        self._last += 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._tail = os.open(self._path(self._last), flags, 0o600)
        self._counts[self._last] = self._bytes[self._last] = 0
        self._sync_folder()

    # --- out --------------------------------------------------------------------------------
    def read(self, most: int, most_bytes: int = LONGEST) -> tuple[list[Message], Mark]:
        """The next messages that are not done yet, and the mark behind them."""
        with self._turn:
            return self._read(most, most_bytes)

    def _read(self, most: int, most_bytes: int) -> tuple[list[Message], Mark]:
        found: list[Message] = []
        segment, offset, taken = self._mark.segment, self._mark.offset, 0
        while len(found) < most and taken < most_bytes:
            if offset >= self._bytes.get(segment, 0):
                if segment >= self._last:
                    break
                segment, offset = segment + 1, 0
                continue
            with self._path(segment).open("rb") as file:
                file.seek(offset)
                while len(found) < most and taken < most_bytes and offset < self._bytes[segment]:
                    one = _unpacked(file.read(_HEAD.size), file.read)
                    if (
                        one is None
                    ):  # Cannot be after ``_recover``, unless the disk changes what it holds.
                        self.damaged += 1
                        offset = self._bytes[segment]
                        break
                    message, length = one
                    found.append(message)
                    offset, taken = offset + length, taken + length
        return found, Mark(segment, offset)

    def done(self, mark: Mark, count: int) -> None:
        """Everything before the mark, ``count`` messages, is safe elsewhere."""
        with self._turn:
            self._done(mark, count)

    def _done(self, mark: Mark, count: int) -> None:
        body = struct.pack(">QQ", mark.segment, mark.offset)
        scratch = self._folder / "mark.new"
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, body + struct.pack(">I", zlib.crc32(body)))
            os.fdatasync(handle)
        finally:
            os.close(handle)
        scratch.replace(self._folder / "mark")
        self._mark = mark
        for segment in sorted(self._counts):
            if segment >= mark.segment:
                self._counts[segment] = max(0, self._counts[segment] - count)
                break
            count -= self._counts.pop(segment)
            del self._bytes[segment]
            self._path(segment).unlink(missing_ok=True)
        if (
            mark == Mark(self._last, self._bytes[self._last])
            and mark.offset > self._segment_bytes // 2
        ):
            self._begin_segment()

    def close(self) -> None:
        """Let another process take over."""
        os.close(self._tail)
        os.close(self._lock)

    # --- at the start -----------------------------------------------------------------------
    def _path(self, segment: int) -> Path:
        return self._folder / f"{segment:010d}.spool"

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _read_mark(self) -> Mark:
        try:
            segment, offset, crc = _MARK.unpack((self._folder / "mark").read_bytes())
        except (FileNotFoundError, struct.error):
            return Mark(0, 0)
        if zlib.crc32(struct.pack(">QQ", segment, offset)) != crc:
            return Mark(0, 0)  # Sent again from the beginning: what was stored is not stored twice.
        return Mark(segment, offset)

    def _recover(self) -> None:
        """Count what is there, and cut off what a power cut left half written."""
        there = sorted(
            int(path.stem) for path in self._folder.glob("*.spool") if path.stem.isdigit()
        )
        for segment in [one for one in there if one < self._mark.segment]:
            self._path(segment).unlink(missing_ok=True)
        there = [one for one in there if one >= self._mark.segment]
        if not there or there[0] > self._mark.segment:
            self._mark = Mark(there[0] if there else self._mark.segment, 0)
        for segment in there:
            begin = self._mark.offset if segment == self._mark.segment else 0
            count, end = _scan(self._path(segment), begin)
            if end < self._path(segment).stat().st_size:
                self._cut(self._path(segment), end)
            self._counts[segment], self._bytes[segment] = count, end
        self._last = there[-1] if there else self._mark.segment
        self._counts.setdefault(self._last, 0)
        self._bytes.setdefault(self._last, 0)
        if self._mark.offset > self._bytes.get(self._mark.segment, 0):
            self._mark = Mark(self._mark.segment, self._bytes.get(self._mark.segment, 0))

    def _cut(self, path: Path, end: int) -> None:
        """Set aside what cannot be read: half a message after a power cut, or a disk that forgets."""
        with path.open("rb") as file:
            file.seek(end)
            path.with_suffix(f".damaged-{end}").write_bytes(file.read())
        os.truncate(path, end)
        self.damaged += 1


def _packed(message: Message) -> bytes:
    topic = message.topic.encode("utf-8", "replace")
    body = struct.pack(">H", len(topic)) + topic + message.payload
    return _HEAD.pack(len(body), _checksum(message.came, body), message.came) + body


def _checksum(came: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(struct.pack(">q", came)))


def _unpacked(head: bytes, read: Read) -> tuple[Message, int] | None:
    if len(head) < _HEAD.size:
        return None
    length, crc, came = _HEAD.unpack(head)
    body = read(length) if length <= 2 * LONGEST else b""
    if len(body) < max(length, 2) or _checksum(came, body) != crc:
        return None
    (topic_length,) = struct.unpack_from(">H", body)
    topic = body[2 : 2 + topic_length].decode("utf-8", "replace")
    return Message(came, topic, body[2 + topic_length :]), _HEAD.size + length


def _scan(path: Path, begin: int) -> tuple[int, int]:
    """How many whole messages follow ``begin``, and where they end."""
    count, offset = 0, begin
    with path.open("rb") as file:
        file.seek(begin)
        while (one := _unpacked(file.read(_HEAD.size), file.read)) is not None:
            count, offset = count + 1, offset + one[1]
    return count, offset
