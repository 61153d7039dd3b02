"""The filters of the catalogues: read from the address, shown as chips that can be taken away."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from pilotharbor.kernel import money
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.parties.views.pages import speaks_chinese
from pilotharbor.technologies import disciplines, industries, queries
from pilotharbor.technologies.models import Cooperation, Direction, Frontier
from pilotharbor.technologies.views import entry_words as words

LONGEST_WORDS = 200
# What is no filter: whose entries, and how far down the list one is.
APART = frozenset({"mine", "cursor"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that narrows the list, and the address of the list without it."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for.

    ``unread``  words of the address that no filter could be made of
    """

    wanted: queries.Filters
    typed: dict[str, str]
    chips: list[Chip]
    unread: list[str]
    owner: Organisation | None

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out because of what was asked for."""
        return bool(self.chips)


def asked(request: HttpRequest, actor: Membership | None, states: dict[str, Any]) -> Asked:
    """Read the address; ``states`` are the words for the states of these entries."""
    said = request.GET
    unread: list[str] = []
    owner_id = id_in(said.get("owner", ""))
    owner = None
    if owner_id is not None:
        owner = parties.visible_organisations(actor=actor).filter(pk=owner_id).first()
    wanted = queries.Filters(
        q=said.get("q", "")[:LONGEST_WORDS],
        industry=said.get("industry", "").strip()[:5],
        region=_region(said, unread),
        discipline=said.get("discipline", "").strip()[:60],
        trl_from=_level(said, "trl_from"),
        trl_to=_level(said, "trl_to"),
        cooperation=_choice(said, "cooperation", Cooperation.values),
        fen_from=_fen(said, "fen_from", unread),
        fen_to=_fen(said, "fen_to", unread),
        confidentiality=_choice(said, "confidentiality", Confidentiality.values),
        owner=owner_id,
        status=_choice(said, "status", list(states)),
        direction=_choice(said, "direction", Direction.values),
        frontier=_choice(said, "frontier", Frontier.values),
        domestic=said.get("domestic") == "1",
    )
    typed = {name: said.get(name, "")[:LONGEST_WORDS] for name in said}
    chips = [Chip(text, _without(said, name)) for name, text in _texts(wanted, owner, states)]
    return Asked(wanted, typed, chips, unread, owner)


def _choice(said: QueryDict, name: str, known: list[str]) -> str:
    value = said.get(name, "")
    return value if value in known else ""


def _level(said: QueryDict, name: str) -> int | None:
    level = id_in(said.get(name, ""))
    return level if level is not None and 1 <= level <= 9 else None


def _region(said: QueryDict, unread: list[str]) -> str:
    code = said.get("region", "").strip()[:6]
    if code and not queries.region_prefix(code):
        unread.append(code)
        return ""
    return code


def _fen(said: QueryDict, name: str, unread: list[str]) -> int | None:
    text = said.get(name, "").strip()[:24]
    if not text:
        return None
    try:
        return money.parse_fen(text)
    except DomainError:
        unread.append(text)
        return None


def _without(said: QueryDict, name: str) -> str:
    rest = said.copy()
    for gone in (name, "cursor"):
        rest.pop(gone, None)
    return "?" + rest.urlencode()


def _texts(
    wanted: queries.Filters, owner: Organisation | None, states: dict[str, Any]
) -> list[tuple[str, str]]:
    """The filters in words, by the name they have in the address."""
    found: list[tuple[str, str]] = []
    if wanted.q.strip():
        found.append(("q", _("Words: {words}").format(words=wanted.q.strip())))
    if wanted.owner is not None:
        name = owner.name if owner else _("unknown")
        found.append(("owner", _("Owner: {name}").format(name=name)))
    if wanted.direction:
        found.append(("direction", str(Direction(wanted.direction).label)))
    if wanted.industry:
        name = f"{wanted.industry.upper()} {industries.name_of(wanted.industry)}".strip()
        found.append(("industry", _("Industry: {name}").format(name=name)))
    if wanted.region:
        found.append(("region", _("Region: {name}").format(name=words.place(wanted.region))))
    if wanted.discipline:
        code = disciplines.code_in(wanted.discipline)
        name = f"{disciplines.dotted(code)} {disciplines.name_of(code)}" if code else ""
        name = name.strip() or wanted.discipline
        found.append(("discipline", _("Discipline: {name}").format(name=name)))
    if wanted.frontier:
        found.append(("frontier", str(Frontier(wanted.frontier).label)))
    if wanted.domestic:
        found.append(("domestic", _("Domestic substitution")))
    if wanted.cooperation:
        found.append(("cooperation", str(Cooperation(wanted.cooperation).label)))
    return found + _ranges(wanted) + _rest(wanted, states)


def _ranges(wanted: queries.Filters) -> list[tuple[str, str]]:
    found = []
    if wanted.trl_from is not None:
        found.append(("trl_from", _("TRL from {level}").format(level=wanted.trl_from)))
    if wanted.trl_to is not None:
        found.append(("trl_to", _("TRL up to {level}").format(level=wanted.trl_to)))
    if wanted.fen_from is not None:
        said = _("From {amount}").format(amount=money.format_cny(wanted.fen_from))
        found.append(("fen_from", said))
    if wanted.fen_to is not None:
        said = _("Up to {amount}").format(amount=money.format_cny(wanted.fen_to))
        found.append(("fen_to", said))
    return found


def _rest(wanted: queries.Filters, states: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if wanted.confidentiality:
        found.append(("confidentiality", str(Confidentiality(wanted.confidentiality).label)))
    if wanted.status:
        found.append(("status", str(states[wanted.status])))
    return found


def provinces() -> list[tuple[str, str]]:
    """The regions to choose from."""
    zh = speaks_chinese()
    return [(f"{code}0000", one.zh if zh else one.en) for code, one in PROVINCES.items()]


def choices() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "divisions": industries.choices(),
        "disciplines": disciplines.first_level(),
        "provinces": provinces(),
        "ways": Cooperation.choices,
        "levels": Confidentiality.choices,
        "trl": range(1, 10),
        "directions": Direction.choices,
        "frontiers": Frontier.choices,
    }
