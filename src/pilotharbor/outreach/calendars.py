"""Events as entries of a calendar: what stands in a feed, and what only its holder is told."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.kernel.ical import Entry
from pilotharbor.outreach.models import Registration, Roadshow


def entry_of(roadshow: Roadshow, registration: Registration | None = None) -> Entry:
    """An event; with a seat in it also how it is watched and what one does there."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "pilotharbor"
    said = [roadshow.get_kind_display(), roadshow.organiser.name, roadshow.words]
    if registration is not None:
        part = registration.get_part_display()
        said.insert(0, f"{part}: {registration.get_status_display()}")
        if roadshow.online_url:
            said.append(roadshow.online_url)
    return Entry(
        uid=f"roadshow-{roadshow.pk}@{host}",
        start=roadshow.period.lower,
        end=roadshow.period.upper,
        changed=roadshow.revised_at,
        summary=roadshow.title,
        description="\n".join(line for line in said if line),
        location=roadshow.place or _("online"),
        url=settings.PUBLIC_URL.rstrip("/") + reverse("roadshow_detail", args=[roadshow.pk]),
        category=str(roadshow.get_kind_display()),
        # Seconds since it was planned: grows with every change, and needs no counter.
        sequence=int((roadshow.revised_at - roadshow.planned_at).total_seconds()),
        cancelled=roadshow.status == Roadshow.Status.CANCELLED,
    )


def entries_of(registrations: Iterable[Registration]) -> list[Entry]:
    """What somebody goes to, as listener or juror."""
    return [entry_of(one.roadshow, one) for one in registrations]
