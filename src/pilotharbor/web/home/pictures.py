"""Which one chart matters to this role, drawn from what the person may see?"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from pilotharbor.assessment.models import Panel, Seat
from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Booking
from pilotharbor.finance import queries as finance
from pilotharbor.finance.models import Invoice
from pilotharbor.governance.statistics import statistics
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import SHANGHAI, local_date, period, start_of
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.technologies import queries as technologies
from pilotharbor.web import charts
from pilotharbor.web.charts import Chart

AHEAD = timedelta(days=14)
BACK = 14
SLOT_TONES = {
    Booking.Status.SUBMITTED: "watch", Booking.Status.COMPLETED: "good",
    Booking.Status.NO_SHOW: "stop",
}  # fmt: skip

type Draw = Callable[[Membership, datetime], Chart | None]


def picture_for(actor: Membership, at: datetime) -> Chart | None:
    """The first chart of the role that has anything to show."""
    if not rights.trusted(actor):
        return None
    for draw in DRAWN[Role(actor.role)]:
        drawing = draw(actor, at)
        if drawing is not None:
            return drawing
    return None


def _counted(title: str, of: str, rows: Iterable[tuple[str, int]], *, note: str = "") -> Any:
    found = list(rows)
    if not any(count for _name, count in found):
        return None
    return charts.bar(
        title, [name for name, _n in found], [charts.Series(of, [count for _name, count in found])],
        unit="", note=note, size="small",
    )  # fmt: skip


def _by_status(rows: QuerySet[Any], choices: Iterable[tuple[Any, Any]]) -> list[tuple[str, int]]:
    """How many rows are in each state that any of them is in, in the order of the states."""
    counts = dict(
        rows.order_by().values("status").annotate(n=Count("pk")).values_list("status", "n")
    )
    return [(str(label), counts[value]) for value, label in choices if value in counts]


def voyages_by_step(actor: Membership, at: datetime) -> Chart | None:
    """How many of the projects one may see stand on which step."""
    del at
    rows = projects.visible_projects(actor=actor)
    counts = dict(_by_status(rows, Project.Status.choices))
    counted = [(str(label), counts.get(str(label), 0)) for label in Project.Status.labels]
    drawing: Chart | None = _counted(_("My projects by step"), _("Projects"), counted)
    return drawing


def results_by_state(actor: Membership, at: datetime) -> Chart | None:
    """How far the results of one's organisation have come."""
    del at
    rows = technologies.visible_achievements(actor=actor).filter(owner_id=actor.organisation_id)
    counted = _by_status(rows, rows.model.Status.choices)
    drawing: Chart | None = _counted(_("Our results by state"), _("Results"), counted)
    return drawing


def needs_by_state(actor: Membership, at: datetime) -> Chart | None:
    """How far the needs of one's organisation have come."""
    del at
    rows = technologies.visible_demands(actor=actor).filter(owner_id=actor.organisation_id)
    counted = _by_status(rows, rows.model.Status.choices)
    drawing: Chart | None = _counted(_("Our needs by state"), _("Needs"), counted)
    return drawing


def money_by_project(actor: Membership, at: datetime) -> Chart | None:
    """What was invoiced for each project, paid and still owed."""
    del at
    sums: dict[str, list[int]] = {}
    for row in finance.visible_invoices(actor=actor).order_by("project_id"):
        both = sums.setdefault(row.project.title, [0, 0])
        both[row.status == Invoice.Status.ISSUED] += row.gross_fen
    if not sums:
        return None
    series = [
        charts.Series(name, [both[i] / 1_000_000 for both in sums.values()])
        for i, name in enumerate((_("Paid"), _("Still owed")))
    ]
    return charts.bar(
        _("Invoices by project"), list(sums), series, unit=_("10 000 yuan"), stacked=True,
        size="medium",
    )  # fmt: skip


