"""Which single move makes a schedule shorter? Tabu search over the critical path.

An operation of a longest chain moves to another machine, into the places where it can only gain
(Mastrolilli and Gambardella 2000), or within its block behind the last or before the first (Balas and
Vazacopoulos 1998, Zhang et al. 2007). A move is judged by an estimate of the longest chain through
what it touches; what was undone lately stays undone for a while.
"""

# ruff: noqa: FURB136, PLR1730 - max() is called millions of times here, and a comparison is half as long

import time
from collections.abc import Callable

from pilotharbor.booking.engine.jobshop.graph import Graph, Schedule

NEVER = 1 << 60
WITHIN = -1
LOOK_EVERY = 15


class Choice:
    """The best move seen in one step, drawn among equals; and the best of those that are tabu."""

    __slots__ = ("chance", "equal", "forced", "forced_worth", "move", "worth")

    def __init__(self, chance: Callable[[], float]) -> None:
        self.chance = chance
        self.worth = self.forced_worth = NEVER
        self.move = self.forced = (0, WITHIN, 0)
        self.equal = 0

    def see(self, worth: int, move: tuple[int, int, int], tabu: bool) -> None:
        """Remember a move if it is the best so far."""
        if tabu:
            if worth < self.forced_worth:
                self.forced_worth, self.forced = worth, move
        elif worth < self.worth:
            self.worth, self.move, self.equal = worth, move, 1
        elif worth == self.worth:
            self.equal += 1
            if self.chance() * self.equal < 1:
                self.move = move


