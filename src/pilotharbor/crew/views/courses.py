"""Pages of courses: what they open, who asks for a place, who was examined."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.crew import commands, queries
from pilotharbor.crew.forms import CorrectionForm, CourseForm, ExaminationForm
from pilotharbor.crew.models import Course, Enrolment, Examination
from pilotharbor.crew.views.shared import by, course_crumbs, done, today
from pilotharbor.facilities.models import Equipment, Line
from pilotharbor.kernel import pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation


@acting
@require_GET
def courses(request: ActorRequest) -> HttpResponse:
    """The courses one may see, with what they open and how one stands."""
    rows = queries.visible_courses(actor=request.actor).prefetch_related(
        "targets__line", "targets__equipment"
    )
    page = pages.page(rows, by="id", cursor=request.GET.get("cursor"))
    (mine,) = queries.matrix(people=[request.actor.person], courses=page.items, on=today(request))
    context = {
        "page": page,
        "rows": mine.cells,
        "keeps": queries.keeps_crew(request.actor, platform_id=request.actor.organisation_id),
        "sees_matrix": queries.sees_roster(request.actor),
    }
    return render(request, "crew/courses.html", context)


def _visible(request: ActorRequest, course_id: int) -> Course:
    course = (
        queries.visible_courses(actor=request.actor)
        .prefetch_related("targets__line", "targets__equipment")
        .filter(pk=course_id)
        .first()
    )
    if course is None:
        raise NotFound
    return course


@acting
@require_GET
def course_detail(request: ActorRequest, course_id: int) -> HttpResponse:
    """One course."""
    return _page(request, _visible(request, course_id))


def _page(request: ActorRequest, course: Course, **forms: Form) -> HttpResponse:
    keeps = queries.keeps_crew(request.actor, platform_id=course.platform_id)
    inside = queries.platforms_seen(actor=request.actor).filter(pk=course.platform_id).exists()
    (mine,) = queries.matrix(people=[request.actor.person], courses=[course], on=today(request))
    context: dict[str, Any] = {
        "course": course,
        "keeps": keeps,
        "inside": inside,
        "mine": mine.cells[0],
        "form": ExaminationForm(
            marked=course.pass_mark is not None,
            initial={"held_date": today(request), "email": request.GET.get("for", "")[:254]},
        ),
        "crumbs": course_crumbs((course.name, "")),
    }
    if inside:
        context |= {
            "waiting": queries.visible_enrolments(actor=request.actor)
            .filter(course=course, status=Enrolment.Status.ASKED)
            .order_by("asked_at", "pk"),
            "page": pages.page(
                queries.visible_examinations(actor=request.actor)
                .filter(course=course)
                .select_related("qualification", "corrected_by"),
                by="-id", cursor=request.GET.get("cursor"), limit=25,
            ),
        }  # fmt: skip
    context |= forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/course_detail.html", context, status=422 if refused else 200)


def _choices(platform: Organisation) -> dict[str, QuerySet[Any]]:
    machines = Equipment.objects.filter(platform=platform).exclude(status=Equipment.Status.RETIRED)
    return {
        "lines": Line.objects.filter(platform=platform).order_by("name", "pk"),
        "machines": machines.order_by("name", "pk"),
    }


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "fields": {
            name: given[name]
            for name in ("name", "description", "months_valid", "pass_mark", "required_date")
        },
        "line_ids": [line.pk for line in given["lines"]],
        "equipment_ids": [machine.pk for machine in given["machines"]],
    }


def _form_page(request: ActorRequest, form: Form, course: Course | None) -> HttpResponse:
    here = (
        [(course.name, reverse("course_detail", args=[course.pk])), (_("Change"), "")]
        if course
        else [(_("New course"), "")]
    )
    context = {"form": form, "course": course, "crumbs": course_crumbs(*here)}
    return render(request, "crew/course_form.html", context, status=422 if form.errors else 200)


@acting
@require_http_methods(["GET", "POST"])
def course_new(request: ActorRequest) -> HttpResponse:
    """Open a course."""
    platform = request.actor.organisation
    if not queries.keeps_crew(request.actor, platform_id=platform.pk):
        raise NotFound
    form = CourseForm(
        request.POST or None, **_choices(platform),
        initial={"required_date": today(request), "pass_mark": 80, "months_valid": 12},
    )  # fmt: skip

    def do(given: dict[str, Any]) -> str:
        commands.open_course(**_fields(given), **by(request))
        return _("The course is open.")

    if request.method == "GET":
        return _form_page(request, form, None)
    return done(
        request, form, do, back=reverse("courses"), line_ids="lines",
        show=lambda form: _form_page(request, form, None),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def course_edit(request: ActorRequest, course_id: int) -> HttpResponse:
    """Change a course."""
    course = _visible(request, course_id)
    if not queries.keeps_crew(request.actor, platform_id=course.platform_id):
        raise NotFound
    targets = course.targets.all()
    present = {
        name: getattr(course, name)
        for name in ("name", "description", "months_valid", "pass_mark", "required_date")
    } | {
        "lines": [target.line_id for target in targets if target.line_id],
        "machines": [target.equipment_id for target in targets if target.equipment_id],
    }
    form = CourseForm(request.POST or None, **_choices(course.platform), initial=present)

    def do(given: dict[str, Any]) -> str:
        commands.revise_course(course_id=course.pk, **_fields(given), **by(request))
        return _("Saved.")

    if request.method == "GET":
        return _form_page(request, form, course)
    return done(
        request, form, do, back=reverse("course_detail", args=[course.pk]), line_ids="lines",
        show=lambda form: _form_page(request, form, course),
    )  # fmt: skip


@acting
@require_POST
def course_close(request: ActorRequest, course_id: int) -> HttpResponse:
    """Ask for it no longer."""
    commands.close_course(course_id=course_id, **by(request))
    messages.success(request, _("The course is closed and no longer asked for."))
    return redirect("course_detail", course_id)


@acting
@require_POST
def course_reopen(request: ActorRequest, course_id: int) -> HttpResponse:
    """Ask for it again."""
    commands.reopen_course(course_id=course_id, **by(request))
    messages.success(request, _("The course is open again."))
    return redirect("course_detail", course_id)


@acting
@require_POST
def place_ask(request: ActorRequest, course_id: int) -> HttpResponse:
    """Ask to be trained."""
    commands.ask_for_place(course_id=course_id, **by(request))
    messages.success(request, _("You have asked for a place. The platform will be in touch."))
    return redirect("course_detail", course_id)


@acting
@require_POST
def place_back(request: ActorRequest, enrolment_id: int) -> HttpResponse:
    """Do without it."""
    place = commands.give_place_back(enrolment_id=enrolment_id, **by(request))
    messages.success(request, _("You no longer wait for a place."))
    return redirect("course_detail", place.course_id)


@acting
@require_POST
def examination_new(request: ActorRequest, course_id: int) -> HttpResponse:
    """Record that somebody was examined."""
    course = _visible(request, course_id)
    form = ExaminationForm(request.POST, marked=course.pass_mark is not None)

    def do(given: dict[str, Any]) -> str:
        one = commands.record_examination(course_id=course_id, **given, **by(request))
        return _said(one)

    return done(
        request, form, do, back=reverse("course_detail", args=[course_id]),
        show=lambda form: _page(request, course, form=form),
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def examination_correct(request: ActorRequest, examination_id: int) -> HttpResponse:
    """Put a right record in the place of a wrong one."""
    wrong = queries.visible_examinations(actor=request.actor).filter(pk=examination_id).first()
    if wrong is None or not queries.keeps_crew(request.actor, platform_id=wrong.course.platform_id):
        raise NotFound
    present = {"held_date": wrong.held_date, "mark": wrong.mark}
    marked = wrong.course.pass_mark is not None
    form = CorrectionForm(request.POST or None, marked=marked, initial=present)

    def show(form: Form) -> HttpResponse:
        here = (wrong.course.name, reverse("course_detail", args=[wrong.course_id]))
        context = {
            "form": form,
            "wrong": wrong,
            "crumbs": course_crumbs(here, (_("Correct a record"), "")),
        }
        return render(
            request, "crew/examination_correct.html", context, status=422 if form.errors else 200
        )

    def do(given: dict[str, Any]) -> str:
        one = commands.record_examination(
            course_id=wrong.course_id,
            email=wrong.person.email,
            corrects_id=wrong.pk,
            **given,
            **by(request),
        )
        return _said(one)

    if request.method == "GET":
        return show(form)
    return done(
        request,
        form,
        do,
        back=reverse("course_detail", args=[wrong.course_id]),
        show=show,
        reason="note",
    )


def _said(one: Examination) -> str:
    if one.passed:
        return _("Recorded: {name} has passed and is qualified.").format(name=one.person.name)
    return _("Recorded: {name} has not passed.").format(name=one.person.name)
