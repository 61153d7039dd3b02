"""Price notices: the public list, one notice, giving one, objecting and answering."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import doors
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import ReasonForm
from pilotharbor.parties.views.pages import act, frame
from pilotharbor.technologies import queries
from pilotharbor.technologies.commands import notices as commands
from pilotharbor.technologies.commands import objections
from pilotharbor.technologies.commands.rules import NotYourEntry
from pilotharbor.technologies.models import Achievement, Objection, PriceNotice
from pilotharbor.technologies.notices import content, forms
from pilotharbor.technologies.notices import queries as notices
from pilotharbor.technologies.views.findable import found_as
from pilotharbor.technologies.views.market import actor_of

# Where no rule is known a form still proposes a period; opening it asks for the rule.
PROPOSED_DAYS = 15


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Which results change hands, at which price? Newest first, without signing in."""
    actor = actor_of(request)
    wanted = notices.Wanted(q=request.GET.get("q", "")[:200], status=request.GET.get("status", ""))
    rows = notices.filtered(notices.visible_notices(actor=actor), wanted)
    context = {
        "layout": frame(request),
        "page": pages.page(rows, by="-id", cursor=request.GET.get("cursor"), limit=25),
        "wanted": wanted,
        "statuses": PriceNotice.Status.choices,
        "rules": notices.rules(on=local_date(clock.now(request))),
        "crumbs": [(_("Home"), "/"), (_("Price notices"), "")],
    }
    return render(request, "technologies/notice_list.html", context)


