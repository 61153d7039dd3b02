"""Reasons of a match in the words of the reader."""

from typing import NamedTuple

from django import template
from django.utils.translation import gettext as _

from pilotharbor.kernel import money
from pilotharbor.matching.engine import standing
from pilotharbor.matching.engine.reasons import Figure
from pilotharbor.matching.fitting import Reason
from pilotharbor.technologies import industries
from pilotharbor.technologies.views import entry_words

register = template.Library()


class Check(NamedTuple):
    """One thing that is asked for: met, unmet, or only told; and what the other side says."""

    name: str
    outcome: str
    said: str


class Checks(NamedTuple):
    """What is known of a pair, one line each, and in one line what nobody has said."""

    told: list[Check]
    silent: str


class Standing(NamedTuple):
    """A word and the tone it is said in."""

    word: str
    tone: str


@register.simple_tag
def told_checks(figures: list[Figure], facts: list[Reason]) -> Checks:
    """The figures and facts of a pair; what is unknown is only named."""
    rows = [Check(f"{one.attribute} {one.asked}", one.outcome, _offered(one)) for one in figures]
    for fact in facts:
        words = fact_words(fact)
        rows.append(Check(words.name, fact.get("outcome") or "", words.said))
    silent = [row.name for row in rows if row.outcome == "unknown"]
    return Checks([row for row in rows if row.outcome != "unknown"], entry_words.joined(silent))


def _offered(figure: Figure) -> str:
    return _("offered: {said}").format(said=figure.said) if figure.said else ""


@register.simple_tag
def standing_word(standing_bp: int | None) -> Standing:
    """How far a find stands out, as a word; none where that cannot be told."""
    if standing_bp is None:
        return Standing("", "")
    if standing_bp >= standing.LIKELY * 10_000:
        return Standing(_("fits well"), "good")
    if standing_bp >= standing.WEAK * 10_000:
        return Standing(_("may fit"), "accent")
    return Standing(_("little in common"), "quiet")


class FactWords(NamedTuple):
    """What a fact is about, and what both sides say of it."""

    name: str
    said: str


@register.simple_tag
def fact_words(fact: Reason) -> FactWords:
    """A fact in words: what it is about, what is asked and what is offered."""
    kind, asked, said = fact["kind"] or "", fact["asked"] or "", fact["said"] or ""
    shown = {
        "readiness": _readiness,
        "price": _price,
        "ways": _ways,
        "field": _field,
        "place": _place,
    }
    return (
        shown[kind](asked, said, fact.get("amount") or "") if kind in shown else FactWords("", "")
    )


def _readiness(asked: str, said: str, amount: str) -> FactWords:
    name = _("Readiness: TRL {level} or higher").format(level=asked)
    if not said:
        return FactWords(name, "")
    if amount not in {"", "0"}:
        return FactWords(
            name, _("is TRL {level}, {count} too low").format(level=said, count=amount)
        )
    return FactWords(name, _("is TRL {level}").format(level=said))


def _price(asked: str, said: str, _amount: str) -> FactWords:
    name = _("Budget: {amount}").format(amount=_yuan(asked))
    return FactWords(name, _("costs {amount}").format(amount=_yuan(said)) if said else "")


def _yuan(fen: str) -> str:
    return money.format_cny(int(fen))


def _ways(asked: str, said: str, _amount: str) -> FactWords:
    name = _("Ways to work together: {ways}").format(ways=_named(asked))
    return FactWords(name, _("possible: {ways}").format(ways=_named(said)) if said else "")


def _named(ways: str) -> str:
    return entry_words.ways(ways.split(","))


def _field(asked: str, said: str, _amount: str) -> FactWords:
    name = _("Industry: {name}").format(name=industries.name_of(asked) or asked)
    return FactWords(name, _("belongs to: {name}").format(name=industries.name_of(said) or said))


def _place(asked: str, said: str, amount: str) -> FactWords:
    here, there = entry_words.place(asked), entry_words.place(said)
    if asked[:4] == said[:4] and not asked.endswith("0000"):
        return FactWords(_("Place"), _("both in the same city of {province}").format(province=here))
    if asked[:2] == said[:2]:
        return FactWords(_("Place"), _("both in {province}").format(province=here))
    words = _("{here} and {there}, about {count} km between the provincial capitals")
    return FactWords(_("Place"), words.format(here=here, there=there, count=amount))


@register.simple_tag
def improvement(one: Reason) -> str:
    """What somebody could do so that the two fit better, as a sentence."""
    words = {
        "say_readiness": _(
            "The result does not say how ready it is; the need asks for TRL {asked}."
        ),
        "say_price": _("The result names no price; the need has a budget."),
        "say_ways": _("The result does not say by which ways it may be had."),
        "say_figure": _("The result says nothing of {attribute} ({asked} is asked for)."),
        "close_figure": _(
            "{attribute} is to reach {asked}: a pilot could show by how much it can be raised."
        ),
        "raise_readiness": _("The result is to be brought to TRL {asked}, for example by a pilot."),
    }
    sentence = words.get(one["what"] or "", "")
    return sentence.format(asked=one.get("asked") or "", attribute=one.get("attribute") or "")
