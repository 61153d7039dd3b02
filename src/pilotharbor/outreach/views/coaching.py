"""Pages of coaching: orders, sessions, the business plan, the equity simulator."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.fields import SpareRows, tell
from pilotharbor.kernel.ids import id_in
from pilotharbor.outreach import businessplan, simulation
from pilotharbor.outreach.commands import coaching as commands
from pilotharbor.outreach.forms import coaching as forms
from pilotharbor.outreach.models import CoachingOrder
from pilotharbor.outreach.queries import coaching as queries
from pilotharbor.outreach.simulation import Asked
from pilotharbor.outreach.views.roadshows import reader
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act

type Crumbs = list[tuple[str, str]]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Where a page of the coaching stands."""
    return [(_("Home"), "/"), (_("Coaching"), reverse("coaching")), *steps]


@acting
@require_GET
def order_list(request: ActorRequest) -> HttpResponse:
    """Orders one placed, coaches or gives out."""
    rows = queries.visible_orders(actor=request.actor)
    status = request.GET.get("status", "")
    if status in CoachingOrder.Status.values:
        rows = rows.filter(status=status)
    context = {
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=30),
        "status": status,
        "statuses": CoachingOrder.Status.choices,
    }
    return render(request, "outreach/coaching_list.html", context)


@acting
@require_http_methods(["GET", "POST"])
def order_new(request: ActorRequest) -> HttpResponse:
    """Ask for coaching."""
    results = queries.own_results(actor=request.actor)
    chosen = id_in(request.GET.get("achievement", ""))
    form = forms.OrderForm(
        request.POST or None, results=results, initial={"achievement_id": chosen}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        result = given.pop("achievement_id")
        try:
            made = commands.ask(
                **given, achievement_id=result.pk if result else None,
                actor_id=request.actor.pk, at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Asked for. The platform finds you a coach."))
            return redirect("coaching_detail", made.pk)
    context = {
        "title": _("Ask for coaching"),
        "question": _("What does your team need help with?"),
        "button": _("Ask for coaching"),
        "form": form,
        "back": reverse("coaching"),
        "aside": _("Read by the platform's operators, the coach they give you, and auditors."),
        "crumbs": crumbs((_("Ask for coaching"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@acting
@require_GET
def order_detail(request: ActorRequest, order_id: int) -> HttpResponse:
    """One order: how far it is, its sessions, what to do next."""
    return _detail(request, queries.visible_order(actor=request.actor, order_id=order_id))


def _detail(request: ActorRequest, order: CoachingOrder, **refused: Any) -> HttpResponse:
    actor = request.actor
    coach = order.coach_id == actor.pk and order.status == "under_way"
    gives = queries.runs_coaching(actor) and order.status in {"asked", "under_way"}
    plan = queries.plan_of(order, actor=actor)
    context = {
        "order": order,
        "works": actor.pk in {order.asked_by_id, order.coach_id}
        and order.status in {"asked", "under_way"},
        "asker": order.asked_by_id == actor.pk,
        "coach_form": forms.CoachForm(people=queries.coaches(order)) if gives else None,
        "session_form": forms.SessionForm() if coach else None,
        "outcome_form": forms.OutcomeForm() if coach else None,
        "written": sum(bool(order.plan.get(key)) for key in queries.SECTIONS),
        "chapters": len(plan),
        "opens_result": order.achievement_id is not None
        and queries.own_results(actor=actor).filter(pk=order.achievement_id).exists(),
        "crumbs": crumbs((order.team, "")),
        **refused,
    }
    status = 422 if refused else 200
    return render(request, "outreach/coaching_detail.html", context, status=status)


@acting
@require_POST
def order_step(request: ActorRequest, order_id: int, step: str) -> HttpResponse:
    """Give to a coach, write a session down, close, or withdraw."""
    order = queries.visible_order(actor=request.actor, order_id=order_id)
    back = reverse("coaching_detail", args=[order_id])
    actor_id, at = request.actor.pk, clock.now(request)
    if step == "withdraw":
        return act(
            request,
            lambda: commands.withdraw(order_id=order_id, actor_id=actor_id, at=at),
            done=_("Withdrawn."),
            to=back,
        )
    form: Any
    if step == "assign":
        form = forms.CoachForm(request.POST, people=queries.coaches(order))
    else:
        form = (forms.SessionForm if step == "session" else forms.OutcomeForm)(request.POST)
    if form.is_valid():
        try:
            _take(step, order_id, form.cleaned_data, {"actor_id": actor_id, "at": at})
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Written down."))
            return redirect(back)
    names = {"assign": "coach_form", "session": "session_form"}
    return _detail(request, order, **{names.get(step, "outcome_form"): form})


def _take(step: str, order_id: int, given: dict[str, Any], who: dict[str, Any]) -> None:
    if step == "assign":
        commands.assign(order_id=order_id, coach_id=given["coach_id"].pk, **who)
    elif step == "session":
        commands.note_session(order_id=order_id, **given, **who)
    else:
        commands.close(order_id=order_id, **given, **who)


@acting
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, order_id: int) -> HttpResponse:
    """The business plan, chapter by chapter."""
    order = queries.visible_order(actor=request.actor, order_id=order_id)
    begun = queries.plan_of(order, actor=request.actor)
    form = forms.PlanForm(request.POST or None, initial=begun)
    back = reverse("coaching_detail", args=[order_id])
    if request.method == "POST" and form.is_valid():
        try:
            commands.write_plan(
                order_id=order_id, plan=form.cleaned_data, actor_id=request.actor.pk,
                at=clock.now(request),
            )  # fmt: skip
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    context = {
        "title": _("Business plan"),
        "question": _("Why should somebody put money into this?"),
        "lead": order.team,
        "button": _("Save the plan"),
        "form": form,
        "back": back,
        "aside": _("Chapters begin with what the result's entry says, as far as you may read it."),
        "crumbs": crumbs((order.team, back), (_("Business plan"), "")),
    }
    return render(request, "outreach/form.html", context, status=422 if form.errors else 200)


@acting
@require_GET
def plan_pdf(request: ActorRequest, order_id: int) -> HttpResponse:
    """The business plan on paper."""
    order = queries.visible_order(actor=request.actor, order_id=order_id)
    content = businessplan.printed(
        order, actor=request.actor, at=clock.now(request), language=get_language() or "zh-hans"
    )
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{_('Business plan')} {order.team}.pdf"
    answer["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "POST"])
def equity(request: HttpRequest, order_id: int | None = None) -> HttpResponse:
    """The equity simulator, for everybody; with an order, what was simulated is kept there."""
    actor = reader(request)
    order = queries.visible_order(actor=actor, order_id=order_id) if order_id else None
    cases = simulation.cases()
    begin = cases.get(request.GET.get("case", ""), cases["drug"])
    if order is not None and order.equity:
        begin = cast("Asked", order.equity)
    start = forms.filled(begin)
    data = request.POST if request.method == "POST" else None
    company = forms.CompanyForm(data, initial=start["company"])
    holders = forms.holder_rows()(data, prefix="holders", initial=start["holders"])
    rounds = forms.round_rows()(data, prefix="rounds", initial=start["rounds"])
    asked: Asked | None = begin if data is None else _asked(company, holders, rounds)
    found = None
    if asked is not None:
        try:
            found = simulation.answer(asked)
            if order is not None and actor is not None and "keep" in request.POST:
                commands.keep_equity(
                    order_id=order.pk, asked=asked, actor_id=actor.pk, at=clock.now(request)
                )
                messages.success(request, _("Kept with the order."))
                return redirect("coaching_detail", order.pk)
        except DomainError as exc:
            tell(company, exc)
    context: dict[str, Any] = {
        "order": order,
        "company": company,
        "holders": holders,
        "rounds": rounds,
        "bad": data is not None and found is None,
        "crumbs": crumbs((_("Equity simulator"), "")) if actor else None,
    }
    if found is not None:
        context |= _shown(found)
    status = 422 if context["bad"] else 200
    return render(request, "outreach/equity.html", context, status=status)


def _asked(company: forms.CompanyForm, holders: SpareRows, rounds: SpareRows) -> Asked | None:
    good = [company.is_valid(), holders.is_valid(), rounds.is_valid()]
    return forms.asked_of(company, holders, rounds) if all(good) else None


def _shown(found: simulation.Answer) -> dict[str, Any]:
    stages = found.company.stages
    paid = found.payout or {}
    return {
        "stages": [(simulation.stage_name(s.name), s) for s in stages],
        "table": simulation.table(found.company),
        "picture": simulation.picture(found.company),
        "payout": [(simulation.name_of(h), fen) for h, fen in paid.items()],
        "proceeds": sum(paid.values()),
    }
