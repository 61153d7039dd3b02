"""What plan follows from an order of the requests? Each operation in turn is put where it ends first.

An order names each request once for each of its operations (permutation with repetition, Bierwirth 1995),
and is made into a plan by placing one operation after the other as early as it can be (schedule
generation, Giffler and Thompson 1960, with calendars, people and cleaning added). A plan made here keeps
every rule. On a line things only ever go behind what is there; a person can be had in any gap. Which line
an operation takes may be told; so the order and the lines are all there is to search over.

What never changes (opening hours, closures, windows, duty) is looked up in tables; what does is an
integer whose bits are ticks, 1 = taken: copied for nothing, and asked in one go.
"""

# ruff: noqa: PLR1730 - max() is called millions of times here, and a comparison is half as long

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from pilotharbor.booking.engine.model import (
    NOBODY,
    Operation,
    Placement,
    Plan,
    Problem,
    Stretch,
    weighed,
    without,
)

FAR = 1 << 40
ANY = -1
# So many operations lie between two boards of a trail.
STRIDE = 4


class Begins(dict[int, "array[int]"]):
    """For a length of cleaning: the next tick from each on at which an operation can begin on a line.

    That is when calendars alone decide; ``FAR`` = never again.
    """

    def __init__(
        self, problem: Problem, line: int, operation: Operation, people: Sequence[int]
    ) -> None:
        """Nothing is looked at before somebody asks."""
        self.problem, self.line, self.operation = problem, problem.lines[line], operation
        self.ticks = operation.choices[line]
        self.people = [problem.operators[p].on for p in people]

    def __missing__(self, cleaning: int) -> "array[int]":
        """Write the table down."""
        found = self[cleaning] = array("q")
        for first, last in self._stretches(cleaning):
            found.extend([first] * (first - len(found)))
            found.extend(range(first, last))
        found.extend([FAR] * (self.problem.horizon + 1 - len(found)))
        return found

    def _stretches(self, cleaning: int) -> Sequence[Stretch]:
        """When it may begin: neither as long as some of it lies on what is closed, nor too late."""
        line, asked = self.line, self.operation
        length = cleaning + self.ticks
        whole = ((0, self.problem.horizon),)
        # Of each: what it may not lie on, which tick of it is the first that counts, and the last.
        never: list[tuple[Iterable[Stretch], int, int]] = [(line.shut, 0, length)]
        closed = without(whole, line.open)
        if line.overnight:
            attended = cleaning + max(asked.attended, 1)
            never += [(closed, 0, attended), (closed, length - 1, length)]
        else:
            never.append((closed, 0, length))
        if asked.windows:
            # One window after the other, because those that overlap are none together.
            inside = [(a - cleaning, b - length + 1) for a, b in asked.windows]
            never.append((without(whole, inside), 0, 1))
        if asked.attended:
            needed = cleaning + asked.attended
            on_duty = [(a, b - needed + 1) for on in self.people for a, b in on]
            never.append((without(whole, on_duty), 0, 1))
        gone = [(a - last + 1, b - first) for there, first, last in never for a, b in there]
        return without(((0, self.problem.horizon - length + 1),), gone)


