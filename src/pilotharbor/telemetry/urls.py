"""Addresses of signals, alarms and connectors."""

from django.urls import path

from pilotharbor.telemetry.views import alarms, connectors, machines, tags

urlpatterns = [
    path("signals", machines.signal_list, name="signals"),
    path("signals/alarms", alarms.alarm_list, name="alarms"),
    path(
        "signals/alarms/<int:alarm_id>/acknowledge",
        alarms.alarm_acknowledge,
        name="alarm_acknowledge",
    ),
    path("signals/connectors", connectors.connector_list, name="connectors"),
    path("signals/connectors/new", connectors.connector_new, name="connector_new"),
    path(
        "signals/connectors/<int:connector_id>",
        connectors.connector_detail,
        name="connector_detail",
    ),
    path(
        "signals/connectors/<int:connector_id>/edit",
        connectors.connector_edit,
        name="connector_edit",
    ),
    path(
        "signals/connectors/<int:connector_id>/<str:verb>",
        connectors.connector_move,
        name="connector_move",
    ),
    path("signals/tags/<int:tag_id>/edit", tags.tag_edit, name="tag_edit"),
    path("signals/tags/<int:tag_id>/chart", tags.tag_chart, name="tag_chart"),
    path("signals/tags/<int:tag_id>/rules", tags.rule_new, name="alarm_rule_new"),
    path("signals/tags/<int:tag_id>/<str:verb>", tags.tag_move, name="tag_move"),
    path("signals/rules/<int:rule_id>/end", tags.rule_end, name="alarm_rule_end"),
    path("signals/<int:equipment_id>", machines.machine_signals, name="equipment_signals"),
    path("signals/<int:equipment_id>/runs", machines.machine_runs, name="equipment_runs"),
    path("signals/<int:equipment_id>/tags/new", tags.tag_new, name="tag_new"),
]
