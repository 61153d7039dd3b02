"""How does a person hear of what concerns them?"""

from collections.abc import Iterable
from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import notices, queries
from pilotharbor.parties.models import Notification, NotificationPreference, Person


class UnknownTopic(Invalid):
    """There is nothing to hear about under this name."""

    code = "parties.unknown_topic"


@command
def notify(
    *,
    member_ids: Iterable[int] = (),
    person_ids: Iterable[int] = (),
    not_to: int | None = None,
    kind: str,
    url: str,
    event: Event,
    at: datetime,
    facts: dict[str, Fact] | None = None,
) -> list[Notification]:
    """Tell people of an event, each once and as they wish to hear; called from handlers.

    ``member_ids`` are told as what they act as, and read it only while they may act; ``person_ids``
    are told of themselves. ``not_to`` is the person who did it and need not be told.
    ``kind`` names the sentence (``notices.SENTENCES``), usually the event's name; ``facts`` fill it.
    """
    domain = kind.split(".", 1)[0]
    wanted = _addressed(set(member_ids), set(person_ids))
    wanted.pop(not_to or 0, None)
    silent = queries.silenced(person_ids=wanted, domain=domain)
    told = [pk for pk in sorted(wanted) if pk not in silent.everything]
    there = set(
        Notification.objects.filter(person_id__in=told, event_id=event.pk, kind=kind).values_list(
            "person_id", flat=True
        )
    )
    made = Notification.objects.bulk_create(
        Notification(
            person_id=pk, membership_id=wanted[pk], kind=kind, facts=facts or {}, url=url, event_id=event.pk, created_at=at,
            # Only by mail: there, but not waiting to be read.
            read_at=at if pk in silent.in_app else None,
        )
        for pk in told
        if pk not in there
    )  # fmt: skip
    events.record_many(
        "parties.notification.created",
        ((one, {"to_person_id": one.person_id}) for one in made),
        actor=None,
        at=at,
    )
    return made


def _addressed(member_ids: set[int], person_ids: set[int]) -> dict[int, int | None]:
    """Who is told, as which membership (``None``: as themselves); the suspended are not."""
    people = Person.objects.filter(pk__in=person_ids, is_active=True)
    told: dict[int, int | None] = dict.fromkeys(people.values_list("pk", flat=True))
    members = queries.standing().filter(pk__in=member_ids).order_by("pk")
    for pk, person_id in members.values_list("pk", "person_id"):
        told.setdefault(person_id, pk)
    return told


@command
def mark_mailed(*, notification_id: int, at: datetime) -> None:
    """Note that the mail went out."""
    Notification.objects.filter(pk=notification_id).update(mailed_at=at)


@command
def read_notification(*, notification_id: int, person_id: int, at: datetime) -> Notification:
    """Note that a person has seen it; the first time counts.

    Raises: NotFound when it is somebody else's.
    """
    one = queries.notifications_of(person_id=person_id).filter(pk=notification_id).first()
    if one is None:
        raise NotFound
    if one.read_at is None:
        one.read_at = at
        one.save(update_fields=["read_at"])
    return one


@command
def read_all_notifications(*, person_id: int, at: datetime) -> int:
    """Note that a person has seen everything up to now; how many that were."""
    mine = queries.notifications_of(person_id=person_id).filter(read_at=None).values("pk")
    return Notification.objects.filter(pk__in=mine).update(read_at=at)


@command
def prefer(
    *, person_id: int, domain: str, in_app: bool, by_mail: bool, at: datetime
) -> NotificationPreference:
    """Say what one wants to hear of a domain, in the app and by mail.

    Raises: UnknownTopic.
    """
    if domain not in notices.TOPICS:
        raise UnknownTopic(domain=domain)
    preference, _ = NotificationPreference.objects.update_or_create(
        person_id=person_id, domain=domain, defaults={"in_app": in_app, "by_mail": by_mail}
    )
    events.record(
        "parties.preference.changed", preference, at=at, of_person_id=person_id, domain=domain,
        in_app=in_app, by_mail=by_mail,
    )  # fmt: skip
    return preference
