"""A roadshow from its plan to its end, and the brand it is held under."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from pilotharbor.kernel import events, time
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.money import BP
from pilotharbor.kernel.states import advance, require_move
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.outreach.commands.seats import fill_from_queue
from pilotharbor.outreach.models import Pitch, Roadshow, Series
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership

MOST_SEATS, MOST_CRITERIA = 100_000, 12
Status = Roadshow.Status


class Plan(TypedDict):
    """What is said about a roadshow; ``criteria_bp`` empty: nobody gives points."""

    kind: str
    title: str
    words: str
    language: str
    start: datetime
    end: datetime
    place: str
    online_url: str
    capacity: int
    register_until: datetime
    audience: str
    series_id: int | None
    criteria_bp: Mapping[str, int]


class NotAnOrganiser(Forbidden):
    """Roadshows and challenges are held by platforms, transfer offices, technology managers and bureaus."""

    code = "outreach.not_an_organiser"


class NotYourEvent(Forbidden):
    """Only the people of the organiser run this."""

    code = "outreach.not_your_event"


class PlanWrong(Invalid):
    """Some of it is missing or does not hold together; see the fields."""

    code = "outreach.plan_wrong"


class SeriesTaken(Conflict):
    """Your organisation has a series of this name already."""

    code = "outreach.series_taken"


class NotOpenForChange(Conflict):
    """What is under way or over is not changed any more."""

    code = "outreach.not_open_for_change"


class NothingOnTheAgenda(Conflict):
    """Put something on the agenda before people are let register."""

    code = "outreach.nothing_on_the_agenda"


class PitchStillOn(Conflict):
    """“{title}” is still on; end it first."""

    code = "outreach.pitch_still_on"


class ReasonMissing(Invalid):
    """Say why, in at most 500 characters."""

    code = "outreach.reason_missing"


def organiser(actor_id: int) -> Membership:
    """The acting membership, if it organises at all.

    Raises: NotFound, NotAnOrganiser.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.may_organise(actor):
        raise NotAnOrganiser
    return actor


def locked(roadshow_id: int, actor_id: int | None) -> tuple[Membership, Roadshow]:
    """The roadshow, locked, for the people of its organiser.

    Raises: NotFound, NotYourEvent.
    """
    actor = parties.actor(actor_id=actor_id or 0)
    seen = queries.visible_roadshow(actor=actor, roadshow_id=roadshow_id)
    if not queries.organises(actor, seen.organiser_id):
        raise NotYourEvent
    row = Roadshow.objects.select_for_update(no_key=True).get(pk=roadshow_id)
    return actor, row


def reason_given(reason: str) -> str:
    """The reason as it is kept.

    Raises: ReasonMissing.
    """
    said = reason.replace("\x00", "").strip()
    if not 1 <= len(said) <= 500:
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    return said


@command
def found_series(*, name: str, words: str, actor_id: int, at: datetime) -> Series:
    """Give the roadshows of one's organisation a brand.

    Raises: NotFound, NotAnOrganiser, PlanWrong, SeriesTaken.
    """
    actor = organiser(actor_id)
    name, words = name.strip(), words.strip()
    if not 1 <= len(name) <= 120:
        raise PlanWrong(problems={"name": _("Between 1 and {most} characters.").format(most=120)})
    if len(words) > 2000:
        raise PlanWrong(problems={"words": _("At most {most} characters.").format(most=2000)})
    with refusing(outreach_series_name_once=SeriesTaken(problems={"name": str(SeriesTaken())})):
        series = Series.objects.create(
            organiser_id=actor.organisation_id, name=name, words=words, founded_by=actor,
            founded_at=at,
        )  # fmt: skip
    events.record("outreach.series.founded", series, actor=actor, at=at)
    return series


@command
def plan(*, content: Plan, actor_id: int, at: datetime) -> Roadshow:
    """Write an event down; nobody else sees it until it is opened.

    Raises: NotFound, NotAnOrganiser, PlanWrong.
    Source: R-OUT-1.
    """
    actor = organiser(actor_id)
    fields = _cleaned(content, actor)
    roadshow = Roadshow.objects.create(
        **fields, organiser_id=actor.organisation_id, planned_by=actor, planned_at=at, revised_at=at
    )
    _record("planned", roadshow, actor, at)
    return roadshow


@command
def revise(*, roadshow_id: int, content: Plan, actor_id: int, at: datetime) -> Roadshow:
    """Change an event that has not begun; more seats let the queue move up at once.

    Raises: NotFound, NotYourEvent, NotOpenForChange, PlanWrong.
    Source: R-OUT-1, R-OUT-5.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    if roadshow.status not in {Status.PLANNED, Status.OPEN}:
        raise NotOpenForChange
    fields = _cleaned(content, actor)
    if fields["capacity"] < roadshow.seats_taken:
        said = _("{taken} seats are taken already.").format(taken=roadshow.seats_taken)
        raise PlanWrong(problems={"capacity": said})
    if fields["audience"] != roadshow.audience:
        _agenda_still_fits(roadshow, fields["audience"])
    before = roadshow.period
    for name, value in {**fields, "revised_at": at}.items():
        setattr(roadshow, name, value)
    roadshow.save(update_fields=[*fields, "revised_at"])
    fill_from_queue(roadshow, actor=actor, at=at)
    moved = before.lower != fields["period"].lower or before.upper != fields["period"].upper
    _record("revised", roadshow, actor, at, moved=moved)
    return roadshow


def _agenda_still_fits(roadshow: Roadshow, audience: str) -> None:
    levels = queries.LEVELS[Roadshow.Audience(audience)]
    shut = roadshow.pitches.filter(achievement__isnull=False).exclude(
        achievement__confidentiality__in=levels
    )
    if first := shut.first():
        said = _("“{title}” on the agenda is not for this audience.").format(title=first.title)
        raise PlanWrong(problems={"audience": said})


@command
def open_up(*, roadshow_id: int, actor_id: int, at: datetime) -> Roadshow:
    """Announce an event and let people register.

    Raises: NotFound, NotYourEvent, NothingOnTheAgenda, PlanWrong, MoveNotAllowed.
    Source: R-OUT-2.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    require_move(roadshow, Status.OPEN)
    if roadshow.kind == Roadshow.Kind.ROADSHOW and not roadshow.pitches.exists():
        raise NothingOnTheAgenda
    if roadshow.register_until_at <= at:
        said = _("The last day to register is over already.")
        raise PlanWrong(problems={"register_until": said})
    advance(roadshow, Status.OPEN, opened_at=at)
    _record("opened", roadshow, actor, at)
    return roadshow


