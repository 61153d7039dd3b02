"""Pages of who is qualified for what: all of a platform side by side, and one's own."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.crew import commands, queries
from pilotharbor.crew.forms import WhyForm
from pilotharbor.crew.models import Course
from pilotharbor.crew.views.shared import by, course_crumbs, done, platform_of, today
from pilotharbor.kernel import pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership

PEOPLE_SHOWN = 50


@acting
@require_GET
def qualified(request: ActorRequest) -> HttpResponse:
    """People × courses of a platform."""
    platform = platform_of(request)
    q = request.GET.get("q", "").strip()[:120]
    people = queries.people_of(platform_id=platform.pk).filter(name__icontains=q)
    page = pages.page(people, by="id", cursor=request.GET.get("cursor"), limit=PEOPLE_SHOWN)
    courses = list(
        queries.visible_courses(actor=request.actor)
        .filter(platform=platform, status=Course.Status.OPEN)
        .order_by("name", "pk")
    )
    homes: dict[int, str] = {}
    for member in (
        Membership.objects.filter(person__in=page.items, status=Membership.Status.ACTIVE)
        .select_related("organisation")
        .order_by("-pk")
    ):
        homes[member.person_id] = member.organisation.name
    lines = queries.matrix(people=page.items, courses=courses, on=today(request))
    context = {
        "platform": platform,
        "platforms": queries.platforms_seen(actor=request.actor)
        if queries.reads_all(request.actor)
        else [],
        "q": q,
        "page": page,
        "courses": courses,
        "rows": [{"line": line, "home": homes.get(line.person.pk, "")} for line in lines],
        "keeps": queries.keeps_crew(request.actor, platform_id=platform.pk),
        "crumbs": course_crumbs((_("Who is qualified"), "")),
    }
    return render(request, "crew/qualified.html", context)


@acting
@require_GET
def qualifications(request: ActorRequest) -> HttpResponse:
    """What one may run, what runs out, and how to get the rest."""
    day = today(request)
    lines = queries.lines_for(actor=request.actor, on=day)
    kept = queries.visible_qualifications(actor=request.actor).filter(person=request.actor.person)
    sat = queries.visible_examinations(actor=request.actor).filter(person=request.actor.person)
    rows = list(kept.order_by("-validity", "-pk"))
    standings = queries.matrix(
        people=[request.actor.person], courses={one.course for one in rows}, on=day
    )[0].cells
    context: dict[str, Any] = {
        "lines": lines,
        "may": [line for line in lines if line.may_run],
        "rest": [line for line in lines if not line.may_run],
        "held": sorted(
            standings, key=lambda cell: (not cell.holds, cell.last or day, cell.course.pk)
        ),
        "examinations": sat.filter(corrected_by=None).order_by("-held_date", "-pk"),
        "today": day,
    }
    return render(request, "crew/qualifications.html", context)


@acting
@require_http_methods(["GET", "POST"])
def qualification_detail(request: ActorRequest, qualification_id: int) -> HttpResponse:
    """One qualification: how it came about, how long it holds; its platform may withdraw it."""
    one = (
        queries.visible_qualifications(actor=request.actor)
        .select_related("examination__recorded_by__person", "withdrawn_by__person")
        .filter(pk=qualification_id)
        .first()
    )
    if one is None:
        raise NotFound
    keeps = queries.keeps_crew(request.actor, platform_id=one.course.platform_id)

    def show(form: Form) -> HttpResponse:
        context = {
            "one": one,
            "last": one.validity.upper,
            "keeps": keeps,
            "form": form,
            "today": today(request),
            "crumbs": course_crumbs(
                (one.course.name, reverse("course_detail", args=[one.course_id])),
                (one.person.name, ""),
            ),
        }
        return render(
            request, "crew/qualification_detail.html", context, status=422 if form.errors else 200
        )

    def do(given: dict[str, Any]) -> str:
        commands.withdraw_qualification(
            qualification_id=one.pk, reason=given["reason"], **by(request)
        )
        return _("The qualification is withdrawn; its holder reads why.")

    if request.method == "GET":
        return show(WhyForm())
    back = reverse("qualification_detail", args=[one.pk])
    return done(request, WhyForm(request.POST), do, back=back, show=show)
