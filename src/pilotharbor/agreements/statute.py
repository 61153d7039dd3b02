"""Where does an agreement depart from what the law would give without it?

The rules are data with their source; an agreement may depart from every one of them, since the law
lets the parties agree otherwise, but nobody signs a departure unawares (R-AGR-6).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements.models import Agreement

Ip = Agreement.ImprovementIp


@dataclass(frozen=True, slots=True)
class Rule:
    """What a statute gives where nothing is agreed.

    ``clause``       the field of the agreement it speaks of
    ``departing``    the values of that field that are something else
    """

    key: str
    clause: str
    statute: Promise
    default: Promise
    departing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Departure:
    """One clause that is not what the law would give, and what that would be."""

    key: str
    clause: str
    statute: str
    text: str


RULES: tuple[Rule, ...] = (
    Rule(
        key="civil_code_875",
        clause="improvement_ip",
        statute=_("Civil Code, Article 875"),
        default=_(
            "Without an agreement, improvements made later belong to the party that made them, and "
            "the others have no share in them."
        ),
        departing=frozenset({Ip.SPIN_OFF, Ip.UNIVERSITY, Ip.ENTERPRISE, Ip.JOINT}),
    ),
    Rule(
        key="civil_code_860",
        clause="improvement_ip",
        statute=_("Civil Code, Article 860"),
        default=_(
            "Without an agreement, the right to apply for a patent on an invention of cooperative "
            "development belongs to the cooperating parties together."
        ),
        departing=frozenset({Ip.SPIN_OFF, Ip.UNIVERSITY, Ip.ENTERPRISE}),
    ),
    Rule(
        key="transformation_law_40",
        clause="improvement_ip",
        statute=_("Law on Promoting the Transformation of Scientific Achievements, Article 40"),
        default=_(
            "Without an agreement, a new invention made in a cooperative transformation belongs to "
            "the cooperating parties together, each may use it, and a transfer needs the consent "
            "of all."
        ),
        departing=frozenset({Ip.SPIN_OFF, Ip.UNIVERSITY, Ip.ENTERPRISE}),
    ),
)
INVENTOR_REWARD = _("Law on Promoting the Transformation of Scientific Achievements, Article 45")
INVENTOR_FLOOR = _(
    "The floor for the reward of inventors at state-founded universities and institutes (at least "
    "50 % of net income or of the shares) holds whatever is agreed here; a contribution of the "
    "result as shares is made public beforehand."
)


def departures(*, improvement_ip: str) -> list[Departure]:
    """What of an agreement departs from the statute, in the order of the rules."""
    return [
        Departure(rule.key, rule.clause, str(rule.statute), str(rule.default))
        for rule in RULES
        if improvement_ip in rule.departing
    ]


def reminders(*, state_funded: Iterable[bool]) -> list[Departure]:
    """What holds whatever is agreed, for these parties.

    Source: R-AGR-7.
    """
    if not any(state_funded):
        return []
    return [
        Departure(
            "inventor_reward_45", "inventor_reward", str(INVENTOR_REWARD), str(INVENTOR_FLOOR)
        )
    ]
