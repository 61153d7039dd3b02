"""The search keeps its time, is never worse than a rule, and leaves nothing running behind it."""

import time
from dataclasses import replace

import psutil
import pytest
from hypothesis import given, settings

from pilotharbor.booking.engine import replan, rules, sample, search
from pilotharbor.booking.engine.apart import Helper
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder
from tests.booking.engine.plants import best_of_all_orders, problems


def children():
    alive = psutil.Process().children(recursive=True)
    return {p.pid for p in alive if p.status() != "zombie"}


@pytest.fixture
def before():
    """What runs already: a browser of other tests may be among it."""
    return children()


@settings(max_examples=15, deadline=None)
@given(problems(requests=2))
def test_a_tiny_plant_is_planned_as_well_as_all_orders_can(problem):
    if len(problem.operations) > 4:
        return

    found = search.solve(problem, 0.4)

    assert found.cost.total <= best_of_all_orders(problem)[0]
    assert found.bound <= found.cost.total


@pytest.mark.slow
def test_time_is_kept_the_first_offer_is_quick_and_no_rule_is_better(before):
    problem = sample.plant(3, 30)
    rule = rules.best_rule(Decoder(problem))
    heard, began = [], time.perf_counter()

    found = search.solve(problem, 6, tell=heard.append)

    assert time.perf_counter() - began < 6.5
    assert found.first[1] < 1
    assert found.cost.total <= rule.cost
    assert check(problem, found.plan) == ([], found.cost)
    assert [f.cost.total for f in heard] == sorted((f.cost.total for f in heard), reverse=True)
    assert children() <= before


@pytest.mark.parametrize("seed", range(4))
def test_no_rule_is_better_on_any_seed(seed):
    problem = sample.plant(seed, 12)

    found = search.solve(problem, 0.6)

    assert check(problem, found.plan) == ([], found.cost)
    assert found.cost.total <= rules.best_rule(Decoder(problem)).cost


def test_whoever_asked_may_end_it(before):
    began = time.perf_counter()

    found = search.solve(sample.plant(1, 30), 60, go_on=lambda: time.perf_counter() < began + 1)

    assert time.perf_counter() - began < 4
    assert check(sample.plant(1, 30), found.plan)[0] == []
    assert children() <= before


def test_nothing_to_plan_is_a_plan():
    found = search.solve(replace(sample.plant(1, 1), requests=()), 5)

    assert (found.plan, found.cost.plain, found.status) == ([], 0, "optimal")


def test_an_old_plan_is_where_one_begins():
    problem = sample.plant(2, 12)
    good = search.solve(problem, 1.5)

    again = search.solve(problem, 0.3, was=good.plan)

    assert again.cost.total <= good.cost.total * 1.3


def test_a_helper_that_dies_is_done_without(monkeypatch):
    monkeypatch.setattr(search, "HELPER", "pilotharbor.booking.engine.nowhere")
    monkeypatch.setattr(search, "HELPS_FROM_S", 0.1)

    found = search.solve(sample.plant(4, 10), 1.5)

    assert check(sample.plant(4, 10), found.plan)[0] == []


def test_a_helper_is_gone_when_it_is_ended(before):
    with Helper("pilotharbor.booking.engine.neighbourhood") as helper:
        assert helper.process.poll() is None
    assert helper.process.poll() is not None
    assert children() <= before


@pytest.mark.slow
def test_after_a_breakdown_what_has_begun_stays_and_the_line_stands_still():
    problem = sample.plant(5, 20)
    plan = search.solve(problem, 2).plan
    now, line = 3 * sample.DAY + 40, 0
    until = now + 2 * sample.DAY
    anew = replan.after(problem, plan, now=now, line=line, until=until)

    found = replan.replan(anew.problem, 3)

    assert check(replace(anew.problem, keep=1), found.plan) == ([], found.cost)
    whole = list(plan)
    for number, placed in zip(anew.numbers, found.plan, strict=True):
        whole[number] = placed
        assert placed.start >= now
    broken = replace(problem.lines[line], shut=(*problem.lines[line].shut, (now, until)))
    lines = tuple(broken if n == line else other for n, other in enumerate(problem.lines))
    wrong, _ = check(replace(problem, lines=lines), whole)
    # What ran on the line when it broke began before: it is run again, the rest is as it was.
    assert wrong == []
    assert replan.moved(anew.problem, found.plan) == found.cost.moves
    begun = [n for n in range(len(plan)) if n not in anew.numbers]
    assert all(plan[n].start < now for n in begun)
