"""Pages of skills: which there are, which lines ask for, who has them."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.crew import commands, queries
from pilotharbor.crew.forms import LineSkillsForm, SkillForm, SkillGrantForm, WhyForm
from pilotharbor.crew.models import Leave, LineSkill
from pilotharbor.crew.views.shared import by, done, platform_of, roster_crumbs, today
from pilotharbor.facilities import queries as facilities
from pilotharbor.facilities.models import Line
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership

SHIFTS_SHOWN = 20


@acting
@require_GET
def skills(request: ActorRequest) -> HttpResponse:
    """The skills of a platform, what its lines ask for, and who has them."""
    return _page(request)


def _page(request: ActorRequest, **forms: Form) -> HttpResponse:
    platform = platform_of(request)
    keeps = queries.keeps_crew(request.actor, platform_id=platform.pk)
    day = today(request)
    defined = list(
        queries.visible_skills(actor=request.actor)
        .filter(platform=platform, retired_at=None)
        .order_by("name", "pk")
    )
    asked: dict[int, list[int]] = {}
    for line_id, skill_id in LineSkill.objects.filter(skill__in=defined).values_list(
        "line_id", "skill_id"
    ):
        asked.setdefault(line_id, []).append(skill_id)
    held: dict[tuple[int, int], Any] = {}
    grants = queries.visible_grants(actor=request.actor).filter(
        skill__in=defined, withdrawn_at=None, validity__startswith__lte=day
    )
    for grant in grants.order_by("validity"):
        held[grant.membership_id, grant.skill_id] = grant
    lines = Line.objects.filter(platform=platform).order_by("name", "pk")
    context: dict[str, Any] = {
        "platform": platform,
        "keeps": keeps,
        "today": day,
        "skills": defined,
        "lines": [
            {
                "line": line,
                "skills": [skill for skill in defined if skill.pk in asked.get(line.pk, [])],
                "form": LineSkillsForm(
                    skills=queries.visible_skills(actor=request.actor).filter(pk__in=[s.pk for s in defined]),
                    initial={"skill_ids": asked.get(line.pk, [])}, prefix=f"line{line.pk}",
                ),
            }
            for line in lines
        ],
        "engineers": [
            {"engineer": one, "grants": [held.get((one.pk, skill.pk)) for skill in defined]}
            for one in facilities.engineers_to_choose(platform_id=platform.pk)
        ],
        "form": SkillForm(),
        "crumbs": roster_crumbs((_("Skills"), "")),
    } | forms  # fmt: skip
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/skills.html", context, status=422 if refused else 200)


@acting
@require_POST
def skill_new(request: ActorRequest) -> HttpResponse:
    """Define a skill."""

    def do(given: dict[str, Any]) -> str:
        commands.define_skill(**given, **by(request))
        return _("The skill is there. Say below which lines ask for it.")

    return done(
        request, SkillForm(request.POST), do, back=reverse("skills"),
        show=lambda form: _page(request, form=form),
    )  # fmt: skip


@acting
@require_POST
def skill_retire(request: ActorRequest, skill_id: int) -> HttpResponse:
    """Ask nobody for it any more."""
    commands.retire_skill(skill_id=skill_id, **by(request))
    messages.success(request, _("Nobody is asked for this skill any more."))
    return redirect("skills")


@acting
@require_POST
def line_skills(request: ActorRequest, line_id: int) -> HttpResponse:
    """Say which skills a line asks for."""
    known = queries.visible_skills(actor=request.actor).filter(retired_at=None)
    form = LineSkillsForm(request.POST, skills=known, prefix=f"line{line_id}")
    if not form.is_valid():
        raise commands.SkillElsewhere
    commands.set_line_skills(
        line_id=line_id,
        skill_ids=[skill.pk for skill in form.cleaned_data["skill_ids"]],
        **by(request),
    )
    messages.success(request, _("Saved."))
    return redirect("skills")


@acting
@require_GET
def engineer_detail(request: ActorRequest, membership_id: int) -> HttpResponse:
    """One engineer: skills, rhythms, shifts to come, leave."""
    return _engineer_page(request, membership_id)


def _engineer(request: ActorRequest, membership_id: int) -> Membership:
    platforms = queries.platforms_seen(actor=request.actor)
    found = (
        Membership.objects.filter(pk=membership_id, organisation__in=platforms)
        .select_related("person", "organisation")
        .first()
    )
    if found is None or not queries.is_engineer(found):
        raise NotFound
    return found


def _withdrawal(grant_id: int, data: Any = None) -> WhyForm:
    return WhyForm(data, prefix=f"withdraw{grant_id}")


def _engineer_page(request: ActorRequest, membership_id: int, **forms: Form) -> HttpResponse:
    engineer = _engineer(request, membership_id)
    day = today(request)
    keeps = queries.keeps_crew(request.actor, platform_id=engineer.organisation_id)
    known = queries.visible_skills(actor=request.actor).filter(
        platform_id=engineer.organisation_id, retired_at=None
    )
    leave = queries.visible_leave(actor=request.actor).filter(membership=engineer)
    context: dict[str, Any] = {
        "engineer": engineer,
        "keeps": keeps,
        "today": day,
        "grants": [
            {"grant": grant, "form": _withdrawal(grant.pk)}
            for grant in queries.visible_grants(actor=request.actor)
            .filter(membership=engineer)
            .order_by("skill__name", "-validity", "-pk")
        ],
        "patterns": queries.visible_patterns(actor=request.actor)
        .filter(membership=engineer, days__endswith__gt=day)
        .order_by("days", "pk"),
        "shifts": queries.shifts()
        .filter(membership=engineer, period__endswith__gt=by(request)["at"])
        .order_by("period")[:SHIFTS_SHOWN],
        "leave": leave.filter(status__in=Leave.OPEN).order_by("-period")[:SHIFTS_SHOWN],
        "form": SkillGrantForm(skills=known.order_by("name"), initial={"valid_from": day}),
        "crumbs": roster_crumbs((engineer.person.name, "")),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/engineer_detail.html", context, status=422 if refused else 200)


@acting
@require_POST
def skill_grant(request: ActorRequest, membership_id: int) -> HttpResponse:
    """Grant an engineer a skill."""
    known = queries.visible_skills(actor=request.actor).filter(retired_at=None)

    def do(given: dict[str, Any]) -> str:
        commands.grant_skill(
            membership_id=membership_id, skill_id=given.pop("skill").pk, **given, **by(request)
        )
        return _("The skill is granted.")

    return done(
        request, SkillGrantForm(request.POST, skills=known), do,
        back=reverse("crew_engineer", args=[membership_id]),
        show=lambda form: _engineer_page(request, membership_id, form=form),
    )  # fmt: skip


@acting
@require_POST
def skill_withdraw(request: ActorRequest, grant_id: int) -> HttpResponse:
    """Take a skill back."""
    grant = queries.visible_grants(actor=request.actor).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    form = _withdrawal(grant_id, request.POST)
    if not form.is_valid():
        raise commands.WhyMissing
    commands.withdraw_skill(grant_id=grant_id, reason=form.cleaned_data["reason"], **by(request))
    messages.success(request, _("The skill is withdrawn; the engineer reads why."))
    return redirect("crew_engineer", grant.membership_id)
