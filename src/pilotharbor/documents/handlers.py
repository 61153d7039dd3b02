"""The printer: what was asked for is rendered after the commit."""

from pilotharbor.documents import commands
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event


@handles("documents.document.asked")
def print_asked(event: Event) -> None:
    """Print the paper; a further printing of the same event finds it done."""
    commands.render(document_id=event.subject_id, actor_id=event.actor_id, at=event.at)
