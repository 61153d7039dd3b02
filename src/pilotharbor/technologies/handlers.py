"""Who is told of what happens to results and needs."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands import patents
from pilotharbor.technologies.models import Achievement, Demand, Objection, PriceNotice
from pilotharbor.technologies.queries import Entry
from pilotharbor.technologies.scenarios import handlers as scenarios

# Loading this module is what lets the reactions of that one be heard.
__all__ = ["scenarios"]

notices.say("technologies.notice.opened", _("The price notice of “{title}” is public."))
notices.say(
    "technologies.objection.raised", _("Somebody objects to the price notice of “{title}”.")
)
notices.say(
    "technologies.objection.answered", _("Your objection to the notice of “{title}” was answered.")
)
for _noun in ("achievement", "demand"):
    notices.say(f"technologies.{_noun}.submitted", _("“{title}” waits for your review."))
    notices.say(f"technologies.{_noun}.published", _("“{title}” has been published."))
    notices.say(
        f"technologies.{_noun}.returned", _("“{title}” was returned; see what should be changed.")
    )
notices.say(
    "technologies.achievement.reader_named", _("You may read the confidential detail of “{title}”.")
)


def _entry(event: Event) -> Entry:
    model: type[Entry] = Achievement if event.name.split(".")[1] == "achievement" else Demand
    found: Entry = model._default_manager.get(pk=event.subject_id)  # noqa: SLF001
    return found


def _tell(event: Event, entry: Entry, told: set[int]) -> None:
    noun = queries.kind_of(entry).value
    parties.notify(
        member_ids=told,
        not_to=event.person_id,
        kind=event.name,
        url=reverse(f"{noun}_detail", args=[entry.pk]),
        event=event,
        at=event.at,
        facts={"title": entry.title},
    )


@handles("technologies.achievement.submitted", "technologies.demand.submitted")
def tell_the_reviewers(event: Event) -> None:
    """A result's own transfer office, or the platform's operators for a need.

    What came in by a file is told once by the import, not row by row.
    """
    if event.facts.get("imported"):
        return
    entry = _entry(event)
    if isinstance(entry, Achievement):
        office = people.people_of(organisation_id=entry.owner_id, roles=[Role.TTO_OFFICER])
    elif not Organisation.objects.filter(is_host=True).exists():
        return
    else:
        office = people.people_of(organisation_id=people.host().pk, roles=[Role.PLATFORM_OPERATOR])
    _tell(event, entry, set(office.values_list("pk", flat=True)))


@handles(
    "technologies.achievement.published",
    "technologies.achievement.returned",
    "technologies.demand.published",
    "technologies.demand.returned",
)
def tell_the_submitter(event: Event) -> None:
    """Whoever put it up for review hears what became of it."""
    if event.facts.get("imported"):
        return
    entry = _entry(event)
    _tell(event, entry, {queries.submitter(entry).pk})


@handles("technologies.achievement.reader_named")
def tell_the_reader(event: Event) -> None:
    """A named reader knows that something was opened."""
    entry = _entry(event)
    rows = entry.readers.filter(membership_id=event.facts.get("membership_id"))
    _tell(event, entry, set(rows.values_list("membership_id", flat=True)))


def _tell_of_notice(event: Event, notice: PriceNotice, told: set[int]) -> None:
    parties.notify(
        member_ids=told,
        not_to=event.person_id,
        kind=event.name,
        url=reverse("price_notice", args=[notice.pk]),
        event=event,
        at=event.at,
        facts={"title": notice.title},
    )


@handles("technologies.notice.opened")
def tell_the_inventors(event: Event) -> None:
    """Whoever made a result hears at which price it is to change hands."""
    notice = PriceNotice.objects.get(pk=event.subject_id)
    made = notice.achievement.inventors.values_list("membership_id", flat=True)
    _tell_of_notice(event, notice, set(made))


@handles("technologies.objection.raised")
def tell_the_office(event: Event) -> None:
    """The office answers objections."""
    notice = PriceNotice.objects.select_related("achievement").get(pk=event.facts["notice_id"])
    owner_id = notice.achievement.owner_id
    office = people.people_of(organisation_id=owner_id, roles=[Role.TTO_OFFICER])
    _tell_of_notice(event, notice, set(office.values_list("pk", flat=True)))


@handles("technologies.objection.answered")
def tell_who_objected(event: Event) -> None:
    """Whoever objected while signed in hears what the office found."""
    objection = Objection.objects.select_related("notice").get(pk=event.subject_id)
    if objection.raised_by_id:
        _tell_of_notice(event, objection.notice, {objection.raised_by_id})


@handles(
    "technologies.achievement.published",
    "technologies.achievement.revised",
    "technologies.achievement.reader_named",
    "technologies.achievement.readers_admitted",
    "technologies.achievement.detail_viewed",
    "technologies.achievement.file_added",
    "technologies.achievement.right_described",
)
def note_what_happened(event: Event) -> None:
    """A result with which something happens does not sleep (R-TECH-42)."""
    patents.note_activity(achievement_id=event.subject_id, at=event.at)


@handles("technologies.notice.opened")
def note_the_notice(event: Event) -> None:
    """Nor does one that is about to change hands."""
    patents.note_activity(achievement_id=int(str(event.facts["achievement_id"])), at=event.at)
