"""One result or need: what its reader may read of it, and what has happened to it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as translate
from django.views.decorators.http import require_GET

from pilotharbor.kernel import clock
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.views.pages import frame, speaks_chinese
from pilotharbor.technologies import disciplines, industries, queries
from pilotharbor.technologies.forms import ReaderForm
from pilotharbor.technologies.models import Achievement, PriceNotice, Reader, Status
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.queries import Entry, Reading
from pilotharbor.technologies.views import entry_words as words
from pilotharbor.technologies.views.findable import found_as
from pilotharbor.technologies.views.market import MARKETS, actor_of
from pilotharbor.technologies.views.papers import files_of


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
        "mark": words.mark(actor, at) if reading.watermarked and opened and actor else "",
        "place": words.place(entry.region),
        "ways": words.ways(entry.cooperation),
        "industry_name": industries.name_of(entry.industry),
        "discipline_name": disciplines.label(getattr(entry, "discipline_code", "")),
        "inventors": _inventors(entry),
        "rights": _rights(entry, reading),
        "writes": writes,
        "approves": approves,
        "own_submission": approves and _own(entry, actor),
        "editable": writes
        and (entry.status in {"draft", "returned"} or (entry.status == "published" and approves)),
        "withdrawable": insider and Status.WITHDRAWN in entry.MOVES[entry.status],
        "timeline": words.timeline(entry) if insider else None,
        **files_of(noun, entry, actor, at),
        **found_as(request, entry),
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
    return list(notices.notices_of(achievement_id=entry.pk, actor=actor)[: words.TOLD])


def _own(entry: Entry, actor: Membership | None) -> bool:
    return actor is not None and queries.submitter(entry).person_id == actor.person_id


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
            "pk": None if reading.blind else right.pk,
            "kind": right.get_kind_display(),
            "number": "" if reading.blind else right.application_no,
            "doubtful": bool(right.application_no) and not right.number_checked,
            "status": right.get_legal_status_display(),
        }
        for right in entry.ip_assets.order_by("id")
    ]


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
