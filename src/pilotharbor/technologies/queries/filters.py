"""To what is a list narrowed?"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies import disciplines
from pilotharbor.technologies.models import (
    Achievement,
    Cooperation,
    Demand,
    Direction,
    Frontier,
    Scenario,
    Status,
)
from pilotharbor.technologies.queries.sight import without_blind


def owned_by[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], owner_id: int, *, actor: Membership | None
) -> QuerySet[E]:
    """The rows of an owner, but for those whose owner the actor must not learn."""
    return without_blind(rows.filter(owner_id=owner_id), actor)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty one does not narrow.

    ``industry``      a GB/T 4754 code and everything below it; ``region`` a GB/T 2260 code likewise
    ``discipline``    a GB/T 13745 code and everything below it, or words
    ``trl_from/to``   on the nine-level scale: where a result stands, what a need asks for
    ``fen_from/to``   the asking price of a result, the budget of a need or scenario, in fen
    ``direction``, ``frontier``, ``domestic``  of scenarios only
    """

    q: str = ""
    industry: str = ""
    region: str = ""
    discipline: str = ""
    trl_from: int | None = None
    trl_to: int | None = None
    cooperation: str = ""
    fen_from: int | None = None
    fen_to: int | None = None
    confidentiality: str = ""
    owner: int | None = None
    status: str = ""
    direction: str = ""
    frontier: str = ""
    domestic: bool = False


def filtered[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters, *, actor: Membership | None
) -> QuerySet[E]:
    """The rows a list shows; words of ``q`` must all stand in the title, summary or keywords.

    What a blind reviewer does not see does not narrow: asking for an owner finds no blind entry.
    Source: R-TECH-6, R-TECH-16.
    """
    for word in wanted.q.replace("\x00", " ").split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(keywords__icontains=word)
        )
    rows = _of_maturity(_of_amount(_of_place(rows, wanted, actor), wanted), wanted)
    if wanted.cooperation in Cooperation.values:
        rows = rows.filter(cooperation__contains=[wanted.cooperation])
    if wanted.confidentiality in Confidentiality.values:
        rows = rows.filter(confidentiality=wanted.confidentiality)
    if wanted.owner is not None and 0 < wanted.owner < 2**63:
        rows = owned_by(rows, wanted.owner, actor=actor)
    states = Scenario.Status.values if rows.model is Scenario else Status.values
    if wanted.status in states:
        rows = rows.filter(status=wanted.status)
    return _of_scenarios(rows, wanted)


def region_prefix(code: str) -> str:
    """The digits every code inside a region begins with: ``330000`` is all of ``33``.

    Source: GB/T 2260.
    """
    digits = code if code.isdecimal() and code.isascii() else ""
    while digits.endswith("00"):
        digits = digits[:-2]
    return digits


def _of_place[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters, actor: Membership | None
) -> QuerySet[E]:
    if wanted.industry:
        rows = rows.filter(industry__startswith=wanted.industry.replace("\x00", "").upper())
    if prefix := region_prefix(wanted.region):
        rows = without_blind(rows.filter(region__startswith=prefix), actor)
    said = wanted.discipline.replace("\x00", "").strip()
    if said and rows.model is Achievement:
        rows = rows.filter(_of_discipline(said))
    return rows


def _of_discipline(said: str) -> Q:
    """A code with everything below it, or words of the entry or of the table (R-TECH-16)."""
    if code := disciplines.code_in(said):
        typed = Q(discipline__startswith=code) | Q(discipline__startswith=disciplines.dotted(code))
        return typed | Q(discipline_code__startswith=code)
    below = Q(discipline__icontains=said)
    for found in disciplines.named(said):
        below |= Q(discipline_code__startswith=found)
    return below


def _of_amount[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    """What names an amount in these bounds; what is to be negotiated names none and is left out."""
    field = "price_fen" if rows.model is Achievement else "budget_fen"
    for bound, fen in (("gte", wanted.fen_from), ("lte", wanted.fen_to)):
        if fen is not None and 0 <= fen < 2**63:
            rows = rows.filter(**{f"{field}__{bound}": fen})
    return rows


def _of_maturity[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    fields: dict[Any, str] = {Achievement: "trl_level", Demand: "trl_wanted"}
    field = fields.get(rows.model)
    bounds = (("gte", wanted.trl_from), ("lte", wanted.trl_to))
    for bound, level in bounds if field else ():
        if level is not None:
            rows = rows.filter(**{f"{field}__{bound}": min(max(level, 0), 99)})
            if rows.model is Achievement:
                rows = rows.filter(trl_scale="TRL-9")
    return rows


def _of_scenarios[E: (Achievement, Demand, Scenario)](
    rows: QuerySet[E], wanted: Filters
) -> QuerySet[E]:
    if rows.model is not Scenario:
        return rows
    if wanted.direction in Direction.values:
        rows = rows.filter(direction=wanted.direction)
    if wanted.frontier in Frontier.values:
        rows = rows.filter(frontier=wanted.frontier)
    return rows.filter(domestic_substitution=True) if wanted.domestic else rows
