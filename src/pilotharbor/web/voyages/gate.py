"""What does the next gate still want, who owes it, and where is it done?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from pilotharbor.agreements.models import Agreement
from pilotharbor.assessment import queries as assessment
from pilotharbor.assessment.models import Panel
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns.models import Campaign
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project, Task

Status = Project.Status


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is missing: what, by whom, and the page where the reader does it."""

    what: str
    by: str
    url: str = ""
    # A button that does it at once (POST) instead of a page that asks more.
    press: bool = False


def url_of(name: str, *args: int) -> str:
    """The address of a page, empty while no domain serves it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and what they may do here."""

    actor: Membership
    project: Project

    @property
    def runs(self) -> bool:
        """Whether they steer the project for its platform."""
        return projects.runs(self.actor, self.project)

    @property
    def writes(self) -> bool:
        """Whether they may write the plan and tasks."""
        return projects.may_write(actor=self.actor, project=self.project)

    def reads(self, kind: Kind) -> bool:
        """Whether their role may read this kind of thing."""
        return rights.may(self.actor, Verb.READ, kind)

    def link(self, allowed: bool, name: str, *args: int) -> str:
        """The page, where the reader may do something there."""
        return url_of(name, *args) if allowed else ""


def owed(actor: Membership, project: Project) -> list[Owed]:
    """Everything the next gate wants, in the order in which it is done."""
    ask = ASKED.get(Status(project.status))
    return list(ask(Reader(actor, project))) if ask else []


def _proposed(reader: Reader) -> Iterator[Owed]:
    project, platform = reader.project, reader.project.platform.name
    stewards = reader.link(reader.runs, "project_stewards", project.pk)
    if project.technology_manager_id is None:
        yield Owed(_("a technology manager"), platform, stewards)
    if project.industry_advisor_id is None:
        yield Owed(_("an industry advisor"), platform, stewards)
    if project.technology_manager_id and project.industry_advisor_id:
        start = reader.link(reader.runs, "project_start", project.pk)
        yield Owed(_("the start"), platform, start, press=bool(start))


def _assessment(reader: Reader) -> Iterator[Owed]:
    project, platform = reader.project, reader.project.platform.name
    convenes = assessment.convenes(reader.actor, project)
    panel = assessment.latest_panel(project)
    if panel is None:
        yield Owed(_("a review panel"), platform, reader.link(convenes, "panel_new", project.pk))
    elif panel.status == Panel.Status.OPEN:
        complete = assessment.progress(panel).complete
        page = reader.link(convenes, "panel_detail", panel.pk)
        if complete:
            yield Owed(_("the sum of the scores"), platform, page)
        else:
            yield Owed(_("the experts' independent scores"), _("the panel's experts"), page)
    if not project.trl_statements.exists():
        yield Owed(
            _("a readiness statement"), platform, reader.link(convenes, "trl_new", project.pk)
        )
    yield Owed(
        _("the decision whether a pilot is needed"),
        platform,
        reader.link(convenes, "pilot_decision", project.pk),
    )


def _planning(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    if projects.plan_of(project) is None:
        manager = project.technology_manager
        yield Owed(
            _("the pilot plan"),
            manager.person.name if manager else project.platform.name,
            reader.link(reader.writes, "project_plan", project.pk),
        )
    agreement = project.agreements.exclude(status=Agreement.Status.VOID).order_by("-id").first()
    if agreement is None:
        page = reader.link(reader.runs, "agreement_new", project.pk)
        yield Owed(_("the agreement of all sides"), project.platform.name, page)
        return
    page = reader.link(reader.reads(Kind.AGREEMENT), "agreement_detail", agreement.pk)
    if agreement.status == Agreement.Status.DRAFT:
        yield Owed(_("the agreement's offer"), project.platform.name, page)
    elif agreement.status == Agreement.Status.OFFERED:
        unsigned = agreement.parties.filter(signed_at=None).select_related("organisation")
        for party in unsigned.order_by("position"):
            yield Owed(_("a signature"), party.organisation.name, page)


def _resourcing(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    waiting = Booking.objects.filter(project=project, status=Booking.Status.SUBMITTED)
    first = waiting.select_related("line__platform").order_by("period").first()
    if first is not None:
        page = reader.link(reader.reads(Kind.BOOKING), "booking_detail", first.pk)
        yield Owed(_("the review of a booking"), first.line.platform.name, page)
    else:
        sides = project.enterprise or project.owner
        yield Owed(_("a booked line"), sides.name, reader.link(True, "equipment"))


def _pilot(reader: Reader) -> Iterator[Owed]:
    project, platform = reader.project, reader.project.platform.name
    campaign = Campaign.objects.filter(project=project).first()
    if campaign is None:
        page = reader.link(reader.runs, "campaign_new", project.pk)
        yield Owed(_("the opening of the campaign"), platform, page)
        return
    page = reader.link(True, "campaign_detail", campaign.pk)
    if campaign.status == Campaign.Status.RUNNING:
        good = campaign.batches.filter(status="released").count()
        yield Owed(
            _("{needed} good batches in a row; {good} batches are released so far").format(
                needed=campaign.consecutive_batches, good=good
            ),
            platform,
            page,
        )
    elif campaign.status == Campaign.Status.ACCEPTED:
        yield Owed(_("the pilot report"), platform, page)


def _decision(reader: Reader) -> Iterator[Owed]:
    page = reader.link(reader.runs, "decision_new", reader.project.pk)
    yield Owed(_("the industrialisation decision"), reader.project.platform.name, page)


def _follow_up(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    still_open = project.tasks.filter(status=Task.Status.OPEN).select_related("owner")
    rows = list(still_open.order_by("due_date", "id"))
    for task in rows:
        settles = projects.may_settle(actor=reader.actor, task=task)
        yield Owed(str(task), task.owner.name, reader.link(settles, "task_done", task.pk))
    if not rows:
        steers = reader.runs or project.technology_manager_id == reader.actor.pk
        close = reader.link(steers, "project_close", project.pk)
        yield Owed(_("the closing"), project.platform.name, close, press=bool(close))


ASKED: dict[Project.Status, Callable[[Reader], Iterator[Owed]]] = {
    Status.PROPOSED: _proposed,
    Status.ASSESSMENT: _assessment,
    Status.PLANNING: _planning,
    Status.RESOURCING: _resourcing,
    Status.PILOT: _pilot,
    Status.DECISION: _decision,
    Status.FOLLOW_UP: _follow_up,
}
