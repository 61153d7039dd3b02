"""Pages of events: what is coming, one event, its plan, its brand."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import SpareRows, tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.outreach.commands import pitches, registrations
from pilotharbor.outreach.commands import roadshows as commands
from pilotharbor.outreach.forms import roadshows as forms
from pilotharbor.outreach.models import Roadshow, Series
from pilotharbor.outreach.queries import roadshows as queries
from pilotharbor.outreach.queries import scores
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.pages import act
from pilotharbor.technologies.models import Achievement

type Crumbs = list[tuple[str, str]]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Where a page of the events stands."""
    return [(_("Home"), "/"), (_("Roadshows and events"), reverse("roadshows")), *steps]


def reader(request: HttpRequest) -> Membership | None:
    """Who reads, also nobody in particular."""
    actor: Membership | None = getattr(request, "actor", None)
    return actor


def seen(request: HttpRequest, roadshow_id: int) -> Roadshow:
    """The event, for whoever may know of it."""
    return queries.visible_roadshow(actor=reader(request), roadshow_id=roadshow_id)


@require_GET
def roadshow_list(request: HttpRequest) -> HttpResponse:
    """What is coming, and what was."""
    actor, at = reader(request), clock.now(request)
    rows, kind = queries.visible_roadshows(actor=actor), request.GET.get("kind", "")
    past = request.GET.get("when") == "past"
    coming = queries.coming(rows, at=at)
    rows = rows.exclude(pk__in=coming.values("pk")) if past else coming
    if kind in Roadshow.Kind.values:
        rows = rows.filter(kind=kind)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=30)
    context = {
        "page": page,
        "rows": sorted(page.items, key=lambda r: r.period.lower, reverse=past),
        "past": past,
        "kind": kind,
        "kinds": Roadshow.Kind.choices,
        "organises": queries.may_organise(actor),
        "series": queries.visible_series(actor=actor).order_by("name")[:12],
    }
    return render(request, "outreach/roadshow_list.html", context)


@require_GET
def roadshow_detail(request: HttpRequest, roadshow_id: int) -> HttpResponse:
    """One event: when and where, what is on, and the seat one has."""
    return detail(request, seen(request, roadshow_id))


def detail(
    request: HttpRequest,
    roadshow: Roadshow,
    *,
    pitch_form: forms.PitchForm | None = None,
    juror_form: forms.JurorForm | None = None,
) -> HttpResponse:
    """The page of one event, with a form that came back where one did."""
    actor, at = reader(request), clock.now(request)
    runs = queries.organises(actor, roadshow.organiser_id)
    mine = queries.registration_of_member(roadshow=roadshow, actor=actor)
    agenda = queries.agenda(roadshow)
    changeable = runs and roadshow.status in {"planned", "open"}
    context: dict[str, Any] = {
        "roadshow": roadshow,
        "agenda": agenda,
        "openable": queries.openable(agenda, actor=actor),
        "runs": runs,
        "changeable": changeable,
        "sees_visitors": queries.sees_visitors(actor, roadshow),
        "mine": mine,
        "place": queries.place_in_queue(mine) if mine and mine.status == "waitlisted" else None,
        "registers": roadshow.status in registrations.OPEN and at < roadshow.register_until_at,
        "free": roadshow.capacity - roadshow.seats_taken,
        "weights": [(forms.criterion_name(c["key"]), c["weight_bp"]) for c in roadshow.criteria],
        "turnout": queries.turnout(Roadshow.objects.filter(pk=roadshow.pk)) if runs else None,
        "jury": [
            r for r in queries.visitors(roadshow).filter(part="jury") if r.status != "cancelled"
        ]
        if runs
        else [],
        "crumbs": crumbs((roadshow.title, "")),
    }
    if changeable and actor is not None:
        results = queries.presentable(roadshow=roadshow, actor=actor).order_by("title")
        context["pitch_form"] = pitch_form or forms.PitchForm(results=results)
        people = queries.callable_jurors(roadshow)
        context["juror_form"] = juror_form or forms.JurorForm(people=people)
    refused = pitch_form is not None or juror_form is not None
    status = 422 if refused else 200
    return render(request, "outreach/roadshow_detail.html", context, status=status)


