"""What plan follows from an order of the requests? Each operation in turn is put where it ends first.

A plan made here keeps every rule. On a line things only ever go behind what is there; a person can be
had in any gap. Which line an operation takes may be told; so the order and the lines are all there is
to search over.
"""

# ruff: noqa: FURB136 - max() is called millions of times here, and a comparison is half as long

from bisect import bisect_right
from collections.abc import Sequence

from pilotharbor.booking.engine.model import NOBODY, Placement, Plan, Problem, weighed, without

FAR = 1 << 40
ANY = -1
# So many operations lie between two boards of a trail.
STRIDE = 6


class Decoder:
    """The tables of a problem that putting things into it needs, made once."""

    def __init__(self, problem: Problem) -> None:
        """Number the families and hazards, and turn calendars into gaps."""
        self.problem = problem
        operations = problem.operations
        names = sorted(problem.families)
        number = {name: n for n, name in enumerate(names)}
        self.clean = [
            [[line.cleaning.get((a, b), 0) for b in names] for a in names] for line in problem.lines
        ]
        self.family = [number[o.family] for o in operations]
        self.ran = [number[line.ran] for line in problem.lines]
        self.taken = [
            [(t.start, t.end, number[t.family]) for t in sorted(line.taken, key=lambda t: t.start)]
            for line in problem.lines
        ]
        self.choices = [tuple(sorted(o.choices.items())) for o in operations]
        few = {p: len(person.skills) for p, person in enumerate(problem.operators)}
        self.people = [
            tuple(sorted(problem.skilled(o), key=lambda p: (few[p], p)))
            for o in range(len(operations))
        ]
        self._calendars()
        self._hazards()
        self._rivals()
        self.first, self.owner = problem.first, problem.owner
        self.weights = [r.weight for r in problem.requests]
        self.dues = [r.due for r in problem.requests]
        organisations = sorted({r.organisation for r in problem.requests})
        self.organisation = [organisations.index(r.organisation) for r in problem.requests]
        self.organisations = len(organisations)
        self.moves = list(problem.was) if problem.keep else []

    def _calendars(self) -> None:
        lines = self.problem.lines
        self.rooms = [without(line.open, line.shut) for line in lines]
        self.room_starts = [[a for a, _ in room] for room in self.rooms]
        self.room_ends = [[b for _, b in room] for room in self.rooms]
        opened = [without(line.open, ()) for line in lines]
        self.open_starts = [[a for a, _ in hours] for hours in opened]
        self.open_ends = [[b for _, b in hours] for hours in opened]
        self.shut = [sorted(line.shut) for line in lines]
        everywhere = ((-FAR, FAR),)
        away = [without(everywhere, operator.on) for operator in self.problem.operators]
        self.away_starts = [[a for a, _ in gone] for gone in away]
        self.away_ends = [[b for _, b in gone] for gone in away]

    def _hazards(self) -> None:
        problem = self.problem
        names = sorted(
            {o.hazard for o in problem.operations}
            | {t.hazard for line in problem.lines for t in line.taken}
        )
        self.hazard = [names.index(o.hazard) for o in problem.operations]
        self.enemies = [
            tuple(n for n, other in enumerate(names) if problem.forbids(name, other))
            for name in names
        ]
        self.hazards: list[list[tuple[int, int]]] = [[] for _ in names]
        for line in problem.lines:
            for taken in line.taken:
                self.hazards[names.index(taken.hazard)].append((taken.start, taken.end))

    def _rivals(self) -> None:
        """Lines that share a machine with another; what is fixed there, its cleaning at the longest."""
        lines = self.problem.lines
        self.rivals = [
            tuple(b for b, other in enumerate(lines) if a != b and line.units & other.units)
            for a, line in enumerate(lines)
        ]
        self.runs: list[list[tuple[int, int]]] = [[] for _ in lines]
        for number, line in enumerate(lines):
            if self.rivals[number]:
                for taken in line.taken:
                    longest = self.problem.longest_cleaning(number, taken.family)
                    self.runs[number].append((taken.start - longest, taken.end))

    def empty(self) -> "Board":
        """Nothing is placed yet."""
        return Board(self)


