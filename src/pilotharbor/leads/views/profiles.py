"""The technology managers: directory, profile, what they have learnt and done."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, money
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.sheets.write import Cell, csv_chunks, write_xlsx
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.field_forms import LevelForm, ProfileForm, QualificationForm, listed
from pilotharbor.leads.models import ManagerProfile
from pilotharbor.leads.views.figures import period_of
from pilotharbor.leads.views.shared import ask, press
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.technologies import industries

MOST = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Home"), "/"), (_("Technology managers"), reverse("managers")), *steps]


@acting
@require_GET
def manager_list(request: ActorRequest) -> HttpResponse:
    """Who is there, with level, fields and how much they carry."""
    wanted = {
        name: request.GET.get(name, "").strip()[:60] for name in ("q", "level", "field", "region")
    }
    rows = list(queries.directory(**wanted)[:MOST])
    carried = queries.carried(rows)
    profiles = {row.membership_id: row for row in queries.profiles_of(rows)}
    context = {
        "rows": [(one, profiles.get(one.pk), carried.get(one.pk, 0)) for one in rows],
        "wanted": wanted,
        "filtered": any(wanted.values()),
        "levels": [choice for choice in ManagerProfile.Level.choices if choice[0]],
        "mine": queries.manages(request.actor),
        "figures": queries.sees_figures(request.actor),
        "crumbs": [(_("Home"), "/"), (_("Technology managers"), "")],
    }
    return render(request, "leads/manager_list.html", context)


@acting
@require_GET
def manager_detail(request: ActorRequest, membership_id: int) -> HttpResponse:
    """One manager."""
    manager = queries.a_manager(membership_id=membership_id)
    profile = queries.profile_of(manager)
    context = {
        "manager": manager,
        "profile": profile,
        "trades": [industries.name_of(code) or code for code in profile.fields] if profile else [],
        "qualifications": list(queries.qualifications_of(manager)),
        "today": local_date(clock.now(request)),
        "mine": request.actor.pk == manager.pk,
        "operates": queries.operates(request.actor),
        "reads": queries.reads_record(manager, request.actor),
        "carried": queries.carried([manager]).get(manager.pk, 0),
        "crumbs": _crumbs((manager.person.name, "")),
    }
    return render(request, "leads/manager_detail.html", context)


@acting
@require_http_methods(["GET", "POST"])
def profile_edit(request: ActorRequest) -> HttpResponse:
    """Write one's own profile."""
    actor = request.actor
    if not queries.manages(actor):
        raise NotFound
    now = queries.profile_of(actor)
    initial = {
        "fields_known": ", ".join(now.fields), "regions": ", ".join(now.regions),
        "languages": ", ".join(now.languages), "about": now.about,
    } if now else {}  # fmt: skip
    form = ProfileForm(request.POST or None, initial=initial)

    def do(_form: Any) -> None:
        given = form.cleaned_data
        commands.describe(
            fields=listed(given["fields_known"]), regions=listed(given["regions"]),
            languages=listed(given["languages"]), about=given["about"], actor_id=actor.pk,
            at=clock.now(request),
        )  # fmt: skip

    page = {
        "title": _("My profile"), "question": _("What do you know, and where do you work?"),
        "button": _("Save"), "aside": _("Everybody who is signed in reads this."),
        "crumbs": _crumbs((_("My profile"), "")),
    }  # fmt: skip
    to = reverse("manager_detail", args=[actor.pk])
    return ask(request, form, do, said=_("Your profile is saved."), to=to, page=page)


@acting
@require_http_methods(["GET", "POST"])
def qualification_new(request: ActorRequest) -> HttpResponse:
    """Add a training or credential of one's own."""
    actor = request.actor
    if not queries.manages(actor):
        raise NotFound
    form = QualificationForm(request.POST or None)
    page = {
        "title": _("Training or credential"), "question": _("What have you learnt or been given?"),
        "button": _("Add it"),
        "aside": _("It counts as unconfirmed until an operator has seen the paper."),
        "crumbs": _crumbs((_("Training or credential"), "")),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.add_qualification(
            **filled.cleaned_data, actor_id=actor.pk, at=clock.now(request)
        ),
        said=_("It is added."), to=reverse("manager_detail", args=[actor.pk]), page=page,
    )  # fmt: skip


