"""A tablet at a line gets its secret, or loses it."""

from dataclasses import dataclass
from datetime import datetime

from pilotharbor.calendars import queries
from pilotharbor.calendars.models import Kiosk
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Forbidden, Invalid, NotFound
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import tokens


class NotYourKiosk(Forbidden):
    """Kiosks are set up by the operators of the platform that owns the line."""

    code = "calendars.not_your_kiosk"


class KioskUnnamed(Invalid):
    """Say where the tablet stands, so that it is known which one to take away."""

    code = "calendars.kiosk_unnamed"


@dataclass(frozen=True, slots=True)
class IssuedKiosk:
    """A kiosk and its secret, which is never shown again."""

    kiosk: Kiosk
    secret: str


@command
def make_kiosk(*, line_id: int, name: str, actor_id: int, at: datetime) -> IssuedKiosk:
    """Set a tablet up at a line.

    Raises: NotFound, NotYourKiosk, KioskUnnamed. Source: R-CAL-30.
    """
    actor = parties.actor(actor_id=actor_id)
    line = facilities.visible_lines(actor=actor).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    if not facilities.keeps_lines(actor, platform_id=line.platform_id):
        raise NotYourKiosk
    if not name.strip():
        raise KioskUnnamed(problems={"name": str(KioskUnnamed())})
    secret = tokens.new_secret()
    kiosk = Kiosk.objects.create(
        line=line,
        name=name.strip(),
        secret_sha256=tokens.digest(secret),
        made_by=actor,
        made_at=at,
    )
    events.record("calendars.kiosk.made", kiosk, actor=actor, at=at, line_id=line.pk)
    return IssuedKiosk(kiosk, secret)


@command
def revoke_kiosk(*, kiosk_id: int, actor_id: int, at: datetime) -> Kiosk:
    """Take a tablet's secret away; it shows and takes nothing from now on.

    Raises: NotFound, also where it was taken away before. Source: R-CAL-30.
    """
    actor = parties.actor(actor_id=actor_id)
    kept = queries.kept_kiosks(actor=actor).filter(pk=kiosk_id)
    kiosk = kept.select_for_update(no_key=True, of=("self",)).first()
    if kiosk is None:
        raise NotFound
    kiosk.revoked_at = at
    kiosk.save(update_fields=["revoked_at"])
    events.record("calendars.kiosk.revoked", kiosk, actor=actor, at=at, line_id=kiosk.line_id)
    return kiosk
