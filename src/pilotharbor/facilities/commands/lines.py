"""What can happen to a line and to the engineers who run it."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from pilotharbor.facilities import queries
from pilotharbor.facilities.models import Line, LineEngineer, Site
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, NotYourRole, Verb
from pilotharbor.parties.roles import OrganisationKind

MOST_REVIEWS = 3
LONGEST_HOLD = 720
HOURS_A_WEEK = 168


class LineFields(TypedDict, total=False):
    """What one may say about a line."""

    name: str
    site: str
    description: str
    batch_kg_min: Decimal | None
    batch_kg_max: Decimal | None
    place_id: int | None
    hold_hours: int
    reviews_needed: int
    quota_hours_week: int | None


class NotYourLine(Forbidden):
    """Only the operator of the platform that owns this line may do that."""

    code = "facilities.not_your_line"


class PlatformsOnly(Forbidden):
    """Only a pilot-plant platform has lines; your organisation is registered as something else."""

    code = "facilities.platforms_only"


class ScaleReversed(Invalid):
    """The smallest batch cannot be larger than the largest."""

    code = "facilities.scale_reversed"


class SiteElsewhere(Invalid):
    """This site does not belong to your platform; choose one of its own."""

    code = "facilities.site_elsewhere"


class TermsOutOfRange(Invalid):
    """A request is reviewed by one to three people and holds its slot for at most 720 hours; one organisation has 1 to 168 hours a week."""

    code = "facilities.terms_out_of_range"


class ReasonMissing(Invalid):
    """Say why: people with plans for this line will read it."""

    code = "facilities.reason_missing"


class LineUnchanged(Conflict):
    """The line is already like that."""

    code = "facilities.line_unchanged"


class NotAnEngineerHere(Invalid):
    """Only an active equipment engineer of the line's own platform can run it."""

    code = "facilities.not_an_engineer_here"


class AlreadyEngineer(Conflict):
    """This engineer runs the line already."""

    code = "facilities.already_engineer"


def keeper(*, actor_id: int) -> Membership:
    """The actor, if their role maintains lines at all.

    Raises: NotFound, NotYourRole.
    """
    actor = parties.actor(actor_id=actor_id)
    rights.require(actor, Verb.WRITE, Kind.BOOKING)
    if not rights.acts_as(actor, *queries.LINE_KEEPERS):
        raise NotYourRole(role=actor.role, kind=Kind.BOOKING.value)
    return actor


def locked_line(*, line_id: int, actor: Membership) -> Line:
    """A line of the actor's own platform, locked.

    Raises: NotFound, NotYourLine.
    """
    if not queries.visible_lines(actor=actor).filter(pk=line_id).exists():
        raise NotFound
    line = Line.objects.select_for_update(no_key=True).get(pk=line_id)
    if not queries.keeps_lines(actor, platform_id=line.platform_id):
        raise NotYourLine
    return line


def require_site(place_id: int | None, actor: Membership) -> Site | None:
    """The site of the actor's platform where something is to stand, kept from going meanwhile.

    Locked before lines and machines.

    Raises: SiteElsewhere.
    """
    if place_id is None:
        return None
    found = Site.objects.filter(pk=place_id, platform_id=actor.organisation_id)
    # A site that is being struck off is waited for; another line may move in at the same time.
    site = found.select_for_update(of=("self",), no_key=True).first()
    if site is None:
        raise SiteElsewhere(problems={"place_id": str(SiteElsewhere())})
    return site


@command
def register_line(*, fields: LineFields, actor_id: int, at: datetime) -> Line:
    """Open a line of the actor's platform; equipment, prices and engineers follow.

    Raises: NotYourRole, PlatformsOnly, TermsOutOfRange, SiteElsewhere, ScaleReversed.
    Source: R-FAC-1, R-FAC-7.
    """
    actor = keeper(actor_id=actor_id)
    if actor.organisation.kind != OrganisationKind.PILOT_PLATFORM:
        raise PlatformsOnly
    _require_terms(fields)
    place = require_site(fields.get("place_id"), actor)
    line = Line(platform=actor.organisation, **fields)
    if place is not None:
        line.site = place.kind
    with refusing(facilities_line_scale_ordered=_reversed()):
        line.save(force_insert=True)
    events.record(
        "facilities.line.registered", line, actor=actor, at=at, platform_id=line.platform_id
    )
    return line


