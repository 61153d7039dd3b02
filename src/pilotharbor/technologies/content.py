"""Is what someone wrote about a result or a need complete and of the right form?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.translation import gettext as translate

from pilotharbor.kernel import codes
from pilotharbor.kernel.codes import BadCode
from pilotharbor.kernel.errors import Invalid
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies import disciplines
from pilotharbor.technologies.models import Cooperation, IpAsset, Pricing, TrlScale

LENGTHS = {
    "title": 200,
    "summary": 4000,
    "detail": 20000,
    "discipline": 60,
    "trl_evidence": 500,
    "source": 200,
}
REQUIRED = ("title", "summary")
KEYWORDS, KEYWORD_LENGTH = 20, 60
TOP_LEVEL: dict[str, int] = {TrlScale.TRL_9: 9, TrlScale.QINGDAO_13: 13}
LARGEST_BUDGET_FEN = 10**15
AMOUNTS = frozenset({"budget_fen", "price_fen"})
RIGHTS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


class Content(TypedDict, total=False):
    """What is written about a result (see ``Achievement``); only what is given changes."""

    title: str
    summary: str
    detail: str
    keywords: Sequence[str]
    industry: str
    discipline: str
    discipline_code: str
    region: str
    trl_scale: str
    trl_level: int | None
    trl_evidence: str
    mrl: int | None
    confidentiality: str
    source: str
    cooperation: Sequence[str]
    pricing: str
    price_fen: int | None


class DemandContent(TypedDict, total=False):
    """What is written about a need (see ``Demand``); only what is given changes."""

    title: str
    summary: str
    detail: str
    keywords: Sequence[str]
    industry: str
    region: str
    budget_fen: int | None
    confidentiality: str
    cooperation: Sequence[str]
    trl_wanted: int | None


@dataclass(frozen=True, slots=True)
class GivenRight:
    """A right as its owner names it."""

    kind: str
    application_no: str = ""
    legal_status: str = IpAsset.LegalStatus.NONE


class ContentWrong(Invalid):
    """Some of it is missing or not of the right form."""

    code = "technologies.content_wrong"


def cleaned(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields, normalised; ``before`` is what the others hold already.

    Raises: ContentWrong with one sentence a field.
    """
    fields = {name: _clean(name, value) for name, value in given.items()}
    problems: dict[str, str] = {}
    for name, value in fields.items():
        if problem := _problem(name, value):
            problems[name] = problem
    problems |= _missing({**before, **fields})
    for name, normalise in (
        ("industry", codes.normalise_industry),
        ("region", codes.normalise_region),
        ("discipline_code", disciplines.normalise),
    ):
        if fields.get(name):
            try:
                fields[name] = normalise(fields[name])
            except BadCode as doubt:
                problems[name] = str(doubt)
    if {"trl_scale", "trl_level", "trl_evidence"} & fields.keys():
        problems |= _trl_problems({**before, **fields})
    if problems:
        raise ContentWrong(problems=problems)
    return fields


def texts_of(fields: Mapping[str, Any]) -> Iterable[str]:
    """Every text among the fields, one by one."""
    for value in fields.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from value


def plain_text(text: str, *, lines: bool = False) -> str:
    """The text without control characters and outer blanks; on one line unless ``lines``."""
    text = _CONTROL.sub("", text).replace("\r\n", "\n").strip()
    return text if lines else " ".join(text.split())


def _clean(name: str, value: Any) -> Any:
    if name == "keywords":
        words = (" ".join(_CONTROL.sub("", word).split()) for word in value)
        return list(dict.fromkeys(word for word in words if word))
    if name == "cooperation":
        # Always in the same order, so that saying the same ways again changes nothing.
        ways = Cooperation.values
        return sorted(set(value), key=lambda w: (ways.index(w) if w in ways else len(ways), w))
    if isinstance(value, str):
        return plain_text(value, lines=name in {"summary", "detail"})
    return value


def _problem(name: str, value: Any) -> str | None:
    longest = LENGTHS.get(name)
    if longest and len(value) > longest:
        return translate("At most {count} characters, please.").format(count=longest)
    if name == "keywords" and (
        len(value) > KEYWORDS or any(len(w) > KEYWORD_LENGTH for w in value)
    ):
        return translate("At most {count} keywords of {length} characters each.").format(
            count=KEYWORDS, length=KEYWORD_LENGTH
        )
    if name == "mrl" and value is not None and not 1 <= value <= 10:
        return translate("Manufacturing readiness runs from 1 to 10.")
    if name == "confidentiality" and value not in Confidentiality.values:
        return translate("Choose one of the five confidentiality levels.")
    if name in AMOUNTS and value is not None and not 0 <= value <= LARGEST_BUDGET_FEN:
        return translate("An amount is not negative, and below ten trillion yuan.")
    return _market_problem(name, value)


def _market_problem(name: str, value: Any) -> str | None:
    """What is wrong with how it may be had, at what price, and how far along (R-TECH-11)."""
    if name == "cooperation" and not set(value) <= set(Cooperation.values):
        return translate("One of these ways of working together is unknown.")
    if name == "pricing" and value not in Pricing.values:
        return translate("Choose how the price is found.")
    if name == "trl_wanted" and value is not None and not 1 <= value <= TOP_LEVEL[TrlScale.TRL_9]:
        return translate("The readiness wanted runs from 1 to 9.")
    return None


def _missing(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: translate("This is needed.") for name in REQUIRED if not fields.get(name)}


def _trl_problems(fields: Mapping[str, Any]) -> dict[str, str]:
    """A level stands on its own scale, and on evidence (R-TECH-2)."""
    scale, level = fields.get("trl_scale", TrlScale.TRL_9), fields.get("trl_level")
    if scale not in TOP_LEVEL:
        return {"trl_scale": translate("Name the scale: TRL-9 or GB-13.")}
    if level is None:
        return {}
    if not 1 <= level <= TOP_LEVEL[scale]:
        said = translate("On this scale a level runs from 1 to {top}.")
        return {"trl_level": said.format(top=TOP_LEVEL[scale])}
    if not fields.get("trl_evidence"):
        return {"trl_evidence": translate("Say what the level rests on, such as a test report.")}
    return {}


def checked_rights(given: Sequence[GivenRight]) -> list[IpAsset]:
    """The rights as rows without their achievement; a wrong check digit is flagged, not refused.

    Raises: ContentWrong.
    Source: R-TECH-3.
    """
    if len(given) > RIGHTS:
        said = translate("At most {count} rights, please.").format(count=RIGHTS)
        raise ContentWrong(problems={"ip": said})
    return [_right(right) for right in given]


def _right(given: GivenRight) -> IpAsset:
    known = given.kind in IpAsset.Kind.values
    if not known or given.legal_status not in IpAsset.LegalStatus.values:
        raise ContentWrong(problems={"ip": translate("This kind of right or status is unknown.")})
    number, checked = _CONTROL.sub("", given.application_no).strip(), False
    if number and given.kind in PATENTS:
        number, doubt = codes.application_number_as_given(number)
        checked = doubt is None
    if len(number) > 24:
        said = translate("At most {count} characters, please.").format(count=24)
        raise ContentWrong(problems={"ip": said})
    return IpAsset(
        kind=given.kind,
        application_no=number,
        number_checked=checked,
        legal_status=given.legal_status,
    )


PATENTS = frozenset(
    {IpAsset.Kind.INVENTION_PATENT, IpAsset.Kind.UTILITY_MODEL, IpAsset.Kind.DESIGN_PATENT}
)
