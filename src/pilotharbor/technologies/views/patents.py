"""Patents and other rights: which there are, one of them, and those that sleep."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import frame
from pilotharbor.technologies import queries as market
from pilotharbor.technologies.commands import patents as commands
from pilotharbor.technologies.commands.rules import require_open, require_writer
from pilotharbor.technologies.models import IpAsset
from pilotharbor.technologies.patents import families, queries, terms
from pilotharbor.technologies.patents.forms import RightForm, initial_of
from pilotharbor.technologies.views.market import actor_of

# Whoever has more asleep than this begins with those that have slept longest.
SHOWN = 200


def _wanted(request: HttpRequest) -> queries.Wanted:
    said = request.GET
    return queries.Wanted(
        q=said.get("q", "")[:200],
        kind=said.get("kind", ""),
        status=said.get("status", ""),
        ipc=said.get("ipc", "")[:20],
        cpc=said.get("cpc", "")[:20],
        owner=id_in(said.get("owner", "")),
    )


@require_GET
def right_list(request: HttpRequest) -> HttpResponse:
    """Which patents and other rights are there? Newest first, filters in the address."""
    actor, wanted = actor_of(request), _wanted(request)
    rows = queries.filtered(queries.visible_rights(actor=actor), wanted)
    apart = request.GET.get("apart") == "1"
    shown = rows if apart else families.leading(rows)
    page = pages.page(shown, by="-id", cursor=request.GET.get("cursor"), limit=25)
    context = {
        "layout": frame(request),
        "page": page,
        "apart": apart,
        "rows": [(one, []) for one in page.items] if apart else families.together(page.items, rows),
        "wanted": wanted,
        "owner": _owner(wanted.owner, actor),
        "narrowed": bool(set(request.GET) - {"cursor", "apart"}),
        "kinds": IpAsset.Kind.choices,
        "statuses": IpAsset.LegalStatus.choices,
        "wakes": queries.wakes(actor),
        "crumbs": [(_("Home"), "/"), (_("Patents and rights"), "")],
    }
    return render(request, "technologies/right_list.html", context)


def _owner(owner_id: int | None, actor: Membership | None) -> Any:
    if owner_id is None:
        return None
    return parties.visible_organisations(actor=actor).filter(pk=owner_id).first()


@require_GET
def right_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What does the register say of it, and until when does it last?"""
    actor = actor_of(request)
    right = queries.right(right_id=pk, actor=actor)
    entry = right.achievement
    term = terms.term_of(right.kind, right.filing_date)
    context = {
        "layout": frame(request),
        "right": right,
        "entry": entry,
        "term": term,
        "last_day": terms.last_day(right.kind, right.filing_date),
        "today": local_date(clock.now(request)),
        "relatives": list(families.relatives(right, actor=actor)[:SHOWN]),
        "editable": _editable(right, actor),
        "crumbs": [
            (_("Home"), "/"),
            (_("Patents and rights"), reverse("rights")),
            (_name(right), ""),
        ],
    }
    return render(request, "technologies/right_detail.html", context)


def _editable(right: IpAsset, actor: Membership | None) -> bool:
    entry = right.achievement
    if not market.may_write(entry=entry, actor=actor):
        return False
    if entry.status in {"draft", "returned"}:
        return True
    return entry.status == "published" and market.may_approve(entry=entry, actor=actor)


def _name(right: IpAsset) -> str:
    return right.title or right.application_no or str(right.get_kind_display())


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """What should stand there instead?"""
    right = queries.right(right_id=pk, actor=request.actor)
    require_writer(right.achievement, request.actor)
    require_open(right.achievement, request.actor)
    form = RightForm(request.POST or None, initial=initial_of(right))
    if request.method == "POST" and form.is_valid():
        said: Any = form.cleaned_data
        try:
            commands.describe_right(
                right_id=pk, content=said, actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            return redirect("right_detail", pk)
    back = reverse("right_detail", args=[pk])
    context = {
        "form": form,
        "right": right,
        "back": back,
        "crumbs": [
            (_("Patents and rights"), reverse("rights")),
            (_name(right), back),
            (_("Edit"), ""),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "technologies/right_form.html", context, status=status)


@acting
@require_GET
def dormant(request: ActorRequest) -> HttpResponse:
    """Which patents has nobody touched for years, and what wakes them?"""
    at = clock.now(request)
    years = queries.years_asleep(request.GET.get("years", ""))
    rows = queries.dormant(actor=request.actor, at=at, years=years)
    context = {
        "total": rows.count(),
        "shown": SHOWN,
        "rows": [
            {
                "right": right,
                "last_at": getattr(right, "last_at", None),
                "last_day": terms.last_day(right.kind, right.filing_date),
                "writes": market.may_write(entry=right.achievement, actor=request.actor),
                "approves": market.may_approve(entry=right.achievement, actor=request.actor),
            }
            for right in rows[:SHOWN]
        ],
        "years": years,
        "choices": range(1, queries.MOST_YEARS + 1),
        "crumbs": [
            (_("Home"), "/"),
            (_("Patents and rights"), reverse("rights")),
            (_("Sleeping patents"), ""),
        ],
    }
    return render(request, "technologies/right_dormant.html", context)
