"""Pages of one's own shifts and leave, and of deciding on leave."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.crew import commands, queries
from pilotharbor.crew.forms import GrantForm, LeaveForm, StaffLeaveForm, WhyForm
from pilotharbor.crew.models import Leave
from pilotharbor.crew.views.shared import by, done, roster_crumbs, today
from pilotharbor.facilities import queries as facilities
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting

SHIFTS_SHOWN = 40


@acting
@require_GET
def my_shifts(request: ActorRequest) -> HttpResponse:
    """One's own shifts to come, leave and skills."""
    return _mine(request)


def _mine(request: ActorRequest, **forms: Form) -> HttpResponse:
    if not queries.is_engineer(request.actor):
        raise NotFound
    at = clock.now(request)
    coming = queries.shifts().filter(membership=request.actor, period__endswith__gt=at)
    leave = queries.visible_leave(actor=request.actor).filter(membership=request.actor)
    context: dict[str, Any] = {
        "shifts": coming.order_by("period")[:SHIFTS_SHOWN],
        "rostered": queries.shifts().filter(membership=request.actor).exists(),
        "leave": leave.order_by("-period")[:SHIFTS_SHOWN],
        "open": Leave.OPEN,
        "now": at,
        "grants": queries.skills_held()
        .filter(membership=request.actor)
        .select_related("skill")
        .order_by("skill__name", "pk"),
        "today": today(request),
        "form": LeaveForm(),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/my_shifts.html", context, status=422 if refused else 200)


@acting
@require_POST
def leave_ask(request: ActorRequest) -> HttpResponse:
    """Ask for leave, for oneself."""
    form = LeaveForm(request.POST)

    def do(given: dict[str, Any]) -> str:
        start, end = form.stretch()
        commands.ask_leave(
            kind=given["kind"], start=start, end=end, reason=given["reason"], **by(request)
        )
        return _("You have asked for leave. An operator decides.")

    return done(
        request, form, do, back=reverse("my_shifts"), show=lambda form: _mine(request, form=form),
        start="first", end="last",
    )  # fmt: skip


@acting
@require_http_methods(["GET", "POST"])
def leave_enter(request: ActorRequest) -> HttpResponse:
    """Enter leave for an engineer."""
    platform_id = request.actor.organisation_id
    if not queries.keeps_crew(request.actor, platform_id=platform_id):
        raise NotFound
    engineers = facilities.engineers_to_choose(platform_id=platform_id)
    form = StaffLeaveForm(request.POST or None, engineers=engineers)
    entered: list[Leave] = []

    def show(form: Form) -> HttpResponse:
        context = {"form": form, "crumbs": roster_crumbs((_("Enter leave"), ""))}
        return render(request, "crew/leave_form.html", context, status=422 if form.errors else 200)

    def do(given: dict[str, Any]) -> str:
        start, end = form.stretch()
        leave = commands.ask_leave(
            membership_id=given["engineer"].pk, kind=given["kind"], start=start, end=end,
            reason=given["reason"], **by(request),
        )  # fmt: skip
        entered.append(leave)
        return _("The leave is entered. Decide on it below.")

    if request.method == "GET":
        return show(form)
    answer = done(
        request, form, do, back=reverse("roster"), show=show, membership_id="engineer", start="first",
        end="last",
    )  # fmt: skip
    return redirect("leave_detail", entered[0].pk) if entered else answer


@acting
@require_GET
def leave_detail(request: ActorRequest, leave_id: int) -> HttpResponse:
    """One leave, what it meets, and what may be decided."""
    return _page(request, leave_id)


def _page(request: ActorRequest, leave_id: int, **forms: Form) -> HttpResponse:
    leave = queries.visible_leave(actor=request.actor).filter(pk=leave_id).first()
    if leave is None:
        raise NotFound
    member = leave.membership
    keeps = queries.keeps_crew(request.actor, platform_id=member.organisation_id)
    waiting = leave.status == Leave.Status.ASKED
    met = queries.shifts().filter(membership=member, period__overlap=leave.period)
    others = (
        Leave.objects.filter(
            membership__organisation_id=member.organisation_id, status=Leave.Status.APPROVED,
            period__overlap=leave.period,
        )
        .exclude(membership=member)
        .select_related("membership__person")
        .order_by("period")
    )  # fmt: skip
    context: dict[str, Any] = {
        "leave": leave,
        "met": met.order_by("period") if waiting else [],
        "others": others if keeps else [],
        "decides": keeps and waiting and member.person_id != request.actor.person_id,
        "withdraws": leave.status in Leave.OPEN
        and leave.period.upper > clock.now(request)
        and (keeps or member.pk == request.actor.pk),
        "grant_form": GrantForm(prefix="grant"),
        "refuse_form": WhyForm(prefix="refuse"),
        "crumbs": roster_crumbs((_("Leave of {name}").format(name=member.person.name), "")),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "crew/leave_detail.html", context, status=422 if refused else 200)


@acting
@require_POST
def leave_approve(request: ActorRequest, leave_id: int) -> HttpResponse:
    """Grant it."""

    def do(given: dict[str, Any]) -> str:
        commands.approve_leave(
            leave_id=leave_id,
            take_shifts=given["take_shifts"],
            reason=given["reason"],
            **by(request),
        )
        return _("The leave is granted; the engineer is told.")

    return done(
        request, GrantForm(request.POST, prefix="grant"), do, back=reverse("roster"),
        show=lambda form: _page(request, leave_id, grant_form=form),
    )  # fmt: skip


@acting
@require_POST
def leave_refuse(request: ActorRequest, leave_id: int) -> HttpResponse:
    """Refuse it, with a reason."""

    def do(given: dict[str, Any]) -> str:
        commands.refuse_leave(leave_id=leave_id, reason=given["reason"], **by(request))
        return _("The leave is refused; the engineer reads why.")

    return done(
        request, WhyForm(request.POST, prefix="refuse"), do, back=reverse("roster"),
        show=lambda form: _page(request, leave_id, refuse_form=form),
    )  # fmt: skip


@acting
@require_POST
def leave_withdraw(request: ActorRequest, leave_id: int) -> HttpResponse:
    """Take it back."""
    commands.withdraw_leave(leave_id=leave_id, **by(request))
    messages.success(request, _("The leave is withdrawn. Shifts it had taken away count again."))
    own = queries.is_engineer(request.actor)
    return redirect("my_shifts" if own else "roster")
