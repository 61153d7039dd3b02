"""Points for the pitch that is on, sealed until it is over."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.outreach import tickets
from pilotharbor.outreach.models import Pitch, Registration, Score
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership


class NotOnNow(Conflict):
    """Points are given while the pitch is on."""

    code = "outreach.not_on_now"


class NoVoice(Forbidden):
    """Points are given by the jury and by the audience that is there, never for one's own result."""

    code = "outreach.no_voice"


class BadPoints(Invalid):
    """Give 0 to 100 whole points for each criterion."""

    code = "outreach.bad_points"


@command
def give(
    *,
    pitch_id: int,
    points: Mapping[str, int],
    comment: str = "",
    ticket: str = "",
    actor_id: int | None,
    at: datetime,
) -> Score:
    """Give points for the pitch that is on, or give others instead as long as it is.

    Members give them as themselves, guests by their ``ticket``.

    Raises: NotFound, NotOnNow, NoVoice, BadPoints.
    Source: R-OUT-7.
    """
    actor = parties.actor(actor_id=actor_id) if actor_id else None
    seen = Pitch.objects.select_related("roadshow").filter(pk=pitch_id).first()
    if seen is None:
        raise NotFound
    registration = _seat_of(seen, actor, ticket)
    # Ending the pitch waits for this lock, so nothing is given after it was unsealed.
    pitch = (
        Pitch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("roadshow", "achievement")
        .get(pk=pitch_id)
    )
    if pitch.status != Pitch.Status.LIVE:
        raise NotOnNow
    if not scores.may_score(registration, pitch, pitch.roadshow):
        raise NoVoice
    weights = scores.criteria_for(pitch.roadshow, registration)
    _check(points, weights, comment)
    score, _new = Score.objects.update_or_create(
        pitch=pitch,
        registration=registration,
        defaults={
            "points": dict(points),
            "total": scores.weighed(dict(points), weights),
            "comment": comment.strip(),
            "given_at": at,
        },
    )
    events.record(
        "outreach.score.given", score, actor=actor, at=at, pitch_id=pitch.pk, part=registration.part
    )
    return score


def _seat_of(pitch: Pitch, actor: Membership | None, ticket: str) -> Registration:
    if ticket:
        found = tickets.registration_of(ticket)
        if found is None or found.roadshow_id != pitch.roadshow_id or found.membership_id:
            raise NotFound
        return found
    roadshow = queries.visible_roadshow(actor=actor, roadshow_id=pitch.roadshow_id)
    found = queries.registration_of_member(roadshow=roadshow, actor=actor)
    if found is None:
        raise NoVoice
    return found


def _check(points: Mapping[str, int], weights: Mapping[str, int], comment: str) -> None:
    problems = {
        f"points.{key}": _("0 to 100 whole points.")
        for key in weights
        if not 0 <= points.get(key, -1) <= 100
    }
    if set(points) - set(weights):
        problems["points"] = str(BadPoints())
    if len(comment.strip()) > 500:
        problems["comment"] = _("At most {most} characters.").format(most=500)
    if problems:
        raise BadPoints(problems=problems)