@command
def revise_line(*, line_id: int, fields: LineFields, actor_id: int, at: datetime) -> Line:
    """Change what is said about a line; where it stands says on which kind of ground.

    Raises: NotYourRole, TermsOutOfRange, SiteElsewhere, NotFound, NotYourLine, ScaleReversed.
    """
    actor = keeper(actor_id=actor_id)
    _require_terms(fields)
    place = require_site(fields.get("place_id"), actor)
    line = locked_line(line_id=line_id, actor=actor)
    if place is None and fields.get("place_id", line.place_id) is not None:
        place = line.place
    if place is not None:
        fields = {**fields, "site": place.kind}
    changed = [name for name, value in fields.items() if getattr(line, name) != value]
    for name in changed:
        setattr(line, name, fields[name])  # type: ignore[literal-required]
    with refusing(facilities_line_scale_ordered=_reversed()):
        line.save(update_fields=changed)
    events.record("facilities.line.revised", line, actor=actor, at=at, fields=changed)
    return line


@command
def close_line(*, line_id: int, reason: str, actor_id: int, at: datetime) -> Line:
    """Take no more bookings; those approved stay. Source: R-FAC-2.

    Raises: NotYourRole, ReasonMissing, NotFound, NotYourLine, LineUnchanged.
    """
    actor = keeper(actor_id=actor_id)
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    line = locked_line(line_id=line_id, actor=actor)
    if not line.is_open:
        raise LineUnchanged
    line.is_open, line.closed_reason = False, reason.strip()
    line.save(update_fields=["is_open", "closed_reason"])
    events.record("facilities.line.closed", line, actor=actor, at=at)
    return line


@command
def reopen_line(*, line_id: int, actor_id: int, at: datetime) -> Line:
    """Take bookings again.

    Raises: NotYourRole, NotFound, NotYourLine, LineUnchanged.
    """
    actor = keeper(actor_id=actor_id)
    line = locked_line(line_id=line_id, actor=actor)
    if line.is_open:
        raise LineUnchanged
    line.is_open, line.closed_reason = True, ""
    line.save(update_fields=["is_open", "closed_reason"])
    events.record("facilities.line.reopened", line, actor=actor, at=at)
    return line


@command
def assign_engineer(
    *, line_id: int, membership_id: int, actor_id: int, at: datetime
) -> LineEngineer:
    """Let an engineer of the platform run the line.

    Raises: NotYourRole, NotFound, NotYourLine, NotAnEngineerHere, AlreadyEngineer. Source: R-FAC-5.
    """
    actor = keeper(actor_id=actor_id)
    line = locked_line(line_id=line_id, actor=actor)
    choice = queries.engineers_to_choose(platform_id=line.platform_id).filter(pk=membership_id)
    if not choice.exists():
        raise NotAnEngineerHere(problems={"membership_id": str(NotAnEngineerHere())})
    with refusing(facilities_line_engineer_once=AlreadyEngineer()):
        engineer = LineEngineer.objects.create(line=line, membership_id=membership_id)
    events.record(
        "facilities.engineer.assigned", line, actor=actor, at=at, membership_id=membership_id
    )
    return engineer


@command
def release_engineer(*, line_id: int, membership_id: int, actor_id: int, at: datetime) -> None:
    """Take an engineer off the line.

    Raises: NotYourRole, NotFound, NotYourLine.
    """
    actor = keeper(actor_id=actor_id)
    line = locked_line(line_id=line_id, actor=actor)
    gone, _ = LineEngineer.objects.filter(line=line, membership_id=membership_id).delete()
    if not gone:
        raise NotFound
    events.record(
        "facilities.engineer.released", line, actor=actor, at=at, membership_id=membership_id
    )


def _reversed() -> ScaleReversed:
    return ScaleReversed(problems={"batch_kg_min": str(ScaleReversed())})


def _require_terms(fields: LineFields) -> None:
    """Refuse terms out of range, each at its field.

    Raises: TermsOutOfRange.
    """
    quota = fields.get("quota_hours_week")
    wrong = {
        "reviews_needed": not 1 <= fields.get("reviews_needed", 1) <= MOST_REVIEWS,
        "hold_hours": not 0 <= fields.get("hold_hours", 0) <= LONGEST_HOLD,
        "quota_hours_week": quota is not None and not 1 <= quota <= HOURS_A_WEEK,
    }
    if any(wrong.values()):
        said = str(TermsOutOfRange())
        raise TermsOutOfRange(problems={name: said for name, is_so in wrong.items() if is_so})
