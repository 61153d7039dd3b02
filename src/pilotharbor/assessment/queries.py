"""Which panels may one see, how far are they, and what did they find?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from pilotharbor.assessment.models import (
    Panel,
    PanelRule,
    PilotDecision,
    Score,
    Seat,
    TrlStatement,
)
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Reach, Scope, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project, TeamMember

CLOSED = (Panel.Status.PASSED, Panel.Status.FAILED)
FIELDS_WANTED = 3


def _own(actor: Membership) -> Q:
    """An expert's own seats; for the platform that carries the project, its panels."""
    if rights.acts_as(actor, Role.EXPERT):
        return Q(Exists(Seat.objects.filter(panel=OuterRef("pk"), expert=actor)))
    return Q(project__platform=actor.organisation_id)


def _conclusion(actor: Membership) -> Q:
    mine = actor.organisation_id
    return Q(status__in=CLOSED) & (Q(project__owner=mine) | Q(project__enterprise=mine))


def _granted(actor: Membership) -> Q:
    let_in = TeamMember.objects.filter(project=OuterRef("project"), membership=actor)
    return Q(Exists(let_in), status__in=CLOSED)


# A scope that is missing here opens no row: aggregates are counted by governance.
SCOPES: dict[Scope, Reach] = {
    Scope.OWN: _own,
    Scope.CONCLUSION: _conclusion,
    Scope.GRANTED: _granted,
    Scope.ALL: lambda _actor: ~Q(pk__in=[]),
}


def visible_panels(*, actor: Membership | None) -> QuerySet[Panel]:
    """The panels the actor may know of; owners and enterprises only once closed.

    Source: R-ASMT-2.
    """
    shown = rights.reach(actor, Verb.READ, Kind.REVIEW, SCOPES)
    return Panel.objects.filter(shown).select_related("project__achievement")


def visible_panel(*, actor: Membership | None, panel_id: int) -> Panel:
    """One panel the actor may know of.

    Raises: NotFound.
    """
    found = visible_panels(actor=actor).filter(pk=panel_id).first()
    if found is None:
        raise NotFound
    return found


def convenes(actor: Membership | None, project: Project) -> bool:
    """Whether the actor organises the project's assessment, which is not judging it."""
    return projects.runs(actor, project) and rights.may(actor, Verb.WRITE, Kind.REVIEW)


def sees_record(actor: Membership | None, panel: Panel) -> bool:
    """Whether the actor may read who gave which points, once the panel is closed."""
    if actor is None or panel.status not in CLOSED:
        return False
    whole = Scope.ALL in rights.scopes(actor, Verb.READ, Kind.REVIEW)
    return whole or convenes(actor, panel.project)


def seat_of(*, panel: Panel, actor: Membership | None) -> Seat | None:
    """The actor's own seat on the panel, with their own points only."""
    if actor is None:
        return None
    points = Score.objects.select_related("criterion").order_by("criterion__position")
    return panel.seats.filter(expert=actor).prefetch_related(Prefetch("scores", points)).first()


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the seats have handed in."""

    handed_in: int
    seats: int

    @property
    def complete(self) -> bool:
        """Whether the panel may be closed."""
        return self.handed_in == self.seats


def progress(panel: Panel) -> Progress:
    """How far the panel is: who has scored, never what."""
    seats = list(panel.seats.values_list("submitted_at", flat=True))
    return Progress(sum(at is not None for at in seats), len(seats))


def seats(panel: Panel, *, with_scores: bool = False) -> QuerySet[Seat]:
    """The seats in the order they were filled; points only where the record may be read."""
    rows = panel.seats.select_related("expert__person", "expert__organisation").order_by("id")
    if not with_scores:
        return rows
    points = Score.objects.select_related("criterion").order_by("criterion__position")
    return rows.prefetch_related(Prefetch("scores", points))


def weights(panel: Panel) -> dict[str, int]:
    """Criterion → basis points, in their order."""
    return dict(panel.criteria.order_by("position").values_list("key", "weight_bp"))


def points_of(seat: Seat) -> dict[str, Decimal]:
    """Criterion → points of one seat."""
    return {score.criterion.key: score.points for score in seat.scores.all()}


def fields_of(panel: Panel) -> int:
    """How many different fields sit on the panel; three are wanted (R-ASMT-1)."""
    return panel.seats.values("field").distinct().count()


def panel_rule(*, on: date) -> PanelRule | None:
    """The rule on who sits on a panel that is in force on a day."""
    return PanelRule.objects.filter(validity__contains=on).first()


def open_panel(project: Project) -> Panel | None:
    """The panel that judges the project now, if one does."""
    return project.panels.filter(status=Panel.Status.OPEN).first()


def changeable(panel: Panel) -> bool:
    """Whether nobody has scored yet, so that the panel can still be changed or dissolved."""
    return panel.status == Panel.Status.OPEN and not progress(panel).handed_in


def passed_panel(project: Project) -> Panel | None:
    """The panel that the project passed, if it did."""
    return project.panels.filter(status=Panel.Status.PASSED).order_by("-id").first()


def latest_panel(project: Project) -> Panel | None:
    """The newest panel of a project that was not sent home unheard."""
    return project.panels.exclude(status=Panel.Status.DISSOLVED).order_by("-id").first()


def statements(project: Project) -> QuerySet[TrlStatement]:
    """What was stated about the project's readiness, newest first."""
    return project.trl_statements.select_related("stated_by__person").order_by("-id")


def pilot_decision(project: Project) -> PilotDecision | None:
    """Whether a pilot is needed, if that was decided."""
    return (
        PilotDecision.objects.filter(project=project).select_related("decided_by__person").first()
    )


def reviews(actor: Membership | None, project: Project) -> bool:
    """Whether the actor sits on one of the project's panels as an expert."""
    return actor is not None and Seat.objects.filter(panel__project=project, expert=actor).exists()


@dataclass(frozen=True, slots=True)
class BlindEntry:
    """What an expert judges by: the entry without owner, inventors, names or numbers of rights."""

    title: str
    summary: str
    keywords: list[str]
    industry: str
    discipline: str
    trl_scale: str
    trl_level: int | None
    trl_evidence: str
    mrl: int | None
    rights: list[str]


def blind_entry(panel: Panel) -> BlindEntry:
    """The blind pack of a panel (R-ASMT-2)."""
    entry = panel.project.achievement
    return BlindEntry(
        title=entry.title,
        summary=entry.summary,
        keywords=list(entry.keywords),
        industry=entry.industry,
        discipline=entry.discipline,
        trl_scale=entry.trl_scale,
        trl_level=entry.trl_level,
        trl_evidence=entry.trl_evidence,
        mrl=entry.mrl,
        rights=[asset.kind for asset in entry.ip_assets.order_by("id")],
    )