class Decoder:
    """The tables of a problem that putting things into it needs, made once."""

    def __init__(self, problem: Problem) -> None:
        """Number the families and hazards, and write the calendars down."""
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
        self.ticks = [dict(o.choices) for o in operations]
        few = {p: len(person.skills) for p, person in enumerate(problem.operators)}
        self.people = [
            tuple(sorted(problem.skilled(o), key=lambda p: (few[p], p)))
            for o in range(len(operations))
        ]
        self.first, self.owner = problem.first, problem.owner
        self.weights = [r.weight for r in problem.requests]
        self.dues = [r.due for r in problem.requests]
        organisations = sorted({r.organisation for r in problem.requests})
        self.organisation = [organisations.index(r.organisation) for r in problem.requests]
        self.organisations = len(organisations)
        self.moves = list(problem.was) if problem.keep else []
        whole = ((0, problem.horizon),)
        self.busy = [self.bits(without(whole, operator.on)) for operator in problem.operators]
        self._hazards()
        self._rivals()
        self._begins()
        self.late = [array("q")] * len(operations)
        for request in range(len(problem.requests)):
            self._lateness(request)
        # What is asked for in each step of a search, in one place.
        self.asked = [
            (
                self.owner[n],
                self.family[n],
                o.attended,
                self.people[n],
                self.enemies[self.hazard[n]],
            )
            for n, o in enumerate(operations)
        ]
        self.there = list(zip(self.clean, self.taken, self.rivals, strict=True))

    def bits(self, stretches: Iterable[Stretch]) -> int:
        """The ticks of some stretches, as far as they lie in the horizon."""
        found = 0
        for first, last in stretches:
            begin, end = max(first, 0), min(last, self.problem.horizon)
            if begin < end:
                found |= (1 << end) - (1 << begin)
        return found

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
        taken = [t for line in problem.lines for t in line.taken]
        self.hazards = [
            self.bits((t.start, t.end) for t in taken if t.hazard == name) for name in names
        ]

    def _rivals(self) -> None:
        """Lines that share a machine with another; what is fixed there, its cleaning at the longest."""
        lines = self.problem.lines
        self.rivals = [
            tuple(b for b, other in enumerate(lines) if a != b and line.units & other.units)
            for a, line in enumerate(lines)
        ]
        self.runs = [
            self.bits(
                (t.start - self.problem.longest_cleaning(number, t.family), t.end)
                for t in line.taken
            )
            for number, line in enumerate(lines)
        ]

    def _begins(self) -> None:
        """Operations that ask for the same share their tables."""
        known: dict[object, Begins] = {}
        self.begins: list[dict[int, Begins]] = []
        longest = 1
        for number, asked in enumerate(self.problem.operations):
            there = {}
            for line, ticks in self.choices[number]:
                people = self.people[number]
                key = line, ticks, asked.attended, asked.windows, people
                there[line] = known.setdefault(key, Begins(self.problem, line, asked, people))
                cleaning = self.problem.longest_cleaning(line, asked.family)
                longest = max(longest, cleaning + ticks)
            self.begins.append(there)
        self.ones = [(1 << n) - 1 for n in range(longest + 1)]

    def _lateness(self, request: int) -> None:
        """What lateness costs at least, by its weight, once an operation has ended at some tick.

        As if all that follows had the plant for itself and nothing were cleaned; for the last
        operation that is what it does cost.
        """
        asked, ends = self.problem.requests[request], range(self.problem.horizon + 1)
        least = array("q", [asked.weight * max(t - asked.due, 0) for t in ends])
        # What can no longer be is as late as can be, until it is found to have no place.
        worst = least[-1:]
        first = self.first[request]
        for number in reversed(self.problem.of(request)):
            self.late[number] = least
            if number == first:
                return
            after = [worst * len(ends)]
            for line, ticks in self.choices[number]:
                table = self.begins[number][line][0]
                known = bisect_left(table, FAR)
                rest = worst * (len(ends) - known)
                after.append(array("q", [least[t + ticks] for t in table[:known]]) + rest)
            least = after[1] if len(after) == 2 else array("q", map(min, *after, worst * len(ends)))

    def lateness(self, plan: Plan) -> list[int]:
        """The requests that are late in a plan, or have no place."""
        found = []
        for request, due in enumerate(self.dues):
            for number in self.problem.of(request)[-1:]:
                placed = plan[number]
                if placed is None or placed.start + self.ticks[number][placed.line] > due:
                    found.append(request)
        return found

    def empty(self) -> "Board":
        """Nothing is placed yet."""
        return Board(self)


