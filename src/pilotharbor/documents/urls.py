"""Addresses of papers."""

from django.urls import path

from pilotharbor.documents import views

urlpatterns = [
    path("documents", views.document_list, name="documents"),
    path("documents/<int:document_id>", views.document_detail, name="document_detail"),
    path(
        "documents/<int:document_id>/pages/<int:number>", views.document_page, name="document_page"
    ),
    path("documents/<int:document_id>/file", views.document_file, name="document_file"),
    path("documents/<int:document_id>/retry", views.document_retry, name="document_retry"),
]
