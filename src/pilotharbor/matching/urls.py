"""Addresses of matches."""

from django.urls import path

from pilotharbor.matching.views import matches as views
from pilotharbor.matching.views import search_index, subscriptions
from pilotharbor.matching.views.candidates import candidates

A, D = {"noun": "achievement"}, {"noun": "demand"}
S, L = {"noun": "scenario"}, {"noun": "line"}

urlpatterns = [
    path("subscriptions", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/new", subscriptions.subscribe, name="subscribe"),
    path("subscriptions/<int:subscription_id>/end", subscriptions.unsubscribe, name="unsubscribe"),
    path("search-index", search_index.search_index, name="search_index"),
    path("search-index/learning", search_index.switch, name="search_index_learning"),
    path("search-index/rebuild", search_index.rebuild, name="search_index_rebuild"),
    path("matches", views.match_list, name="matches"),
    path("matches/propose", views.propose, name="match_propose"),
    path("matches/<int:match_id>", views.match_detail, name="match_detail"),
    path("matches/<int:match_id>/accept", views.accept, name="match_accept"),
    path("matches/<int:match_id>/decline", views.decline, name="match_decline"),
    path(
        "demands/<int:demand_id>/in-other-words/<int:achievement_id>",
        views.in_other_words,
        name="in_other_words",
    ),
    path("achievements/<int:pk>/candidates", candidates, A, name="achievement_candidates"),
    path("demands/<int:pk>/candidates", candidates, D, name="demand_candidates"),
    path("scenarios/<int:pk>/candidates", candidates, S, name="scenario_candidates"),
    path("services/<int:pk>/candidates", candidates, L, name="line_candidates"),
    path("achievements/<int:pk>/matches", views.matches_of, A, name="achievement_matches"),
    path("demands/<int:pk>/matches", views.matches_of, D, name="demand_matches"),
]
