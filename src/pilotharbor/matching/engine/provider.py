"""What makes vectors from texts, whoever does it."""

from collections.abc import Sequence
from typing import Protocol

from pilotharbor.matching.engine.vectors import Floats


class Unavailable(Exception):
    """No vectors for now; search goes on with words and says so."""


class Provider(Protocol):
    """What makes vectors of length 1 from texts."""

    name: str

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""

    def queries(self, texts: Sequence[str]) -> Floats:
        """One row a need. Raises: Unavailable."""

    def passages(self, texts: Sequence[str]) -> Floats:
        """One row a result. Raises: Unavailable."""
