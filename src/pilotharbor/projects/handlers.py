"""Who is told of what happens to a project."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands as leads
from pilotharbor.leads import queries as leads_of
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.roles import Role
from pilotharbor.projects.models import TASK_KINDS, Project, Task

notices.say("projects.project.proposed", _("A platform takes “{title}” on board."))
notices.say("projects.stewards.named", _("You are a steward of “{title}”."))
notices.say("projects.project.started", _("“{title}” has started; its assessment comes next."))
notices.say(
    "projects.gate.passed",
    _("“{title}” has passed the gate from “{left}” to “{to}”."),
    earlier=_("“{title}” has passed a gate."),
    left=lambda status: Project.Status(str(status)).label,
    to=lambda status: Project.Status(str(status)).label,
)
notices.say("projects.project.ended", _("“{title}” has ended at its gate."))
notices.say("projects.project.closed", _("“{title}” is closed."))
notices.say("projects.member.admitted", _("You may read the project “{title}” now."))
notices.say(
    "projects.task.added",
    _("In “{title}” a task waits for you: {task}."),
    earlier=_("A task waits for you in “{title}”."),
    task=lambda kind: TASK_KINDS.get(str(kind), kind),
)

SIDES = (Role.RESEARCHER, Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER, Role.PLATFORM_OPERATOR)


def _tell(event: Event, project: Project, members: set[int], url: str = "", **facts: Fact) -> None:
    parties.notify(
        member_ids=members,
        not_to=event.person_id,
        kind=event.name,
        url=url or reverse("project_detail", args=[project.pk]),
        event=event,
        at=event.at,
        facts={"title": project.title, **facts},
    )


def _project(pk: int) -> Project:
    return Project.objects.select_related("technology_manager", "industry_advisor").get(pk=pk)


def _stewards(project: Project) -> set[int]:
    both = (project.technology_manager, project.industry_advisor)
    return {steward.pk for steward in both if steward}


def _people_of(organisation_ids: set[int | None], roles: tuple[Role, ...] = SIDES) -> set[int]:
    found: set[int] = set()
    for pk in organisation_ids - {None}:
        rows = people.people_of(organisation_id=pk or 0, roles=list(roles))
        found |= set(rows.values_list("pk", flat=True))
    return found


@handles(
    "projects.project.proposed",
    "projects.project.started",
    "projects.gate.passed",
    "projects.project.ended",
    "projects.project.closed",
)
def tell_everybody_on_board(event: Event) -> None:
    """The three sides and the stewards learn where the project stands now."""
    project = _project(event.subject_id)
    sides = {project.owner_id, project.enterprise_id, project.platform_id}
    gate = {fact: event.facts[fact] for fact in ("left", "to") if fact in event.facts}
    _tell(event, project, _people_of(sides) | _stewards(project), **gate)


@handles("projects.project.proposed")
def hand_the_lead_over(event: Event) -> None:
    """The lead of the match that became a project says so from now on."""
    match_id = event.facts.get("match_id")
    lead = leads_of.live_of_match(match_id=match_id) if isinstance(match_id, int) else None
    if lead is not None and event.actor_id is not None:
        leads.hand_over(
            lead_id=lead.pk, project_id=event.subject_id, actor_id=event.actor_id, at=event.at
        )


@handles("projects.stewards.named")
def tell_the_stewards(event: Event) -> None:
    """Both stewards learn that they carry the project."""
    project = _project(event.subject_id)
    _tell(event, project, _stewards(project))


@handles("projects.member.admitted")
def tell_the_new_member(event: Event) -> None:
    """Who was let in learns of it."""
    project = _project(event.subject_id)
    member = project.team.filter(membership=event.facts["membership_id"]).first()
    if member is not None:
        _tell(event, project, {member.membership_id})


@handles("projects.task.added")
def tell_who_owes(event: Event) -> None:
    """The assignee, or else the people of the organisation that owes it."""
    task = Task.objects.select_related("assignee").get(pk=event.subject_id)
    members = {task.assignee.pk} if task.assignee else _people_of({task.owner_id})
    what = task.title or task.kind
    _tell(event, _project(task.project_id), members, reverse("tasks"), task=what)
