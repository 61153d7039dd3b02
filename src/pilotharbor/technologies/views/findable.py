"""What the head of a public page says to search engines and to whoever shares its address."""

from typing import Any

from django.http import HttpRequest

from pilotharbor.technologies.findable import queries
from pilotharbor.technologies.models import Achievement, Demand, PriceNotice, Scenario
from pilotharbor.technologies.views.market import actor_of


def found_as(
    request: HttpRequest, entry: Achievement | Demand | Scenario | PriceNotice
) -> dict[str, Any]:
    """Only for nobody in particular: who is signed in may see more, or less, than the public."""
    if actor_of(request) is not None:
        return {"found": None}
    return {"found": queries.described(entry, language=request.GET.get("lang", ""))}
