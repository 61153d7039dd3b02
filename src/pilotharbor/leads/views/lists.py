"""All leads as a list, a board or the pool; a new one."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.forms import LeadForm
from pilotharbor.leads.models import Lead
from pilotharbor.leads.views.shared import ask, cockpit, crumbs_to, press, seen
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Status as Entry
from pilotharbor.technologies.scenarios import queries as scenarios

CARDS_A_COLUMN = 30
CHOICES = 300
BUYERS = (OrganisationKind.ENTERPRISE, OrganisationKind.SPIN_OFF)


def reply_word(state: str) -> Any:
    """How the first reply stands, in words."""
    return {
        "due": pgettext("first reply", "Reply due"),
        "late": pgettext("first reply", "Reply overdue"),
        "kept": pgettext("first reply", "Replied in time"),
        "missed": pgettext("first reply", "Replied late"),
        "ended": pgettext("first reply", "Closed without a reply"),
    }[state]


REPLY_TONES = {"due": "watch", "late": "stop", "kept": "good", "missed": "quiet", "ended": "quiet"}


def _wanted(request: ActorRequest) -> queries.Filters:
    given = request.GET
    return queries.Filters(
        q=given.get("q", "").strip()[:100],
        status=given.get("status", ""),
        origin=given.get("origin", ""),
        reply=given.get("reply", ""),
        mine=given.get("mine") == "1",
        pooled=given.get("pool") == "1",
        overdue=given.get("overdue") == "1",
    )


@acting
@require_GET
def lead_list(request: ActorRequest) -> HttpResponse:
    """The leads one may see: a list to search, or a board by the stage they have reached."""
    actor, at = request.actor, clock.now(request)
    if not queries.sees_leads(actor):
        raise NotFound
    wanted = _wanted(request)
    rows = queries.filtered(queries.visible_leads(actor=actor), wanted, actor=actor, at=at)
    context: dict[str, Any] = {
        "wanted": wanted,
        "statuses": Lead.Status.choices,
        "origins": Lead.Origin.choices,
        "opens": queries.manages(actor) or queries.operates(actor),
        "manages": queries.manages(actor),
        "pools": queries.sees_pool(actor),
        "figures": queries.sees_figures(actor),
        "query": request.GET.urlencode(),
        "board_query": _without_view(request),
        "filtered": any((wanted.q, wanted.status, wanted.origin, wanted.reply, wanted.mine,
                         wanted.pooled, wanted.overdue)),
        "crumbs": [(_("Home"), "/"), (_("Leads"), "")],
    }  # fmt: skip
    if request.GET.get("view") == "board":
        context["columns"] = [_column(one, rows, request) for one in Lead.Status]
        return render(request, "leads/board.html", context)
    page = pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=30)
    context["page"] = page
    context["rows"] = [(one, *_reply(one, at)) for one in page.items]
    return render(request, "leads/lead_list.html", context)


def _without_view(request: ActorRequest) -> str:
    kept = {k: v for k, v in request.GET.items() if v and k not in {"view", "cursor"}}
    return urlencode(kept)


def _reply(lead: Lead, at: Any) -> tuple[str, Any, str]:
    state = queries.clock(lead, today=local_date(at))
    return state.value, reply_word(state), REPLY_TONES[state]


def _column(stage: Any, rows: Any, request: ActorRequest) -> dict[str, Any]:
    labels = dict(Lead.Status.choices)
    cards = []
    for one in rows.filter(status=stage).order_by("-active_at", "-id")[:CARDS_A_COLUMN]:
        free = queries.writes(one, request.actor)
        names = [org.name for org in (one.supplier, one.enterprise) if org]
        who = one.manager.person.name if one.manager else _("in the pool")
        cards.append(
            {
                "title": one.title,
                "url": cockpit(one),
                "text": " ⇄ ".join(names) + f" · {who}",
                "moves": [(to, labels[to]) for to in _ordered(one)] if free else [],
                "move_url": reverse("lead_move", args=[one.pk]),
            }
        )
    return {"state": stage.value, "label": stage.label, "cards": cards}


def _ordered(lead: Lead) -> list[str]:
    """Where it may go, the way on first, giving up last."""
    order = list(Lead.Status.values)
    here = order.index(lead.status)
    return sorted(
        lead.MOVES[lead.status],
        key=lambda to: (to == Lead.Status.LOST, order.index(to) < here, order.index(to)),
    )


@acting
@require_POST
def lead_move(request: ActorRequest, lead_id: int) -> HttpResponse:
    """Move a lead to another stage; what needs words leads to its own form."""
    lead, to = seen(request, lead_id), request.POST.get("to", "")
    if queries.writes(lead, request.actor) and to in lead.MOVES[lead.status]:
        if to == Lead.Status.LOST:
            return redirect("lead_lose", lead.pk)
        if to == Lead.Status.SIGNED:
            return redirect("lead_sign", lead.pk)
        if to == Lead.Status.CONTACTED and lead.first_contact_at is None:
            return redirect("lead_log", lead.pk)
    return press(
        request,
        lambda: commands.move(
            lead_id=lead.pk, to=to, actor_id=request.actor.pk, at=clock.now(request)
        ),
        said=_("Moved from “{left}” to “{to}”.").format(
            left=lead.get_status_display(), to=dict(Lead.Status.choices).get(to, to)
        ),
        to=(request.POST.get("next") == "board" and f"{reverse('leads')}?view=board")
        or cockpit(lead),
    )


@acting
@require_GET
def pool(request: ActorRequest) -> HttpResponse:
    """Leads that wait for somebody to carry them, and contests that wait for a decision."""
    actor, at = request.actor, clock.now(request)
    if not queries.sees_pool(actor):
        raise NotFound
    rows = queries.filtered(
        queries.visible_leads(actor=actor), queries.Filters(pooled=True), actor=actor, at=at
    )
    page = pages.page(rows, by="reply_due_date", cursor=request.GET.get("cursor"), limit=30)
    context = {
        "page": page,
        "rows": [
            (one, *_reply(one, at), queries.manages(actor) and queries.may_carry(one, actor, at=at))
            for one in page.items
        ],
        "manages": queries.manages(actor),
        "disputes": list(queries.disputes()[:50]) if queries.operates(actor) else [],
        "rule": queries.rule_on(local_date(at)),
        "crumbs": crumbs_to((_("Pool"), "")),
    }
    return render(request, "leads/pool.html", context)


@acting
@require_http_methods(["GET", "POST"])
def lead_new(request: ActorRequest) -> HttpResponse:
    """Open a lead from scratch."""
    actor = request.actor
    if not queries.manages(actor) and not queries.operates(actor):
        raise NotFound
    form = LeadForm(
        request.POST or None,
        achievements=technologies.visible_achievements(actor=actor)
        .filter(status=Entry.PUBLISHED).order_by("-id"),
        demands=technologies.visible_demands(actor=actor)
        .filter(status=Entry.PUBLISHED).order_by("-id"),
        enterprises=Organisation.objects.filter(
            kind__in=BUYERS, status=Organisation.Status.APPROVED
        ).order_by("name"),
        scenarios=scenarios.visible_scenarios(actor=actor)
        .filter(status__in=commands.OPEN_SCENARIO).order_by("-id"),
        initial={
            "scenario_id": id_in(request.GET.get("scenario", "")),
            "achievement_id": id_in(request.GET.get("achievement", "")),
            "demand_id": id_in(request.GET.get("demand", "")),
        },
    )  # fmt: skip
    page = {
        "title": _("New lead"),
        "question": _("Whom do you bring together?"),
        "button": _("Open the lead"),
        "aside": _(
            "You carry it from now on. Neither side is told before you log the first contact with it. "
            "One of the two sides may still be open."
        )
        if queries.manages(actor)
        else _("It waits in the pool until a technology manager takes it."),
        "contest_url": _contested(form),
        "crumbs": crumbs_to((_("New lead"), "")),
    }
    return ask(
        request,
        form,
        lambda _form: commands.open_lead(
            **form.ids(),
            title=form.cleaned_data["title"],
            words=form.cleaned_data["words"],
            actor_id=actor.pk,
            at=clock.now(request),
        ),
        said=_("The lead is open."),
        to=cockpit,
        page=page,
        template="leads/lead_new.html",
    )


def _contested(form: LeadForm) -> str:
    """Where a pair that is taken can be contested; the page shows it beside the refusal."""
    if not form.is_bound or not form.is_valid():
        return ""
    ids = form.ids()
    if not ids["achievement_id"] or not ids["demand_id"]:
        return ""
    pair = {"achievement": ids["achievement_id"], "demand": ids["demand_id"]}
    return f"{reverse('lead_contest')}?{urlencode(pair)}"


@acting
@require_POST
def lead_ask(request: ActorRequest) -> HttpResponse:
    """Ask to be brought together, with one press on a result, a need or a scenario."""
    names = ("achievement_id", "demand_id", "scenario_id", "answer_id")
    given = {name: id_in(request.POST.get(name, "")) for name in names}
    achievement_id, demand_id = given["achievement_id"], given["demand_id"]
    back = reverse("leads")
    if given["scenario_id"] is not None:
        back = reverse("scenario_detail", args=[given["scenario_id"]])
    elif achievement_id is None and demand_id is not None:
        back = reverse("demand_detail", args=[demand_id])
    elif achievement_id is not None:
        back = reverse("achievement_detail", args=[achievement_id])
    made: list[Lead] = []
    answer = press(
        request,
        lambda: made.append(
            commands.ask(
                **given, words=request.POST.get("words", ""), actor_id=request.actor.pk,
                at=clock.now(request),
            )
        ),
        said=_("A technology manager will get in touch; here you see how far it is."),
        to=back,
    )  # fmt: skip
    return redirect(cockpit(made[0])) if made else answer
