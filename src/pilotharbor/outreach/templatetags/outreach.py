"""``{% load outreach %}``: points as people read them."""

from django import template

register = template.Library()


@register.filter
def points(hundredths: int | None) -> str:
    """``{{ 8534|points }}`` → ``85.34``; what is sealed or missing is a dash."""
    return "—" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"
