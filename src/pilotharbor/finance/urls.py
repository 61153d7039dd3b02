"""Addresses of the money pages."""

from django.urls import path

from pilotharbor.finance import views

urlpatterns = [
    path("invoices", views.invoice_list, name="invoices"),
    path("invoices/<int:invoice_id>/pay", views.invoice_pay, name="invoice_pay"),
    path("shares", views.shares, name="shares"),
    path("projects/<int:project_id>/money", views.project_money, name="project_money"),
    path("projects/<int:project_id>/decision", views.decision_new, name="decision_new"),
    path("agreements/<int:agreement_id>/revenue", views.revenue_new, name="revenue_new"),
]
