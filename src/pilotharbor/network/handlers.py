"""What the market's events cause here: records for others follow; a source's author hears of it."""

from django.utils import timezone

from pilotharbor.kernel.handling import handles_many
from pilotharbor.kernel.models import Event
from pilotharbor.network.commands import records


@handles_many(
    "technologies.achievement.published",
    "technologies.achievement.revised",
    "technologies.achievement.withdrawn",
    "technologies.demand.published",
    "technologies.demand.revised",
    "technologies.demand.withdrawn",
)
def keep_the_records(events: list[Event]) -> None:
    """What is public has a record; what no longer is has one that says so."""
    records.reflect(events=events, at=timezone.now())
