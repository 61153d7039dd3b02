"""What does the next gate still want, who owes it, and where is it done?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from pilotharbor.agreements.models import Agreement
from pilotharbor.assessment import queries as assessment
from pilotharbor.assessment.models import Panel
from pilotharbor.booking.models import Booking
from pilotharbor.campaigns import queries as campaigns
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project, Task

Status = Project.Status


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is missing: what, by whom, and the page where the reader does it.

    ``organisation_id``  whose business it is; empty for the experts of a panel
    """

    what: str
    by: str
    url: str = ""
    # A button that does it at once (POST) instead of a page that asks more.
    press: bool = False
    organisation_id: int | None = None


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


def _by_platform(reader: Reader, what: str, url: str, *, press: bool = False) -> Owed:
    platform = reader.project.platform
    return Owed(what, platform.name, url, press=press and bool(url), organisation_id=platform.pk)


def _proposed(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    stewards = reader.link(reader.runs, "project_stewards", project.pk)
    if project.technology_manager_id is None:
        yield _by_platform(reader, _("a technology manager"), stewards)
    if project.industry_advisor_id is None:
        yield _by_platform(reader, _("an industry advisor"), stewards)
    if project.technology_manager_id and project.industry_advisor_id:
        start = reader.link(reader.runs, "project_start", project.pk)
        yield _by_platform(reader, _("the start"), start, press=True)


def _assessment(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    convenes = assessment.convenes(reader.actor, project)
    panel = assessment.latest_panel(project)
    if panel is None:
        page = reader.link(convenes, "panel_new", project.pk)
        yield _by_platform(reader, _("a review panel"), page)
    elif panel.status == Panel.Status.OPEN:
        page = reader.link(convenes, "panel_detail", panel.pk)
        if assessment.progress(panel).complete:
            yield _by_platform(reader, _("the sum of the scores"), page)
        else:
            yield Owed(_("the experts' independent scores"), _("the panel's experts"), page)
    if not project.trl_statements.exists():
        page = reader.link(convenes, "trl_new", project.pk)
        yield _by_platform(reader, _("a readiness statement"), page)
    page = reader.link(convenes, "pilot_decision", project.pk)
    yield _by_platform(reader, _("the decision whether a pilot is needed"), page)


def _planning(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    if projects.plan_of(project) is None:
        manager = project.technology_manager
        page = reader.link(reader.writes, "project_plan", project.pk)
        by = manager.person.name if manager else project.platform.name
        yield Owed(_("the pilot plan"), by, page, organisation_id=project.platform_id)
    agreement = project.agreements.exclude(status=Agreement.Status.VOID).order_by("-id").first()
    if agreement is None:
        page = reader.link(reader.runs, "agreement_new", project.pk)
        yield _by_platform(reader, _("the agreement of all sides"), page)
        return
    page = reader.link(reader.reads(Kind.AGREEMENT), "agreement_detail", agreement.pk)
    if agreement.status == Agreement.Status.DRAFT:
        yield _by_platform(reader, _("the agreement's offer"), page)
    elif agreement.status == Agreement.Status.OFFERED:
        unsigned = agreement.parties.filter(signed_at=None).select_related("organisation")
        for party in unsigned.order_by("position"):
            side = party.organisation
            yield Owed(_("a signature"), side.name, page, organisation_id=side.pk)


def _resourcing(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    waiting = Booking.objects.filter(project=project, status=Booking.Status.SUBMITTED)
    first = waiting.select_related("line__platform").order_by("period").first()
    if first is not None:
        page = reader.link(reader.reads(Kind.BOOKING), "booking_detail", first.pk)
        by = first.line.platform
        yield Owed(_("the review of a booking"), by.name, page, organisation_id=by.pk)
    else:
        side = project.enterprise or project.owner
        page = reader.link(True, "equipment")
        yield Owed(_("a booked line"), side.name, page, organisation_id=side.pk)


def _pilot(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    campaign = Campaign.objects.filter(project=project).first()
    if campaign is None:
        page = reader.link(reader.runs, "campaign_new", project.pk)
        yield _by_platform(reader, _("the opening of the campaign"), page)
        return
    page = reader.link(True, "campaign_detail", campaign.pk)
    if campaign.status == Campaign.Status.RUNNING:
        yield from _running(reader, campaign, page)
    elif campaign.status == Campaign.Status.ACCEPTED:
        yield _by_platform(reader, _("the pilot report"), page)


def _running(reader: Reader, campaign: Campaign, page: str) -> Iterator[Owed]:
    progress = campaigns.progress_of(campaign)
    if progress.met or (not progress.unjudged and progress.judged >= progress.planned):
        yield _by_platform(reader, _("the judgement of the campaign"), page)
        return
    recorded = campaign.batches.filter(status=Batch.Status.RECORDED).order_by("number").first()
    if recorded is not None:
        what = _("the judgement of batch {n}").format(n=recorded.number)
        yield _by_platform(reader, what, reader.link(True, "batch_detail", recorded.pk))
    what = _("{needed} good batches in a row; {good} batches are released so far")
    said = what.format(needed=campaign.consecutive_batches, good=progress.released)
    yield _by_platform(reader, said, page)


def _decision(reader: Reader) -> Iterator[Owed]:
    page = reader.link(reader.runs, "decision_new", reader.project.pk)
    yield _by_platform(reader, _("the industrialisation decision"), page)


def _follow_up(reader: Reader) -> Iterator[Owed]:
    project = reader.project
    still_open = project.tasks.filter(status=Task.Status.OPEN).select_related("owner")
    rows = list(still_open.order_by("due_date", "id"))
    for task in rows:
        settles = projects.may_settle(actor=reader.actor, task=task)
        page = reader.link(settles, "task_done", task.pk)
        yield Owed(str(task), task.owner.name, page, organisation_id=task.owner_id)
    if not rows:
        steers = reader.runs or project.technology_manager_id == reader.actor.pk
        close = reader.link(steers, "project_close", project.pk)
        yield _by_platform(reader, _("the closing"), close, press=True)


ASKED: dict[Project.Status, Callable[[Reader], Iterator[Owed]]] = {
    Status.PROPOSED: _proposed,
    Status.ASSESSMENT: _assessment,
    Status.PLANNING: _planning,
    Status.RESOURCING: _resourcing,
    Status.PILOT: _pilot,
    Status.DECISION: _decision,
    Status.FOLLOW_UP: _follow_up,
}