@acting
@require_http_methods(["GET", "POST"])
def roadshow_new(request: ActorRequest) -> HttpResponse:
    """Plan an event."""
    if not queries.may_organise(request.actor):
        raise commands.NotAnOrganiser
    return _plan(request, None)


@acting
@require_http_methods(["GET", "POST"])
def roadshow_edit(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Change the plan of an event that has not begun."""
    roadshow = seen(request, roadshow_id)
    if not queries.organises(request.actor, roadshow.organiser_id):
        raise commands.NotYourEvent
    return _plan(request, roadshow)


def _plan(request: ActorRequest, roadshow: Roadshow | None) -> HttpResponse:
    series = Series.objects.filter(organiser_id=request.actor.organisation_id).order_by("name")
    form = forms.PlanForm(request.POST or None, initial=_initial(roadshow), series=series)
    given = [(c["key"], c["weight_bp"] / 100) for c in roadshow.criteria] if roadshow else []
    usual = forms.USUAL if roadshow is None else given
    rows: SpareRows = forms.weight_forms()(
        request.POST or None,
        prefix="criteria",
        initial=[{"key": forms.criterion_name(k), "weight": f"{w:g}"} for k, w in usual],
    )
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            done = _save(request, roadshow, form.cleaned_data, rows)
        except DomainError as exc:
            if said := exc.problems.pop("criteria_bp", ""):
                rows.refuse(said)
            if exc.problems or not said:
                tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect("roadshow_detail", done.pk)
    context = {
        "form": form,
        "criteria": rows,
        "roadshow": roadshow,
        "crumbs": crumbs((_("Change the plan") if roadshow else _("Plan an event"), "")),
    }
    bad = request.method == "POST"
    return render(request, "outreach/roadshow_plan.html", context, status=422 if bad else 200)


def _initial(roadshow: Roadshow | None) -> dict[str, Any]:
    if roadshow is None:
        return {}
    names = ("kind", "series_id", "title", "words", "place", "online_url", "language", "capacity")
    return {
        **{name: getattr(roadshow, name) for name in (*names, "audience")},
        "start": roadshow.period.lower,
        "end": roadshow.period.upper,
        "register_until": roadshow.register_until_at,
    }


def _save(
    request: ActorRequest, roadshow: Roadshow | None, given: dict[str, Any], rows: SpareRows
) -> Roadshow:
    weights = {
        forms.key_of(row.cleaned_data["key"]): int(row.cleaned_data["weight"] * Decimal(100))
        for row in rows.kept()
    }
    if len(weights) != len(rows.kept()):
        said = _("Each criterion has a name of its own, of at most 40 characters.")
        raise commands.PlanWrong(problems={"criteria_bp": said})
    series = given.pop("series_id")
    content: commands.Plan = {
        **given,  # type: ignore[typeddict-item]  # the form has the fields of a plan
        "series_id": series.pk if series else None,
        "criteria_bp": weights,
    }
    at = clock.now(request)
    if roadshow is None:
        return commands.plan(content=content, actor_id=request.actor.pk, at=at)
    return commands.revise(
        roadshow_id=roadshow.pk, content=content, actor_id=request.actor.pk, at=at
    )


STEPS = {"open": commands.open_up, "start": commands.start, "close": commands.close}


def _said(step: str) -> str:
    return {
        "open": _("Announced. People can register now."),
        "start": _("The event is under way; the door is open."),
        "close": _("The event is over."),
    }[step]


@acting
@require_POST
def roadshow_step(request: ActorRequest, roadshow_id: int, step: str) -> HttpResponse:
    """Take an event one step on."""
    if step not in STEPS:
        raise NotFound
    do = STEPS[step]
    return act(
        request,
        lambda: do(roadshow_id=roadshow_id, actor_id=request.actor.pk, at=clock.now(request)),
        done=_said(step),
        to=reverse("roadshow_detail", args=[roadshow_id]),
    )


@acting
@require_http_methods(["GET", "POST"])
def roadshow_cancel(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Call an event off, with the reason."""
    roadshow = seen(request, roadshow_id)
    form = forms.ReasonForm(request.POST or None)
    back = reverse("roadshow_detail", args=[roadshow_id])
    if request.method == "POST" and form.is_valid():
        try:
            commands.cancel(
                roadshow_id=roadshow_id, reason=form.cleaned_data["reason"],
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Called off; everybody with a seat is told."))
            return redirect(back)
    context = {
        "title": _("Call the event off"),
        "question": _("Why does it not take place?"),
        "lead": roadshow.title,
        "button": _("Call the event off"),
        "danger": True,
        "form": form,
        "back": back,
        "aside": _("Everybody with a seat or a place in the queue reads the reason."),
        "crumbs": crumbs((roadshow.title, back), (_("Call the event off"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@acting
@require_POST
def pitch_add(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Put an item on the agenda."""
    roadshow = seen(request, roadshow_id)
    results = queries.presentable(roadshow=roadshow, actor=request.actor)
    form = forms.PitchForm(request.POST, results=results.order_by("title"))
    if form.is_valid():
        given = form.cleaned_data
        result: Achievement | None = given.pop("achievement_id")
        try:
            pitches.add(
                roadshow_id=roadshow_id, **given, achievement_id=result.pk if result else None,
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("On the agenda."))
            return redirect(reverse("roadshow_detail", args=[roadshow_id]) + "#agenda")
    return detail(request, roadshow, pitch_form=form)


@acting
@require_POST
def pitch_move(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Move one item up, or take it from the agenda."""
    roadshow = seen(request, roadshow_id)
    chosen = id_in(request.POST.get("pitch_id", ""))
    order = [p.pk for p in queries.agenda(roadshow) if p.status == "planned"]
    if chosen not in order:
        raise NotFound
    at = order.index(chosen)
    order.remove(chosen)
    if request.POST.get("how") != "drop":
        order.insert(max(0, at - 1), chosen)
    return act(
        request,
        lambda: pitches.reorder(
            roadshow_id=roadshow_id, pitch_ids=order, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        done=_("The agenda is changed."),
        to=reverse("roadshow_detail", args=[roadshow_id]) + "#agenda",
    )  # fmt: skip


@acting
@require_POST
def juror_call(request: ActorRequest, roadshow_id: int) -> HttpResponse:
    """Call somebody to the jury."""
    roadshow = seen(request, roadshow_id)
    form = forms.JurorForm(request.POST, people=queries.callable_jurors(roadshow))
    if form.is_valid():
        try:
            registrations.call_juror(
                roadshow_id=roadshow_id, membership_id=form.cleaned_data["membership_id"].pk,
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Called to the jury."))
            return redirect(reverse("roadshow_detail", args=[roadshow_id]) + "#jury")
    return detail(request, roadshow, juror_form=form)


@acting
@require_http_methods(["GET", "POST"])
def series_new(request: ActorRequest) -> HttpResponse:
    """Found a brand."""
    form = forms.SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            series = commands.found_series(
                **form.cleaned_data, actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            return redirect("series_detail", series.pk)
    context = {
        "title": _("New series"),
        "question": _("Under which name do you hold them?"),
        "button": _("Found the series"),
        "form": form,
        "back": reverse("roadshows"),
        "crumbs": crumbs((_("New series"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@require_GET
def series_detail(request: HttpRequest, series_id: int) -> HttpResponse:
    """One brand: its events and what came of them."""
    actor = reader(request)
    series = queries.visible_series(actor=actor).filter(pk=series_id).first()
    if series is None:
        raise NotFound
    rows = queries.visible_roadshows(actor=actor).filter(series=series).order_by("-period")
    runs = queries.organises(actor, series.organiser_id)
    context = {
        "series": series,
        "rows": rows[:100],
        "turnout": queries.turnout(rows) if runs else None,
        "ranking": sorted(
            (r for row in rows[:20] for r in scores.results(row) if r.jury is not None),
            key=lambda r: -(r.jury or 0),
        )[:10],
        "crumbs": crumbs((series.name, "")),
    }
    return render(request, "outreach/series_detail.html", context)
