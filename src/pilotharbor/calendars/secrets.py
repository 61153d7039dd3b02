"""Which calendar or kiosk does this secret open? Secrets are shown once and kept hashed."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from pilotharbor.calendars.models import FeedAddress, Kiosk
from pilotharbor.parties import tokens
from pilotharbor.parties.models import Membership, Organisation

# The last use is kept to the minute, so that a reader who asks often does not write as often.
STALE = timedelta(minutes=1)
WORKING = {
    "status": Membership.Status.ACTIVE,
    "person__is_active": True,
    "organisation__status": Organisation.Status.APPROVED,
}


def feed_of(*, secret: str, at: datetime) -> FeedAddress | None:
    """The address this secret opens; ``None`` for an unknown or revoked one, or a holder who left.

    Source: R-CAL-20.
    """
    rows = FeedAddress.objects.select_related(
        "membership__person", "membership__organisation", "line__platform", "project"
    )
    rows = rows.filter(**{f"membership__{name}": value for name, value in WORKING.items()})
    found = rows.filter(secret_sha256=tokens.digest(secret), revoked_at=None).first()
    if found is not None:
        _note_use(FeedAddress.objects.filter(pk=found.pk), found.last_used_at, at)
    return found


def kiosk_of(*, secret: str, at: datetime) -> Kiosk | None:
    """The kiosk this secret opens; ``None`` for an unknown or revoked one, or a suspended platform.

    Source: R-CAL-30.
    """
    found = (
        Kiosk.objects.select_related("line__platform")
        .filter(
            secret_sha256=tokens.digest(secret),
            revoked_at=None,
            line__platform__status=Organisation.Status.APPROVED,
        )
        .first()
    )
    if found is not None:
        _note_use(Kiosk.objects.filter(pk=found.pk), found.last_used_at, at)
    return found


def _note_use(
    row: "QuerySet[FeedAddress] | QuerySet[Kiosk]", last: datetime | None, at: datetime
) -> None:
    if last is None or at - last > STALE:
        row.update(last_used_at=at)
