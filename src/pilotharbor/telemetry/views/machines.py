"""Which machines run, and what do their signals say?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import clock
from pilotharbor.parties.auth import ActorRequest
from pilotharbor.telemetry import pictures, queries
from pilotharbor.telemetry.forms import AlarmRuleForm
from pilotharbor.telemetry.models import Tag
from pilotharbor.telemetry.views.shared import crumbs_to, for_staff, span_of, visible_machine

FLAGS_SHOWN = 30


@for_staff
@require_GET
def signal_list(request: ActorRequest) -> HttpResponse:
    """All machines with signals, and those that could have some."""
    actor = request.actor
    rows = queries.visible_machines(actor=actor)
    machines = queries.machines(rows)
    without = rows.exclude(pk__in=[m.equipment.pk for m in machines]).exclude(
        status=Equipment.Status.RETIRED
    )
    context = {
        "machines": machines,
        "now": clock.now(request),
        "without": without.order_by("name", "id")[:200],
        "keeps": queries.keeps_signals(actor, platform_id=actor.organisation_id),
        "connectors": queries.keeps_connectors(actor, platform_id=actor.organisation_id),
        "open_alarms": queries.open_alarms(queries.visible_alarms(actor=actor)).count(),
        "crumbs": [(_("Home"), "/"), (_("Signals and alarms"), "")],
    }
    return render(request, "telemetry/signal_list.html", context)


@for_staff
@require_GET
def machine_signals(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """One machine: current values, charts, when it ran, what cannot be trusted."""
    machine = visible_machine(request, equipment_id)
    span, start, end = span_of(request)
    now = clock.now(request)
    tags = Tag.objects.filter(equipment=machine).select_related("connector")
    found = queries.current(tags.filter(status=Tag.Status.ACTIVE))
    ids = [one.tag.pk for one in found]
    rules: dict[int, list[object]] = {}
    for rule in queries.rules_of(tag_ids=ids):
        rules.setdefault(rule.tag_id, []).append(rule)
    flags = queries.flags_of_many(tag_ids=ids, start=start, end=end)
    keeps = queries.keeps_signals(request.actor, platform_id=machine.platform_id)
    alarms = queries.visible_alarms(actor=request.actor).filter(rule__tag__equipment=machine)
    context = {
        "machine": machine,
        "current": [(one, one.quiet(now), rules.get(one.tag.pk, [])) for one in found],
        "retired": tags.filter(status=Tag.Status.RETIRED).order_by("name", "id"),
        "alarms": queries.open_alarms(alarms)[:20],
        "flags": flags[:FLAGS_SHOWN],
        "spans": pictures.span_names(),
        "span": span,
        "until": request.GET.get("until", "")[:20],
        "has_run_signal": any(one.tag.run_level is not None for one in found),
        "keeps": keeps,
        "rule_form": AlarmRuleForm(),
        "crumbs": crumbs_to((machine.name, "")),
    }
    return render(request, "telemetry/machine_signals.html", context)


@for_staff
@require_GET
def machine_runs(request: ActorRequest, equipment_id: int) -> HttpResponse:
    """The strip of a machine's runs, as a part of its page."""
    machine = visible_machine(request, equipment_id)
    _span, start, end = span_of(request)
    runs = queries.runs_between(equipment_id=machine.pk, start=start, end=end)
    picture = pictures.of_runs(machine.name, runs, start, end)
    return render(request, "telemetry/_chart.html", {"picture": picture})
