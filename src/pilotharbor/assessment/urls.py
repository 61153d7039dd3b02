"""Addresses of the assessment."""

from django.urls import path

from pilotharbor.assessment import desk, views

urlpatterns = [
    path("assessments", views.panel_list, name="assessments"),
    path("panels/<int:panel_id>", views.panel_detail, name="panel_detail"),
    path("panels/<int:panel_id>/edit", desk.panel_edit, name="panel_edit"),
    path("panels/<int:panel_id>/dissolve", views.panel_dissolve, name="panel_dissolve"),
    path("panels/<int:panel_id>/close", views.panel_close, name="panel_close"),
    path("projects/<int:project_id>/panels/new", desk.panel_new, name="panel_new"),
    path("projects/<int:project_id>/readiness", views.trl_new, name="trl_new"),
    path("projects/<int:project_id>/pilot-decision", views.pilot_decision, name="pilot_decision"),
]