class Board:
    """A plan in the making."""

    __slots__ = (
        "busy_ends", "busy_starts", "cleaning", "decoder", "family", "free", "hazards", "moves",
        "next", "places", "ready", "runs", "seen", "waits",
    )  # fmt: skip

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        problem = decoder.problem
        self.free = [0] * len(problem.lines)
        self.family = decoder.ran[:]
        self.seen = [0] * len(problem.lines)
        self.busy_starts = [starts[:] for starts in decoder.away_starts]
        self.busy_ends = [ends[:] for ends in decoder.away_ends]
        self.hazards = [there[:] for there in decoder.hazards]
        self.runs = [there[:] for there in decoder.runs]
        self.ready = [request.release for request in problem.requests]
        self.next = list(decoder.first[:-1])
        self.places: Plan = [None] * len(problem.operations)
        self.cleaning = 0
        self.moves = 0
        self.waits = [0] * decoder.organisations

    def copy(self) -> "Board":
        """Another that goes its own way from here."""
        other = Board.__new__(Board)
        other.decoder = self.decoder
        other.free, other.family, other.seen = self.free[:], self.family[:], self.seen[:]
        other.busy_starts = [there[:] for there in self.busy_starts]
        other.busy_ends = [there[:] for there in self.busy_ends]
        other.hazards = [there[:] for there in self.hazards]
        other.runs = [there[:] for there in self.runs]
        other.ready, other.next, other.places = self.ready[:], self.next[:], self.places[:]
        other.cleaning, other.moves, other.waits = self.cleaning, self.moves, self.waits[:]
        return other

    def fit(  # noqa: C901, PLR0912, PLR0915 - the inner loop of every search; calls would double it
        self, operation: int, line: int, ticks: int, person: int = ANY, until: int = FAR
    ) -> tuple[int, int, int, int, int] | None:
        """Where an operation can be put on a line: (end, start, cleaning, operator, fixed passed).

        The earliest place behind what is there; nothing when it would not end by ``until``.
        """
        decoder = self.decoder
        asked = decoder.problem.operations[operation]
        ready = self.ready[decoder.owner[operation]]
        family, attended, windows = decoder.family[operation], asked.attended, asked.windows
        clean, taken, passed = decoder.clean[line], decoder.taken[line], self.seen[line]
        people = decoder.people[operation] if person == ANY else (person,)
        enemies = decoder.enemies[decoder.hazard[operation]]
        rivals, overnight = decoder.rivals[line], decoder.problem.lines[line].overnight
        horizon = min(decoder.problem.horizon, until)
        cleaning = clean[self.family[line]][family]
        begin = max(self.free[line], ready - cleaning, 0)
        who = NOBODY
        while True:
            start = begin + cleaning
            end = start + ticks
            if end > horizon:
                return None
            if passed < len(taken):
                first, last, other = taken[passed]
                if end + clean[family][other] > first:
                    passed += 1
                    cleaning = clean[other][family]
                    begin = max(last, ready - cleaning)
                    continue
            if overnight:
                later = self._overnight(line, begin, start + max(attended, 1), end)
                if later < 0:
                    return None
                if later > begin:
                    begin = later
                    continue
            else:
                ends = decoder.room_ends[line]
                n = bisect_right(ends, begin)
                starts = decoder.room_starts[line]
                length = cleaning + ticks
                while n < len(ends):
                    later = starts[n] if starts[n] > begin else begin
                    if later + length <= ends[n]:
                        break
                    n += 1
                else:
                    return None
                if later > begin:
                    begin = later
                    continue
            if windows:
                for first, last in windows:
                    later = start if start > first else first
                    if later + ticks <= last:
                        break
                else:
                    return None
                if later > start:
                    begin = later - cleaning
                    continue
            if attended:
                length = cleaning + attended
                soonest = FAR
                for p in people:
                    ends = self.busy_ends[p]
                    starts = self.busy_starts[p]
                    n = bisect_right(ends, begin)
                    later = begin
                    while n < len(ends) and starts[n] < later + length:
                        later = ends[n]
                        n += 1
                    if later < soonest:
                        soonest, who = later, p
                        if later == begin:
                            break
                if soonest > begin:
                    if soonest >= horizon:
                        return None
                    begin = soonest
                    continue
            later = begin
            for enemy in enemies:
                for first, last in self.hazards[enemy]:
                    if first < end and last > start and last - cleaning > later:
                        later = last - cleaning
            for rival in rivals:
                for first, last in self.runs[rival]:
                    if first < end and last > begin and last > later:
                        later = last
            if later > begin:
                begin = later
                continue
            return end, start, cleaning, who, passed

    def _overnight(self, line: int, begin: int, attended: int, end: int) -> int:
        """The earliest begin at which a run starts and ends in open hours; -1 when none is left."""
        decoder = self.decoder
        for first, last in decoder.shut[line]:
            if first < end and last > begin:
                return last
        starts, ends = decoder.open_starts[line], decoder.open_ends[line]
        n = bisect_right(ends, begin)
        while n < len(ends):
            later = starts[n] if starts[n] > begin else begin
            if later + (attended - begin) <= ends[n]:
                break
            n += 1
        else:
            return -1
        if later > begin:
            return later
        n = bisect_right(ends, end - 1)
        if n == len(ends):
            return -1
        if starts[n] > end - 1:
            return begin + starts[n] - (end - 1)
        return begin

    def put(self, operation: int, line: int, found: tuple[int, int, int, int, int]) -> None:
        """Place an operation where ``fit`` found room for it."""
        decoder = self.decoder
        end, start, cleaning, who, passed = found
        request = decoder.owner[operation]
        before, clean = self.family[line], decoder.clean[line]
        for _, _, other in decoder.taken[line][self.seen[line] : passed]:
            self.cleaning += clean[before][other]
            before = other
        self.cleaning += cleaning
        self.free[line], self.seen[line] = end, passed
        self.family[line] = decoder.family[operation]
        begin = start - cleaning
        if who != NOBODY:
            until = start + decoder.problem.operations[operation].attended
            ends = self.busy_ends[who]
            n = bisect_right(ends, begin)
            self.busy_starts[who].insert(n, begin)
            ends.insert(n, until)
        self.hazards[decoder.hazard[operation]].append((start, end))
        if decoder.rivals[line]:
            self.runs[line].append((begin, end))
        self.ready[request] = end
        self.next[request] = operation + 1
        self.places[operation] = Placement(line, start, who)
        if decoder.moves:
            was = decoder.moves[operation]
            if was is not None and (was.line != line or was.start != start):
                self.moves += 1
        if operation + 1 == decoder.first[request + 1]:
            late = end - decoder.dues[request]
            if late > 0:
                self.waits[decoder.organisation[request]] += late * decoder.weights[request]

    def cost(self, owed: int = 0) -> int:
        """What has to be paid already, and ``owed`` besides; it only ever grows."""
        problem = self.decoder.problem
        waits = self.waits
        plain = sum(waits) + self.cleaning + problem.fairness * max(waits, default=0) + owed
        return weighed(plain, problem.keep * self.moves, problem.cap)

    def rest(self) -> int:
        """Cleaning before the fixed things that nothing was put behind."""
        owed = 0
        for line, taken in enumerate(self.decoder.taken):
            before, clean = self.family[line], self.decoder.clean[line]
            for _, _, other in taken[self.seen[line] :]:
                owed += clean[before][other]
                before = other
        return owed


