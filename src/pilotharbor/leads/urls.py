"""Addresses of leads, visits, teams and managers."""

from django.urls import path

from pilotharbor.leads.views import acts, carrying, detail, lists

urlpatterns = [
    path("leads", lists.lead_list, name="leads"),
    path("leads/pool", lists.pool, name="lead_pool"),
    path("leads/new", lists.lead_new, name="lead_new"),
    path("leads/ask", lists.lead_ask, name="lead_ask"),
    path("leads/contest", carrying.lead_contest, name="lead_contest"),
    path("leads/<int:lead_id>", detail.lead_detail, name="lead_detail"),
    path("leads/<int:lead_id>/move", lists.lead_move, name="lead_move"),
    path("leads/<int:lead_id>/log", acts.lead_log, name="lead_log"),
    path("leads/<int:lead_id>/write", acts.lead_write, name="lead_write"),
    path("leads/<int:lead_id>/step", acts.lead_step, name="lead_step"),
    path("leads/<int:lead_id>/step/done", acts.lead_step_done, name="lead_step_done"),
    path("leads/<int:lead_id>/lose", acts.lead_lose, name="lead_lose"),
    path("leads/<int:lead_id>/sign", acts.lead_sign, name="lead_sign"),
    path("leads/<int:lead_id>/reopen", acts.lead_reopen, name="lead_reopen"),
    path("leads/<int:lead_id>/complete", acts.lead_complete, name="lead_complete"),
    path("leads/<int:lead_id>/ask-project", acts.lead_ask_project, name="lead_ask_project"),
    path("leads/<int:lead_id>/claim", carrying.lead_claim, name="lead_claim"),
    path("leads/<int:lead_id>/release", carrying.lead_release, name="lead_release"),
    path("leads/<int:lead_id>/offer", carrying.lead_offer, name="lead_offer"),
    path("leads/<int:lead_id>/assign", carrying.lead_assign, name="lead_assign"),
    path(
        "achievements/<int:pk>/leads", detail.leads_of, {"noun": "achievement"},
        name="achievement_leads",
    ),
    path("demands/<int:pk>/leads", detail.leads_of, {"noun": "demand"}, name="demand_leads"),
    path("claims/<int:claim_id>/decide", carrying.claim_decide, name="claim_decide"),
    path(
        "claims/<int:claim_id>/accept", carrying.offer_answer, {"answer": "accept"},
        name="offer_accept",
    ),
    path(
        "claims/<int:claim_id>/decline", carrying.offer_answer, {"answer": "decline"},
        name="offer_decline",
    ),
    path(
        "claims/<int:claim_id>/withdraw", carrying.offer_answer, {"answer": "withdraw"},
        name="claim_withdraw",
    ),
]  # fmt: skip
