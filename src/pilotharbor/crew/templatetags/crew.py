"""Words of rosters and validities; ``{% load crew %}``."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pilotharbor.crew.queries.matrix import SOON

register = template.Library()
DAY = timedelta(days=1)


@register.filter
def weekdays(numbers: Iterable[int]) -> str:
    """``{{ pattern.weekdays|weekdays }}``: Mon, Wed, or Mon–Fri where no day is left out; 0 is Monday."""
    numbers = sorted(numbers)
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{WEEKDAYS_ABBR[numbers[0]]}–{WEEKDAYS_ABBR[numbers[-1]]}"
    return _(", ").join(str(WEEKDAYS_ABBR[number]) for number in numbers)


@register.filter
def days(stretch: Any) -> SafeString:
    """A half-open stretch of days with its last day named."""
    first, last = stretch.lower, stretch.upper - DAY
    return format_html(
        '<time datetime="{0}/{1}">{0} – {1}</time>', first.isoformat(), last.isoformat()
    )


@register.filter
def last_day(stretch: Any) -> date | None:
    """The last day of a half-open stretch, where it has one."""
    return stretch.upper - DAY if stretch.upper else None


@register.filter
def left(stretch: Any, today: date) -> str:
    """How a validity stands on a day: ``later``, ``over``, ``soon`` (60 days) or ``valid``."""
    if stretch.lower > today:
        return "later"
    if stretch.upper is not None and stretch.upper <= today:
        return "over"
    return "soon" if stretch.upper is not None and stretch.upper - DAY - today <= SOON else "valid"
