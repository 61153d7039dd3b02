"""When does everything begin if each machine works in this order? Heads, tails and a critical path.

A schedule is a machine for each operation and an order on each machine. Operations are numbered job by
job; one more number, behind the last, stands for "none" and has no time.
"""

# ruff: noqa: PLR1730 - max() is called millions of times here, and a comparison is half as long

import random
from collections.abc import Sequence
from itertools import pairwise

from pilotharbor.booking.engine.jobshop.fjs import Shop

Ways = tuple[list[int], list[list[int]]]
NO_KEY = -1


class Graph:
    """The schedule a search is at, with everything known about it kept up to date.

    ``head``  when an operation begins, ``done`` when it ends
    ``tail``  what must follow it, ``rest`` the same with its own time
    ``before``, ``after``  its neighbours on the machine; ``first_of``, ``next_of`` in the job
    """

    def __init__(self, shop: Shop, chance: random.Random) -> None:
        """Nothing is scheduled before ``load``."""
        self.shop, self.chance = shop, chance
        self.times = shop.operations
        self.size = size = len(self.times)
        self.choices = [tuple(o.items()) for o in self.times]
        self.prior = [size] * (size + 1)
        self.later = [size] * (size + 1)
        at = 0
        for job in shop.jobs:
            for n in range(at + 1, at + len(job)):
                self.prior[n], self.later[n - 1] = n - 1, n
            at += len(job)
        self.makespan = 0

    def load(self, ways: Ways) -> None:
        """Go to a schedule."""
        machine, orders = ways
        size = self.size
        self.machine = machine[:]
        self.orders = [order[:] for order in orders]
        self.time = [self.times[n][machine[n]] for n in range(size)] + [0]
        self.before, self.after = [size] * (size + 1), [size] * (size + 1)
        for order in self.orders:
            for one, other in pairwise(order):
                self.after[one], self.before[other] = other, one
        # A place for "none" keeps every neighbour an index.
        self.head: list[float] = [0] * (size + 1)
        self.done, self.tail, self.rest = [0] * (size + 1), [0] * (size + 1), [0] * (size + 1)
        self.sorted = self.sort()
        self.measure()

    def ways(self) -> Ways:
        """A copy of the schedule."""
        return self.machine[:], [order[:] for order in self.orders]

    def sort(self) -> list[int]:
        """The operations in an order in which nothing comes before what it waits for."""
        size, prior, later = self.size, self.prior, self.later
        before, after = self.before, self.after
        waits = [(prior[n] < size) + (before[n] < size) for n in range(size)]
        ready = [n for n in range(size) if not waits[n]]
        found = []
        while ready:
            n = ready.pop()
            found.append(n)
            for other in (later[n], after[n]):
                if other < size:
                    waits[other] -= 1
                    if not waits[other]:
                        ready.append(other)
        assert len(found) == size, "an order waits for itself"
        return found

    def measure(self) -> None:
        """Heads and tails anew, along ``sorted``."""
        prior, before, done, head, time = self.prior, self.before, self.done, self.head, self.time
        for n in self.sorted:
            begin, other = done[prior[n]], done[before[n]]
            if other > begin:
                begin = other
            head[n] = begin
            done[n] = begin + time[n]
        self.makespan = max(done)
        self.sorted.sort(key=head.__getitem__)
        later, after, rest, tail = self.later, self.after, self.rest, self.tail
        for n in reversed(self.sorted):
            follows, other = rest[later[n]], rest[after[n]]
            if other > follows:
                follows = other
            tail[n] = follows
            rest[n] = follows + time[n]

    def path(self) -> list[int]:
        """One of the longest chains, by chance."""
        size, head, done, chance = self.size, self.head, self.done, self.chance.random
        prior, before, end = self.prior, self.before, self.makespan
        last = [n for n in range(size) if done[n] == end]
        n = last[int(chance() * len(last))]
        found = [n]
        while head[n]:
            begin = head[n]
            one, other = prior[n], before[n]
            if one == size or done[one] != begin:
                n = other
            elif other == size or done[other] != begin or chance() < 0.5:
                n = one
            else:
                n = other
            found.append(n)
        found.reverse()
        return found

    def move(self, n: int, machine: int, at: int) -> None:
        """Take an operation out and put it on a machine, at a place of its order without it."""
        size, before, after = self.size, self.before, self.after
        self.orders[self.machine[n]].remove(n)
        one, other = before[n], after[n]
        after[one], before[other] = other, one
        order = self.orders[machine]
        one = order[at - 1] if at else size
        other = order[at] if at < len(order) else size
        order.insert(at, n)
        before[n], after[n] = one, other
        after[one] = before[other] = n
        before[size] = after[size] = size
        self.machine[n], self.time[n] = machine, self.times[n][machine]
        self._resort(n, one, other)
        self.measure()

    def _resort(self, n: int, one: int, other: int) -> None:
        """Most moves leave the old heads a good order: the moved one goes between its neighbours."""
        size, head = self.size, self.head
        prior, later = self.prior[n], self.later[n]
        least = max(head[one] if one < size else NO_KEY, head[prior] if prior < size else NO_KEY)
        most = min(
            head[other] if other < size else self.makespan,
            head[later] if later < size else self.makespan,
        )
        if least < most:
            head[n] = (least + most) / 2
            self.sorted.sort(key=head.__getitem__)
        else:
            self.sorted = self.sort()


