"""How entries of the market are spoken of on their pages."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.views.pages import speaks_chinese
from pilotharbor.technologies.models import Cooperation, Scenario
from pilotharbor.technologies.queries import Entry

TOLD = 60
ONE_SITTING = timedelta(hours=1)
SENTENCES = {
    "disclosed": _("Written down as a draft"),
    "posted": _("Written down as a draft"),
    "revised": _("Revised"),
    "submitted": _("Put up for review"),
    "published": _("Published"),
    "returned": _("Returned with a note"),
    "withdrawn": _("Withdrawn"),
    "reader_named": _("A reader was named"),
    "reader_removed": _("A named reader was removed"),
    "readers_admitted": _("A project or panel let people in"),
    "readers_dismissed": _("A project or panel let people go"),
    "detail_viewed": _("The confidential detail was read"),
    "registration_described": _("What the register asks was written down"),
    "right_described": _("What the register says of a right was written down"),
    "file_added": _("A file was added"),
    "file_removed": _("A file was taken off"),
    "file_destroyed": _("The bytes of a file taken off long ago were deleted"),
    "answered": _("An answer came in"),
    "answer_withdrawn": _("An answer was taken back"),
    "unveiled": _("An answer was chosen"),
    "tried": _("The trial was recorded"),
    "ordered": _("The first order was recorded"),
    "closed": _("Closed without an order"),
}


# What a revision changed, as people call it.
FIELDS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "detail": _("Detail"),
    "keywords": _("Keywords"),
    "industry": _("Industry"),
    "discipline": _("Discipline"),
    "discipline_code": _("Discipline"),
    "region": _("Region"),
    "trl_scale": _("Technology readiness"),
    "trl_level": _("Technology readiness"),
    "trl_evidence": _("What the level rests on"),
    "mrl": _("Manufacturing readiness"),
    "confidentiality": _("Confidentiality"),
    "budget_fen": _("Budget"),
    "trl_wanted": _("Readiness wanted"),
    "cooperation": _("Ways of working together"),
    "pricing": _("How the price is found"),
    "price_fen": _("Asking price"),
    "source": _("Source"),
    "ip": _("Rights"),
    "inventors": _("Inventors"),
    "files": _("Files"),
    "direction": _("Who looks for whom"),
    "conditions": _("What is offered for the trial"),
    "frontier": _("Strategic field"),
    "domestic_substitution": _("Domestic substitution"),
    "answers_until_date": _("Last day for answers"),
    "answers": _("Answers to the questions"),
}


def joined(words: Iterable[str]) -> str:
    """Words in a row, as the page's language sets them apart."""
    return ("、" if speaks_chinese() else ", ").join(words)


def mark(actor: Membership, at: datetime) -> str:
    """Who reads this and when, for the watermark."""
    read_at = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return f"{actor.person.name} · {actor.organisation.name} · {read_at}"


def place(region: str) -> str:
    """The province of a region, or its digits."""
    province = PROVINCES.get(region[:2])
    if province is None:
        return region
    return province.zh if speaks_chinese() else province.en


def ways(cooperation: Iterable[str]) -> str:
    """How it may be had, or how its owner would work together."""
    return joined(str(Cooperation(way).label) for way in cooperation)


def stages(entry: Scenario) -> list[dict[str, Any]]:
    """The four stages of a scenario and where it stands, for the strip."""
    state_of = Scenario.Status
    names = (
        translate("Open for answers"), translate("Answer chosen"), translate("Trial"),
        translate("First order"),
    )  # fmt: skip
    at: dict[str, int] = {
        state_of.PUBLISHED: 1,
        state_of.UNVEILED: 3,
        state_of.TRIED: 4 if entry.trial_passed else 3,
        state_of.FIRST_ORDER: 5,
    }
    now, failed = at.get(entry.status, 0), entry.status == state_of.TRIED and not entry.trial_passed
    said = {
        "done": translate("Done"), "current": translate("Now"), "todo": translate("To come"),
        "stopped": translate("Not passed"),
    }  # fmt: skip
    if entry.status == state_of.CLOSED:
        now = (
            3 if entry.chosen_id and entry.trial_passed is None else 4 if entry.trial_passed else 1
        )
        said["stopped"], failed = translate("Closed"), True
    rows = []
    for number, name in enumerate(names, start=1):
        state = "done" if number < now else "current" if number == now else "todo"
        state = "stopped" if failed and number == now else state
        rows.append({"number": number, "name": name, "state": state, "word": said[state]})
    return rows


def timeline(entry: Entry | Scenario) -> list[dict[str, Any]]:
    """What happened to it, newest first."""
    rows = list(
        Event.objects.filter(
            subject_type=entry._meta.label_lower,  # noqa: SLF001
            subject_id=entry.pk,
        ).order_by("-id")[:TOLD]
    )
    names = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    return [
        {
            "at": together[0].at,
            "title": _told(together),
            "who": names[person].name if (person := together[0].person_id) in names else "",
            "tone": "watch" if together[0].name.endswith("detail_viewed") else "",
        }
        for together in _sittings(rows)
    ]


def _sittings(rows: Iterable[Event]) -> Iterator[list[Event]]:
    """The events, newest first; what one person changed in one go counts as one change."""
    going: list[Event] = []
    for row in rows:
        if going and not (
            _changed(row)
            and _changed(going[-1])
            and row.person_id == going[-1].person_id
            and going[-1].at - row.at <= ONE_SITTING
        ):
            yield going
            going = []
        going.append(row)
    if going:
        yield going


def _changed(event: Event) -> list[str]:
    """The fields that an event changed; nothing if it is another kind of event."""
    if event.name == "technologies.demand.answered":
        return ["answers"]
    return list(event.facts.get("fields") or []) if event.name.endswith(".revised") else []


def _told(together: list[Event]) -> str:
    """What happened; a revision names what it changed."""
    fields = [name for event in reversed(together) for name in _changed(event)]
    if not fields:
        name = together[0].name
        return str(SENTENCES.get(name.rsplit(".", 1)[-1], name))
    names = dict.fromkeys(str(FIELDS.get(name, name)) for name in fields)
    return translate("Revised: {fields}").format(fields=joined(names))
