"""Pages of tags, their charts and their alarm rules."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.fields import tell
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import commands, pictures, queries
from pilotharbor.telemetry.forms import AlarmRuleForm, TagForm
from pilotharbor.telemetry.models import Tag
from pilotharbor.telemetry.views.shared import (
    crumbs_to,
    for_staff,
    span_of,
    visible_machine,
    visible_tag,
)

TAG_MOVES = {"retire": commands.retire_tag, "return": commands.return_tag}


def _fields(form: TagForm) -> commands.TagFields:
    return cast("commands.TagFields", dict(form.cleaned_data))


def _refuse_strangers(request: ActorRequest, platform_id: int) -> None:
    if not queries.keeps_signals(request.actor, platform_id=platform_id):
        raise commands.NotYourSignals


def _page(
    request: ActorRequest, form: TagForm, machine: Equipment, tag: Tag | None
) -> HttpResponse:
    back = reverse("equipment_signals", args=[machine.pk])
    last = tag.name if tag else _("New signal")
    context = {
        "form": form,
        "machine": machine,
        "tag": tag,
        "crumbs": crumbs_to((machine.name, back), (last, "")),
    }
    return render(request, "telemetry/tag_form.html", context, status=422 if form.errors else 200)


@for_staff
@require_http_methods(["GET", "POST"])
def tag_new(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """Give a machine one more signal."""
    machine = visible_machine(request, equipment_id)
    _refuse_strangers(request, machine.platform_id)
    proposed = {"address": request.GET.get("address", "")[:300]}
    form = TagForm(request.POST or None, platform_id=machine.platform_id, initial=proposed)
    if request.method == "POST" and form.is_valid():
        try:
            commands.register_tag(
                equipment_id=machine.pk,
                fields=_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The signal is registered."))
            return redirect("equipment_signals", machine.pk)
    return _page(request, form, machine, None)


@for_staff
@require_http_methods(["GET", "POST"])
def tag_edit(request: ActorRequest, tag_id: int) -> HttpResponse:
    """Change what is said about a signal."""
    tag = visible_tag(request, tag_id)
    _refuse_strangers(request, tag.platform_id)
    present = {name: getattr(tag, name) for name in TagForm.base_fields}
    form = TagForm(request.POST or None, platform_id=tag.platform_id, initial=present)
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_tag(
                tag_id=tag.pk,
                fields=_fields(form),
                actor_id=request.actor.pk,
                at=clock.now(request),
            )
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("Saved."))
            return redirect("equipment_signals", tag.equipment_id)
    return _page(request, form, tag.equipment, tag)


@for_staff
@require_POST
def tag_move(request: ActorRequest, tag_id: int, verb: str) -> HttpResponse:
    """Retire a signal, or use it again."""
    if verb not in TAG_MOVES:
        raise NotFound
    tag = visible_tag(request, tag_id)
    try:
        TAG_MOVES[verb](tag_id=tag.pk, actor_id=request.actor.pk, at=clock.now(request))
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Saved."))
    return redirect("equipment_signals", tag.equipment_id)


@for_staff
@require_GET
def tag_chart(request: ActorRequest, tag_id: int) -> HttpResponse:
    """The chart of one signal, as a part of a page."""
    tag = visible_tag(request, tag_id)
    _span, start, end = span_of(request)
    curve = queries.curve(tag_id=tag.pk, start=start, end=end)
    picture = pictures.of_tag(tag, curve, list(queries.rules_of(tag_ids=[tag.pk])))
    return render(request, "telemetry/_chart.html", {"picture": picture})


@for_staff
@require_POST
def rule_new(request: ActorRequest, tag_id: int) -> HttpResponse:
    """Let a signal raise alarms."""
    tag = visible_tag(request, tag_id)
    form = AlarmRuleForm(request.POST)
    if form.is_valid():
        try:
            commands.set_alarm_rule(
                tag_id=tag.pk,
                actor_id=request.actor.pk,
                at=clock.now(request),
                **form.cleaned_data,
            )
        except NotFound:
            raise
        except DomainError as exc:
            tell(form, exc)
        else:
            messages.success(request, _("The alarm is set."))
            return redirect("equipment_signals", tag.equipment_id)
    back = reverse("equipment_signals", args=[tag.equipment_id])
    context = {
        "form": form,
        "tag": tag,
        "machine": tag.equipment,
        "crumbs": crumbs_to((tag.equipment.name, back), (tag.name, "")),
    }
    return render(request, "telemetry/rule_form.html", context, status=422)


@for_staff
@require_POST
def rule_end(request: ActorRequest, rule_id: int) -> HttpResponse:
    """Raise no more alarms by a rule."""
    try:
        rule = commands.end_alarm_rule(
            rule_id=rule_id, actor_id=request.actor.pk, at=clock.now(request)
        )
    except NotFound:
        raise
    except DomainError as exc:
        messages.error(request, str(exc))
        return redirect("signals")
    messages.success(request, _("The alarm is switched off."))
    return redirect("equipment_signals", rule.tag.equipment_id)
