"""Places of a platform for programs."""

from typing import Annotated, Any, Literal, cast

from ninja import Field, Router, Schema, Status

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.routes import shared
from pilotharbor.facilities.routes.shared import Name
from pilotharbor.kernel import clock
from pilotharbor.parties.auth import ActorRequest

router = Router()


class SiteIn(Schema):
    """A new place."""

    name: Name
    kind: Literal["lab", "workshop", "warehouse"] = "workshop"
    address: Annotated[str, Field(max_length=300)] = ""
    about: Annotated[str, Field(max_length=1000)] = ""


class SitePatch(SiteIn):
    """What changes about a place; what is left out stays."""

    name: Name = ""


@router.get("/sites")
def sites(request: ActorRequest) -> dict[str, Any]:
    """The places of one's own platform, by name."""
    rows = queries.sites(platform_id=request.auth.organisation_id)
    return {"items": [shared.site(one) for one in rows]}


@router.post("/sites", response={201: Any})
def add_site(request: ActorRequest, body: SiteIn) -> Status[Any]:
    """Name a place. 409 ``facilities.site_name_taken``."""
    made = commands.add_site(
        fields=cast("commands.SiteFields", body.dict()),
        actor_id=request.auth.pk,
        at=clock.now(request),
    )
    return Status(201, shared.site(made))


@router.patch("/sites/{int:site_id}")
def revise_site(request: ActorRequest, site_id: int, body: SitePatch) -> dict[str, Any]:
    """Change what is said about a place."""
    return shared.site(
        commands.revise_site(
            site_id=site_id,
            fields=cast("commands.SiteFields", body.dict(exclude_unset=True)),
            actor_id=request.auth.pk,
            at=clock.now(request),
        )
    )


@router.delete("/sites/{int:site_id}", response={204: None})
def remove_site(request: ActorRequest, site_id: int) -> Status[None]:
    """Strike a place off. 409 ``facilities.site_in_use`` while anything stands there."""
    commands.remove_site(site_id=site_id, actor_id=request.auth.pk, at=clock.now(request))
    return Status(204, None)
