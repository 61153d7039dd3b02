"""What does one expert find, independently of all others?"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from pilotharbor.assessment.models import Criterion, Panel, Score, Seat
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb

FULL_MARK, DECIMALS = Decimal(100), 4


class BadScores(Invalid):
    """Some points are missing or cannot be used; see the fields."""

    code = "assessment.bad_scores"


class ScoresMissing(Invalid):
    """Give points for exactly the criteria of this panel."""

    code = "assessment.scores_missing"


class AlreadyScored(Conflict):
    """You have handed in your scores; independent scores are given once."""

    code = "assessment.already_scored"


class PanelClosed(Conflict):
    """This panel is closed."""

    code = "assessment.panel_closed"


@command
def score(
    *,
    panel_id: int,
    scores: Mapping[str, str],
    actor_id: int,
    at: datetime,
    opinion: str = "",
) -> Seat:
    """Hand in one expert's points, 0 to 100 for each criterion, once and for all.

    Raises: NotFound (not one's seat), NotYourRole, BadScores, AlreadyScored, PanelClosed.
    Source: R-ASMT-2 (independence).
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.REVIEW)
    if not Seat.objects.filter(panel=panel_id, expert=actor).exists():
        raise NotFound

    # Criteria and seats may change as long as nobody has scored, so they are read behind the lock.
    panel = Panel.objects.select_for_update(no_key=True).get(pk=panel_id)
    seat = Seat.objects.select_for_update(no_key=True).filter(panel=panel, expert=actor).first()
    if seat is None:
        raise NotFound
    criteria = {c.key: c for c in Criterion.objects.filter(panel=panel).order_by("position")}
    points = _points(scores, criteria)
    if seat.submitted_at is not None:
        raise AlreadyScored
    if panel.status != Panel.Status.OPEN:
        raise PanelClosed
    with refusing(assessment_score_once=AlreadyScored()):
        Score.objects.bulk_create(
            Score(seat=seat, criterion=criteria[key], points=value) for key, value in points.items()
        )
    seat.opinion, seat.submitted_at = opinion.strip(), at
    seat.save(update_fields=["opinion", "submitted_at"])
    # Neither the points nor the expert's words leave the seat before the panel is closed.
    events.record(
        "assessment.seat.scored",
        seat,
        actor=actor,
        at=at,
        project_id=panel.project_id,
        panel_id=panel.pk,
    )
    return seat


def _points(scores: Mapping[str, str], criteria: Mapping[str, Criterion]) -> dict[str, Decimal]:
    problems: dict[str, str] = {}
    points: dict[str, Decimal] = {}
    for key in criteria.keys() | scores.keys():
        field = f"scores.{key}"
        if key not in criteria:
            problems[field] = _("This panel has no such criterion.")
        elif (value := _point(scores.get(key, ""))) is None:
            problems[field] = _("Give points from 0 to 100, such as 86 or 86.5.")
        else:
            points[key] = value
    if problems:
        raise (ScoresMissing if criteria.keys() ^ scores.keys() else BadScores)(problems=problems)
    return points


def _point(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    fits = value.is_finite() and 0 <= value <= FULL_MARK and value == round(value, DECIMALS)
    return value if fits else None
