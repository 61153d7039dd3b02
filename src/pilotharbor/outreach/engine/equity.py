"""Who holds how much of a company after each round, and who gets what at an exit?

Whole shares, whole fen, whole basis points; every split is by largest remainder, so that parts
always sum to their total. A simulation, no advice: no tax, no fees, no anti-dilution, no interest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

BP = 10_000
POOL = "pool"
LARGEST = 10**15
LARGEST_FEN = 10**17


class NotPossible(ValueError):
    """Why these figures make no company; ``code`` says which of the reasons it is."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code, self.where = code, where


@dataclass(frozen=True, slots=True)
class Round:
    """New money: ``investments`` in fen by investor, at a value of the company before it.

    ``pool_bp``     the option pool is filled up to this part of the company after the round, at the
                    cost of those who hold shares before it; ``None`` leaves it as it is
    ``preferred``   whether it has a simple preference: its money back, or its share, not both
    """

    name: str
    pre_money_fen: int
    investments: Mapping[str, int]
    pool_bp: int | None = None
    preferred: bool = False

    @property
    def raised_fen(self) -> int:
        """All of the new money."""
        return sum(self.investments.values())

    @property
    def post_money_fen(self) -> int:
        """What the company is worth after it."""
        return self.pre_money_fen + self.raised_fen


@dataclass(frozen=True, slots=True)
class Stage:
    """The company at one moment: shares by holder, in a fixed order; the pool is a holder.

    ``value_fen``  what it is worth by the last round; nothing is known of it before the first
    """

    name: str
    shares: dict[str, int]
    value_fen: int | None = None

    @property
    def total(self) -> int:
        """All shares, the pool's included."""
        return sum(self.shares.values())

    @property
    def bp(self) -> dict[str, int]:
        """Basis points by holder; they sum to 10000."""
        parts = split(BP, list(self.shares.values()))
        return dict(zip(self.shares, parts, strict=True))

    @property
    def value(self) -> dict[str, int]:
        """What each holding is worth, in fen; sums to the value of the company."""
        parts = split(self.value_fen or 0, list(self.shares.values()))
        return dict(zip(self.shares, parts, strict=True))


@dataclass(frozen=True, slots=True)
class Paid:
    """One class of preferred shares: who, how many, and the money that comes back first."""

    holder: str
    shares: int
    preference_fen: int


@dataclass(frozen=True, slots=True)
class Company:
    """Every stage in order, and the preferred classes the rounds made."""

    stages: list[Stage]
    classes: list[Paid] = field(default_factory=list)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights, largest remainder; ties go to the earlier, a zero gets zero."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    parts = [total * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def half_up(numerator: int, denominator: int) -> int:
    """Divide two whole numbers that are not negative, half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def found(holders_bp: Mapping[str, int], *, shares: int) -> Stage:
    """The company at its foundation.

    Raises: NotPossible when the parts do not sum to the whole, or a holder would get no share.
    """
    if not 1 <= shares <= LARGEST:
        raise NotPossible("shares")
    if min(holders_bp.values(), default=0) <= 0 or sum(holders_bp.values()) != BP:
        raise NotPossible("parts")
    parts = split(shares, list(holders_bp.values()))
    if 0 in parts:
        raise NotPossible("shares")
    return Stage("", dict(zip(holders_bp, parts, strict=True)))


def invest(before: Stage, new: Round) -> tuple[Stage, list[Paid]]:
    """The company after a round, and the preferred shares it made.

    Without a pool the price is the value before the round by the shares before it. With one, the
    pool and the investors have their exact parts of the company after it, and who held before keeps
    the rest.

    Raises: NotPossible.
    """
    raised = new.raised_fen
    if new.pre_money_fen <= 0 or min(new.investments.values(), default=0) <= 0:
        raise NotPossible("money", new.name)
    held = {name: n for name, n in before.shares.items() if name != POOL}
    old_pool, others = before.shares.get(POOL, 0), sum(held.values())
    issued = half_up(before.total * raised, new.pre_money_fen)
    pool = old_pool
    if new.pool_bp is not None:
        wanted = _filled_up(others, raised, new)
        if wanted[1] > old_pool:
            issued, pool = wanted
    parts = split(issued, list(new.investments.values()))
    if 0 in parts or before.total + issued + pool > LARGEST:
        raise NotPossible("too_small" if 0 in parts else "shares", new.name)
    shares = dict(held)
    for name, n in zip(new.investments, parts, strict=True):
        shares[name] = shares.get(name, 0) + n
    if pool:
        shares[POOL] = pool
    made = [
        Paid(name, n, new.investments[name])
        for name, n in zip(new.investments, parts, strict=True)
        if new.preferred
    ]
    return Stage(new.name, shares, new.post_money_fen), made


def _filled_up(others: int, raised: int, new: Round) -> tuple[int, int]:
    """New shares of the investors and the whole pool, so that both have their parts afterwards."""
    if new.pool_bp is None or not 0 <= new.pool_bp < BP:
        raise NotPossible("pool", new.name)
    post = new.post_money_fen
    left = post * BP - raised * BP - new.pool_bp * post
    if left <= 0:
        raise NotPossible("pool", new.name)
    total = half_up(others * post * BP, left)
    issued = half_up(total * raised, post)
    return issued, max(0, total - others - issued)


def simulate(holders_bp: Mapping[str, int], *, shares: int, rounds: Sequence[Round]) -> Company:
    """The company from its foundation through its rounds.

    Raises: NotPossible.
    """
    stages, classes = [found(holders_bp, shares=shares)], []
    for new in rounds:
        stage, made = invest(stages[-1], new)
        stages.append(stage)
        classes += made
    return Company(stages, classes)


def payout(company: Company, *, proceeds_fen: int) -> dict[str, int]:
    """Who gets what of the proceeds of an exit, in fen; sums to the proceeds.

    Each preferred class takes its money back or its share, whichever is more; those that take
    their money back come first and together. The pool counts as if all of it were held.

    Raises: NotPossible.
    """
    if not 0 <= proceeds_fen <= LARGEST_FEN:
        raise NotPossible("money")
    last = company.stages[-1]
    staying = _staying(company.classes, last.total, proceeds_fen)
    preferences = [one.preference_fen for one in staying]
    first = min(proceeds_fen, sum(preferences))
    paid = dict.fromkeys(last.shares, 0)
    for one, fen in zip(staying, split(first, preferences), strict=True):
        paid[one.holder] += fen
    common = dict(last.shares)
    for one in staying:
        common[one.holder] -= one.shares
    for name, fen in zip(common, split(proceeds_fen - first, list(common.values())), strict=True):
        paid[name] += fen
    return paid


def _staying(classes: Sequence[Paid], total: int, proceeds: int) -> list[Paid]:
    """The classes that take their money back: those for which a share would be less.

    Who paid least for a share changes first; once one is better off not changing, so are all after.
    """
    staying = sorted(
        classes, key=lambda one: (one.preference_fen * total // one.shares, one.holder)
    )
    while staying:
        one, rest = staying[0], staying[1:]
        left = proceeds - sum(other.preference_fen for other in rest)
        shares = total - sum(other.shares for other in rest)
        # Its part of what is left, if it changed too, against the money it would get back.
        if left * one.shares < one.preference_fen * shares:
            break
        staying = rest
    return staying
