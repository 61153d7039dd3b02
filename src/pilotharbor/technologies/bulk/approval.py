"""How does a reviewed list go public at once?"""

from datetime import datetime
from typing import Any

from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.technologies import queries
from pilotharbor.technologies.bulk import rules
from pilotharbor.technologies.commands import versions
from pilotharbor.technologies.commands.rules import acting
from pilotharbor.technologies.models import Status


@command
def publish_submitted(*, kind: Kind, limit: int, actor_id: int, at: datetime) -> int:
    """Publish what came in by lists and waits for the actor's review, longest waiting first.

    Never what the actor has submitted. Returns how many; fewer than ``limit`` when none is left.

    Raises: NotFound, NotYourRole.
    Source: R-TECH-4.
    """
    actor = acting(actor_id, Verb.APPROVE, kind)
    waiting: Any = queries.to_review(actor=actor, kind=kind)
    others = waiting.exclude(import_key="").exclude(submitted_by__person=actor.person_id)
    ids = list(others.values_list("pk", flat=True)[:limit])
    model: Any = waiting.model
    entries = list(
        model.objects.select_for_update(no_key=True)
        .filter(pk__in=ids, status=Status.SUBMITTED)
        .order_by("pk")
    )
    for entry in entries:
        advance(entry, Status.PUBLISHED, reviewed_by=actor, published_at=at, review_note="")
    versions.keep(entries, actor=actor, at=at)
    rules.record(f"technologies.{kind.value}.published", entries, actor=actor, at=at)
    return len(entries)
