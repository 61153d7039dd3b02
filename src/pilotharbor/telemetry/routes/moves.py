"""What happens to tags by a word of the address; after all addresses with a word of their own."""

from typing import Any, Literal

from ninja import Router

from pilotharbor.kernel import clock
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands
from pilotharbor.telemetry.routes.tags import shown

router = Router()


@router.post("/telemetry/tags/{int:tag_id}/{verb}")
def move_tag(
    request: ActorRequest, tag_id: int, verb: Literal["retire", "return"]
) -> dict[str, Any]:
    """Take no more samples of a tag, or take them again."""
    move = commands.retire_tag if verb == "retire" else commands.return_tag
    return shown(move(tag_id=tag_id, actor_id=request.auth.pk, at=clock.now(request)))
