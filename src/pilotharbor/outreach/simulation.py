"""What was asked of the equity simulator, and what it answers in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilotharbor.kernel.errors import Invalid
from pilotharbor.outreach.engine import equity
from pilotharbor.outreach.engine.equity import POOL, Company, NotPossible, Round

MOST = 20


class AskedRound(TypedDict):
    """One round as it is asked and kept: fen and basis points."""

    name: str
    pre_money_fen: int
    investments: dict[str, int]
    pool_bp: int | None
    preferred: bool


class Asked(TypedDict):
    """A whole simulation as it is asked and kept."""

    shares: int
    holders_bp: dict[str, int]
    rounds: list[AskedRound]
    proceeds_fen: int | None


class EquityImpossible(Invalid):
    """These figures make no company: {reason}."""

    code = "outreach.equity_impossible"


@dataclass(frozen=True, slots=True)
class Answer:
    """The company stage by stage, and what an exit pays where one was asked for."""

    company: Company
    payout: dict[str, int] | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A bar for each stage and the table behind it."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    json: dict[str, Any]
    size: str = "medium"


def answer(asked: Asked) -> Answer:
    """Simulate what was asked.

    Raises: EquityImpossible.
    Source: R-OUT-16.
    """
    if len(asked["rounds"]) > MOST or len(asked["holders_bp"]) > MOST:
        raise EquityImpossible(reason=_("at most {most} holders and rounds").format(most=MOST))
    names = [*asked["holders_bp"], *(n for r in asked["rounds"] for n in r["investments"])]
    if any(not name.strip() or len(name) > 80 for name in names):
        raise EquityImpossible(reason=_("every holder has a name of at most 80 characters"))
    try:
        company = equity.simulate(
            asked["holders_bp"],
            shares=asked["shares"],
            rounds=[Round(**r) for r in asked["rounds"]],
        )
        proceeds = asked["proceeds_fen"]
        paid = None
        if proceeds is not None:
            paid = equity.payout(company, proceeds_fen=proceeds)
    except NotPossible as why:
        raise EquityImpossible(reason=_said(why)) from why
    return Answer(company, paid)


def _said(why: NotPossible) -> str:
    sentences = {
        "parts": _("the parts of the founders are positive and sum to 100%"),
        "shares": _("there are too few or too many shares for these parts"),
        "money": _("every round has a value before it and money that comes in"),
        "too_small": _("the money is too little for a single share"),
        "pool": _("pool and new money together would be the whole company"),
    }
    return f"{why.where}: {sentences[why.code]}" if why.where else sentences[why.code]


def name_of(holder: str) -> str:
    """A holder as people read it."""
    return pgettext("holder of shares", "Option pool") if holder == POOL else holder


def stage_name(name: str) -> str:
    """A stage as people read it."""
    return name or pgettext("stage of a company", "Foundation")


def holders(company: Company) -> list[str]:
    """Everybody who holds shares at any stage, in the order in which they came."""
    return list(dict.fromkeys(h for stage in company.stages for h in stage.shares))


def table(company: Company) -> list[dict[str, Any]]:
    """One row a holder: shares, part and value at each stage."""
    return [
        {
            "name": name_of(holder),
            "cells": [
                {
                    "shares": stage.shares.get(holder),
                    "bp": stage.bp.get(holder),
                    "fen": stage.value.get(holder) if stage.value_fen else None,
                }
                for stage in company.stages
            ],
        }
        for holder in holders(company)
    ]


def picture(company: Company) -> Picture:
    """How the parts shrink from stage to stage."""
    x = [stage_name(stage.name) for stage in company.stages]
    parts = {h: [stage.bp.get(h, 0) for stage in company.stages] for h in holders(company)}
    return Picture(
        title=_("Who holds how much after each round"),
        note=_("Parts of all shares, the option pool included; a simulation, no advice."),
        heads=[_("Holder"), *x],
        rows=[[name_of(h), *(f"{bp / 100:.2f}%" for bp in row)] for h, row in parts.items()],
        json={
            "title": _("Who holds how much after each round"),
            "kind": "bar",
            "stacked": True,
            "x": x,
            "unit": "%",
            "series": [
                {"name": name_of(h), "values": [bp / 100 for bp in row]} for h, row in parts.items()
            ],
        },
    )


def cases() -> Mapping[str, Asked]:
    """The two cases of the platform's prospectus, with a round that is invented.

    Source: R-OUT-16; domain.md S0-13, S0-29.
    """
    university, platform = _("University"), _("Pilot platform")
    investor, fund = _("Investing enterprise"), _("Fund of round A")
    return {
        "drug": {
            "shares": 10_000_000,
            "holders_bp": {university: 4000, platform: 500, investor: 5500},
            "rounds": [_round_a(fund, 12_000_000_000, 3_000_000_000)],
            "proceeds_fen": 50_000_000_000,
        },
        "battery": {
            "shares": 10_000_000,
            "holders_bp": {university: 3000, investor: 7000},
            "rounds": [_round_a(fund, 8_000_000_000, 2_000_000_000)],
            "proceeds_fen": 30_000_000_000,
        },
    }


def _round_a(fund: str, pre_money_fen: int, money_fen: int) -> AskedRound:
    return {
        "name": pgettext("stage of a company", "Round A"),
        "pre_money_fen": pre_money_fen,
        "investments": {fund: money_fen},
        "pool_bp": 1000,
        "preferred": True,
    }
