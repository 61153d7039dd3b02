"""How does a whole roster, or a list of examinations, come in at once?"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pilotharbor.crew import queries
from pilotharbor.crew.commands.examinations import record_examination
from pilotharbor.crew.commands.shifts import (
    overlaps,
    refuse_leave,
    refuse_overlap,
    require_sound,
)
from pilotharbor.crew.commands.standing import keeper, locked_engineer
from pilotharbor.crew.models import Examination, Shift
from pilotharbor.crew.spans import Span
from pilotharbor.kernel import events
from pilotharbor.kernel.bulk import Incoming, Outcome
from pilotharbor.kernel.time import period
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership


def may_import(actor: Membership) -> bool:
    """Whether the actor keeps a platform's roster and examinations."""
    return queries.sees_roster(actor) and queries.keeps_crew(
        actor, platform_id=actor.organisation_id
    )


@command
def import_shifts(*, rows: Iterable[Incoming], actor_id: int, at: datetime) -> Outcome:
    """Plan the shifts of a list, all of them or none; what is planned just so already is left.

    Raises: NotYourRole, CrewOfPlatformsOnly, NotAnEngineer, ShiftTooLong, ShiftTooFar, ShiftOnLeave,
    ShiftOverlaps. Source: R-CREW-13.
    """
    actor = keeper(actor_id=actor_id)
    outcome = Outcome()
    wanted: dict[int, dict[Span, str]] = {}
    for row in rows:
        given: Any = row.fields
        wanted.setdefault(given["membership_id"], {})[given["start"], given["end"]] = given["note"]
    for membership_id, shifts in sorted(wanted.items()):
        member = locked_engineer(membership_id=membership_id, actor=actor)
        spans = sorted(shifts)
        for span in spans:
            require_sound(*span, at=at)
        present = {
            (one.period.lower, one.period.upper)
            for one in queries.shifts().filter(
                membership=member, period__overlap=period(spans[0][0], spans[-1][1])
            )
        }
        fresh = [span for span in spans if span not in present]
        outcome.unchanged += len(spans) - len(fresh)
        if not fresh:
            continue
        refuse_leave(member, fresh)
        refuse_overlap(member, fresh)
        with refusing(crew_shift_no_overlap=overlaps(member, [])):
            made = Shift.objects.bulk_create(
                Shift(
                    membership=member, period=period(*span), note=shifts[span], planned_by=actor,
                    planned_at=at,
                )
                for span in fresh
            )  # fmt: skip
        outcome.created += len(made)
        events.record(
            "crew.shifts.imported", member, actor=actor, at=at, membership_id=member.pk,
            shifts=len(made), start=fresh[0][0].isoformat(), end=fresh[-1][1].isoformat(),
        )  # fmt: skip
    return outcome


@command
def import_examinations(*, rows: Iterable[Incoming], actor_id: int, at: datetime) -> Outcome:
    """Record the examinations of a list, all of them or none; what is on record just so is left.

    Raises: what ``record_examination`` raises. Source: R-CREW-9, R-CREW-13.
    """
    keeper(actor_id=actor_id)
    outcome = Outcome()
    for row in rows:
        given: Any = row.fields
        same = Examination.objects.filter(
            course_id=given["course_id"], person__email__iexact=given["email"],
            held_date=given["held_date"], mark=given["mark"], corrected_by=None,
        )  # fmt: skip
        if same.exists():
            outcome.unchanged += 1
            continue
        record_examination(**given, actor_id=actor_id, at=at)
        outcome.created += 1
    return outcome
