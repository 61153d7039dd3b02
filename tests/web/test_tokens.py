"""Every pair of colours that stands on one another is readable, light and dark (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest

TOKENS = (
    Path(__file__).parents[2]
    / "src"
    / "pilotharbor"
    / "web"
    / "static"
    / "pilotharbor"
    / "tokens.css"
)
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {
    name: (light, dark) for name, light, dark in PAIR.findall(TOKENS.read_text(encoding="utf-8"))
}

GROUNDS = ("ground", "paper", "sunken")
SIGNALS = ("good", "watch", "stop", "quiet", "accent")
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2") for ground in (*GROUNDS, "accent-soft")],
    *[("accent", ground) for ground in (*GROUNDS, "accent-soft")],
    *[(signal, f"{signal}-soft") for signal in SIGNALS],
    *[(signal, "paper") for signal in SIGNALS],
    *[("ink", f"{signal}-soft") for signal in SIGNALS],
    ("ink-2", "quiet-soft"),
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-hover"),
    ("on-stop", "stop-fill"),
]
# What is not text: borders of controls and marks of charts.
SHAPES = [
    *[("edge", ground) for ground in GROUNDS],
    *[(f"plot-{n}", "paper") for n in range(1, 7)],
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21():
    assert round(contrast("#000000", "#ffffff"), 6) == 21


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_reaches_four_and_a_half(front, back, theme):
    assert contrast(COLOURS[front][theme], COLOURS[back][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_shapes_reach_three(front, back, theme):
    assert contrast(COLOURS[front][theme], COLOURS[back][theme]) >= 3
