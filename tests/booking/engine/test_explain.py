"""A reason is a rule that would be broken a tick earlier; no reason means that nothing would be."""

from dataclasses import replace

from hypothesis import given, settings

from pilotharbor.booking.engine import explain
from pilotharbor.booking.engine.check import check
from pilotharbor.booking.engine.decode import Decoder, decode
from pilotharbor.booking.engine.explain import Explainer
from pilotharbor.booking.engine.model import Line, Operation, Operator, Placement, Problem, Request
from tests.booking.engine.plants import problems


@settings(max_examples=120, deadline=None)
@given(problems())
def test_who_has_a_reason_could_not_begin_a_tick_earlier(problem):
    order = [r for r in range(len(problem.requests)) for _ in problem.of(r)]
    _, plan = decode(Decoder(problem), order)
    explainer = Explainer(problem, plan)
    # Sharing a machine is no reason of its own.
    problem = replace(problem, lines=tuple(replace(n, units=frozenset()) for n in problem.lines))
    for number, placed in enumerate(plan):
        if placed is None or placed.start == 0:
            continue
        earlier = list(plan)
        earlier[number] = placed._replace(start=placed.start - 1)
        codes = {reason.kind for reason in explainer.place(number)}
        wrong, _ = check(problem, earlier)

        if codes <= {explain.SLACK, explain.KEPT}:
            assert wrong == [] or problem.operations[number].attended
        else:
            assert wrong != []


def test_each_reason_has_its_case():
    step = Operation({0: 4}, attended=1, skill="x", family="a")
    other = Operation({0: 4}, attended=1, skill="x", family="b")
    line = Line("line", ((8, 20), (32, 44)), cleaning={("a", "b"): 2}, ran="a")
    problem = Problem(
        lines=(line,),
        operators=(Operator("p", ((0, 48),), frozenset({"x"})),),
        requests=(Request("one", "o", (step,)), Request("two", "o", (other, other))),
        horizon=48,
    )
    plan = [Placement(0, 8, 0), Placement(0, 14, 0), Placement(0, 32, 0)]

    found = [
        [(r.kind, r.request, r.ticks) for r in Explainer(problem, plan).place(n)] for n in range(3)
    ]

    assert found == [
        [(explain.HOURS, -1, 0)],
        [(explain.LINE, 0, 2)],
        [(explain.HOURS, -1, 0)],
    ]
    kept = replace(problem, was=tuple(plan), keep=1)
    assert [r.kind for r in Explainer(kept, plan).place(0)] == [explain.KEPT]


def test_a_refusal_names_the_plant_or_the_crowd():
    step = Operation({0: 10}, attended=1, skill="x")
    line = Line("line", ((0, 12),))
    person = Operator("p", ((0, 12),), frozenset({"x"}))
    problem = Problem((line,), (person,), (Request("a", "o", (step,)),) * 2, horizon=12)
    plan = [Placement(0, 0, 0), None]

    assert [(r.kind, r.request) for r in Explainer(problem, plan).refusal(1)] == [
        (explain.CROWDED, 0)
    ]
    short = replace(problem, lines=(Line("line", ((0, 9),)),))
    assert [r.kind for r in Explainer(short, [None, None]).refusal(0)] == [explain.NO_ROOM]
    nobody = replace(problem, operators=())
    assert [r.kind for r in Explainer(nobody, [None, None]).refusal(0)] == [explain.NO_SKILL]
