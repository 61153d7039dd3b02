"""Is what a price notice says complete, and may it be said so?"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypedDict

from django.utils.translation import gettext as translate

from pilotharbor.kernel.time import local_date, of_days
from pilotharbor.technologies.content import LARGEST_BUDGET_FEN, ContentWrong, plain_text
from pilotharbor.technologies.models import PriceNotice
from pilotharbor.technologies.notices import queries

LENGTHS = {"title": 200, "summary": 4000, "taker": 200, "relation_note": 500, "places": 500}
NEEDED = ("title", "summary", "way", "taker", "relation", "places")
LONGEST_PERIOD = timedelta(days=366)
ANSWER_LENGTH = 1000


class NoticeContent(TypedDict, total=False):
    """What a notice says (see ``PriceNotice``); ``first_date`` and ``last_date`` are both named."""

    title: str
    summary: str
    way: str
    price_fen: int
    taker: str
    relation: str
    relation_note: str
    places: str
    first_date: date
    last_date: date


def present(notice: PriceNotice) -> dict[str, Any]:
    """What a notice says now."""
    names = (*LENGTHS, "way", "price_fen", "relation")
    return {
        **{name: getattr(notice, name) for name in names},
        "first_date": local_date(notice.period.lower),
        "last_date": queries.last_day(notice),
    }


def cleaned(given: NoticeContent, before: Mapping[str, Any]) -> dict[str, Any]:
    """The given facts checked together with those that stand; one sentence a field."""
    told: dict[str, Any] = {
        name: plain_text(value, lines=name == "summary") if isinstance(value, str) else value
        for name, value in given.items()
    }
    whole = {**before, **told}
    problems = {n: translate("This is needed.") for n in NEEDED if not whole.get(n)}
    for name, longest in LENGTHS.items():
        if len(whole.get(name) or "") > longest:
            problems[name] = translate("At most {count} characters, please.").format(count=longest)
    problems |= _facts_problems(whole) | _days_problems(whole)
    if problems:
        raise ContentWrong(problems=problems)
    days = {"first_date", "last_date"}
    fields = {name: value for name, value in whole.items() if name not in days}
    after = whole["last_date"] + timedelta(days=1)
    return fields | {"period": of_days(whole["first_date"], after)}


def _facts_problems(whole: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    price, relation = whole.get("price_fen"), whole.get("relation")
    if whole.get("way") and whole["way"] not in PriceNotice.Way.values:
        problems["way"] = translate("Choose transfer, licence or investment.")
    if price is None:
        problems["price_fen"] = translate("The intended price is public; name it.")
    elif not 0 <= price <= LARGEST_BUDGET_FEN:
        problems["price_fen"] = translate("A price is not negative, and below ten trillion yuan.")
    if relation and relation not in PriceNotice.Relation.values:
        problems["relation"] = translate("Say whether the taker is an inventor or interested.")
    elif relation and relation != PriceNotice.Relation.NONE and not whole.get("relation_note"):
        problems["relation_note"] = translate("Say how the taker is related.")
    return problems


def _days_problems(whole: Mapping[str, Any]) -> dict[str, str]:
    first, last = whole.get("first_date"), whole.get("last_date")
    if first is None or last is None:
        missing = [n for n in ("first_date", "last_date") if whole.get(n) is None]
        return {name: translate("This is needed.") for name in missing}
    if last < first:
        return {"last_date": translate("The last day is not before the first.")}
    if last - first > LONGEST_PERIOD:
        return {"last_date": translate("A notice lasts a year at most.")}
    return {}


def said(name: str, text: str, longest: int) -> str:
    """One text that is needed, without what is around it.

    Raises: ContentWrong.
    """
    return all_said({name: (text, longest)})[name]


def all_said(given: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """The texts without what is around them; each is needed."""
    words = {name: plain_text(text, lines=True) for name, (text, _most) in given.items()}
    problems = {}
    for name, (_text, longest) in given.items():
        if not words[name]:
            problems[name] = translate("This is needed.")
        elif len(words[name]) > longest:
            problems[name] = translate("At most {count} characters, please.").format(count=longest)
    if problems:
        raise ContentWrong(problems=problems)
    return words
