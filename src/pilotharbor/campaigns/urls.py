"""Addresses of campaigns and batches."""

from django.urls import path

from pilotharbor.campaigns import views

urlpatterns = [
    path("campaigns", views.campaign_list, name="campaigns"),
    path("projects/<int:project_id>/campaign/new", views.campaign_new, name="campaign_new"),
    path("campaigns/<int:campaign_id>", views.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:campaign_id>/batches/new", views.batch_new, name="batch_new"),
    path("campaigns/<int:campaign_id>/judge", views.campaign_judge, name="campaign_judge"),
    path("campaigns/<int:campaign_id>/report", views.campaign_report, name="campaign_report"),
    path("batches/<int:batch_id>", views.batch_detail, name="batch_detail"),
    path("batches/<int:batch_id>/correct", views.batch_correct, name="batch_correct"),
    path("batches/<int:batch_id>/judge", views.batch_judge, name="batch_judge"),
]