def put_next(board: Board, request: int, line: int = ANY, person: int = ANY) -> bool:
    """Place the next operation of a request, on the line where it costs least time; False: no room."""
    operation = board.next[request]
    if board.decoder.moves and line == ANY and person == ANY and _stays(board, operation):
        return True
    best, chosen = None, ANY
    for number, ticks in board.decoder.choices[operation]:
        if line not in {ANY, number}:
            continue
        until = FAR if best is None else best[0] + best[2]
        found = board.fit(operation, number, ticks, person, until)
        if found is None:
            continue
        if best is None or found[0] + found[2] < until:
            best, chosen = found, number
    if best is None:
        return False
    board.put(operation, chosen, best)
    return True


def _stays(board: Board, operation: int) -> bool:
    """Put an operation where it was before, if there is room and it is its turn."""
    was = board.decoder.moves[operation]
    if was is None:
        return False
    request = board.decoder.owner[operation]
    ready = board.ready[request]
    if was.start < ready or was.start < board.free[was.line]:
        return False
    ticks = dict(board.decoder.choices[operation]).get(was.line)
    board.ready[request] = was.start
    found = None if ticks is None else board.fit(operation, was.line, ticks)
    board.ready[request] = ready
    if found is None or found[1] != was.start:
        return False
    board.put(operation, was.line, found)
    return True


