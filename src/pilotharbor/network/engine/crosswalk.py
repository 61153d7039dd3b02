"""What does a foreign record say in the words of a result?"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

_DC = "{http://purl.org/dc/elements/1.1/}"
_OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"
_OURS = "{urn:pilotharbor:market:1}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CHINESE = re.compile("[\u3400-\u9fff]")
# Of more or longer words than the market keeps, these are kept.
_KEYWORDS, _KEYWORD_LENGTH = 20, 60


@dataclass(frozen=True, slots=True)
class Said:
    """The fields of a result as a record names them, its rights, and of which kind it says it is."""

    fields: dict[str, Any]
    rights: tuple[tuple[str, str, str], ...] = ()
    kind: str = field(default="")


def _all(body: Element, name: str) -> list[Element]:
    return [e for e in body.iterfind(name) if (e.text or "").strip()]


def _chinese_first(found: list[Element]) -> list[str]:
    """The texts, those marked as Chinese or written in it before others."""
    texts = [((e.text or "").strip(), e.get(_LANG, "")) for e in found]
    ordered = sorted(texts, key=lambda t: not (t[1].startswith("zh") or _CHINESE.search(t[0])))
    return [text for text, _ in ordered]


def _keywords(found: list[Element]) -> list[str]:
    words = (part for e in found for part in re.split("[;；]", e.text or ""))
    plain = (" ".join(word.split()) for word in words)
    fitting = [word for word in plain if word and len(word) <= _KEYWORD_LENGTH]
    return list(dict.fromkeys(fitting))[:_KEYWORDS]


def dublin_core(body: Element) -> Said | None:
    """Title, description and subjects; Dublin Core knows nothing more that the market asks for."""
    if body.tag != f"{_OAI_DC}dc":
        return None
    titles = _chinese_first(_all(body, f"{_DC}title"))
    described = _chinese_first(_all(body, f"{_DC}description"))
    return Said({
        "title": titles[0] if titles else "",
        "summary": described[0] if described else "",
        "keywords": _keywords(_all(body, f"{_DC}subject")),
    })  # fmt: skip


def pilotharbor(body: Element) -> Said | None:
    """Everything our own format carries that a result takes from a list."""
    if body.tag != f"{_OURS}entry":
        return None
    fields: dict[str, Any] = {
        "title": _one(body, "title"),
        "summary": _one(body, "summary"),
        "keywords": _keywords(_all(body, f"{_OURS}keyword")),
        "discipline": _one(body, "discipline"),
        "industry": _code(body, "industry"),
        "region": _code(body, "region"),
    }
    return Said(fields | dict(_readiness(body)), tuple(_rights(body)), body.get("kind", "").strip())


def _one(body: Element, name: str) -> str:
    return (body.findtext(f"{_OURS}{name}") or "").strip()


def _code(body: Element, name: str) -> str:
    found = body.find(f"{_OURS}{name}")
    return "" if found is None else found.get("code", "").strip()


def _readiness(body: Element) -> Iterator[tuple[str, Any]]:
    """A level only with its scale and with what it rests on (R-TECH-2)."""
    found = body.find(f"{_OURS}readiness")
    if found is not None and (found.text or "").strip():
        yield "trl_scale", found.get("scale", "")
        yield "trl_level", _level(found)
        yield "trl_evidence", (found.text or "").strip()
    made = body.find(f"{_OURS}manufacturingReadiness")
    if made is not None:
        yield "mrl", _level(made)


def _level(element: Element) -> int:
    said = element.get("level", "")
    return int(said) if re.fullmatch(r"\d{1,3}", said, re.ASCII) else 0


def _rights(body: Element) -> Iterator[tuple[str, str, str]]:
    for found in body.iterfind(f"{_OURS}right"):
        yield found.get("kind", ""), (found.text or "").strip(), found.get("status", "")


FORMATS: dict[str, Callable[[Element], Said | None]] = {
    "oai_dc": dublin_core,
    "pilotharbor": pilotharbor,
}
