"""How good are the schedules, beside what people do by rule, a fresh plan, and the best that is known?

Plants are those of ``booking/engine/sample.py``: 30 requests of about 73 operations, six lines, cleaning
by family, five operators with skills and leave, attended starts. What is compared is tardiness by weight
plus cleaning, without fairness between organisations; the search makes just that small. Peers keep the
same rules and put things in by the same means: first come first served, and the cheapest plan of six
dispatch rules (``rules.py``). Re-planning: a line, another for each seed, stands still for 48 hours from
a third of the plan on; beside a plan made afresh in the same time, old and new checked by ``check.py``.
Job shops: mk01 to mk10 beside the best makespans that are known. Seconds of search are the clock's.

All of it takes 40 minutes. ``PILOTHARBOR_BENCH_SEEDS``, ``PILOTHARBOR_BENCH_SEEDS_60``, ``…_BREAKDOWNS`` and
``…_SHOPS`` say how many of each; 0 leaves a part out, and its limits with it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean, median
from typing import Any

from pilotharbor.booking.engine import replan, rules, sample, search
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder
from pilotharbor.booking.engine.jobshop import fjs
from pilotharbor.booking.engine.jobshop import search as jobshop
from pilotharbor.booking.engine.model import Plan, Problem
from pilotharbor.launcher.paths import ROOT

SECONDS = 30.0
SHOPS = ROOT / "benchmarks" / "data" / "fjs"
# Best makespans known; see the note beside the instances.
KNOWN = (40, 26, 204, 60, 172, 57, 139, 523, 307, 193)
SHOP_SECONDS = (10, 60)
BREAKDOWN = 2 * sample.DAY
LIMITS = {
    "plants_30_beside_first_come_median": 0.20,
    "plants_30_beside_best_rule_median": 0.45,
    "plants_30_beside_best_rule_most": 1.0,
    "plants_60_beside_best_rule_most": 0.70,
    "first_offer_most_s": 1.0,
    "breakdown_moved_most": 0.35,
    "breakdown_beside_fresh_most": 1.0,
    "shops_10_s_mean_gap": 0.02,
    "shops_60_s_mean_gap": 0.007,
}


def run() -> dict[str, Any]:
    """Measure; ``passed`` says whether every limit that was measured was kept."""
    figures: dict[str, Any] = {}
    parts: Sequence[tuple[str, int, Callable[[int], dict[str, Any]]]] = (
        ("SEEDS", 20, _plants_30),
        ("SEEDS_60", 4, _plants_60),
        ("BREAKDOWNS", 5, _breakdowns),
        ("SHOPS", len(KNOWN), _shops),
    )
    for name, usual, measure in parts:
        if many := int(os.environ.get(f"PILOTHARBOR_BENCH_{name}", usual)):
            figures |= measure(many)
    limits = {name: limit for name, limit in LIMITS.items() if name in figures}
    figures |= {"load": os.getloadavg()[0], "limits": limits}
    figures["passed"] = all(figures[name] <= limit for name, limit in limits.items())
    return figures


def _plants_30(seeds: int) -> dict[str, Any]:
    first_come, best_rule, first = _plants(seeds, 30)
    return {
        "plants_30_beside_first_come_median": round(median(first_come), 3),
        "plants_30_beside_best_rule_median": round(median(best_rule), 3),
        "plants_30_beside_best_rule_most": max(best_rule),
        "plants_30_beside_best_rule": best_rule,
        "first_offer_most_s": max(first),
    }


def _plants_60(seeds: int) -> dict[str, Any]:
    _, best_rule, _ = _plants(seeds, 60)
    return {
        "plants_60_beside_best_rule_most": max(best_rule),
        "plants_60_beside_best_rule": best_rule,
    }


def _plants(seeds: int, requests: int) -> tuple[list[float], list[float], list[float]]:
    """Of each seed: the cost beside first come first served and the best rule; seconds to an offer."""
    found: tuple[list[float], list[float], list[float]] = ([], [], [])
    for seed in range(seeds):
        problem = _plant(seed, requests)
        decoder = Decoder(problem)
        ours = search.solve(problem, SECONDS, seed=seed)
        cost = _cost(problem, ours.plan)
        found[0].append(round(cost / _cost(problem, rules.first_come(decoder).plan), 3))
        found[1].append(round(cost / _cost(problem, rules.best_rule(decoder).plan), 3))
        found[2].append(round(ours.first[1], 2))
    return found


def _breakdowns(seeds: int) -> dict[str, Any]:
    moved, beside = [], []
    for seed in range(seeds):
        problem = _plant(seed, 30)
        plan = search.solve(problem, SECONDS, seed=seed).plan
        now = max(placed.start for placed in plan if placed) // 3
        line = seed % len(problem.lines)
        anew = replan.after(problem, plan, now=now, line=line, until=now + BREAKDOWN)
        afresh = replace(anew.problem, was=())
        fresh = search.solve(afresh, SECONDS, seed=seed)
        ours = replan.replan(anew.problem, SECONDS, seed=seed)
        moved.append(round(replan.moved(anew.problem, ours.plan) / len(anew.numbers), 3))
        beside.append(round(_cost(afresh, ours.plan) / _cost(afresh, fresh.plan), 3))
    return {
        "breakdown_moved_most": max(moved),
        "breakdown_moved": moved,
        "breakdown_beside_fresh_most": max(beside),
        "breakdown_beside_fresh": beside,
    }


def _shops(many: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for seconds in SHOP_SECONDS:
        gaps = []
        for number, known in enumerate(KNOWN[:many], start=1):
            shop = fjs.read(SHOPS / f"mk{number:02d}.fjs")
            gaps.append(round(jobshop.solve(shop, seconds).makespan / known - 1, 4))
        figures[f"shops_{seconds}_s_mean_gap"] = round(mean(gaps), 4)
        figures[f"shops_{seconds}_s_gaps"] = gaps
    return figures


def _plant(seed: int, requests: int) -> Problem:
    return replace(sample.plant(seed, requests), fairness=0)


def _cost(problem: Problem, plan: Plan) -> int:
    """Ticks, of a plan that keeps every rule."""
    wrong, cost = check(problem, plan)
    if wrong:
        raise RuntimeError(wrong)
    return cost.plain
