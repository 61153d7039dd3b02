"""When is what free, and who has it? One page, four views of the same bookings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from pilotharbor.booking import queries as booking
from pilotharbor.calendars import payload, queries, words
from pilotharbor.calendars.engine import heat
from pilotharbor.calendars.queries import Event, Place, Wanted
from pilotharbor.calendars.spans import FARTHEST_DAYS, TIMELINE_DAYS, Span, View, span_of
from pilotharbor.crew import queries as crew
from pilotharbor.facilities import holidays
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import SiteKind
from pilotharbor.facilities.queries import LinePlan
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import BadDate, local_date, parse_date
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects

# How many lines fit into a view; the rest is on its next pages.
LINES_SHOWN = {View.TIMELINE: 40, View.DAY: 12, View.WEEK: 12, View.MONTH: 12}
LIST_SHOWN = PROJECTS_SHOWN = 200
# So many shifts stand beside each other; the others are behind a click.
SHIFTS_SHOWN = 7
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    view: View
    day: date
    days: int
    wanted: Wanted
    project_id: int | None
    page: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board with what is free of it."""

    place: Place
    url: str
    ask_url: str
    free_seconds: int
    open_seconds: int
    picture: list[tuple[str, str, str]]

    @property
    def free(self) -> str:
        """How much of the time it is still open is free, with its whole."""
        if not self.open_seconds:
            return _("not open any more in these days")
        return _("{free} of {open} h free").format(
            free=words.hours(self.free_seconds), open=words.hours(self.open_seconds)
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is on one board."""

    asked: Asked
    span: Span
    now: datetime
    places: Sequence[Place]
    events: Sequence[Event]
    plans: Mapping[int, LinePlan]
    asks: bool

    def place(self, line_id: int) -> Place:
        """A line of the board."""
        return next(p for p in self.places if p.id == line_id)

    def rows(self) -> list[Row]:
        """Its lines, each with what is free of it from now on."""
        of_line: defaultdict[int, list[Event]] = defaultdict(list)
        for event in self.events:
            of_line[event.line_id].append(event)
        return [self._row(place, of_line[place.id]) for place in self.places]

    def _row(self, place: Place, mine: Sequence[Event]) -> Row:
        plan, span = self.plans[place.id], self.span
        start = max(span.start, self.now)
        opens = heat.within(plan.open_stretches(span.start, span.end), start, span.end)
        may_ask = self.asks and not place.closed
        return Row(
            place,
            url=reverse("line_board", args=[place.id]),
            ask_url=ask_url(place.id, self.asked.project_id) if may_ask else "",
            free_seconds=heat.total(payload.free_of(plan, mine, start, span.end)),
            open_seconds=heat.total(opens),
            picture=_picture(plan, mine, span),
        )


@acting
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    """When is what free? All lines one may see."""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    now = clock.now(request)
    return _board(request, _asked(request, local_date(now)), now, line=None)


@acting
@require_GET
def line_board(request: ActorRequest, line_id: int) -> HttpResponse:
    """When is this line free?"""
    rights.require(request.actor, Verb.READ, Kind.BOOKING)
    now = clock.now(request)
    asked = _asked(request, local_date(now), usual=View.WEEK)
    wanted = Wanted(line_ids=frozenset({line_id}))
    return _board(
        request,
        Asked(asked.view, asked.day, asked.days, wanted, asked.project_id, page=1),
        now,
        line=line_id,
    )


def _asked(request: ActorRequest, today: date, *, usual: View = View.TIMELINE) -> Asked:
    get = request.GET
    view = View(get["view"]) if get.get("view") in {v.value for v in View} else usual
    days = id_in(get.get("days", ""))
    lines = {pk for text in get.getlist("line") if (pk := id_in(text)) is not None}
    site = get.get("site", "")
    return Asked(
        view=view,
        day=_day(get.get("day", ""), today),
        days=days if days in TIMELINE_DAYS else TIMELINE_DAYS[0],
        wanted=Wanted(
            platform_id=id_in(get.get("platform", "")),
            site=site if site in SiteKind.values else "",
            line_ids=frozenset(lines),
        ),
        project_id=id_in(get.get("project", "")),
        page=max(id_in(get.get("page", "")) or 1, 1),
    )


def _day(text: str, today: date) -> date:
    try:
        day = parse_date(text) if text else today
    except BadDate:
        return today
    return day if abs((day - today).days) < FARTHEST_DAYS else today


def _board(request: ActorRequest, asked: Asked, now: datetime, *, line: int | None) -> HttpResponse:
    places = queries.lines_of(actor=request.actor)
    wanted = [p for p in places if asked.wanted.has(p)]
    if line is not None and not wanted:
        raise NotFound
    scene, pages = _scene(request, asked, wanted, now)
    rows = scene.rows()
    one = scene.places[0] if line is not None else None
    platforms, sites = queries.choices(places)
    context = {
        "asked": asked,
        "span": scene.span,
        "views": _views(request, asked),
        "lengths": TIMELINE_DAYS if asked.view is View.TIMELINE else (),
        "rows": rows,
        "pages": pages,
        "one": one,
        "plans": rights.may(request.actor, Verb.APPROVE, Kind.BOOKING),
        "places": places,
        "platforms": platforms,
        "sites": [(v, label) for v, label in SiteKind.choices if v in sites],
        "projects": projects.visible_projects(actor=request.actor)
        .order_by("title", "id")
        .values_list("pk", "title")[:PROJECTS_SHOWN],
        "events": [(e, scene.place(e.line_id)) for e in scene.events[:LIST_SHOWN]],
        "more_events": max(len(scene.events) - LIST_SHOWN, 0),
        "unknown_year": _unknown_year(scene.span),
        "data": _data(scene, rows),
        "query": _query(request),
        "crumbs": _crumbs(one),
    } | _shifts(request, scene.span)
    return render(request, "calendars/board.html", context)


def _shifts(request: ActorRequest, span: Span) -> dict[str, Any]:
    """One's own shifts in the days on show, for whoever has any."""
    if not crew.is_engineer(request.actor):
        return {}
    found = queries.shifts_of(actor=request.actor, start=span.start, end=span.end)
    mine = [shift.period for shift in found]
    return {"on_duty": True, "shifts": mine[:SHIFTS_SHOWN], "more_shifts": mine[SHIFTS_SHOWN:]}


def _scene(
    request: ActorRequest, asked: Asked, wanted: Sequence[Place], now: datetime
) -> tuple[Scene, range]:
    span = span_of(asked.view, asked.day, days=asked.days)
    shown, pages = _page(wanted, asked)
    ids = [p.id for p in shown]
    events = queries.events_of(
        line_ids=ids, start=span.start, end=span.end, actor=request.actor, at=now
    )
    plans = facilities.plans_of(line_ids=ids, start=span.start, end=span.end)
    asks = rights.acts_as(request.actor, *booking.REQUESTERS)
    return Scene(asked, span, now, shown, events, plans, asks), pages


def _page(wanted: Sequence[Place], asked: Asked) -> tuple[Sequence[Place], range]:
    size = LINES_SHOWN[asked.view]
    count = max(-(-len(wanted) // size), 1)
    page = min(asked.page, count)
    return wanted[(page - 1) * size : page * size], range(1, count + 1)


def ask_url(line_id: int, project_id: int | None = None) -> str:
    """Where one asks for a slot of a line."""
    try:
        url = reverse("line_request", args=[line_id])
    except NoReverseMatch:
        url = reverse("line_board", args=[line_id])
    return f"{url}?project={project_id}" if project_id is not None else url


def _picture(plan: LinePlan, mine: Sequence[Event], span: Span) -> list[tuple[str, str, str]]:
    """Kind, x and width in percent of what lies on a line, for readers without script."""
    whole = (span.end - span.start).total_seconds()

    def at(moment: datetime) -> float:
        inside = min(max(moment, span.start), span.end)
        return 100 * (inside - span.start).total_seconds() / whole

    drawn = [("open", a, b) for a, b in plan.open_stretches(span.start, span.end)]
    drawn += [("shut", s.start, s.end) for s in plan.shut_during(span.start, span.end)]
    drawn += [(e.status, e.start, e.end) for e in mine]
    return [(kind, f"{at(a):.3f}%", f"{at(b) - at(a):.3f}%") for kind, a, b in drawn]


def _views(request: ActorRequest, asked: Asked) -> list[tuple[str, str, bool]]:
    labels = {
        View.TIMELINE: pgettext("view of a calendar", "Timeline"),
        View.DAY: pgettext("view of a calendar", "Day"),
        View.WEEK: pgettext("view of a calendar", "Week"),
        View.MONTH: pgettext("view of a calendar", "Month"),
    }
    found = []
    for view, label in labels.items():
        query = request.GET.copy()
        query["view"] = view.value
        query.pop("page", None)
        found.append((label, query.urlencode(), view is asked.view))
    return found


def _query(request: ActorRequest) -> str:
    query = request.GET.copy()
    for name in ("day", "page"):
        query.pop(name, None)
    return query.urlencode()


def _unknown_year(span: Span) -> int | None:
    """A year on show whose public holidays nobody has announced yet."""
    known = holidays.known_years()
    years = {day.year for day in (span.first, span.days[-1])}
    return next((year for year in sorted(years) if known and year > known[-1]), None)


def _data(scene: Scene, rows: Sequence[Row]) -> dict[str, Any]:
    """What the page's script draws; the feed answers in the same words."""
    span = scene.span
    return {
        "view": span.view.value,
        "days": [_day_word(day, span) for day in span.days],
        "start": payload.instant(span.start),
        "end": payload.instant(span.end),
        "now": payload.instant(scene.now),
        "lines": [
            payload.line(row.place)
            | {"url": row.url, "ask": row.ask_url, "free": row.free, "askWord": _("Ask")}
            | {"askLabel": _("Ask for a slot of {line}").format(line=row.place.name)}
            for row in rows
        ],
        "openings": payload.openings(scene.plans, span.start, span.end),
        "items": payload.events(scene.events),
        "project": scene.asked.project_id,
        "words": words.of_board(),
        "feed": reverse("api:calendar"),
        "booking": reverse("booking_detail", args=[0]),
        "form": reverse("booking_move_form", args=[0]),
        "move": "/api/v1/bookings/0/move",
    }


def _day_word(day: date, span: Span) -> dict[str, Any]:
    kind = "off" if holidays.is_off(day) else "work" if holidays.is_made_up(day) else ""
    return {
        "date": day.isoformat(),
        "kind": kind or ("weekend" if day.weekday() >= SATURDAY else ""),
        "other": span.view is View.MONTH and day.month != span.day.month,
    }


def _crumbs(one: Place | None) -> list[tuple[str, str]]:
    if one is None:
        return []
    return [
        (_("Home"), "/"),
        (_("Lines and equipment"), reverse("equipment")),
        (one.name, reverse("line_detail", args=[one.id])),
        (_("Calendar"), ""),
    ]
