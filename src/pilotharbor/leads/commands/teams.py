"""Dedicated teams: who belongs to them."""

from collections.abc import Iterable
from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.codes import BadCode, normalise_industry
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.leads import queries
from pilotharbor.leads.commands.access import required, tidy
from pilotharbor.leads.models import Team, TeamMember
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership


class TeamThere(Conflict):
    """There is a team of this name already."""

    code = "leads.team_there"


class BadTeam(Invalid):
    """Field and region are codes: of GB/T 4754, and two to six digits of GB/T 2260."""

    code = "leads.bad_team"


class NotFitForTeam(Invalid):
    """A team has technology managers, officials, experts, advisors and operators of approved organisations."""

    code = "leads.not_fit_for_team"


class NotYoursToChange(Forbidden):
    """Only who formed the team, and operators, may do this."""

    code = "leads.not_yours_to_change"


def place_codes(field: str, region: str) -> tuple[str, str]:
    """The two codes as they are kept.

    Raises: BadTeam.
    """
    problems = {}
    code, place = tidy(field), tidy(region)
    try:
        code = normalise_industry(code) if code else ""
    except BadCode:
        problems["field"] = str(BadTeam())
    if place and not (place.isascii() and place.isdigit() and 2 <= len(place) <= 6):
        problems["region"] = str(BadTeam())
    if problems:
        raise BadTeam(problems=problems)
    return code, place


@command
def form_team(
    *,
    name: str,
    actor_id: int,
    at: datetime,
    purpose: str = "",
    field: str = "",
    region: str = "",
    member_ids: Iterable[int] = (),
) -> Team:
    """Form a team for a field or a region, with its first members.

    Raises: NotFound, NotYourRole, WordsMissing, BadTeam, NotFitForTeam, TeamThere.
    Source: R-LEAD-11.
    """
    actor = parties.actor(actor_id=actor_id)
    if not queries.forms_teams(actor):
        raise rights.NotYourRole(role=actor.role)
    said = required("name", name, most=80)
    code, place = place_codes(field, region)
    wanted = set(member_ids)
    people = list(queries.fit_for_team().filter(pk__in=wanted))
    if len(people) != len(wanted):
        raise NotFitForTeam(problems={"member_ids": str(NotFitForTeam())})
    with refusing(leads_team_name_once=TeamThere(problems={"name": str(TeamThere())})):
        team = Team.objects.create(
            name=said, purpose=tidy(purpose)[:500], field=code, region=place, formed_by=actor,
            formed_at=at,
        )  # fmt: skip
    TeamMember.objects.bulk_create(
        TeamMember(team=team, membership=one, joined_at=at) for one in people
    )
    events.record(
        "leads.team.formed", team, actor=actor, at=at, member_ids=sorted(one.pk for one in people)
    )
    return team


def _changed(team_id: int, actor_id: int) -> tuple[Membership, Team]:
    actor = parties.actor(actor_id=actor_id)
    queries.visible_team(actor=actor, team_id=team_id)
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    if not queries.leads_team(team, actor):
        raise NotYoursToChange
    if team.dissolved_at is not None:
        raise NotFound
    return actor, team


@command
def join_team(*, team_id: int, membership_id: int, actor_id: int, at: datetime) -> Team:
    """Take somebody into a team; who is in stays in.

    Raises: NotFound, NotYoursToChange, NotFitForTeam.
    """
    actor, team = _changed(team_id, actor_id)
    fit = queries.fit_for_team().filter(pk=membership_id).first()
    if fit is None:
        raise NotFitForTeam(problems={"membership_id": str(NotFitForTeam())})
    if not team.members.filter(membership=fit, left_at=None).exists():
        TeamMember.objects.create(team=team, membership=fit, joined_at=at)
        events.record("leads.team.joined", team, actor=actor, at=at, membership_id=fit.pk)
    return team


@command
def leave_team(*, team_id: int, membership_id: int, actor_id: int, at: datetime) -> Team:
    """Let somebody go from a team.

    Raises: NotFound, NotYoursToChange.
    """
    actor, team = _changed(team_id, actor_id)
    row = team.members.filter(membership=membership_id, left_at=None).first()
    if row is None:
        raise NotFound
    row.left_at = at
    row.save(update_fields=["left_at"])
    events.record("leads.team.left", team, actor=actor, at=at, membership_id=membership_id)
    return team


@command
def dissolve_team(*, team_id: int, actor_id: int, at: datetime) -> Team:
    """End a team; its visits stay on record.

    Raises: NotFound, NotYoursToChange.
    """
    actor, team = _changed(team_id, actor_id)
    team.dissolved_at = at
    team.save(update_fields=["dissolved_at"])
    events.record("leads.team.dissolved", team, actor=actor, at=at)
    return team
