"""What is asked of an index besides words, and what it answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One find and its score; scores compare within one answer only."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which marks a text must have: one of each group. Nothing is ranked that fails it."""

    groups: tuple[frozenset[str], ...] = ()


EVERYTHING = Wanted()
