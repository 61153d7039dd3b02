"""Addresses of lines and equipment."""

from django.urls import path

from pilotharbor.facilities.views import (
    equipment,
    hours,
    lines,
    machines,
    prices,
    sites,
)

urlpatterns = [
    path("lines", lines.line_list, name="equipment"),
    path("lines/new", lines.line_new, name="line_new"),
    path("lines/<int:line_id>", lines.line_detail, name="line_detail"),
    path("lines/<int:line_id>/edit", lines.line_edit, name="line_edit"),
    path("lines/<int:line_id>/close", lines.line_close, name="line_close"),
    path("lines/<int:line_id>/reopen", lines.line_reopen, name="line_reopen"),
    path("lines/<int:line_id>/hours", hours.line_hours, name="line_hours"),
    path("lines/<int:line_id>/closures", hours.closure_new, name="closure_new"),
    path(
        "lines/<int:line_id>/closures/<int:closure_id>/lift",
        hours.closure_lift,
        name="closure_lift",
    ),
    path("lines/<int:line_id>/prices", prices.line_prices, name="line_prices"),
    path("lines/<int:line_id>/tariffs", prices.tariff_new, name="tariff_new"),
    path("lines/<int:line_id>/tariffs/<int:tariff_id>/end", prices.tariff_end, name="tariff_end"),
    path("lines/<int:line_id>/consumables", prices.consumable_new, name="consumable_new"),
    path(
        "lines/<int:line_id>/consumables/<int:consumable_id>/reprice",
        prices.consumable_reprice,
        name="consumable_reprice",
    ),
    path(
        "lines/<int:line_id>/consumables/<int:consumable_id>/withdraw",
        prices.consumable_withdraw,
        name="consumable_withdraw",
    ),
    path("lines/<int:line_id>/safety", prices.line_safety, name="line_safety"),
    path("lines/<int:line_id>/safety/new", prices.safety_new, name="safety_new"),
    path(
        "lines/<int:line_id>/safety/<int:item_id>/withdraw",
        prices.safety_withdraw,
        name="safety_withdraw",
    ),
    path("lines/<int:line_id>/engineers", lines.engineer_new, name="engineer_new"),
    path(
        "lines/<int:line_id>/engineers/<int:membership_id>/release",
        lines.engineer_release,
        name="engineer_release",
    ),
    path("lines/<int:line_id>/equipment/new", equipment.equipment_new, name="equipment_new"),
    path("sites", sites.site_list, name="site_list"),
    path("sites/<int:site_id>", sites.site_edit, name="site_edit"),
    path("sites/<int:site_id>/remove", sites.site_remove, name="site_remove"),
    path("equipment", equipment.equipment_list, name="equipment_list"),
    path("equipment/<int:equipment_id>", machines.machine_detail, name="machine_detail"),
    path("equipment/papers/<int:paper_id>", machines.paper_read, name="machine_paper"),
    path("equipment/<int:equipment_id>/papers", machines.paper_new, name="machine_paper_new"),
    path(
        "equipment/<int:equipment_id>/papers/<int:paper_id>/remove",
        machines.paper_remove,
        name="machine_paper_remove",
    ),
    path("equipment/<int:equipment_id>/proofs", machines.proof_new, name="machine_proof_new"),
    path(
        "equipment/<int:equipment_id>/proofs/<int:proof_id>/withdraw",
        machines.proof_withdraw,
        name="machine_proof_withdraw",
    ),
    path("equipment/<int:equipment_id>/links", machines.link_new, name="machine_link_new"),
    path(
        "equipment/<int:equipment_id>/links/<int:link_id>/remove",
        machines.link_remove,
        name="machine_link_remove",
    ),
    path("equipment/<int:equipment_id>/edit", equipment.equipment_edit, name="equipment_edit"),
    path(
        "equipment/<int:equipment_id>/<str:verb>", equipment.equipment_move, name="equipment_move"
    ),
]
