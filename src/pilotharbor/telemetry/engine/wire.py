"""How do columns of numbers get to PostgreSQL without a Python object for each cell?

Binary COPY and binary arrays, laid out by NumPy: some ten times as fast as row by row.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from pilotharbor.telemetry.engine.series import Series

# PostgreSQL counts microseconds from 2000.
EPOCH = 946_684_800_000_000
SAMPLES = "COPY telemetry_sample (at, value, tag_id, flags) FROM STDIN (FORMAT BINARY)"
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROW = np.dtype(
    [
        ("cells", ">i2"),
        ("at_length", ">i4"), ("at", ">i8"),
        ("value_length", ">i4"), ("value", ">f8"),
        ("tag_length", ">i4"), ("tag", ">i4"),
        ("flags_length", ">i4"), ("flags", ">i2"),
    ]
)  # fmt: skip


def rows(series: Series, flags: NDArray[np.int16]) -> bytes:
    """What ``SAMPLES`` copies in."""
    table = np.empty(len(series), dtype=_ROW)
    table["cells"] = 4
    table["at_length"] = table["value_length"] = 8
    table["tag_length"], table["flags_length"] = 4, 2
    table["at"] = series.at - EPOCH
    table["value"], table["tag"], table["flags"] = series.value, series.tag, flags
    return _HEAD + table.tobytes() + _END


@dataclass(frozen=True, slots=True)
class Column:
    """An array on its way to a parameter ``%s::kind[]``."""

    cells: NDArray[Any]


class Times(Column):
    """``timestamptz[]`` of microseconds since 1970."""


class Whole(Column):
    """``int4[]``."""


class Real(Column):
    """``float8[]``; NaN becomes NULL."""


class _ArrayDumper(Dumper):
    """The binary form of a one-dimensional array."""

    format = Format.BINARY
    element = 0
    dtype = ">i8"

    def dump(self, obj: Any) -> Buffer:
        cells = self.cells_of(obj)
        width = np.dtype(self.dtype).itemsize
        table = np.empty(len(cells), dtype=[("length", ">i4"), ("cell", self.dtype)])
        table["length"], table["cell"] = width, cells
        return struct.pack(">iiIii", 1, 0, self.element, len(cells), 1) + table.tobytes()

    def cells_of(self, obj: Column) -> NDArray[Any]:
        return obj.cells


class _TimesDumper(_ArrayDumper):
    oid, element = 1185, 1184

    def cells_of(self, obj: Column) -> NDArray[Any]:
        return obj.cells - EPOCH


class _WholeDumper(_ArrayDumper):
    oid, element, dtype = 1007, 23, ">i4"


class _RealDumper(_ArrayDumper):
    oid, element, dtype = 1022, 701, ">f8"

    def dump(self, obj: Any) -> Buffer:
        holes = np.isnan(obj.cells)
        if not bool(holes.any()):
            return super().dump(obj)
        head = struct.pack(">iiIii", 1, 1, self.element, len(obj.cells), 1)
        null = struct.pack(">i", -1)
        cells = (
            null if gone else struct.pack(">id", 8, v)
            for v, gone in zip(obj.cells, holes, strict=True)
        )
        return head + b"".join(cells)


def teach(context: AdaptContext) -> None:
    """Let a cursor take columns as parameters."""
    if context.adapters is not None:
        context.adapters.register_dumper(Times, _TimesDumper)
        context.adapters.register_dumper(Whole, _WholeDumper)
        context.adapters.register_dumper(Real, _RealDumper)
