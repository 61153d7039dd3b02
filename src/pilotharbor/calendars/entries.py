"""Bookings and shifts as entries of a calendar file."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.booking.models import Booking
from pilotharbor.calendars.models import FeedAddress
from pilotharbor.calendars.queries import GIVEN_UP, Event, Feed, Known
from pilotharbor.crew.models import Shift
from pilotharbor.kernel.ical import Entry


def title_of(address: FeedAddress) -> str:
    """What a calendar program calls the feed."""
    if address.line is not None:
        return _("Line: {name}").format(name=address.line.name)
    if address.project is not None:
        return _("Project: {name}").format(name=address.project.title)
    return _("My bookings")


def entries_of(address: FeedAddress, found: Feed) -> list[Entry]:
    """All entries of a feed, in the order of their beginnings."""
    entries = [known_entry(one) for one in found.known]
    entries += [shift_entry(one) for one in found.shifts]
    if address.line is not None:
        entries += [taken_entry(e, address.line.name) for e in found.taken]
    return sorted(entries, key=lambda e: (e.start, e.uid))


def known_entry(one: Known) -> Entry:
    """A booking one may read. What is given up stays as cancelled, so that programs take it away."""
    found = one.booking
    said = [str(found.get_status_display())]
    if found.batch_no:
        said.append(_("batch {n}").format(n=found.batch_no))
    if found.engineer is not None:
        said.append(_("Engineer: {name}").format(name=found.engineer.person.name))
    platform = found.line.platform
    return Entry(
        uid=f"booking-{found.pk}@{_host()}",
        start=found.period.lower,
        end=found.period.upper,
        changed=one.changed_at,
        summary=f"{found.line.name} · {found.project.title}",
        description="\n".join(said),
        location=", ".join(x for x in (found.line.name, platform.name, platform.address) if x),
        url=settings.PUBLIC_URL.rstrip("/") + reverse("booking_detail", args=[found.pk]),
        category=str(found.get_status_display()),
        sequence=one.changes - 1,
        cancelled=found.status in GIVEN_UP,
        tentative=found.status == Booking.Status.SUBMITTED,
    )


def shift_entry(shift: Shift) -> Entry:
    """A shift of one's own. A changed one is another shift; one that no longer counts is not told."""
    platform = shift.membership.organisation
    return Entry(
        uid=f"shift-{shift.pk}@{_host()}",
        start=shift.period.lower,
        end=shift.period.upper,
        changed=shift.planned_at,
        summary=_("On duty: {platform}").format(platform=platform.name),
        description=shift.note,
        location=", ".join(x for x in (platform.name, platform.address) if x),
        url=settings.PUBLIC_URL.rstrip("/") + reverse("my_shifts"),
        category=_("Shift"),
    )


def taken_entry(event: Event, line: str) -> Entry:
    """A stretch that others have; it says no more than a calendar on the page would."""
    stretch = f"{int(event.start.timestamp())}-{int(event.end.timestamp())}"
    return Entry(
        uid=f"taken-{event.line_id}-{stretch}@{_host()}",
        start=event.start,
        end=event.end,
        changed=event.start,
        summary=_("{line}: taken").format(line=line),
    )


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "pilotharbor"
