"""Addresses of the cockpit."""

from django.urls import path

from pilotharbor.web.voyages import views

urlpatterns = [
    path("projects/<int:project_id>", views.cockpit, name="project_detail"),
    path("projects/<int:project_id>/timeline", views.whole_timeline, name="project_timeline"),
]