class Trail:
    """Boards along the way to a plan, so that another order begins where it first differs."""

    __slots__ = ("boards", "lines", "order")

    def __init__(self, order: Sequence[int], lines: Sequence[int]) -> None:
        self.order, self.lines = order, lines
        self.boards: list[tuple[int, Board]] = []

    def before(self, order: Sequence[int], lines: Sequence[int]) -> tuple[int, "Board"] | None:
        """The last board that both ways pass, and how far it is."""
        first = next(
            (n for n, (a, b) in enumerate(zip(self.order, order, strict=True)) if a != b),
            len(order),
        )
        best = None
        for at, board in self.boards:
            if at > first:
                break
            best = at, board
        if best is None or self.lines is lines:
            return best
        # A line that is told otherwise matters only when its operation was placed already.
        told = [n for n, (a, b) in enumerate(zip(self.lines, lines, strict=True)) if a != b]
        owner = self.boards[0][1].decoder.owner
        best = None
        for at, board in self.boards:
            if at > first or any(board.next[owner[n]] > n for n in told):
                break
            best = at, board
        return best


def decode(
    decoder: Decoder,
    order: Sequence[int],
    lines: Sequence[int] = (),
    enough: int = FAR,
    trail: Trail | None = None,
    onto: Trail | None = None,
) -> tuple[int, Plan] | None:
    """The plan of an order, in which each request stands once for each of its operations.

    ``lines`` tells where an operation goes, ``ANY`` = wherever it ends first. Requests that find no
    room are left out, and are paid for. Nothing is said once the cost has reached ``enough``.
    ``trail`` is of an order like this one; a new one is laid ``onto``.
    """
    problem = decoder.problem
    out: set[int] = set()
    paid = 0
    while True:
        known = trail.before(order, lines) if trail and not out else None
        at, board = (known[0], known[1].copy()) if known else (0, decoder.empty())
        if onto:
            onto.boards = [b for b in trail.boards if b[0] < at] if trail and known else []
        for n in range(at, len(order)):
            request = order[n]
            if request in out:
                continue
            if onto and not out and not n % STRIDE:
                onto.boards.append((n, board.copy()))
            operation = board.next[request]
            if not put_next(board, request, lines[operation] if lines else ANY) and not (
                lines and lines[operation] != ANY and put_next(board, request)
            ):
                out.add(request)
                paid += problem.price_of_absence(request)
                break
            if board.cost(paid) >= enough:
                return None
        else:
            total = board.cost(board.rest() + paid)
            return (total, board.places) if total < enough else None
        if onto:
            onto.boards = []
        if paid >= enough and problem.cap < 0:
            return None
