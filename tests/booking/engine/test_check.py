"""Each rule of a plan, broken once: the checker sees it; and it sees nothing where all is well."""

from dataclasses import replace

import pytest

from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.model import (
    Line,
    Operation,
    Operator,
    Placement,
    Problem,
    Request,
    Taken,
)

CLEANING = {("a", "b"): 2, ("b", "a"): 3}
DAYS = ((8, 21), (32, 44), (56, 68))


def plant(**changes):
    """Two lines, one person; two requests of two steps."""
    step = Operation({0: 4}, attended=1, skill="x", family="a", hazard="fire")
    second = Operation({1: 4}, attended=1, skill="x", family="b")
    other = Operation({0: 4}, attended=1, skill="x", family="b", hazard="")
    last = Operation({1: 4}, family="a", hazard="air")
    day = Line("day", DAYS, cleaning=CLEANING, ran="a")
    night = Line("night", DAYS, overnight=True, cleaning=CLEANING, ran="a")
    problem = Problem(
        lines=(day, night),
        operators=(Operator("p", DAYS, frozenset({"x"})),),
        requests=(
            Request("one", "org", (step, second), release=8, due=20, weight=2),
            Request("two", "org", (other, last), release=8, due=40),
        ),
        horizon=80,
        apart=frozenset({frozenset({"fire", "air"})}),
    )
    return replace(problem, **changes)


GOOD = [Placement(0, 8, 0), Placement(1, 14, 0), Placement(0, 17, 0), Placement(1, 35)]


def test_a_good_plan_has_no_fault_and_costs_what_it_costs():
    wrong, cost = check(plant(), GOOD)

    assert wrong == []
    # Night: a → b → a is 2 + 3; day: a → a → b is 2; the second request ends at 39 of 40.
    assert (cost.tardiness, cost.cleaning, cost.unfairness, cost.unplaced) == (0, 7, 0, 0)


def test_lateness_is_weighed_and_the_one_who_waits_most_counts_again():
    plan = [Placement(0, 8, 0), Placement(1, 34, 0), Placement(0, 17, 0), Placement(1, 57)]

    _, cost = check(plant(), plan)

    # 2 × (38 − 20) and 1 × (61 − 40), both of one organisation.
    assert (cost.tardiness, cost.unfairness) == (57, 57)
    assert check(plant(fairness=0), plan)[1].unfairness == 0


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({0: Placement(1, 8, 0)}, "cannot run it"),
        ({0: Placement(0, 7, 0)}, "begins before 8"),
        ({0: Placement(0, 19, 0)}, "crosses closed hours"),
        ({1: Placement(1, 11, 0)}, "begins before 12"),
        ({2: Placement(0, 13, 0)}, "begins (cleaned) before 12"),
        ({2: Placement(0, 15, 0)}, "attends 1 and 2 at once"),
        ({3: Placement(1, 32)}, "begins or ends in closed hours"),
        ({3: Placement(1, 30)}, "begins or ends in closed hours"),
        ({3: Placement(1, 35, 0)}, "needs nobody"),
        ({0: Placement(0, 8)}, "attended by nobody"),
        ({0: None}, "placed in part"),
        ({0: Placement(0, 8, 0), 1: Placement(1, 21, 0)}, "begins or ends in closed hours"),
        ({3: Placement(1, 66)}, "begins or ends in closed hours"),
        ({3: Placement(1, 78)}, "leaves the horizon"),
    ],
)
def test_each_fault_is_seen(change, fault):
    plan = list(GOOD)
    for number, placed in change.items():
        plan[number] = placed

    wrong, _ = check(plant(), plan)

    assert any(fault in w for w in wrong), wrong


def test_hazards_side_by_side_are_seen():
    plan = [Placement(0, 32, 0), Placement(1, 56, 0), Placement(0, 8 + 2, 0), Placement(1, 35)]

    assert any("beside" in w for w in check(plant(), plan)[0])
    assert not any("beside" in w for w in check(plant(apart=frozenset()), plan)[0])


def test_what_is_fixed_shut_or_shared_is_seen():
    lines = plant().lines
    taken = replace(lines[0], taken=(Taken(13, 16, "a"),))
    shut = replace(lines[0], shut=((9, 10),))
    shared = (replace(lines[0], units=frozenset({7})), replace(lines[1], units=frozenset({7})))

    assert any("begins (cleaned)" in w for w in check(plant(lines=(taken, lines[1])), GOOD)[0])
    assert any("shut" in w for w in check(plant(lines=(shut, lines[1])), GOOD)[0])
    assert any("share" in w for w in check(plant(lines=shared), GOOD)[0])


def test_people_need_their_skill_and_their_shift():
    unskilled = (Operator("p", DAYS, frozenset({"y"})),)
    away = (Operator("p", ((9, 20), (32, 68)), frozenset({"x"})),)

    assert any("lacks x" in w for w in check(plant(operators=unskilled), GOOD)[0])
    assert any("not on duty" in w for w in check(plant(operators=away), GOOD)[0])


def test_windows_are_kept_and_absence_is_paid_for():
    problem = plant()
    first = problem.requests[0]
    step = replace(first.operations[0], windows=((9, 20),))
    asked = (replace(first, operations=(step, first.operations[1])), problem.requests[1])

    assert any("windows" in w for w in check(replace(problem, requests=asked), GOOD)[0])
    wrong, cost = check(problem, [None, None, *GOOD[2:]])
    assert wrong == []
    assert cost.unplaced == problem.price_of_absence(0) > 3 * 2 * 60


def test_a_move_is_another_line_or_another_start():
    was = (Placement(0, 8, 0), Placement(1, 15, 0), None, Placement(1, 35))

    _, cost = check(plant(was=was, keep=5), GOOD)

    assert cost.moves == 5
    assert cost.total == cost.plain + 5
    assert check(plant(was=was, keep=5, cap=100), GOOD)[1].total == 5
    assert check(plant(was=was, keep=5, cap=0), GOOD)[1].total == 5 + 50 * 7


def test_a_plan_of_another_problem_is_no_plan():
    assert check(plant(), [])[0] != []
