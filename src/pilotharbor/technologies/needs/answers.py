"""What did somebody answer about a need, and which text does that become?"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, cast

from django.db import models
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.technologies.content import ContentWrong, plain_text

LENGTHS = {"problem": 700, "purpose": 300, "tried": 600, "conditions": 500, "equipment": 300}
FIGURES = 10
FIGURE_LENGTHS = {"name": 30, "unit": 16}
LONGEST_TITLE = 60
_SENTENCE_ENDS = re.compile(r"[。；！？;!?\n]|\.\s|\.$")
_LARGEST = Decimal(10) ** 12


class Bound(models.TextChoices):
    """Which side of a figure counts."""

    AT_LEAST = "at_least", _("at least (≥)")
    AT_MOST = "at_most", _("at most (≤)")
    BETWEEN = "between", _("between")


class Figure(TypedDict, total=False):
    """A figure that must be reached; ``upper`` only where it lies between two values."""

    name: str
    bound: str
    value: str
    upper: str
    unit: str


class Answers(TypedDict, total=False):
    """What was answered; ``needed_by`` an ISO date or empty."""

    problem: str
    purpose: str
    tried: str
    figures: Sequence[Figure]
    conditions: str
    equipment: str
    needed_by: str


class Composed(TypedDict):
    """The text that answers become."""

    title: str
    summary: str


def cleaned(given: Mapping[str, Any], before: Mapping[str, Any]) -> Answers:
    """All answers: those given, normalised, over those from before.

    Raises: ContentWrong with one sentence a question; a figure is ``figures.n``.
    """
    said = {name: plain_text(given[name], lines=True) for name in LENGTHS if name in given}
    problems = {
        name: translate("At most {count} characters, please.").format(count=LENGTHS[name])
        for name, text in said.items()
        if len(text) > LENGTHS[name]
    }
    merged: dict[str, Any] = {k: v for k, v in before.items() if k in Answers.__annotations__}
    merged |= said
    if not merged.get("problem"):
        problems["problem"] = translate("This is needed.")
    if "figures" in given:
        merged["figures"], wrong = _figures(given["figures"])
        problems |= wrong
    if "needed_by" in given:
        merged["needed_by"] = given["needed_by"] or ""
        if merged["needed_by"] and not _is_day(merged["needed_by"]):
            problems["needed_by"] = translate("Write a day such as 2026-03-02.")
    if problems:
        raise ContentWrong(problems=problems)
    return cast("Answers", merged)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _figures(given: Sequence[Mapping[str, str]]) -> tuple[list[Figure], dict[str, str]]:
    problems: dict[str, str] = {}
    if len(given) > FIGURES:
        problems["figures"] = translate("At most {count} figures; name the decisive ones.").format(
            count=FIGURES
        )
    figures = []
    for n, row in enumerate(given):
        figure, problem = _figure(row)
        figures.append(figure)
        if problem:
            problems[f"figures.{n}"] = problem
    return figures, problems


def _figure(row: Mapping[str, str]) -> tuple[Figure, str]:
    """A figure as it is kept, and what is wrong with it."""
    name, unit = (plain_text(row.get(key, "")) for key in ("name", "unit"))
    value, upper = number(row.get("value", "")), number(row.get("upper", ""))
    bound = row.get("bound", "")
    kept = Figure(
        name=name, bound=bound, value=plain(value), unit=unit,
        upper=plain(upper) if bound == Bound.BETWEEN else "",
    )  # fmt: skip
    if not name or bound not in Bound.values or value is None:
        return kept, translate(
            "A figure has a name, a bound and a number, such as purity ≥ 99.5 %."
        )
    if len(name) > FIGURE_LENGTHS["name"] or len(unit) > FIGURE_LENGTHS["unit"]:
        return kept, translate("Keep the name within 30 characters and the unit within 16.")
    if bound == Bound.BETWEEN and (upper is None or upper <= value):
        return kept, translate("Between two values the second one is larger.")
    return kept, ""


def number(text: str) -> Decimal | None:
    """A number as people type it, with full-width digits or thousands; ``None`` when it is none."""
    said = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        value = Decimal(said)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= _LARGEST and len(said) <= 16 else None


def plain(value: Decimal | None) -> str:
    """A number without exponent or trailing zeros."""
    return "" if value is None else f"{value.normalize():f}"


def in_words(figure: Figure) -> str:
    """A figure as people write it and matching reads it: ``纯度 ≥ 99.5 %``."""
    name, unit = figure["name"], f" {figure['unit']}" if figure["unit"] else ""
    least, most = f"{name} ≥ {figure['value']}{unit}", f"{name} ≤ {figure['value']}{unit}"
    if figure["bound"] == Bound.AT_LEAST:
        return least
    if figure["bound"] == Bound.AT_MOST:
        return most
    upper = f"{name} ≤ {figure['upper']}{unit}"
    return translate("{least} and {most}").format(least=least, most=upper)


def composed(answers: Answers) -> Composed:
    """The text these answers become, in the language of the moment."""
    figures = translate("; ").join(in_words(figure) for figure in answers.get("figures", ()))
    by = answers.get("needed_by", "")
    parts = (
        (translate("The problem today: {text}"), answers.get("problem", "")),
        (translate("What it is for: {text}"), answers.get("purpose", "")),
        (translate("Tried so far: {text}"), answers.get("tried", "")),
        (translate("Figures to be reached: {text}"), figures),
        (translate("Conditions: {text}"), answers.get("conditions", "")),
        (translate("Equipment there is: {text}"), answers.get("equipment", "")),
        (translate("Needed by: {text}"), by),
    )
    summary = "\n".join(said.format(text=text) for said, text in parts if text)
    return Composed(title=title_of(answers.get("problem", "")), summary=summary)


def title_of(problem: str) -> str:
    """The first sentence of the problem, shortened where it is long."""
    first = next((p.strip() for p in _SENTENCE_ENDS.split(problem) if p.strip()), problem)
    first = " ".join(first.split())
    return first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1].rstrip() + "…"


def texts_of(answers: Mapping[str, Any]) -> Iterable[str]:
    """Every text among the answers, one by one."""
    for value in answers.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, Sequence):
            for row in value:
                yield from (text for text in row.values() if isinstance(text, str))
