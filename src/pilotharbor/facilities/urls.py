"""Addresses of lines and equipment."""

from django.urls import path

from pilotharbor.facilities.views import equipment, lines, open_services

urlpatterns = [
    path("services", open_services.service_list, name="service_list"),
    path("services/<int:line_id>", open_services.service_detail, name="service_detail"),
    path("lines", lines.line_list, name="equipment"),
    path("lines/new", lines.line_new, name="line_new"),
    path("lines/<int:line_id>", lines.line_detail, name="line_detail"),
    path("lines/<int:line_id>/edit", lines.line_edit, name="line_edit"),
    path("lines/<int:line_id>/close", lines.line_close, name="line_close"),
    path("lines/<int:line_id>/reopen", lines.line_reopen, name="line_reopen"),
    path("lines/<int:line_id>/tariffs", lines.tariff_new, name="tariff_new"),
    path("lines/<int:line_id>/tariffs/<int:tariff_id>/end", lines.tariff_end, name="tariff_end"),
    path("lines/<int:line_id>/engineers", lines.engineer_new, name="engineer_new"),
    path(
        "lines/<int:line_id>/engineers/<int:membership_id>/release",
        lines.engineer_release,
        name="engineer_release",
    ),
    path("lines/<int:line_id>/equipment/new", equipment.equipment_new, name="equipment_new"),
    path("equipment", equipment.equipment_list, name="equipment_list"),
    path("equipment/<int:equipment_id>/edit", equipment.equipment_edit, name="equipment_edit"),
    path(
        "equipment/<int:equipment_id>/<str:verb>", equipment.equipment_move, name="equipment_move"
    ),
]
