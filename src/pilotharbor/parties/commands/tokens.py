"""How does a program get its key, and how is it taken away?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries, tokens
from pilotharbor.parties.models import ApiToken

LONGEST_DAYS = 365
USUAL_DAYS = 90
PREFIX = 10


class TooLong(Invalid):
    """A token lives between 1 and {longest} days."""

    code = "parties.token_too_long"


class UnknownScope(Invalid):
    """A token can have the scopes {known}, at least one of them."""

    code = "parties.unknown_scope"


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and its secret, which is never shown again."""

    token: ApiToken
    secret: str


@command
def issue_token(
    *,
    name: str = "",
    scopes: list[str] | None = None,
    days: int = USUAL_DAYS,
    actor_id: int,
    at: datetime,
) -> Issued:
    """Make a key that acts as the actor's membership, within scopes, until it expires.

    Raises: TooLong, UnknownScope, NotFound.
    Source: R-PARTY-9.
    """
    actor = queries.actor(actor_id=actor_id)
    wanted = sorted(set(tokens.SCOPES if scopes is None else scopes))
    calendar = wanted == [tokens.CALENDAR]
    if not wanted or not (calendar or set(wanted) <= set(tokens.SCOPES)):
        refusal = UnknownScope(known=", ".join(tokens.SCOPES))
        refusal.problems["scopes"] = str(refusal)
        raise refusal
    if not 1 <= days <= LONGEST_DAYS:
        raise TooLong(longest=LONGEST_DAYS)
    secret = tokens.new_secret()
    token = ApiToken.objects.create(
        membership=actor, name=name.strip()[:80], prefix=secret[:PREFIX],
        secret_sha256=tokens.digest(secret), scopes=wanted, created_at=at,
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    events.record("parties.token.issued", token, actor=actor, at=at, scopes=wanted, days=days)
    return Issued(token, secret)


@command
def revoke_token(*, token_id: int, actor_id: int, at: datetime) -> ApiToken:
    """Take a key away; the next request with it fails. Twice is as good as once.

    Raises: NotFound when it is not one of the person's own.
    """
    actor = queries.actor(actor_id=actor_id)
    mine = ApiToken.objects.filter(membership__person_id=actor.person_id)
    token = mine.select_for_update(no_key=True, of=("self",)).filter(pk=token_id).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        events.record("parties.token.revoked", token, actor=actor, at=at)
    return token