def lines_ahead(actor: Membership, at: datetime) -> Chart | None:
    """Who has which line within the next fourteen days."""
    start = start_of(local_date(at))
    slots = (
        booking.visible_bookings(actor=actor)
        .filter(
            line__platform_id=actor.organisation_id,
            period__overlap=period(start, start + AHEAD),
            status__in=[*Booking.LIVE, Booking.Status.SUBMITTED, Booking.Status.NO_SHOW],
        )
        .select_related("line", "project")
        .order_by("line__name", "period")
    )
    bars = [
        charts.Bar(
            row.line.name, f"{row.project.title} · {row.get_status_display()}",
            max(row.period.lower, start).astimezone(SHANGHAI),
            min(row.period.upper, start + AHEAD).astimezone(SHANGHAI),
            SLOT_TONES.get(Booking.Status(row.status), "accent"),  # type: ignore[arg-type]
        )
        for row in slots[:200]
    ]  # fmt: skip
    note = _("Requests are drawn in the colour of what waits.")
    return charts.gantt(_("Our lines in the next 14 days"), bars, note=note) if bars else None


def my_reviews(actor: Membership, at: datetime) -> Chart | None:
    """How many panels wait for one's scores, and how many have them."""
    del at
    seats = Seat.objects.filter(expert=actor)
    waiting = seats.filter(submitted_at=None, panel__status=Panel.Status.OPEN).count()
    done = seats.exclude(submitted_at=None).count()
    counted = [(_("To be scored"), waiting), (_("Scored"), done)]
    drawing: Chart | None = _counted(_("My reviews"), _("Panels"), counted)
    return drawing


def region_by_step(actor: Membership, at: datetime) -> Chart | None:
    """How many voyages of the region stand on which step."""
    figures = statistics(actor=actor, at=at).by_status
    counted = [(str(figure.label), figure.value) for figure in figures]
    drawing: Chart | None = _counted(_("All projects by step"), _("Projects"), counted)
    return drawing


def events_by_day(actor: Membership, at: datetime) -> Chart | None:
    """How much was done on each of the last fourteen days."""
    del actor
    today = local_date(at)
    days = [today - timedelta(days=n) for n in range(BACK - 1, -1, -1)]
    rows = Event.objects.filter(at__gte=start_of(days[0]))
    counts = dict(
        rows.annotate(day=TruncDate("at", tzinfo=SHANGHAI)).order_by()
        .values("day").annotate(n=Count("pk")).values_list("day", "n")
    )  # fmt: skip
    if not counts:
        return None
    series = [charts.Series(_("Events"), [counts.get(day, 0) for day in days])]
    names = [f"{day.month}-{day.day}" for day in days]
    return charts.line(_("Events on record by day"), names, series, unit="", size="small")


def organisations_by_state(actor: Membership, at: datetime) -> Chart | None:
    """How many organisations have which standing."""
    del actor, at
    counted = _by_status(Organisation.objects.all(), Organisation.Status.choices)
    drawing: Chart | None = _counted(_("Organisations by state"), _("Organisations"), counted)
    return drawing


DRAWN: dict[Role, tuple[Draw, ...]] = {
    Role.RESEARCHER: (results_by_state, voyages_by_step),
    Role.TTO_OFFICER: (results_by_state, voyages_by_step),
    Role.ENTERPRISE_MEMBER: (money_by_project, voyages_by_step, needs_by_state),
    Role.INVESTOR: (voyages_by_step, money_by_project),
    Role.TECHNOLOGY_MANAGER: (voyages_by_step,),
    Role.INDUSTRY_ADVISOR: (voyages_by_step,),
    Role.EXPERT: (my_reviews,),
    Role.EQUIPMENT_ENGINEER: (lines_ahead, voyages_by_step),
    Role.PLATFORM_OPERATOR: (lines_ahead, voyages_by_step, money_by_project),
    Role.MEMBER_PLATFORM: (lines_ahead, voyages_by_step),
    Role.GOVERNMENT_OFFICER: (region_by_step,),
    Role.AUDITOR: (events_by_day,),
    Role.SYSTEM_ADMINISTRATOR: (organisations_by_state,),
}
