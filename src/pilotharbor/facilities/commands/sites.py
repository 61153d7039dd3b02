"""What can happen to the places of a platform."""

from datetime import datetime
from typing import TypedDict

from pilotharbor.facilities.commands.lines import PlatformsOnly, keeper
from pilotharbor.facilities.models import Equipment, Line, Site
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, NotFound
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties.models import Membership
from pilotharbor.parties.roles import OrganisationKind


class SiteFields(TypedDict, total=False):
    """What one may say about a site."""

    name: str
    kind: str
    address: str
    about: str


class SiteNameTaken(Conflict):
    """Your platform already has a site called “{name}”."""

    code = "facilities.site_name_taken"


class SiteInUse(Conflict):
    """“{name}” still holds {lines} lines and {machines} machines; move them elsewhere first."""

    code = "facilities.site_in_use"


def _taken(name: str) -> SiteNameTaken:
    error = SiteNameTaken(name=name)
    error.problems["name"] = str(error)
    return error


@command
def add_site(*, fields: SiteFields, actor_id: int, at: datetime) -> Site:
    """Name a place of the actor's platform.

    Raises: NotYourRole, PlatformsOnly, SiteNameTaken. Source: R-FAC-7.
    """
    actor = keeper(actor_id=actor_id)
    if actor.organisation.kind != OrganisationKind.PILOT_PLATFORM:
        raise PlatformsOnly
    with refusing(facilities_site_name=_taken(fields.get("name", ""))):
        site = Site.objects.create(platform=actor.organisation, **fields)
    events.record("facilities.site.added", site, actor=actor, at=at, platform_id=site.platform_id)
    return site


@command
def revise_site(*, site_id: int, fields: SiteFields, actor_id: int, at: datetime) -> Site:
    """Change what is said about a place; the lines there take on its kind.

    Raises: NotYourRole, NotFound, SiteNameTaken.
    """
    actor = keeper(actor_id=actor_id)
    site = _locked(site_id, actor)
    changed = [name for name, value in fields.items() if getattr(site, name) != value]
    for name in changed:
        setattr(site, name, fields[name])  # type: ignore[literal-required]
    with refusing(facilities_site_name=_taken(site.name)):
        site.save(update_fields=changed)
    if "kind" in changed:
        Line.objects.filter(place=site).update(site=site.kind)
    events.record("facilities.site.revised", site, actor=actor, at=at, fields=changed)
    return site


@command
def remove_site(*, site_id: int, actor_id: int, at: datetime) -> None:
    """Strike a place off at which nothing stands.

    Raises: NotYourRole, NotFound, SiteInUse.
    """
    actor = keeper(actor_id=actor_id)
    site = _locked(site_id, actor)
    lines = Line.objects.filter(place=site).count()
    machines = Equipment.objects.filter(place=site).count()
    if lines or machines:
        raise SiteInUse(name=site.name, lines=lines, machines=machines)
    events.record("facilities.site.removed", site, actor=actor, at=at, platform_id=site.platform_id)
    site.delete()


def _locked(site_id: int, actor: Membership) -> Site:
    """A site of the actor's own platform, locked against lines that move in meanwhile."""
    found = Site.objects.filter(pk=site_id, platform_id=actor.organisation_id)
    site = found.select_for_update().first()
    if site is None:
        raise NotFound
    return site
