"""What does a flexible-job-shop file say?

The first line holds the number of jobs and of machines (and, if you like, the mean number of choices).
Each further line is a job: how many operations it has, and for each how many machines can do it,
followed by so many pairs of machine (counted from 1) and time.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MOST = 100_000
LONGEST = 1_000_000


class Unreadable(ValueError):
    """The file is no flexible job shop: ``line`` and ``what`` is wrong there, with ``facts``."""

    def __init__(self, line: int, what: str, **facts: object) -> None:
        super().__init__(f"line {line}: {what} {facts}")
        self.line, self.what, self.facts = line, what, facts


@dataclass(frozen=True)
class Shop:
    """``jobs``: for each its operations in order, each a table of machine (from 0) → time."""

    machines: int
    jobs: tuple[tuple[dict[int, int], ...], ...]

    @cached_property
    def operations(self) -> tuple[dict[int, int], ...]:
        """All operations, job by job."""
        return tuple(operation for job in self.jobs for operation in job)

    @cached_property
    def bound(self) -> int:
        """No makespan is shorter: of the longest job, and of all work shared out evenly."""
        jobs = max((sum(min(o.values()) for o in job) for job in self.jobs), default=0)
        work = sum(min(o.values()) for o in self.operations)
        alone = [0] * self.machines
        for operation in self.operations:
            if len(operation) == 1:
                ((machine, time),) = operation.items()
                alone[machine] += time
        return max(jobs, -(-work // max(self.machines, 1)), *alone)


def read(path: Path) -> Shop:
    """The shop in a file. Raises: Unreadable, OSError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unreadable(1, "no_text") from exc
    return parse(text)


def parse(text: str) -> Shop:
    """The shop in a text. Raises: Unreadable."""
    lines = [(n, line.split()) for n, line in enumerate(text.splitlines(), 1) if line.split()]
    if not lines:
        raise Unreadable(1, "empty")
    number, head = lines[0]
    if len(head) not in {2, 3}:
        raise Unreadable(number, "head", found=len(head))
    jobs, machines = (_whole(number, token) for token in head[:2])
    if not (0 < jobs <= MOST and 0 < machines <= MOST):
        raise Unreadable(number, "head_numbers", most=MOST)
    if len(lines) - 1 != jobs:
        raise Unreadable(lines[-1][0], "jobs", told=jobs, found=len(lines) - 1)
    return Shop(machines, tuple(_job(n, tokens, machines) for n, tokens in lines[1:]))


def _whole(line: int, token: str) -> int:
    if not (token.isascii() and token.isdigit()) or len(token) > 9:
        raise Unreadable(line, "number", token=token[:20])
    return int(token)


def _job(line: int, tokens: list[str], machines: int) -> tuple[dict[int, int], ...]:
    numbers = [_whole(line, token) for token in tokens]
    told, at = numbers[0], 1
    if told == 0:
        raise Unreadable(line, "no_operation")
    operations = []
    for number in range(1, told + 1):
        if at >= len(numbers):
            raise Unreadable(line, "short", told=told, found=number - 1)
        choices, at = numbers[at], at + 1
        if choices == 0:
            raise Unreadable(line, "no_machine", operation=number)
        if at + 2 * choices > len(numbers):
            raise Unreadable(line, "pairs", operation=number, told=choices)
        some, at = numbers[at : at + 2 * choices], at + 2 * choices
        pairs = list(zip(some[::2], some[1::2], strict=True))
        operations.append(_operation(line, number, pairs, machines))
    if at != len(numbers):
        raise Unreadable(line, "long", told=told, left=len(numbers) - at)
    return tuple(operations)


def _operation(
    line: int, number: int, pairs: list[tuple[int, int]], machines: int
) -> dict[int, int]:
    found: dict[int, int] = {}
    for machine, time in pairs:
        if not 1 <= machine <= machines:
            raise Unreadable(line, "machine", operation=number, machine=machine, machines=machines)
        if not 1 <= time <= LONGEST:
            raise Unreadable(line, "time", operation=number, time=time, longest=LONGEST)
        # Named twice, it is a choice between two ways on one machine.
        found[machine - 1] = min(time, found.get(machine - 1, time))
    return found
