"""What would a person with a simple rule plan? First come first served, and the usual dispatch rules."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pilotharbor.booking.engine.decode import ANY, FAR, Board, Decoder, decode, put_next
from pilotharbor.booking.engine.model import Plan

# Ticks that a line is left standing for something the rule likes better.
WAITS = 16


class Offer(NamedTuple):
    """A plan, what it costs, and the order of requests and the lines it follows from.

    Without lines, an operation goes wherever it ends first; without an order, the plan was made in
    another way.
    """

    cost: int
    plan: Plan
    order: Sequence[int] = ()
    lines: Sequence[int] = ()


Rank = Callable[[Decoder, Board, int, int], float]


def _work(decoder: Decoder, request: int, first: int) -> int:
    """The least that is still to run of a request."""
    return sum(
        min(t for _, t in decoder.choices[o]) for o in range(first, decoder.first[request + 1])
    )


def _fcfs(decoder: Decoder, _board: Board, request: int, _end: int) -> float:
    return decoder.problem.requests[request].release * 10_000 + request


def _edd(decoder: Decoder, _board: Board, request: int, _end: int) -> float:
    return decoder.dues[request]


def _wspt(decoder: Decoder, board: Board, request: int, _end: int) -> float:
    return _work(decoder, request, board.next[request]) / decoder.weights[request]


def _slack(decoder: Decoder, board: Board, request: int, _end: int) -> float:
    left = _work(decoder, request, board.next[request])
    return decoder.dues[request] - board.ready[request] - left


def _weighted_slack(decoder: Decoder, board: Board, request: int, end: int) -> float:
    slack = _slack(decoder, board, request, end)
    weight = decoder.weights[request]
    return slack / weight if slack > 0 else slack * weight


def _earliest(_decoder: Decoder, _board: Board, _request: int, end: int) -> float:
    return end


def _atc(decoder: Decoder, board: Board, request: int, end: int) -> float:
    """Apparent tardiness cost: weight over work, less with every tick of slack."""
    left = max(_work(decoder, request, board.next[request]), 1)
    slack = max(decoder.dues[request] - end - left, 0)
    return -decoder.weights[request] / left * math.exp(-slack / (2.0 * left))


RULES: dict[str, Rank] = {
    "edd": _edd,
    "wspt": _wspt,
    "slack": _slack,
    "weighted slack": _weighted_slack,
    "earliest end": _earliest,
    "apparent tardiness": _atc,
}


def first_come(decoder: Decoder) -> Offer:
    """Who asked first goes first, in every queue: what a calendar on paper gives."""
    return dispatch(decoder, _fcfs)


def best_rule(decoder: Decoder) -> Offer:
    """The best plan that any of the rules makes."""
    return min((dispatch(decoder, rank) for rank in RULES.values()), key=lambda offer: offer.cost)


def dispatch(decoder: Decoder, rank: Rank) -> Offer:
    """Time goes on: of what can begin about soonest the rule picks one, where it ends soonest."""
    board = decoder.empty()
    todo = {r for r in range(len(decoder.problem.requests)) if decoder.problem.of(r)}
    order: list[int] = []
    while todo:
        known = {request: _soonest(decoder, board, request) for request in todo}
        begin = min(begin for begin, _, _ in known.values())
        rivals = [r for r in todo if known[r][0] <= begin + WAITS]
        request = min(rivals, key=lambda r: (rank(decoder, board, r, known[r][1]), r))
        if known[request][2] == ANY or not put_next(board, request, known[request][2]):
            todo.discard(request)
            continue
        order.append(request)
        if board.next[request] == decoder.first[request + 1]:
            todo.discard(request)
    if len(order) == len(decoder.problem.operations):
        return Offer(board.cost(board.rest()), board.places, order)
    return _finished(decoder, order)


def _finished(decoder: Decoder, order: list[int]) -> Offer:
    """What was broken off has no place at all."""
    every = range(len(decoder.problem.requests))
    order = order + [r for r in every for _ in range(len(decoder.problem.of(r)) - order.count(r))]
    found = decode(decoder, order)
    assert found is not None, "no limit was set"
    return Offer(found[0], found[1], order)


def _soonest(decoder: Decoder, board: Board, request: int) -> tuple[int, int, int]:
    """When the next operation can begin (with its cleaning), when it ends, and on which line."""
    best = (FAR, FAR, ANY)
    operation = board.next[request]
    for line, ticks in decoder.choices[operation]:
        found = board.fit(operation, line, ticks)
        if found is not None and found[0] < best[1]:
            best = (found[1] - found[2], found[0], line)
    return best
