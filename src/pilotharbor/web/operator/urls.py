"""Addresses of the operator's pages."""

from django.urls import path

from pilotharbor.web.operator import views

urlpatterns = [
    path("audit", views.audit, name="audit"),
    path("dead-letters", views.dead_letters, name="dead_letters"),
    path("dead-letters/<int:delivery_id>", views.dead_letter_settle, name="dead_letter_settle"),
]