@command
def start(*, roadshow_id: int, actor_id: int, at: datetime) -> Roadshow:
    """Begin: the door is open, pitches can go on.

    Raises: NotFound, NotYourEvent, MoveNotAllowed.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    advance(roadshow, Status.RUNNING)
    _record("started", roadshow, actor, at)
    return roadshow


@command
def close(*, roadshow_id: int, actor_id: int, at: datetime) -> Roadshow:
    """End the day; points are no longer given, intents still may be.

    Raises: NotFound, NotYourEvent, PitchStillOn, MoveNotAllowed.
    """
    actor, roadshow = locked(roadshow_id, actor_id)
    if live := roadshow.pitches.filter(status=Pitch.Status.LIVE).first():
        raise PitchStillOn(title=live.title)
    advance(roadshow, Status.CLOSED)
    _record("closed", roadshow, actor, at)
    return roadshow


@command
def cancel(*, roadshow_id: int, reason: str, actor_id: int, at: datetime) -> Roadshow:
    """Call an event off before it begins; everybody with a seat is told why.

    Raises: NotFound, NotYourEvent, ReasonMissing, MoveNotAllowed.
    """
    said = reason_given(reason)
    actor, roadshow = locked(roadshow_id, actor_id)
    advance(roadshow, Status.CANCELLED, cancelled_reason=said)
    _record("cancelled", roadshow, actor, at)
    return roadshow


def _record(
    verb: str, roadshow: Roadshow, actor: Membership, at: datetime, *, moved: bool = False
) -> None:
    name = f"outreach.roadshow.{verb}"
    events.record(name, roadshow, actor=actor, at=at, moved=moved)


def _cleaned(content: Plan, actor: Membership) -> dict[str, Any]:
    """The fields of a plan, when it holds together.

    Raises: PlanWrong with one sentence a field.
    """
    problems = _text_problems(content) | _when_problems(content)
    weights = {key.strip(): bp for key, bp in content["criteria_bp"].items()}
    if said := _weight_problem(list(content["criteria_bp"]), weights):
        problems["criteria_bp"] = said
    series = content["series_id"]
    if series is not None:
        mine = Series.objects.filter(pk=series, organiser_id=actor.organisation_id)
        if not mine.exists():
            problems["series_id"] = _("Choose a series of your own organisation.")
    if problems:
        raise PlanWrong(problems=problems)
    return {
        "kind": content["kind"],
        "title": content["title"].strip(),
        "words": content["words"].strip(),
        "language": content["language"],
        "period": time.period(content["start"], content["end"]),
        "place": content["place"].strip(),
        "online_url": content["online_url"].strip(),
        "capacity": content["capacity"],
        "register_until_at": content["register_until"],
        "audience": content["audience"],
        "series_id": series,
        "criteria": [{"key": key, "weight_bp": bp} for key, bp in weights.items()],
    }


def _text_problems(content: Plan) -> dict[str, str]:
    found: dict[str, str] = {}
    if not 1 <= len(content["title"].strip()) <= 200:
        found["title"] = _("Between 1 and {most} characters.").format(most=200)
    for name, most in (("words", 4000), ("place", 200), ("online_url", 300)):
        if len(str(content[name]).strip()) > most:  # type: ignore[literal-required]  # named above
            found[name] = _("At most {most} characters.").format(most=most)
    for name, known in (
        ("kind", Roadshow.Kind.values),
        ("language", Roadshow.Language.values),
        ("audience", Roadshow.Audience.values),
    ):
        if content[name] not in known:  # type: ignore[literal-required]  # named above
            found[name] = _("Choose one of the list.")
    if not content["place"].strip() and not content["online_url"].strip():
        found["place"] = _("Say where it is, or give the address to watch it at.")
    if url := content["online_url"].strip():
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError:
            found.setdefault("online_url", _("This is not the address of a page."))
    return found


def _when_problems(content: Plan) -> dict[str, str]:
    found: dict[str, str] = {}
    if content["end"] <= content["start"]:
        found["end"] = _("The end must be later than the start.")
    if content["register_until"] > content["end"]:
        found["register_until"] = _("People register before it is over.")
    if not 1 <= content["capacity"] <= MOST_SEATS:
        found["capacity"] = _("Between 1 and {most} seats.").format(most=MOST_SEATS)
    return found


def _weight_problem(given: Sequence[str], weights: Mapping[str, int]) -> str:
    if not given:
        return ""
    fits = len(given) <= MOST_CRITERIA and len(weights) == len(given)
    if not fits or not all(1 <= len(key) <= 40 for key in weights):
        return _("Each criterion has a name of its own, of at most 40 characters.")
    if min(weights.values()) <= 0 or sum(weights.values()) != BP:
        return _("The weights are positive and sum to 100%.")
    return ""
