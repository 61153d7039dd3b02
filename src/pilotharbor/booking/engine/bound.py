"""What can no plan cost less than? Each request on its own, as if it had the plant for itself."""

from pilotharbor.booking.engine.decode import FAR, Decoder


def alone(decoder: Decoder) -> int:
    """The lateness of each request that even an empty plant could not avoid, by its weight.

    A run is never sooner than it would be without the others, but its cleaning may be shorter behind
    another family; so cleaning is left out of it. Calendars, windows and duty are looked at.
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
    at = decoder.problem.requests[request].release
    for number in decoder.problem.of(request):
        tables = [
            (decoder.begins[number][line][0], ticks) for line, ticks in decoder.choices[number]
        ]
        ends = [table[at] + ticks for table, ticks in tables if at < len(table)]
        at = min(ends, default=FAR)
        if at >= FAR:
            return None
    return at
