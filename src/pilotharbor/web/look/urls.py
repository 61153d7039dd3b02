"""Addresses of the look."""

from django.urls import path

from pilotharbor.web.look import views

urlpatterns = [
    path("preferences/look", views.preferences, name="look"),
    path("style", views.style, name="style"),
]
