"""API tokens: shown once, kept hashed, scoped, expiring."""

import secrets
from datetime import datetime
from hashlib import sha256

from pilotharbor.parties.models import ApiToken, Membership, Organisation

SCOPES = ("read", "write")
# Opens the calendar feed of its person and nothing of the API; made on the page of the calendar.
CALENDAR = "calendar"
_STALE_SECONDS = 60


def new_secret() -> str:
    """A fresh secret; the prefix tells people and scanners what it is."""
    return "phb_" + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def membership_of(*, secret: str, scope: str, at: datetime) -> Membership | None:
    """The membership a usable token acts as, or ``None``: unknown, expired, revoked, too narrow."""
    token = (
        ApiToken.objects.select_related("membership__person", "membership__organisation")
        .filter(
            secret_sha256=digest(secret),
            revoked_at=None,
            scopes__contains=[scope],
            membership__status=Membership.Status.ACTIVE,
            membership__person__is_active=True,
            membership__organisation__status__in=[
                Organisation.Status.APPROVED,
                Organisation.Status.APPLIED,
            ],
        )
        .first()
    )
    if token is None or token.expires_at <= at:
        return None
    if token.last_used_at is None or (at - token.last_used_at).total_seconds() > _STALE_SECONDS:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token.membership