class Tabu:
    """A search that goes on from wherever the graph is."""

    def __init__(self, graph: Graph) -> None:
        """Nothing is forbidden yet."""
        self.graph = graph
        self.steps = 0

    def run(self, deadline: float, patience: int, best: int) -> Schedule:
        """The best schedule met before ``patience`` steps brought nothing.

        ``best`` is the shortest makespan known anywhere: what beats it is never forbidden.
        """
        graph = self.graph
        self.left: dict[int, int] = {}
        self.passed: dict[int, int] = {}
        found, ways, heads = graph.makespan, graph.ways(), graph.head[:-1]
        last = self.step = 0
        chance = graph.chance.random
        while self.step - last < patience:
            self.step += 1
            if not self.step & LOOK_EVERY and time.perf_counter() > deadline:
                break
            path = graph.path()
            choice = Choice(chance)
            self._elsewhere(path, choice, best)
            self._within(path, choice, best)
            if choice.worth == choice.forced_worth == NEVER:
                break
            move = choice.move if choice.worth < NEVER else choice.forced
            self._go(move, 10 + int(chance() * 10) + len(path) // 4)
            if graph.makespan < found:
                found, ways, heads, last = graph.makespan, graph.ways(), graph.head[:-1], self.step
                best = min(best, found)
        self.steps += self.step
        return Schedule(found, ways, heads)

    def _elsewhere(self, path: list[int], choice: Choice, best: int) -> None:
        """Moves of the chain's operations to other machines."""
        graph, step = self.graph, self.step
        done, rest, size = graph.done, graph.rest, graph.size
        machines, left = graph.shop.machines, self.left
        for n in path:
            ready, follows = done[graph.prior[n]], rest[graph.later[n]]
            here = graph.machine[n]
            for machine, ticks in graph.choices[n]:
                if machine == here:
                    continue
                tabu = left.get(n * machines + machine, 0) > step
                # Before these it would only wait longer, behind those it would only delay more.
                one, at = size, 0
                for other in graph.orders[machine]:
                    if done[other] > ready:
                        begin = done[one]
                        if ready > begin:
                            begin = ready
                        end = rest[other]
                        if follows >= end:
                            worth = begin + ticks + follows
                            choice.see(worth, (n, machine, at), tabu and worth >= best)
                            break
                        worth = begin + ticks + end
                        choice.see(worth, (n, machine, at), tabu and worth >= best)
                    one = other
                    at += 1  # noqa: SIM113 - also needed behind the last
                else:
                    begin = done[one]
                    worth = (begin if begin > ready else ready) + ticks + follows
                    choice.see(worth, (n, machine, at), tabu and worth >= best)

    def _within(self, path: list[int], choice: Choice, best: int) -> None:
        """Moves inside the blocks of the chain: stretches on one machine."""
        machine, begin = self.graph.machine, 0
        for end in range(1, len(path) + 1):
            if end == len(path) or machine[path[end]] != machine[path[begin]]:
                if end - begin > 1:
                    block = path[begin:end]
                    for one, other in _pairs(end - begin):
                        if one < other:
                            self._behind(block, one, other, choice, best)
                        else:
                            self._ahead(block, one, other, choice, best)
                begin = end

    def _behind(self, block: list[int], one: int, other: int, choice: Choice, best: int) -> None:
        """Move an operation of a block right behind a later one."""
        graph, step, passed = self.graph, self.step, self.passed
        n, goal = block[one], block[other]
        size, prior, later = graph.size, graph.prior, graph.later
        done, rest, ticks = graph.done, graph.rest, graph.time
        follower = later[n]
        if follower < size and (goal == follower or graph.head[goal] >= done[follower]):
            return
        tabu = False
        at = done[graph.before[n]]
        begins = []
        between = block[one + 1 : other + 1]
        for m in between:
            if passed.get(m * size + n, 0) > step:
                tabu = True
            begin = done[prior[m]]
            if at > begin:
                begin = at
            begins.append(begin)
            at = begin + ticks[m]
        begin = done[prior[n]]
        if at > begin:
            begin = at
        end = rest[follower]
        if rest[graph.after[goal]] > end:
            end = rest[graph.after[goal]]
        end += ticks[n]
        worth = begin + end
        for m, begin in zip(reversed(between), reversed(begins), strict=True):
            follows = rest[later[m]]
            end = ticks[m] + (end if end > follows else follows)
            if begin + end > worth:
                worth = begin + end
        choice.see(worth, (n, WITHIN, goal), tabu and worth >= best)

    def _ahead(self, block: list[int], one: int, other: int, choice: Choice, best: int) -> None:
        """Move an operation of a block right before an earlier one."""
        graph, step, passed = self.graph, self.step, self.passed
        n, goal = block[one], block[other]
        size, prior, later = graph.size, graph.prior, graph.later
        done, rest, ticks = graph.done, graph.rest, graph.time
        leader = prior[n]
        if leader < size and (goal == leader or done[goal] <= graph.head[leader]):
            return
        tabu = False
        at = rest[graph.after[n]]
        ends = []
        between = block[other:one]
        for m in reversed(between):
            if passed.get(n * size + m, 0) > step:
                tabu = True
            end = rest[later[m]]
            at = ticks[m] + (at if at > end else end)
            ends.append(at)
        end = rest[later[n]]
        if at > end:
            end = at
        begin = done[leader]
        if done[graph.before[goal]] > begin:
            begin = done[graph.before[goal]]
        worth = begin + ticks[n] + end
        at = begin + ticks[n]
        for m, end in zip(between, reversed(ends), strict=True):
            begin = done[prior[m]]
            if at > begin:
                begin = at
            if begin + end > worth:
                worth = begin + end
            at = begin + ticks[m]
        choice.see(worth, (n, WITHIN, goal), tabu and worth >= best)

    def _go(self, move: tuple[int, int, int], tenure: int) -> None:
        """Carry a move out, and forbid its undoing for a while."""
        graph = self.graph
        n, machine, goal = move
        here, until = graph.machine[n], self.step + tenure
        if machine >= 0:
            self.left[n * graph.shop.machines + here] = until
            graph.move(n, machine, goal)
            return
        order, size = graph.orders[here], graph.size
        at, to = order.index(n), order.index(goal)
        if to > at:
            for m in order[at + 1 : to + 1]:
                self.passed[n * size + m] = until
        else:
            for m in order[to:at]:
                self.passed[m * size + n] = until
        graph.move(n, here, to)


def _pairs(length: int) -> set[tuple[int, int]]:
    """(who moves, past whom) in a block: to its edges from anywhere, from its edges anywhere."""
    last = length - 1
    found = set()
    for n in range(length):
        found |= {(n, last), (n, 0), (0, n), (last, n)}
    return {(one, other) for one, other in found if one != other}
