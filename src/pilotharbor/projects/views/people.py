"""A voyage is proposed; its stewards and team are named."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import tell
from pilotharbor.matching import queries as matching
from pilotharbor.matching.models import Match
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.roles import Role
from pilotharbor.projects import commands, queries
from pilotharbor.projects.forms import MemberForm, ProposalForm, StewardsForm, people
from pilotharbor.projects.models import Project
from pilotharbor.projects.views.shared import ask, cockpit, crumbs_to, press, seen

FIND_TEAM = (Role.INVESTOR, Role.EQUIPMENT_ENGINEER, Role.ENTERPRISE_MEMBER, Role.RESEARCHER)


@acting
@require_http_methods(["GET", "POST"])
def project_new(request: ActorRequest) -> HttpResponse:
    """Make a voyage of an accepted match."""
    live = Project.objects.exclude(status=Project.Status.ENDED).filter(match__isnull=False)
    matches = (
        matching.visible_matches(actor=request.actor)
        .filter(status=Match.Status.ACCEPTED)
        .exclude(pk__in=live.values("match"))
        .select_related("achievement", "demand")
        .order_by("-id")
    )
    chosen = request.GET.get("match")
    form = ProposalForm(request.POST or None, matches=matches, initial={"match_id": chosen})
    if request.method == "POST" and form.is_valid():
        match = form.cleaned_data["match_id"]
        try:
            project = commands.propose(
                achievement_id=match.achievement_id,
                platform_id=request.actor.organisation_id,
                match_id=match.pk,
                title=form.cleaned_data["title"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            return redirect(cockpit(project))
    context = {
        "form": form,
        "opens": rights.acts_as(request.actor, *queries.PLATFORM_ROLES),
        "waiting": list(matches[:20]),
        "empty": not matches.exists(),
        "crumbs": crumbs_to((_("New project"), "")),
    }
    return render(request, "projects/project_new.html", context, status=422 if form.errors else 200)


@acting
@require_http_methods(["GET", "POST"])
def stewards(request: ActorRequest, project_id: int) -> HttpResponse:
    """Name the technology manager and the industry advisor."""
    project = seen(request, project_id)
    form = StewardsForm(
        request.POST or None,
        managers=people(roles=(Role.TECHNOLOGY_MANAGER,)),
        advisors=people(roles=(Role.INDUSTRY_ADVISOR,)),
        initial={
            "technology_manager_id": project.technology_manager_id,
            "industry_advisor_id": project.industry_advisor_id,
        },
    )
    page = {
        "title": _("Stewards"),
        "question": _("Who carries this project?"),
        "lead": project.title,
        "button": _("Name the two stewards"),
        "aside": _(
            "Every project has one technology manager and one industry advisor: two different "
            "people. Without both it cannot start. Both may read the result from now on."
        ),
        "crumbs": crumbs_to((project.title, cockpit(project)), (_("Stewards"), "")),
    }
    return ask(
        request,
        form,
        lambda filled: commands.name_stewards(
            project_id=project.pk,
            technology_manager_id=filled.cleaned_data["technology_manager_id"].pk,
            industry_advisor_id=filled.cleaned_data["industry_advisor_id"].pk,
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("The stewards are named."),
        to=cockpit(project),
        page=page,
    )


@acting
@require_http_methods(["GET", "POST"])
def team(request: ActorRequest, project_id: int) -> HttpResponse:
    """Let someone into the project, or take them out again."""
    project = seen(request, project_id)
    members = project.team.select_related("membership__person", "membership__organisation")
    inside = members.values("membership")
    form = MemberForm(request.POST or None, people=people(roles=FIND_TEAM).exclude(pk__in=inside))
    page = {
        "project": project,
        "members": members.order_by("id"),
        "steers": queries.runs(request.actor, project)
        or project.technology_manager_id == request.actor.pk,
        "crumbs": crumbs_to((project.title, cockpit(project)), (_("Team"), "")),
    }
    return ask(
        request,
        form,
        lambda filled: commands.let_in(
            project_id=project.pk,
            membership_id=filled.cleaned_data["membership_id"].pk,
            scope=filled.cleaned_data["scope"],
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("This person may read the project now."),
        to=request.path,
        page=page,
        template="projects/team.html",
    )


@acting
@require_POST
def dismiss(request: ActorRequest, project_id: int, membership_id: int) -> HttpResponse:
    """Take someone out of the team."""
    project = seen(request, project_id)
    return press(
        request,
        lambda: commands.dismiss(
            project_id=project.pk,
            membership_id=membership_id,
            actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("This person no longer belongs to the team."),
        to=request.path.rsplit("/", 2)[0],
    )