class Board:
    """A plan in the making.

    ``busy``, ``hazards`` and ``runs`` are integers whose bits are the ticks that a person, a class of
    hazards or a line is taken; ``late`` is what each request owes for lateness at least.
    """

    __slots__ = (
        "busy", "cleaning", "decoder", "family", "free", "hazards", "late", "moves", "next",
        "places", "ready", "runs", "seen", "tardy", "waits",
    )  # fmt: skip

    def __init__(self, decoder: Decoder) -> None:
        self.decoder = decoder
        problem = decoder.problem
        self.free = [0] * len(problem.lines)
        self.family = decoder.ran[:]
        self.seen = [0] * len(problem.lines)
        self.busy = decoder.busy[:]
        self.hazards = decoder.hazards[:]
        self.runs = decoder.runs[:]
        self.ready = [request.release for request in problem.requests]
        self.next = list(decoder.first[:-1])
        self.late = [0] * len(problem.requests)
        self.places: Plan = [None] * len(problem.operations)
        self.cleaning = self.moves = self.tardy = 0
        self.waits = [0] * decoder.organisations

    def copy(self) -> "Board":
        """Another that goes its own way from here."""
        other = Board.__new__(Board)
        other.decoder = self.decoder
        other.free, other.family, other.seen = self.free[:], self.family[:], self.seen[:]
        other.busy, other.hazards, other.runs = self.busy[:], self.hazards[:], self.runs[:]
        other.ready, other.next, other.places = self.ready[:], self.next[:], self.places[:]
        other.late, other.waits = self.late[:], self.waits[:]
        other.cleaning, other.moves, other.tardy = self.cleaning, self.moves, self.tardy
        return other

    def fit(  # noqa: C901, PLR0912 - the inner loop of every search; calls would double it
        self, operation: int, line: int, ticks: int, until: int = FAR
    ) -> tuple[int, int, int, int, int] | None:
        """Where an operation can be put on a line: (end, start, cleaning, operator, fixed passed).

        The earliest place behind what is there; nothing when it would not end by ``until``.
        """
        decoder = self.decoder
        request, family, attended, people, enemies = decoder.asked[operation]
        clean, taken, rivals = decoder.there[line]
        ready, passed = self.ready[request], self.seen[line]
        begins, ones = decoder.begins[operation][line], decoder.ones
        cleaning = clean[self.family[line]][family]
        begin, table = self.free[line], begins[cleaning]
        if begin < ready - cleaning:
            begin = ready - cleaning
        who = NOBODY
        while begin < len(table):
            begin = table[begin]
            start = begin + cleaning
            end = start + ticks
            if end > until:
                return None
            if passed < len(taken):
                first, last, other = taken[passed]
                if end + clean[family][other] > first:
                    passed += 1
                    cleaning = clean[other][family]
                    begin, table = max(last, ready - cleaning, 0), begins[cleaning]
                    continue
            if attended:
                needed, soonest = ones[cleaning + attended], FAR
                for who in people:
                    hit = self.busy[who] >> begin & needed
                    if not hit:
                        break
                    later = begin + hit.bit_length()
                    if later < soonest:
                        soonest = later
                else:
                    begin = soonest
                    continue
            if not enemies and not rivals:
                return end, start, cleaning, who, passed
            later = begin
            for enemy in enemies:
                hit = self.hazards[enemy] >> start & ones[ticks]
                if begin + hit.bit_length() > later:
                    later = begin + hit.bit_length()
            for rival in rivals:
                hit = self.runs[rival] >> begin & ones[cleaning + ticks]
                if begin + hit.bit_length() > later:
                    later = begin + hit.bit_length()
            if later == begin:
                return end, start, cleaning, who, passed
            begin = later
        return None

    def put(self, operation: int, line: int, found: tuple[int, int, int, int, int]) -> None:
        """Place an operation where ``fit`` found room for it."""
        decoder = self.decoder
        end, start, cleaning, who, passed = found
        request, family, attended, _, enemies = decoder.asked[operation]
        if passed > self.seen[line]:
            before, clean = self.family[line], decoder.clean[line]
            for _, _, other in decoder.taken[line][self.seen[line] : passed]:
                self.cleaning += clean[before][other]
                before = other
            self.seen[line] = passed
        self.cleaning += cleaning
        self.free[line] = end
        self.family[line] = family
        begin = start - cleaning
        if who != NOBODY:
            self.busy[who] |= decoder.ones[cleaning + attended] << begin
        if enemies:
            self.hazards[decoder.hazard[operation]] |= decoder.ones[end - start] << start
        if decoder.rivals[line]:
            self.runs[line] |= decoder.ones[end - begin] << begin
        self.ready[request] = end
        self.next[request] = operation + 1
        self.places[operation] = Placement(line, start, who)
        if decoder.moves:
            was = decoder.moves[operation]
            if was is not None and (was.line != line or was.start != start):
                self.moves += 1
        late = decoder.late[operation][end]
        more = late - self.late[request]
        if more:
            self.late[request] = late
            self.tardy += more
            self.waits[decoder.organisation[request]] += more

    def cost(self, owed: int = 0) -> int:
        """What has to be paid already, and ``owed`` besides; it only ever grows."""
        problem = self.decoder.problem
        plain = self.tardy + self.cleaning + owed
        if problem.fairness:
            plain += problem.fairness * max(self.waits, default=0)
        if not problem.keep and problem.cap < 0:
            return plain
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


def put_next(board: Board, request: int, line: int = ANY) -> bool:
    """Place the next operation of a request, on the line where it costs least time; False: no room."""
    operation = board.next[request]
    if line != ANY:
        ticks = board.decoder.ticks[operation].get(line)
        found = None if ticks is None else board.fit(operation, line, ticks)
        if found is None:
            return False
        board.put(operation, line, found)
        return True
    if board.decoder.moves and _stays(board, operation):
        return True
    best, until = None, FAR
    for number, ticks in board.decoder.choices[operation]:
        found = board.fit(operation, number, ticks, until)
        if found is not None and found[0] + found[2] < until:
            best, line, until = found, number, found[0] + found[2]
    if best is None:
        return False
    board.put(operation, line, best)
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
    ticks = board.decoder.ticks[operation].get(was.line)
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
        told = []
        if lines is not self.lines:
            told = [n for n, (a, b) in enumerate(zip(self.lines, lines, strict=True)) if a != b]
        owner = self.boards[0][1].decoder.owner if self.boards else ()

        def differs(at: int, board: Board) -> bool:
            # A line that is told otherwise matters only when its operation was placed already.
            return self.order[:at] != order[:at] or any(board.next[owner[n]] > n for n in told)

        passed = bisect_left(self.boards, True, key=lambda there: differs(*there))
        return self.boards[passed - 1] if passed else None


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
            told = lines[board.next[request]] if lines else ANY
            if not put_next(board, request, told) and (told == ANY or not put_next(board, request)):
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
