"""Visits to enterprises and the problems met there; the teams that go."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.field_forms import AnswerForm, MemberForm, ProblemForm, TeamForm, VisitForm
from pilotharbor.leads.models import Problem, Team
from pilotharbor.leads.views.shared import ask, press
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.technologies import industries

type Crumbs = list[tuple[str, str]]


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    return [(_("Home"), "/"), (_("Visits"), reverse("visits")), *steps]


@acting
@require_GET
def visit_list(request: ActorRequest) -> HttpResponse:
    """The visits one may see, newest first."""
    actor = request.actor
    if not queries.sees_visits(actor):
        raise NotFound
    rows = queries.visible_visits(actor=actor)
    q = request.GET.get("q", "").strip()[:100]
    if q:
        rows = rows.filter(enterprise__name__icontains=q)
    context = {
        "page": pages.page(rows, by="-visit_date", cursor=request.GET.get("cursor"), limit=30),
        "q": q,
        "records": queries.may_visit(actor),
        "waiting": list(queries.waiting_problems(actor=actor)[:20]),
        "teams": queries.visible_teams(actor=actor).exists() or queries.forms_teams(actor),
        "crumbs": [(_("Home"), "/"), (_("Visits"), "")],
    }
    return render(request, "leads/visit_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def visit_new(request: ActorRequest) -> HttpResponse:
    """Write a visit down."""
    actor = request.actor
    if not queries.may_visit(actor):
        raise NotFound
    teams = Team.objects.filter(dissolved_at=None)
    if not queries.operates(actor):
        teams = teams.filter(pk__in=queries.in_team(actor).values("team"))
    form = VisitForm(
        request.POST or None, enterprises=queries.enterprises(), teams=teams.order_by("name"),
        initial={"visit_date": local_date(clock.now(request))},
    )  # fmt: skip

    def do(_form: Any) -> Any:
        given = form.cleaned_data
        team = given["team_id"]
        return commands.record_visit(
            enterprise_id=given["enterprise_id"].pk, visit_date=given["visit_date"],
            team_id=team.pk if team else None, people=given["people"], place=given["place"],
            summary=given["summary"], actor_id=actor.pk, at=clock.now(request),
        )  # fmt: skip

    page = {
        "title": _("New visit"), "question": _("Whom did you visit?"),
        "button": _("Write the visit down"),
        "aside": _("Next, add what the enterprise struggles with; each problem can become its need."),
        "crumbs": _crumbs((_("New visit"), "")),
    }  # fmt: skip
    return ask(
        request, form, do, said=_("The visit is on record."),
        to=lambda made: reverse("visit_detail", args=[made.pk]), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def visit_detail(request: ActorRequest, visit_id: int) -> HttpResponse:
    """One visit and its problem list."""
    actor = request.actor
    visit = queries.visible_visit(actor=actor, visit_id=visit_id)
    keeps = queries.keeps_visit(visit, actor)
    if request.method == "POST" and not keeps:
        raise NotFound
    form = ProblemForm(request.POST or None)
    page = {
        "visit": visit,
        "problems": [
            (one, industries.name_of(one.field)) for one in queries.problems_of(visit, actor=actor)
        ],
        "keeps": keeps,
        "hosts": queries.hosts_visit(visit, actor),
        "crumbs": _crumbs((visit.enterprise.name, "")),
    }
    return ask(
        request,
        form,
        lambda filled: commands.note_problem(
            visit_id=visit.pk, problem=commands.Difficulty(**filled.cleaned_data),
            actor_id=actor.pk, at=clock.now(request),
        ),
        said=_("The problem is on the list."), to=request.path, page=page,
        template="leads/visit_detail.html",
    )  # fmt: skip


@acting
@require_POST
def problem_press(request: ActorRequest, problem_id: int, what: str) -> HttpResponse:
    """Show a problem to the enterprise, or make its need of it."""
    row = Problem.objects.filter(pk=problem_id).first()
    if row is None:
        raise NotFound
    queries.visible_visit(actor=request.actor, visit_id=row.visit_id)
    to = reverse("visit_detail", args=[row.visit_id])
    who: dict[str, Any] = {
        "problem_id": problem_id, "actor_id": request.actor.pk, "at": clock.now(request),
    }  # fmt: skip
    if what == "offer":
        said = _("The enterprise has been told and decides.")
        return press(request, lambda: commands.offer_problem(**who), said=said, to=to)
    made: list[Problem] = []
    answer = press(
        request,
        lambda: made.append(commands.take_problem(**who)),
        said=_("It is a draft of yours now: complete it and put it up for review."),
        to=to,
    )
    return redirect("demand_detail", made[0].demand_id) if made else answer


@acting
@require_http_methods(["GET", "POST"])
def problem_settle(request: ActorRequest, problem_id: int, what: str) -> HttpResponse:
    """Answer a problem, or drop it."""
    row = Problem.objects.filter(pk=problem_id).select_related("visit__enterprise").first()
    if row is None:
        raise NotFound
    visit = queries.visible_visit(actor=request.actor, visit_id=row.visit_id)
    if not queries.keeps_visit(visit, request.actor):
        raise NotFound
    form = AnswerForm(request.POST or None)
    answers = what == "answer"
    page = {
        "title": _("Answer") if answers else _("Drop"),
        "question": _("What is the answer?") if answers else _("Why is it dropped?"),
        "lead_line": row.title, "button": _("Answer it") if answers else _("Drop it"),
        "aside": _("The enterprise reads it.") if answers else "",
        "crumbs": _crumbs(
            (visit.enterprise.name, reverse("visit_detail", args=[visit.pk])), (row.title, "")
        ),
    }  # fmt: skip

    def do(filled: Any) -> None:
        words = filled.cleaned_data["words"]
        who: dict[str, Any] = {
            "problem_id": problem_id, "actor_id": request.actor.pk, "at": clock.now(request),
        }  # fmt: skip
        if answers:
            commands.answer_problem(answer=words, **who)
        else:
            commands.drop_problem(reason=words, **who)

    to = reverse("visit_detail", args=[visit.pk])
    return ask(request, form, do, said=_("It is written down."), to=to, page=page)


@acting
@require_GET
def team_list(request: ActorRequest) -> HttpResponse:
    """The dedicated teams."""
    actor = request.actor
    rows = queries.visible_teams(actor=actor)
    if not queries.forms_teams(actor) and not rows.exists() and not queries.may_visit(actor):
        raise NotFound
    context = {
        "rows": list(rows.filter(dissolved_at=None).order_by("name")[:200]),
        "forms": queries.forms_teams(actor),
        "crumbs": _crumbs((_("Teams"), "")),
    }
    return render(request, "leads/team_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def team_new(request: ActorRequest) -> HttpResponse:
    """Form a team."""
    if not queries.forms_teams(request.actor):
        raise NotFound
    form = TeamForm(request.POST or None)
    page = {
        "title": _("New team"), "question": _("Which team goes where?"),
        "button": _("Form the team"),
        "aside": _("Next, take in its managers, officials and experts."),
        "crumbs": _crumbs((_("Teams"), reverse("teams")), (_("New team"), "")),
    }  # fmt: skip
    return ask(
        request,
        form,
        lambda filled: commands.form_team(
            **filled.cleaned_data, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The team is formed."),
        to=lambda made: reverse("team_detail", args=[made.pk]), page=page,
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def team_detail(request: ActorRequest, team_id: int) -> HttpResponse:
    """One team: who belongs to it, and where it went."""
    actor = request.actor
    team = queries.visible_team(actor=actor, team_id=team_id)
    leads = queries.leads_team(team, actor) and team.dissolved_at is None
    if request.method == "POST" and not leads:
        raise NotFound
    inside = queries.members_of(team)
    form = MemberForm(
        request.POST or None,
        people=queries.fit_for_team().exclude(pk__in=inside.values("membership")),
    )
    page = {
        "team": team,
        "field_name": industries.name_of(team.field),
        "members": list(inside),
        "leads_team": leads,
        "visits": list(
            queries.visible_visits(actor=actor).filter(team=team).order_by("-visit_date")[:50]
        ),
        "crumbs": _crumbs((_("Teams"), reverse("teams")), (team.name, "")),
    }
    return ask(
        request,
        form,
        lambda filled: commands.join_team(
            team_id=team.pk, membership_id=filled.cleaned_data["membership_id"].pk,
            actor_id=actor.pk, at=clock.now(request),
        ),
        said=_("This person belongs to the team now."), to=request.path, page=page,
        template="leads/team_detail.html",
    )  # fmt: skip


@acting
@require_POST
def team_leave(request: ActorRequest, team_id: int, membership_id: int) -> HttpResponse:
    """Let somebody go from a team."""
    queries.visible_team(actor=request.actor, team_id=team_id)
    return press(
        request,
        lambda: commands.leave_team(
            team_id=team_id, membership_id=membership_id, actor_id=request.actor.pk,
            at=clock.now(request),
        ),
        said=_("This person no longer belongs to the team."),
        to=reverse("team_detail", args=[team_id]),
    )  # fmt: skip


@acting
@require_POST
def team_dissolve(request: ActorRequest, team_id: int) -> HttpResponse:
    """End a team."""
    queries.visible_team(actor=request.actor, team_id=team_id)
    return press(
        request,
        lambda: commands.dissolve_team(
            team_id=team_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("The team is dissolved; its visits stay on record."),
        to=reverse("teams"),
    )
