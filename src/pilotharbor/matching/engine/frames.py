"""Frames on a pipe: a length, then so many bytes."""

import struct
from typing import BinaryIO

LENGTH = struct.Struct("<I")
LARGEST = 64_000_000


def send(stream: BinaryIO, content: bytes) -> None:
    """One frame: its length, then itself."""
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """The next frame, or nothing at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    if length > LARGEST:
        return None
    content = stream.read(length)
    return content if len(content) == length else None