@acting
@require_POST
def qualification_confirm(
    request: ActorRequest, membership_id: int, qualification_id: int
) -> HttpResponse:
    """Confirm to have seen the paper."""
    return press(
        request,
        lambda: commands.confirm_qualification(
            qualification_id=qualification_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("Confirmed."),
        to=reverse("manager_detail", args=[membership_id]),
    )


@acting
@require_http_methods(["GET", "POST"])
def level_edit(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Enter a manager's level."""
    manager = queries.a_manager(membership_id=membership_id)
    if not queries.operates(request.actor):
        raise NotFound
    now = queries.profile_of(manager)
    initial = {"level": now.level, "level_basis": now.level_basis} if now else {}
    form = LevelForm(request.POST or None, initial=initial)
    page = {
        "title": _("Level"), "question": _("Which level, and what does it rest on?"),
        "lead_line": manager.person.name, "button": _("Enter the level"),
        "crumbs": _crumbs(
            (manager.person.name, reverse("manager_detail", args=[manager.pk])), (_("Level"), "")
        ),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.set_level(
            membership_id=manager.pk, level=filled.cleaned_data["level"],
            basis=filled.cleaned_data["level_basis"], actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The level is entered."), to=reverse("manager_detail", args=[manager.pk]), page=page,
    )  # fmt: skip


@acting
@require_GET
def evidence(request: ActorRequest, membership_id: int) -> HttpResponse:
    """What a manager did in a period, to print or to take along for a promotion."""
    manager = queries.a_manager(membership_id=membership_id)
    if not queries.reads_record(manager, request.actor):
        raise NotFound
    form = period_of(request)
    context: dict[str, Any] = {
        "manager": manager, "profile": queries.profile_of(manager), "form": form,
        "at": clock.now(request),
        "crumbs": _crumbs(
            (manager.person.name, reverse("manager_detail", args=[manager.pk])),
            (_("Record of work"), ""),
        ),
    }  # fmt: skip
    if not form.is_valid():
        return render(request, "leads/evidence.html", context, status=422)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    record = queries.record_of(manager, first=first, after=last + timedelta(days=1))
    asked = request.GET.get("format", "")
    if asked in {"csv", "xlsx"}:
        return _file(manager, record, last, asked)
    context |= {
        "record": record, "last": last,
        "deeds": [(one, deed_word(one.kind)) for one in record.deeds],
        "query": f"first={first.isoformat()}&last={last.isoformat()}",
    }  # fmt: skip
    return render(request, "leads/evidence.html", context)


def deed_word(kind: str) -> str:
    """What a line of the record is."""
    return {
        "lead": _("Lead carried"), "signed": _("Contract signed"), "visit": _("Visit"),
        "training": _("Training"), "credential": _("Credential"),
    }[kind]  # fmt: skip


def _file(manager: Membership, record: queries.Record, last: date, extension: str) -> HttpResponse:
    headings = [
        _("Manager"), _("Organisation"), _("From"), _("Up to and including"), _("Day"), _("Kind"),
        _("What"), _("With whom"), _("State"), _("Sum in yuan"), _("Part in the signing, %"),
        _("Source"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            manager.person.name, manager.organisation.name, record.first, last, one.day,
            deed_word(one.kind), one.title, one.parties, one.state,
            money.plain_yuan(one.amount_fen) if one.amount_fen is not None else None,
            f"{one.share_bp / 100:g}" if one.share_bp is not None else None,
            _("Records of this harbour"),
        ]
        for one in record.deeds
    ]  # fmt: skip
    name = f"record-{manager.pk}-{record.first}-{last}.{extension}"
    if extension == "csv":
        return _attached(b"".join(csv_chunks(headings, rows)), "text/csv; charset=utf-8", name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_xlsx(path, headings, rows)
        return _attached(path.read_bytes(), XLSX, name)


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
