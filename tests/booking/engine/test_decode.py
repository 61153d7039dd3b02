"""Whatever order one asks for, the plan keeps every rule, and costs what it is said to cost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.booking.engine import rules, sample
from pilotharbor.booking.engine.bound import alone
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import ANY, Decoder, Trail, decode
from pilotharbor.booking.engine.model import NOBODY, Placement, merged, without
from tests.booking.engine.plants import problems


@settings(max_examples=150, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_every_order_gives_a_plan_without_a_fault(problem, chance):
    decoder = Decoder(problem)
    order = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    chance.shuffle(order)
    lines = [chance.choice([ANY, *(k for k, _ in some)]) for some in decoder.choices]

    cost, plan = decode(decoder, order, lines)
    wrong, checked = check(problem, plan)

    assert wrong == []
    assert checked.total == cost
    assert alone(decoder) <= cost


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_rule_gives_a_plan_without_a_fault(problem):
    decoder = Decoder(problem)
    for rank in rules.RULES.values():
        offer = rules.dispatch(decoder, rank)
        wrong, checked = check(problem, offer.plan)

        assert wrong == []
        assert checked.total == offer.cost


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_a_plan_begun_half_way_is_the_plan_made_from_the_start(problem, chance):
    decoder = Decoder(problem)
    order = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    lines = [ANY] * len(problem.operations)
    trail = Trail(order, lines)
    decode(decoder, order, lines, onto=trail)
    for _ in range(4):
        other, told = order[:], lines[:]
        one, two = chance.randrange(len(order)), chance.randrange(len(order))
        other[one], other[two] = other[two], other[one]
        number = chance.randrange(len(told))
        told[number] = chance.choice([ANY, *(k for k, _ in decoder.choices[number])])

        assert decode(decoder, other, told, trail=trail) == decode(decoder, other, told)


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_what_is_owed_on_the_way_is_never_more_than_the_plan_costs(problem, chance):
    decoder = Decoder(problem)
    order = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    chance.shuffle(order)
    found = decode(decoder, order)
    if None in found[1]:
        return

    assert decode(decoder, order, enough=found[0] + 1) == found
    assert decode(decoder, order, enough=found[0]) is None


@settings(max_examples=40, deadline=None)
@given(problems(requests=1))
def test_a_table_says_what_the_checker_says_of_every_tick(problem):
    asked = replace(problem.requests[0], operations=problem.operations[:1], release=0)
    lines = tuple(replace(line, taken=()) for line in problem.lines)
    problem = replace(problem, lines=lines, requests=(asked,))
    decoder = Decoder(problem)
    for line in asked.operations[0].choices:
        family = problem.operations[0].family
        cleaning = lines[line].cleaning.get((lines[line].ran, family), 0)
        table = decoder.begins[0][line][cleaning]
        for tick in range(problem.horizon):
            people = decoder.people[0] if asked.operations[0].attended else [NOBODY]
            plans = [[Placement(line, tick + cleaning, person)] for person in people]
            good = any(not check(problem, plan)[0] for plan in plans)

            assert good == (table[tick] == tick)


def test_nothing_is_said_of_what_costs_too_much():
    problem = sample.plant(0, 10)
    decoder = Decoder(problem)
    offer = rules.first_come(decoder)

    assert decode(decoder, offer.order, enough=1) is None
    assert decode(decoder, offer.order, enough=1 << 40) is not None


@pytest.mark.parametrize("seed", range(3))
def test_samples_are_as_large_as_they_are_said_to_be(seed):
    problem = sample.plant(seed)

    assert len(problem.requests) == 30
    assert 60 <= len(problem.operations) <= 85
    assert (len(problem.lines), len(problem.operators)) == (6, 5)
    assert problem == sample.plant(seed)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6),
)
def test_stretches_are_added_and_taken_away_tick_by_tick(some, gone):
    some, gone = [s for s in some if s[0] < s[1]], [s for s in gone if s[0] < s[1]]

    def ticks(found):
        return {t for a, b in found for t in range(a, b)}

    assert ticks(merged(some)) == ticks(some)
    assert ticks(without(some, gone)) == ticks(some) - ticks(gone)
    assert all(a[1] < b[0] for a, b in zip(merged(some), merged(some)[1:], strict=False))
