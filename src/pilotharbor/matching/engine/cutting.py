"""Chinese cut into words by a dictionary, whose 32 MB are loaded with the first text that is cut."""

from typing import TYPE_CHECKING

from pilotharbor.kernel.later import later

if TYPE_CHECKING:
    import rjieba
else:
    # Most processes of a harbour never cut a text.
    rjieba = later("rjieba")


def cut(run: str) -> list[str]:
    """The words of a run of characters, one after the other."""
    found: list[str] = rjieba.cut(run)
    return found


def cut_for_search(run: str) -> list[str]:
    """The words of a run, and the shorter words inside long ones."""
    found: list[str] = rjieba.cut_for_search(run)
    return found
