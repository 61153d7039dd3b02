"""What came out of a voyage."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    """What came out, as ``expect`` names it, and where to look."""

    results: dict[str, Any] = field(default_factory=dict)
    project_id: int | None = None
    ended: str = ""
    money: dict[str, int] = field(default_factory=dict)
    papers: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0
