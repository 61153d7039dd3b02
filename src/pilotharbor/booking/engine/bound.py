"""What can no plan cost less than? Each request on its own, as if it had the plant for itself."""

from pilotharbor.booking.engine.decode import Decoder


def alone(decoder: Decoder) -> int:
    """The lateness of each request that even an empty plant could not avoid, by its weight.

    A run is never sooner than it would be without the others, but its cleaning may be shorter behind
    another family; so cleaning is left out of it.
    """
    problem = decoder.problem
    if problem.cap >= 0:
        return 0
    waits: dict[str, int] = {}
    missing = 0
    for number, request in enumerate(problem.requests):
        end = _earliest(decoder, number)
        if end is None:
            missing += problem.price_of_absence(number)
            continue
        late = request.weight * max(end - request.due, 0)
        waits[request.organisation] = waits.get(request.organisation, 0) + late
    worst = problem.fairness * max(waits.values(), default=0)
    return sum(waits.values()) + worst + missing


def _earliest(decoder: Decoder, request: int) -> int | None:
    """No later than any plan ends it: no cleaning, every line free, whichever is soonest."""
    problem = decoder.problem
    at = problem.requests[request].release
    for number in problem.of(request):
        ends = []
        for line, ticks in decoder.choices[number]:
            start = _room(decoder, line, at, ticks)
            if start is not None:
                ends.append(start + ticks)
        if not ends:
            return None
        at = min(ends)
    return at


def _room(decoder: Decoder, line: int, at: int, ticks: int) -> int | None:
    """The earliest start on a line that nothing else stands on; calendars only."""
    if decoder.problem.lines[line].overnight:
        return at if at + ticks <= decoder.problem.horizon else None
    for first, last in decoder.rooms[line]:
        start = max(first, at)
        if start + ticks <= last:
            return start
    return None
