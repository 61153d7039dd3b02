"""The constraints say what the checker says: their best plan is faultless, and costs what it should."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from pilotharbor.booking.engine import rules, sample
from pilotharbor.booking.engine.bound import alone
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.cpmodel import Model
from pilotharbor.booking.engine.decode import ANY, Decoder, decode
from pilotharbor.booking.engine.model import Line, Operation, Problem, Request
from tests.booking.engine.plants import best_of_all_orders, problems

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def solved(problem, plan, free=None, hinted=False, seconds=10, reach=0):
    model = Model(problem, plan, free, reach)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.fix_variables_to_their_hinted_value = hinted
    status = solver.solve(model.model)
    assert status in {cp_model.OPTIMAL, cp_model.FEASIBLE}, solver.status_name(status)
    found = model.read(lambda v: v if isinstance(v, int) else solver.value(v))
    return found, round(solver.objective_value), solver.best_objective_bound


def first_plan(problem):
    order = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    found = decode(Decoder(problem), order, [ANY] * len(problem.operations))
    assert found is not None
    return found


@QUIET
@given(problems(requests=3))
def test_the_hint_is_a_whole_solution(problem):
    cost, plan = first_plan(problem)

    found, told, _ = solved(problem, plan, hinted=True)

    assert check(problem, found) == check(problem, plan)
    assert told == cost


@QUIET
@given(problems(requests=3))
def test_the_best_plan_is_faultless_and_no_order_beats_it(problem):
    cost, plan = first_plan(problem)

    found, told, bound = solved(problem, plan)
    wrong, checked = check(problem, found)

    assert wrong == []
    assert checked.total == told <= cost
    assert alone(Decoder(problem)) <= told
    if bound == told and len(problem.operations) <= 4:
        assert told <= best_of_all_orders(problem)[0]


@QUIET
@given(problems(), st.data())
def test_freeing_some_keeps_the_others_in_order_and_costs_no_more(problem, data):
    cost, plan = first_plan(problem)
    every = list(range(len(problem.requests)))
    free = data.draw(st.sets(st.sampled_from(every), min_size=1))

    found, told, _ = solved(problem, plan, free)
    wrong, checked = check(problem, found)

    assert wrong == []
    assert checked.total == told <= cost
    for number, (before, now) in enumerate(zip(plan, found, strict=True)):
        if problem.owner[number] not in free and before is not None:
            assert (before.line, before.operator) == (now.line, now.operator)


@QUIET
@given(problems(requests=3))
def test_moves_are_counted_as_the_checker_counts_them(problem):
    cost, plan = first_plan(problem)
    was = tuple(p and p._replace(start=p.start + n % 2) for n, p in enumerate(plan))
    anew = replace(problem, was=was, keep=2, cap=cost + 5)

    found, told, _ = solved(anew, plan)
    wrong, checked = check(anew, found)

    assert wrong == []
    assert checked.total == told <= check(anew, plan)[1].total


@pytest.mark.parametrize("seed", range(2))
def test_the_hint_holds_for_a_whole_plant(seed):
    problem = sample.plant(seed, 30)
    offer = rules.best_rule(Decoder(problem))

    found, told, _ = solved(problem, offer.plan, hinted=True)

    assert told == offer.cost
    assert check(problem, found)[0] == []


def test_a_window_is_as_long_as_the_run_on_the_line_that_is_taken():
    """A run of two fits where one of nine does not."""
    lines = (Line("slow", ((0, 40),)), Line("quick", ((0, 40),)))
    steps = (Operation({0: 9, 1: 2}, windows=((6, 12),)), Operation({1: 12}))
    asked = (Request("one", "o", steps[:1]), Request("two", "o", steps[1:], weight=9))
    problem = Problem(lines, (), asked, horizon=40)
    _, plan = first_plan(problem)

    found, _, _ = solved(problem, plan)

    assert check(problem, found)[0] == []
