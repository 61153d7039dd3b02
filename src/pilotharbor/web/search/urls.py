"""Addresses of the search."""

from django.urls import path

from pilotharbor.web.search import views

urlpatterns = [
    path("search", views.search, name="search"),
    path("search/suggest", views.suggest, name="search_suggest"),
]
