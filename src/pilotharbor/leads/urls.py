"""Addresses of leads, visits, teams and managers."""

from django.urls import path

from pilotharbor.leads.views import acts, carrying, detail, figures, lists, more, profiles, visits

urlpatterns = [
    path("leads", lists.lead_list, name="leads"),
    path("leads/pool", lists.pool, name="lead_pool"),
    path("leads/new", lists.lead_new, name="lead_new"),
    path("leads/ask", lists.lead_ask, name="lead_ask"),
    path("leads/contest", carrying.lead_contest, name="lead_contest"),
    path("leads/statistics", figures.statistics, name="lead_statistics"),
    path("leads/rules", more.rules, name="lead_rules"),
    path("leads/rules/new", more.rule_new, name="lead_rule_new"),
    path("leads/<int:lead_id>/credits", more.lead_credits, name="lead_credits"),
    path("leads/<int:lead_id>/papers/new", more.paper_new, name="lead_paper_new"),
    path(
        "leads/<int:lead_id>/papers/<int:paper_id>/remove",
        more.paper_remove,
        name="lead_paper_remove",
    ),
    path("visits", visits.visit_list, name="visits"),
    path("visits/new", visits.visit_new, name="visit_new"),
    path("visits/<int:visit_id>", visits.visit_detail, name="visit_detail"),
    path("problems/<int:problem_id>/offer", visits.problem_press, {"what": "offer"}, name="problem_offer"),
    path("problems/<int:problem_id>/take", visits.problem_press, {"what": "take"}, name="problem_take"),
    path("problems/<int:problem_id>/answer", visits.problem_settle, {"what": "answer"}, name="problem_answer"),
    path("problems/<int:problem_id>/drop", visits.problem_settle, {"what": "drop"}, name="problem_drop"),
    path("teams", visits.team_list, name="teams"),
    path("teams/new", visits.team_new, name="team_new"),
    path("teams/<int:team_id>", visits.team_detail, name="team_detail"),
    path("teams/<int:team_id>/members/<int:membership_id>/leave", visits.team_leave, name="team_leave"),
    path("teams/<int:team_id>/dissolve", visits.team_dissolve, name="team_dissolve"),
    path("managers", profiles.manager_list, name="managers"),
    path("managers/coverage", figures.coverage, name="manager_coverage"),
    path("managers/me", profiles.profile_edit, name="manager_profile"),
    path("managers/me/qualifications/new", profiles.qualification_new, name="qualification_new"),
    path("managers/<int:membership_id>", profiles.manager_detail, name="manager_detail"),
    path("managers/<int:membership_id>/level", profiles.level_edit, name="manager_level"),
    path("managers/<int:membership_id>/record", profiles.evidence, name="manager_record"),
    path(
        "managers/<int:membership_id>/qualifications/<int:qualification_id>/confirm",
        profiles.qualification_confirm,
        name="qualification_confirm",
    ),
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
    path("leads/<int:lead_id>/nda", acts.lead_ask_nda, name="lead_ask_nda"),
    path("leads/<int:lead_id>/claim", carrying.lead_claim, name="lead_claim"),
    path("leads/<int:lead_id>/release", carrying.lead_release, name="lead_release"),
    path("leads/<int:lead_id>/offer", carrying.lead_offer, name="lead_offer"),
    path("leads/<int:lead_id>/assign", carrying.lead_assign, name="lead_assign"),
    path(
        "achievements/<int:pk>/leads", detail.leads_of, {"noun": "achievement"},
        name="achievement_leads",
    ),
    path("demands/<int:pk>/leads", detail.leads_of, {"noun": "demand"}, name="demand_leads"),
    path(
        "scenarios/<int:pk>/leads", detail.leads_of, {"noun": "scenario"}, name="scenario_leads"
    ),
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
