"""The model in a process of its own: frames of JSON in, frames of numbers out, until the input ends."""

import ctypes
import json
import sys
from typing import BinaryIO

import numpy as np

from pilotharbor.matching.engine.e5.model import E5
from pilotharbor.matching.engine.e5.weights import WeightsRefused
from pilotharbor.matching.engine.frames import receive, send


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Say who answers, then answer each frame ``{"kind": "queries"|"passages", "texts": […]}``."""
    try:
        model = E5()
    except WeightsRefused as exc:
        send(answers, json.dumps({"refused": str(exc)}).encode())
        return
    _give_back()
    hello = {"name": model.name, "dimensions": model.dimensions}
    send(answers, json.dumps(hello).encode())
    while (frame := receive(asked)) is not None:
        wanted = json.loads(frame)
        made = model.queries if wanted["kind"] == "queries" else model.passages
        send(answers, made(wanted["texts"]).astype(np.float32).tobytes())


def _give_back() -> None:
    """Let the system have what only the loading needed, a fifth of all; glibc alone keeps it."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
