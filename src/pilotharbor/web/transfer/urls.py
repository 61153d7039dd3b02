"""Addresses of imports and exports."""

from django.urls import path, re_path

from pilotharbor.web.transfer import views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/runs/<str:token>", views.import_run, name="import_run"),
    path("imports/runs/<str:token>/errors.csv", views.import_errors, name="import_errors"),
    re_path(
        r"^imports/(?P<kind>[a-z_]+)/template\.(?P<suffix>csv|xlsx)$",
        views.import_template,
        name="import_template",
    ),
    re_path(
        r"^exports/(?P<kind>[a-z_]+)\.(?P<suffix>csv|xlsx)$", views.export_list, name="export_list"
    ),
]
