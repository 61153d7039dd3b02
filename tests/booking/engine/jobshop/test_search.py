"""Schedules hold, bounds are bounds, and time is kept, whatever shop comes along."""

import itertools
import json
import random
import time

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotharbor.booking.engine.jobshop import fjs, search
from pilotharbor.booking.engine.jobshop.breed import Breeder
from pilotharbor.booking.engine.jobshop.fjs import Shop
from pilotharbor.booking.engine.jobshop.graph import Graph, construct
from pilotharbor.booking.engine.jobshop.tabu import Tabu
from tests.booking.engine.jobshop.test_fjs import DATA, run


@st.composite
def shops(draw, jobs=4, steps=4, machines=3):
    count = draw(st.integers(1, machines))
    table = st.dictionaries(st.integers(0, count - 1), st.integers(1, 9), min_size=1)
    made = draw(st.lists(st.lists(table, min_size=1, max_size=steps), min_size=1, max_size=jobs))
    return Shop(count, tuple(tuple(job) for job in made))


def faults(shop, machines, starts):
    """Every rule of a job shop, looked at pair by pair."""
    found, at = [], 0
    runs = []
    for job in shop.jobs:
        end = 0
        for operation in job:
            if machines[at] not in operation:
                found.append(f"{at}: machine")
            if starts[at] < end:
                found.append(f"{at}: before the one before it")
            end = starts[at] + operation[machines[at]]
            runs.append((machines[at], starts[at], end))
            at += 1
    for (m, a, b), (k, c, d) in itertools.combinations(runs, 2):
        if m == k and a < d and c < b:
            found.append("two at once")
    return found, max(end for _, _, end in runs)


def shortest(shop):
    """By trying every order of jobs, each with every machine, put as early as can be."""
    tokens = [j for j, job in enumerate(shop.jobs) for _ in job]
    best = 1 << 30
    for order in set(itertools.permutations(tokens)):
        at = [0] * len(shop.jobs)
        steps = []
        for job in order:
            steps.append((job, at[job]))
            at[job] += 1
        for told in itertools.product(*(shop.jobs[j][n] for j, n in steps)):
            free, ready = [0] * shop.machines, [0] * len(shop.jobs)
            for (job, n), machine in zip(steps, told, strict=True):
                end = max(free[machine], ready[job]) + shop.jobs[job][n][machine]
                free[machine] = ready[job] = end
            best = min(best, *([max(ready)]))
    return best


@settings(max_examples=100, deadline=None)
@given(shops(), st.integers(0, 99))
def test_every_schedule_of_the_search_holds(shop, seed):
    graph = Graph(shop, random.Random(seed))
    graph.load(construct(graph, 0.3))
    found = Tabu(graph).run(time.perf_counter() + 5, 40, 1 << 40)
    graph.load(found.ways)

    wrong, makespan = faults(shop, graph.machine, [int(h) for h in graph.head[:-1]])

    assert wrong == []
    assert makespan == found.makespan == graph.makespan
    assert sum(len(order) for order in graph.orders) == len(shop.operations)


@settings(max_examples=60, deadline=None)
@given(shops(), st.integers(0, 99))
def test_after_each_move_everything_is_as_if_computed_anew(shop, seed):
    chance = random.Random(seed)
    graph = Graph(shop, chance)
    graph.load(construct(graph, 0.3))
    tabu = Tabu(graph)
    for _ in range(15):
        tabu.run(time.perf_counter() + 5, 1, 1 << 40)
        fresh = Graph(shop, chance)
        fresh.load(graph.ways())

        assert graph.head[:-1] == fresh.head[:-1]
        assert (graph.done, graph.tail, graph.rest) == (fresh.done, fresh.tail, fresh.rest)


@settings(max_examples=25, deadline=None)
@given(shops(jobs=3, steps=2, machines=2))
def test_a_tiny_shop_is_solved(shop):
    if len(shop.operations) > 5:
        return
    best = shortest(shop)

    found = search.solve(shop, 0.3)

    assert found.makespan == best
    assert found.bound <= best


def children():
    alive = psutil.Process().children(recursive=True)
    return {p.pid for p in alive if p.status() != "zombie"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "best"), [("mk01", 40), ("mk04", 60), ("mk05", 172)])
def test_known_shops_are_proved_and_nothing_is_left_running(name, best):
    shop = fjs.read(DATA / f"{name}.fjs")
    # A browser of other tests may be among them.
    before = children()

    found = search.solve(shop, 30)

    assert (found.makespan, found.bound, found.status) == (best, best, "optimal")
    assert faults(shop, found.machines, found.starts) == ([], best)
    assert children() <= before


@pytest.mark.slow
def test_the_limit_is_kept_on_the_clock_and_the_answer_has_its_keys():
    began = time.perf_counter()

    said = run(DATA / "mk10.fjs", "--time-limit", "4", "--json")

    assert time.perf_counter() - began < 5
    answer = json.loads(said.stdout)
    assert list(answer) == ["makespan", "bound", "gap", "seconds", "status"]
    assert 160 <= answer["bound"] <= 193 <= answer["makespan"] <= 225
    assert answer["gap"] == round((answer["makespan"] - answer["bound"]) / answer["makespan"], 4)


def test_a_pool_keeps_no_two_alike_and_begins_anew_when_nothing_comes():
    shop = fjs.read(DATA / "mk01.fjs")
    breeder = Breeder(shop, 3)
    deadline = time.perf_counter() + 20
    breeder.first(deadline, lambda _: None)
    before = breeder.makespan
    breeder.barren = 60
    breeder.go_on(deadline, lambda _: None)

    assert breeder.makespan <= before
    assert not any(a.like(b) for a, b in itertools.combinations(breeder.pool, 2))
