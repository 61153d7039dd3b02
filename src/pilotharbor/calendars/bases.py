"""What counts as full use, by whose rule? Published figures, each dated and with its source."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Base:
    """The hours a year that a jurisdiction counts as 100 %, valid over ``[valid_from, valid_to)``."""

    jurisdiction: str
    hours_a_year: int
    valid_from: date
    valid_to: date | None
    source: object


BASES = (
    Base(
        "CN-50",
        1400,
        date(2022, 1, 1),
        None,
        _("Chongqing, evaluation of shared research instruments: 1,400 hours a year count as 100%"),
    ),
)
# Where the platform's own jurisdiction has published none, this one is shown and named.
REFERENCE = "CN-50"


@dataclass(frozen=True, slots=True)
class Published:
    """A figure of others to look at beside one's own; it is no target and enters no sum."""

    label: object
    value: object
    source: object


# domain.md §4.4, X50: instruments of institutions under the central government, 2019.
PUBLISHED_2019 = (
    Published(
        _("Effective hours of an instrument a year"),
        "1440",
        _("Science and Technology Daily on 2019: instruments of central institutions"),
    ),
    Published(
        _("Of these for others"),
        _("240, sharing rate 16%"),
        _("Science and Technology Daily on 2019: instruments of central institutions"),
    ),
    Published(
        _("For others, where the instrument cost 10 million yuan or more"),
        _("964, sharing rate 34%"),
        _("Science and Technology Daily on 2019: instruments of central institutions"),
    ),
)


def base_for(jurisdiction: str, on: date) -> Base:
    """The base of a jurisdiction on a day, else the reference."""
    valid = [b for b in BASES if b.valid_from <= on and (b.valid_to is None or on < b.valid_to)]
    own = [b for b in valid if b.jurisdiction == jurisdiction]
    return (own or [b for b in valid if b.jurisdiction == REFERENCE] or list(BASES))[0]