def construct(graph: Graph, noise: float) -> Ways:
    """A first schedule: most work left goes first, where it ends first; with some chance."""
    size, prior, later = graph.size, graph.prior, graph.later
    chance = graph.chance.random
    left = [0] * (size + 1)
    for n in range(size - 1, -1, -1):
        left[n] = min(graph.times[n].values()) + left[later[n]]
    ready = [n for n in range(size) if prior[n] == size]
    begin, free = [0] * (size + 1), [0] * graph.shop.machines
    machine, orders = [0] * size, [[] for _ in free]  # type: list[int], list[list[int]]
    while ready:
        n = max(ready, key=lambda n: left[n] * (1 + noise * chance()) - begin[n] / 2)
        ready.remove(n)
        ends = [(max(free[k], begin[n]) + time, time, chance(), k) for k, time in graph.choices[n]]
        end, _, _, k = min(ends)
        free[k], machine[n] = end, k
        orders[k].append(n)
        if later[n] < size:
            begin[later[n]] = end
            ready.append(later[n])
    return machine, orders


def between(graph: Graph, one: "Schedule", other: "Schedule", share: float) -> Ways:
    """A schedule on the way from one to another: begins are mixed, machines are drawn."""
    size, prior, chance = graph.size, graph.prior, graph.chance.random
    own, theirs = (1 - share) / one.makespan, share / other.makespan
    key = [own * a + theirs * b for a, b in zip(one.heads, other.heads, strict=True)]
    for n in range(size):
        if prior[n] < size and key[n] <= key[prior[n]]:
            key[n] = key[prior[n]] + 1e-9
    machine = [
        b if chance() < share else a for a, b in zip(one.ways[0], other.ways[0], strict=True)
    ]
    orders: list[list[int]] = [[] for _ in range(graph.shop.machines)]
    for n in sorted(range(size), key=key.__getitem__):
        orders[machine[n]].append(n)
    return machine, orders


class Schedule:
    """A schedule that was found, and when its operations begin."""

    __slots__ = ("heads", "makespan", "ways")

    def __init__(self, makespan: int, ways: Ways, heads: Sequence[float]) -> None:
        self.makespan, self.ways, self.heads = makespan, ways, heads

    def like(self, other: "Schedule") -> bool:
        """Whether there is next to no difference."""
        if self.makespan != other.makespan:
            return False
        apart = sum(a != b for a, b in zip(self.ways[0], other.ways[0], strict=True))
        return apart <= len(self.heads) // 50