@require_GET
def notice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is the public told, until when, and did anybody object?"""
    return _page(request, notices.notice(notice_id=pk, actor=actor_of(request)))


def _page(
    request: HttpRequest,
    notice: PriceNotice,
    *,
    objection_form: Any = None,
    answering: tuple[int, Any] | None = None,
) -> HttpResponse:
    actor, at = actor_of(request), clock.now(request)
    keeps = notices.may_keep(notice=notice, actor=actor)
    ended = notices.has_ended(notice, at=at)
    public = notice.status in PriceNotice.LIVE and not ended and at >= notice.period.lower
    seen = queries.visible_achievements(actor=actor).filter(pk=notice.achievement_id).exists()
    rows = list(notices.objections(notice=notice))
    context = {
        "layout": frame(request),
        "notice": notice,
        **found_as(request, notice),
        "first": local_date(notice.period.lower),
        "last": notices.last_day(notice),
        "days": notices.days_counted(notice),
        "ended": ended,
        "keeps": keeps,
        "reads": notices.reads_objections(notice=notice, actor=actor),
        "objections": [(row, _answer_form(row, answering) if keeps else None) for row in rows],
        "result_seen": seen,
        "corrections": notice.corrections.filter(opened_at__isnull=False),
        "objection_form": objection_form
        or (forms.ObjectionForm() if public and not keeps else None),
        "crumbs": [
            (_("Home"), "/"),
            (_("Price notices"), reverse("price_notices")),
            (notice.title, ""),
        ],
    }
    bad = bool(objection_form or answering)
    return render(request, "technologies/notice_detail.html", context, status=422 if bad else 200)


def _answer_form(row: Objection, answering: tuple[int, Any] | None) -> Any:
    if row.status != Objection.Status.OPEN:
        return None
    if answering and answering[0] == row.pk:
        return answering[1]
    return forms.AnswerForm(auto_id=f"answer_{row.pk}_%s")


@acting
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: int) -> HttpResponse:
    """What should the public be told of this result?"""
    at = clock.now(request)
    entry = queries.achievement(achievement_id=pk, actor=request.actor, at=at)
    if not queries.may_approve(entry=entry, actor=request.actor):
        raise NotYourEntry
    corrects = _corrects(request, entry)
    rule = notices.rule(jurisdiction=entry.owner.jurisdiction, on=local_date(at))
    days = rule.least_days if rule else PROPOSED_DAYS
    initial = forms.proposed(entry, today=local_date(at), least_days=days)
    if corrects:
        said = content.present(corrects)
        initial = {**said, **{k: initial[k] for k in ("first_date", "last_date")}}
    form = forms.NoticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.draft_notice(
                achievement_id=pk,
                content=_said(form),
                corrects_id=corrects.pk if corrects else None,
                actor_id=request.actor.pk,
                at=at,
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            return redirect("price_notice", made.pk)
    context = {"form": form, "entry": entry, "rule": rule, "corrects": corrects, "notice": None}
    return _asked(request, context, form)


def _corrects(request: ActorRequest, entry: Achievement) -> PriceNotice | None:
    wanted = request.GET.get("corrects", "")
    if not wanted.isascii() or not wanted.isdigit():
        return None
    rows = notices.notices_of(achievement_id=entry.pk, actor=request.actor)
    found = rows.filter(pk=int(wanted[:18]), opened_at__isnull=False).first()
    if found is None:
        raise NotFound
    return found


def _said(form: forms.NoticeForm) -> content.NoticeContent:
    said: Any = {k: v for k, v in form.cleaned_data.items() if v is not None}
    return said  # type: ignore[no-any-return]


def _asked(request: ActorRequest, context: dict[str, Any], form: Any) -> HttpResponse:
    entry = context["entry"]
    context["back"] = reverse("achievement_detail", args=[entry.pk])
    context["crumbs"] = [
        (_("Results"), reverse("achievements")),
        (entry.title, context["back"]),
        (_("Price notice"), ""),
    ]
    status = 422 if form.errors else 200
    return render(request, "technologies/notice_form.html", context, status=status)


@acting
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """What should it say instead, before it is open?"""
    notice = notices.notice(notice_id=pk, actor=request.actor)
    if not notices.may_keep(notice=notice, actor=request.actor):
        raise NotYourEntry
    if notice.status != PriceNotice.Status.DRAFTED:
        raise commands.NoticeIsOpen
    form = forms.NoticeForm(request.POST or None, initial=content.present(notice))
    at = clock.now(request)
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_notice(
                notice_id=pk, content=_said(form), actor_id=request.actor.pk, at=at
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            return redirect("price_notice", pk)
    entry = notice.achievement
    rule = notices.rule(jurisdiction=entry.owner.jurisdiction, on=local_date(at))
    context = {"form": form, "entry": entry, "rule": rule, "corrects": None, "notice": notice}
    return _asked(request, context, form)


@acting
@require_POST
def open_(request: ActorRequest, pk: int) -> HttpResponse:
    """Show it to everybody."""
    return act(
        request,
        lambda: commands.open_notice(
            notice_id=pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The notice is public now. What it says does not change any more."),
        to=reverse("price_notice", args=[pk]),
    )


@acting
@require_http_methods(["GET", "POST"])
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take it back, saying why."""
    notice = notices.notice(notice_id=pk, actor=request.actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.withdraw_notice(
                notice_id=pk,
                note=form.cleaned_data["reason"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc, note="reason")
        else:
            messages.success(request, _("The notice has been taken back."))
            return redirect("price_notice", pk)
    context = {
        "form": form,
        "question": _("Why is this notice taken back?"),
        "warning": _("The reason stands beside the notice, which stays readable."),
        "button": _("Take the notice back"),
        "back": reverse("price_notice", args=[notice.pk]),
    }
    return render(request, "parties/reason.html", context, status=422 if form.errors else 200)


@acting
@require_POST
def conclude(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm that it ended."""
    return act(
        request,
        lambda: commands.conclude_notice(
            notice_id=pk, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The end of the notice is confirmed. The agreement may be signed."),
        to=reverse("price_notice", args=[pk]),
    )


@require_POST
def object_(request: HttpRequest, pk: int) -> HttpResponse:
    """Object, signed in or not, with a name."""
    actor = actor_of(request)
    form = forms.ObjectionForm(request.POST)
    if form.is_valid():
        try:
            doors.limited(request, action="raise_objection")
            objections.raise_objection(
                notice_id=pk,
                **form.cleaned_data,
                actor_id=actor.pk if actor else None,
                at=clock.now(request),
            )
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(
                request, _("Your objection has reached the office. Its answer will stand here.")
            )
            return redirect("price_notice", pk)
    found = notices.notice(notice_id=pk, actor=actor)
    return _page(request, found, objection_form=form)


@acting
@require_POST
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    found = Objection.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    notice = notices.notice(notice_id=found.notice_id, actor=request.actor)
    form = forms.AnswerForm(request.POST, auto_id=f"answer_{pk}_%s")
    if form.is_valid():
        try:
            objections.answer_objection(
                objection_id=pk,
                upheld=form.cleaned_data["upheld"] == "yes",
                answer=form.cleaned_data["answer"],
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            if not notices.may_keep(notice=notice, actor=request.actor):
                raise
            tell(form, exc)
        else:
            messages.success(request, _("Answered."))
            return redirect("price_notice", notice.pk)
    return _page(request, notice, answering=(pk, form))


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """How long is a notice public, by which rule? The host's operators add what is new."""
    actor = actor_of(request)
    form = None
    if notices.sets_rules(actor):
        form = forms.RuleForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                objections.set_notice_rule(
                    **form.cleaned_data, actor_id=actor.pk, at=clock.now(request)
                )
            except DomainError as exc:
                tell(form, exc)
            else:
                messages.success(request, _("The rule is kept."))
                return redirect("notice_rules")
    context = {
        "layout": frame(request),
        "rules": notices.rules(),
        "form": form,
        "crumbs": [
            (_("Home"), "/"),
            (_("Price notices"), reverse("price_notices")),
            (_("Rules"), ""),
        ],
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "technologies/notice_rules.html", context, status=status)
