"""What the register asks beside the entry itself: which answers there are, and which are in order.

Source: domain.md §6 “成果登记” [X80][X81][X82][X83]. The text of the national rules was not at hand:
the words of ``Form`` and ``Level`` and the letters of other kinds than ``Y`` are unverified.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from django.db import models
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.technologies.content import ContentWrong, plain_text

KEYWORDS = 3
BRIEF = 2000
# Department 3, year 4, kind 1, serial 4; ``Y`` is applied technology, other letters are unverified.
_NUMBER = re.compile(r"[0-9A-Z]{3}(?:19|20)\d{2}[A-Z]\d{4}", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Category(models.TextChoices):
    """Which of the three forms it is registered on."""

    APPLIED = "applied", _("Applied technology")
    BASIC = "basic", _("Basic theory")
    SOFT = "soft", _("Soft science")


class Attribute(models.TextChoices):
    """Where it came from."""

    ORIGINAL = "original", _("Original innovation")
    ABSORBED = "absorbed", _("Introduced, digested and absorbed")
    REDEVELOPED = "redeveloped", _("Developed further from domestic technology")


class Form(models.TextChoices):
    """What it is embodied in (unverified list)."""

    TECHNIQUE = "technique", pgettext_lazy("registration", "New technique")
    PROCESS = "process", pgettext_lazy("registration", "New process")
    PRODUCT = "product", pgettext_lazy("registration", "New product")
    MATERIAL = "material", pgettext_lazy("registration", "New material")
    EQUIPMENT = "equipment", pgettext_lazy("registration", "New equipment")
    VARIETY = "variety", pgettext_lazy("registration", "New variety")
    SOFTWARE = "software", pgettext_lazy("registration", "Software")
    PAPER = "paper", pgettext_lazy("registration", "Paper or report")
    OTHER = "other", pgettext_lazy("registration", "Something else")


class Level(models.TextChoices):
    """How high it was judged to stand (unverified list); nobody has to have judged it."""

    WORLD_LEADING = "world_leading", _("Leading in the world")
    WORLD_ADVANCED = "world_advanced", _("Advanced in the world")
    HOME_LEADING = "home_leading", _("Leading in China")
    HOME_ADVANCED = "home_advanced", _("Advanced in China")
    UNJUDGED = "unjudged", _("Not judged")


class Stage(models.TextChoices):
    """How far along it is."""

    EARLY = "early", _("Early (laboratory trial)")
    MIDDLE = "middle", _("Middle (pilot trial)")
    MATURE = "mature", _("Mature, in use")


class Proof(models.TextChoices):
    """What is enclosed."""

    EVALUATION = "evaluation", _("Proof of evaluation")
    RIGHTS = "rights", _("Proof of intellectual property")
    DEVELOPMENT = "development", _("Report on the development")
    NOVELTY = "novelty", _("Report on novelty search")
    TEST = "test", _("Test report")
    USERS = "users", _("Proof of users")


class Content(TypedDict, total=False):
    """What is written for the register; only what is given changes."""

    number: str
    registered_on: str
    recommended_by: str
    research_from: str
    research_to: str
    category: str
    attribute: str
    form: str
    level: str
    stage: str
    keywords: Sequence[str]
    brief: str
    proofs: Sequence[str]


CHOICES: dict[str, type[models.TextChoices]] = {
    "category": Category, "attribute": Attribute, "form": Form, "level": Level, "stage": Stage,
}  # fmt: skip
FIELDS = tuple(Content.__annotations__)


def cleaned(given: Content, before: Mapping[str, Any]) -> dict[str, Any]:
    """The whole record with what is given; empty answers are left out.

    Raises: ContentWrong with one sentence a field.
    """
    said: dict[str, Any] = {name: _plain(name, value) for name, value in given.items()}
    whole = {name: v for name, v in {**before, **said}.items() if v not in ("", None, [])}
    problems = {
        name: translate("Choose one of the list.")
        for name, words in CHOICES.items()
        if name in whole and whole[name] not in words.values
    }
    if set(whole.get("proofs", ())) - set(Proof.values):
        problems["proofs"] = translate("Choose one of the list.")
    problems |= _texts(whole) | _months(whole)
    if problems:
        raise ContentWrong(problems=problems)
    return whole


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, str):
        text = plain_text(value, lines=name == "brief")
        return text.replace(" ", "").upper() if name == "number" else text
    if isinstance(value, date):
        return value.isoformat()
    return list(dict.fromkeys(t for t in map(plain_text, value or ()) if t))


def _texts(whole: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    if len(whole.get("keywords", ())) > KEYWORDS or any(
        len(word) > 60 for word in whole.get("keywords", ())
    ):
        problems["keywords"] = translate("At most three keywords of 60 characters each.")
    for name, longest in (("brief", BRIEF), ("recommended_by", 200)):
        if len(whole.get(name, "")) > longest:
            problems[name] = translate("At most {count} characters, please.").format(count=longest)
    if whole.get("number") and not _NUMBER.fullmatch(whole["number"]):
        problems["number"] = translate(
            "Twelve characters: department (3), year (4), a letter, serial number (4)."
        )
    if whole.get("registered_on"):
        try:
            date.fromisoformat(whole["registered_on"])
        except ValueError:
            problems["registered_on"] = translate("Write the day like 2026-03-02.")
    return problems


def _months(whole: Mapping[str, Any]) -> dict[str, str]:
    problems = {
        name: translate("Write year and month like 2026-03.")
        for name in ("research_from", "research_to")
        if whole.get(name) and not _MONTH.fullmatch(whole[name])
    }
    first, last = whole.get("research_from"), whole.get("research_to")
    if not problems and first and last and last < first:
        problems["research_to"] = translate("The research does not end before it begins.")
    return problems
