"""One result or need: what its reader may read of it, and what has happened to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.kernel.time import SHANGHAI
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.views.pages import frame, speaks_chinese
from pilotharbor.technologies import industries, queries
from pilotharbor.technologies.forms import ReaderForm
from pilotharbor.technologies.models import Achievement, Cooperation, PriceNotice, Reader, Status
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.queries import Entry, Reading
from pilotharbor.technologies.views.market import MARKETS, actor_of

TOLD = 60
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
}


# What a revision changed, as people call it.
FIELDS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "detail": _("Detail"),
    "keywords": _("Keywords"),
    "industry": _("Industry"),
    "discipline": _("Discipline"),
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
}


@require_GET
def detail(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """Facts, rights, timeline; the confidential detail only when it is asked for, and recorded."""
    market, actor, at = MARKETS[noun], actor_of(request), clock.now(request)
    entry = market.one(pk, actor, at)
    reading = queries.reading(entry=entry, actor=actor, at=at)
    opened = reading.detail and bool(entry.detail)
    if opened and reading.recorded:
        opened = request.GET.get("detail") == "open" and actor is not None
        if opened and actor:
            market.view_detail(**market.of(pk), actor_id=actor.pk, at=at)
    writes = queries.may_write(entry=entry, actor=actor)
    approves = queries.may_approve(entry=entry, actor=actor)
    insider = writes or approves
    context = {
        "layout": frame(request),
        "noun": noun,
        "entry": entry,
        "reading": reading,
        "opened": opened,
        "has_detail": bool(entry.detail),
        "mark": _mark(actor, at) if reading.watermarked and opened and actor else "",
        "place": _place(entry),
        "ways": _ways(entry),
        "industry_name": industries.name_of(entry.industry),
        "inventors": _inventors(entry),
        "rights": _rights(entry, reading),
        "writes": writes,
        "approves": approves,
        "own_submission": approves and _own(entry, actor),
        "editable": writes
        and (entry.status in {"draft", "returned"} or (entry.status == "published" and approves)),
        "withdrawable": insider and Status.WITHDRAWN in entry.MOVES[entry.status],
        "timeline": _timeline(entry) if insider else None,
        "price_notices": _notices(entry, reading, actor),
        "readers": _readers(entry) if writes and noun == "achievement" else [],
        "reader_form": ReaderForm() if writes and noun == "achievement" else None,
        "crumbs": [(translate("Home"), "/"), (market.name, f"/{noun}s"), (entry.title, "")],
    }
    return render(request, "technologies/detail.html", context)


def _notices(entry: Entry, reading: Reading, actor: Membership | None) -> Sequence[PriceNotice]:
    """The price notices of a result; a blind reader would learn whose it is by them."""
    if reading.blind or not isinstance(entry, Achievement):
        return []
    return list(notices.notices_of(achievement_id=entry.pk, actor=actor)[:TOLD])


def _own(entry: Entry, actor: Membership | None) -> bool:
    return actor is not None and queries.submitter(entry).person_id == actor.person_id


def _mark(actor: Membership, at: datetime) -> str:
    return f"{actor.person.name} · {actor.organisation.name} · {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _place(entry: Entry) -> str:
    province = PROVINCES.get(entry.region[:2])
    if province is None:
        return entry.region
    return province.zh if speaks_chinese() else province.en


def _ways(entry: Entry) -> str:
    """How it may be had, or how its owner would work together."""
    return ("、" if speaks_chinese() else ", ").join(
        str(Cooperation(way).label) for way in entry.cooperation
    )


def _inventors(entry: Entry) -> str:
    if not isinstance(entry, Achievement):
        return ""
    rows = entry.inventors.order_by("position").values_list("membership__person__name", flat=True)
    return ("、" if speaks_chinese() else ", ").join(rows)


def _rights(entry: Entry, reading: Reading) -> list[dict[str, Any]]:
    if not isinstance(entry, Achievement):
        return []
    return [
        {
            "kind": right.get_kind_display(),
            "number": "" if reading.blind else right.application_no,
            "doubtful": bool(right.application_no) and not right.number_checked,
            "status": right.get_legal_status_display(),
        }
        for right in entry.ip_assets.order_by("id")
    ]


def _timeline(entry: Entry) -> list[dict[str, Any]]:
    rows = list(
        Event.objects.filter(
            subject_type=entry._meta.label_lower,  # noqa: SLF001
            subject_id=entry.pk,
        ).order_by("-id")[:TOLD]
    )
    names = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    return [
        {
            "at": row.at,
            "title": _told(row),
            "who": names[row.person_id].name if row.person_id in names else "",
            "tone": "watch" if row.name.endswith("detail_viewed") else "",
        }
        for row in rows
    ]


def _told(event: Event) -> str:
    """What happened; a revision names what it changed."""
    said = str(SENTENCES.get(event.name.rsplit(".", 1)[-1], event.name))
    fields = event.facts.get("fields") or []
    if not event.name.endswith(".revised") or not fields:
        return said
    names = dict.fromkeys(str(FIELDS.get(name, name)) for name in fields)
    return translate("Revised: {fields}").format(
        fields=("、" if speaks_chinese() else ", ").join(names)
    )


def _readers(entry: Entry) -> Sequence[Reader]:
    rows = entry.readers.select_related("membership__person", "membership__organisation")
    return list(rows.exclude(via=Reader.Via.BLIND).order_by("id"))


def members_of(email: str) -> Membership | None:
    """The active membership a person of this e-mail acts as first."""
    person = Person.objects.filter(email__iexact=email).first()
    return parties.active_memberships(person_id=person.pk).first() if person else None


def home_of(noun: str, pk: int) -> HttpResponse:
    """Back to the page of the entry."""
    return redirect(MARKETS[noun].url(pk))
