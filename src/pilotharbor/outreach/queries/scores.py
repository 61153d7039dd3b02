"""What did jury and audience say of each pitch that is over?"""

from collections.abc import Sequence
from dataclasses import dataclass

from pilotharbor.kernel.money import BP, half_up
from pilotharbor.outreach.models import Pitch, Registration, Roadshow, Score
from pilotharbor.outreach.queries.roadshows import SEATED, agenda, belongs

OVERALL = "overall"
R = Registration.Status


@dataclass(frozen=True, slots=True)
class Result:
    """One pitch as it may be shown; means in hundredths of a point, none while it is sealed.

    ``jury`` and ``audience`` are means over ``jury_count`` and ``audience_count`` people
    ``rank``  by the jury's mean among the pitches that are over, equal ones sharing a place
    """

    pitch: Pitch
    jury_count: int
    audience_count: int
    jury: int | None = None
    audience: int | None = None
    rank: int | None = None
    comments: tuple[str, ...] = ()


def criteria_for(roadshow: Roadshow, registration: Registration) -> dict[str, int]:
    """Criterion → basis points by which this person's points count; empty: they give none.

    Source: R-OUT-7.
    """
    if registration.part == Registration.Part.JURY:
        return {one["key"]: one["weight_bp"] for one in roadshow.criteria}
    return {OVERALL: BP} if roadshow.criteria else {}


def weighed(points: dict[str, int], weights: dict[str, int]) -> int:
    """Hundredths of a point: each criterion by its weight, half up once at the end."""
    return half_up(sum(points[key] * weight for key, weight in weights.items()), BP // 100)


def may_score(registration: Registration | None, pitch: Pitch, roadshow: Roadshow) -> bool:
    """Whether this seat gives points for this pitch now.

    The jury, and the audience once it is checked in; where there is no place to check in at, a seat
    is enough. Nobody judges a result of their own organisation.

    Source: R-OUT-7.
    """
    if registration is None or pitch.status != Pitch.Status.LIVE or not roadshow.criteria:
        return False
    if registration.membership is not None and belongs(registration.membership, pitch):
        return False
    if registration.part == Registration.Part.JURY or not roadshow.place:
        return registration.status in SEATED
    return registration.status == R.ATTENDED


def score_of(registration: Registration | None, pitch: Pitch) -> Score | None:
    """What this person gave already."""
    if registration is None:
        return None
    return Score.objects.filter(pitch=pitch, registration=registration).first()


def results(roadshow: Roadshow) -> list[Result]:
    """The agenda with what was said; of a pitch that is not over only how many have scored.

    Source: R-OUT-7.
    """
    pitches = agenda(roadshow)
    given: dict[int, list[Score]] = {pitch.pk: [] for pitch in pitches}
    for score in Score.objects.filter(pitch__in=pitches).select_related("registration"):
        given[score.pitch_id].append(score)
    shown = [_result(pitch, given[pitch.pk]) for pitch in pitches]
    means = sorted((r.jury for r in shown if r.jury is not None), reverse=True)
    return [
        Result(
            pitch=r.pitch, jury_count=r.jury_count, audience_count=r.audience_count, jury=r.jury,
            audience=r.audience, comments=r.comments,
            rank=means.index(r.jury) + 1 if r.jury is not None else None,
        )
        for r in shown
    ]  # fmt: skip


def _result(pitch: Pitch, scores: Sequence[Score]) -> Result:
    jury = [s for s in scores if s.registration.part == Registration.Part.JURY]
    audience = [s for s in scores if s.registration.part == Registration.Part.AUDIENCE]
    if pitch.status != Pitch.Status.ENDED:
        return Result(pitch, len(jury), len(audience))
    return Result(
        pitch,
        len(jury),
        len(audience),
        jury=_mean(jury),
        audience=_mean(audience),
        comments=tuple(s.comment for s in sorted(scores, key=lambda s: s.pk) if s.comment),
    )


def _mean(scores: Sequence[Score]) -> int | None:
    return half_up(sum(s.total for s in scores), len(scores)) if scores else None


def ballot(roadshow: Roadshow, *, registration: Registration | None) -> Pitch | None:
    """The pitch that is on now, if this person may give points for it."""
    live = roadshow.pitches.filter(status=Pitch.Status.LIVE).select_related("achievement").first()
    return live if live and may_score(registration, live, roadshow) else None
