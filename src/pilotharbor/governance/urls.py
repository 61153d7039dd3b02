"""Addresses of the region."""

from django.urls import path

from pilotharbor.governance import views

urlpatterns = [
    path("accreditations", views.accreditation_list, name="accreditations"),
    path("accreditations/new", views.accreditation_new, name="accreditation_new"),
    path(
        "accreditations/<int:accreditation_id>/grant",
        views.accreditation_grant,
        name="accreditation_grant",
    ),
    path(
        "accreditations/<int:accreditation_id>/<str:verb>",
        views.accreditation_answer,
        name="accreditation_answer",
    ),
    path("statistics", views.figures, name="statistics"),
]
