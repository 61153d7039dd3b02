"""Pages of confidentiality agreements and emergency readings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import commands, queries, rights, texts
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import CONFIDENTIAL_THINGS, BreakGlassForm, refused
from pilotharbor.parties.models import Membership
from pilotharbor.parties.views.organisations import visible
from pilotharbor.parties.views.pages import act, back, speaks_chinese


@acting
@require_GET
def ndas(request: ActorRequest) -> HttpResponse:
    """Whose secrets we may read, and who may read ours."""
    rows = queries.visible_ndas(actor=request.actor)
    context = {
        "page": pages.page(rows, by="-signed_at", cursor=request.GET.get("cursor"), limit=50),
        "may_sign": commands.may_sign(request.actor),
        "crumbs": [(_("Home"), "/"), (_("Confidentiality agreements"), "")],
    }
    return render(request, "parties/ndas.html", context)


@acting
@require_http_methods(["GET", "POST"])
def nda_new(request: ActorRequest) -> HttpResponse:
    """Read and sign the confidentiality agreement with one organisation."""
    wanted = id_in(request.GET.get("owner", ""))
    if wanted is None:
        raise NotFound
    owner, text = visible(request, wanted), texts.nda()
    to = back(request, reverse("ndas"))
    problem = ""
    if request.method == "POST":
        if request.POST.get("accepted") != "yes":
            problem = _("Tick the box to say that you have read it and sign.")
        else:
            try:
                commands.sign_nda(
                    owner_id=owner.pk, text_sha256=request.POST.get("text_sha256", ""),
                    actor_id=request.actor.pk, at=clock.now(request),
                )  # fmt: skip
            except commands.SignedAlready:
                return redirect(to)
            except DomainError as exc:
                problem = str(exc)
            else:
                messages.success(
                    request,
                    _("Signed. You may now read what {name} shows under NDA.").format(
                        name=owner.name
                    ),
                )
                return redirect(to)
    zh = speaks_chinese()
    context = {
        "owner": owner, "text": text, "body": text.zh if zh else text.en, "problem": problem,
        "other": "" if zh else text.zh, "next": to, "may_sign": commands.may_sign(request.actor),
        "signed": queries.nda_in_force(
            owner_id=owner.pk, signatory_id=request.actor.organisation_id
        ),
    }  # fmt: skip
    return render(request, "parties/nda_new.html", context)


@acting
@require_POST
def nda_end(request: ActorRequest, nda_id: int) -> HttpResponse:
    """End an agreement given to one's organisation."""
    return act(
        request,
        lambda: commands.end_nda(nda_id=nda_id, actor_id=request.actor.pk, at=clock.now(request)),
        done=_("Ended. Nothing more is shown under it; what was read stays bound."),
        to=reverse("ndas"),
    )


def sees_emergencies(actor: Membership) -> bool:
    """Who may ask for an emergency reading and who decides; the navigation asks the same."""
    return rights.administers_system(actor) or rights.audits(actor)


@acting
@require_http_methods(["GET", "POST"])
def break_glass(request: ActorRequest) -> HttpResponse:
    """Who reads what in an emergency, and who allowed it."""
    asks, decides = rights.administers_system(request.actor), rights.audits(request.actor)
    if not sees_emergencies(request.actor):
        raise NotFound
    form = BreakGlassForm(request.POST or None) if asks else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            commands.ask_break_glass(
                **form.cleaned_data, actor_id=request.actor.pk, at=clock.now(request)
            )
        except DomainError as exc:
            refused(form, exc)
        else:
            messages.success(request, _("Asked. An auditor has to decide."))
            return redirect("break_glass")
    rows = queries.visible_break_glass(actor=request.actor)
    words = dict(CONFIDENTIAL_THINGS)
    page = pages.page(rows, by="-asked_at", cursor=request.GET.get("cursor"), limit=50)
    context = {
        "form": form, "decides": decides, "at": clock.now(request), "page": page,
        "rows": [(one, words.get(one.subject_type, one.subject_type)) for one in page.items],
        "crumbs": [(_("Home"), "/"), (_("Emergency readings"), "")],
    }  # fmt: skip
    return render(request, "parties/break_glass.html", context)


@acting
@require_POST
def break_glass_decide(request: ActorRequest, break_glass_id: int) -> HttpResponse:
    """Grant or refuse an emergency reading."""
    grants = request.POST.get("decision") == "grant"
    command = commands.grant_break_glass if grants else commands.refuse_break_glass
    return act(
        request,
        lambda: command(
            break_glass_id=break_glass_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("Granted for four hours; each reading is recorded.") if grants else _("Refused."),
        to=reverse("break_glass"),
    )
