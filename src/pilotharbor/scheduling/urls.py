"""Addresses of plans."""

from django.urls import path

from pilotharbor.scheduling.views import keeping, proposals

urlpatterns = [
    path("schedules", proposals.proposal_list, name="proposals"),
    path("schedules/new", proposals.proposal_new, name="proposal_new"),
    path("schedules/rules", keeping.rules, name="plan_rules"),
    path("schedules/rules/apart/<int:apart_id>", keeping.apart_lift, name="plan_apart_lift"),
    path("schedules/rules/lines/<int:line_id>", keeping.changeover, name="plan_changeover"),
    path("schedules/<int:proposal_id>", proposals.proposal, name="proposal"),
    path("schedules/<int:proposal_id>/fresh", proposals.proposal_fresh, name="proposal_fresh"),
    path("schedules/<int:proposal_id>/accept", proposals.proposal_accept, name="proposal_accept"),
    path(
        "schedules/<int:proposal_id>/discard", proposals.proposal_discard, name="proposal_discard"
    ),
]
