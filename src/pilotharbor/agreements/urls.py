"""Addresses of agreements."""

from django.urls import path

from pilotharbor.agreements import desk, views

urlpatterns = [
    path("agreements", views.agreement_list, name="agreements"),
    path("projects/<int:project_id>/agreements/new", desk.agreement_new, name="agreement_new"),
    path("agreements/<int:agreement_id>", views.agreement_detail, name="agreement_detail"),
    path("agreements/<int:agreement_id>/edit", desk.agreement_edit, name="agreement_edit"),
    path("agreements/<int:agreement_id>/preview", desk.agreement_preview, name="agreement_preview"),
    path("agreements/<int:agreement_id>/offer", views.agreement_offer, name="agreement_offer"),
    path("agreements/<int:agreement_id>/sign", views.agreement_sign, name="agreement_sign"),
    path("agreements/<int:agreement_id>/void", views.agreement_void, name="agreement_void"),
]
