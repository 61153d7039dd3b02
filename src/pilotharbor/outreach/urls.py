"""Addresses of roadshows, challenges and coaching."""

from django.urls import path

from pilotharbor.outreach.views import (
    calendars,
    challenges,
    coaching,
    live,
    roadshows,
    visitors,
    worksheets,
)

urlpatterns = [
    path("roadshows", roadshows.roadshow_list, name="roadshows"),
    path("roadshows/new", roadshows.roadshow_new, name="roadshow_new"),
    path("roadshows/series/new", roadshows.series_new, name="series_new"),
    path("roadshows/series/<int:series_id>", roadshows.series_detail, name="series_detail"),
    path("roadshows/intents", visitors.intent_list, name="intents"),
    path("roadshows/intents/<int:intent_id>", visitors.intent_follow, name="intent_follow"),
    path("roadshows/intents/<int:intent_id>/lead", visitors.intent_carry, name="intent_carry"),
    path(
        "roadshows/intents/<int:intent_id>/approachable", visitors.intent_offer, name="intent_offer"
    ),
    path("roadshows/pitches/<int:pitch_id>/intent", visitors.intent_new, name="intent_new"),
    path("roadshows/<int:roadshow_id>", roadshows.roadshow_detail, name="roadshow_detail"),
    path("roadshows/<int:roadshow_id>/edit", roadshows.roadshow_edit, name="roadshow_edit"),
    path(
        "roadshows/<int:roadshow_id>/step/<slug:step>",
        roadshows.roadshow_step,
        name="roadshow_step",
    ),
    path("roadshows/<int:roadshow_id>/cancel", roadshows.roadshow_cancel, name="roadshow_cancel"),
    path("roadshows/<int:roadshow_id>/agenda", roadshows.pitch_add, name="pitch_add"),
    path("roadshows/<int:roadshow_id>/agenda/order", roadshows.pitch_move, name="pitch_move"),
    path("roadshows/<int:roadshow_id>/jury", roadshows.juror_call, name="juror_call"),
    path("roadshows/<int:roadshow_id>/register", visitors.register, name="roadshow_register"),
    path("roadshows/<int:roadshow_id>/guest", visitors.guest, name="roadshow_guest"),
    path("roadshows/<int:roadshow_id>/ticket", visitors.my_ticket, name="my_ticket"),
    path("roadshows/<int:roadshow_id>/door", visitors.door, name="door"),
    path("roadshows/<int:roadshow_id>/door/code", visitors.code_typed, name="code_typed"),
    path("roadshows/<int:roadshow_id>/live", live.live, name="roadshow_live"),
    path("roadshows/<int:roadshow_id>/live/results", live.results, name="roadshow_results"),
    path("roadshows/<int:roadshow_id>/live/<str:ticket>", live.live, name="guest_live"),
    path(
        "roadshows/<int:roadshow_id>/live/<str:ticket>/results", live.results, name="guest_results"
    ),
    path(
        "roadshows/<int:roadshow_id>/pitches/<int:pitch_id>/<slug:step>",
        live.pitch_step,
        name="pitch_step",
    ),
    path("roadshows/<int:roadshow_id>/event.ics", calendars.one_event, name="roadshow_ics"),
    path("roadshows/calendar", calendars.calendar, name="event_calendar"),
    path("roadshows/calendar/revoke", calendars.calendar_revoke, name="event_calendar_revoke"),
    path("calendar/roadshows.ics", calendars.public_feed, name="public_calendar"),
    path("calendar/<str:secret>/mine.ics", calendars.my_feed, name="my_calendar"),
    path("tickets/<str:ticket>", visitors.ticket, name="ticket"),
    path("tickets/<str:ticket>/check-in", visitors.check_in, name="check_in"),
    path("seats/<int:registration_id>/give-back", visitors.give_back, name="give_back"),
    path("challenges", challenges.challenge_list, name="challenges"),
    path("challenges/new", challenges.challenge_new, name="challenge_new"),
    path("challenges/<int:challenge_id>", challenges.challenge_detail, name="challenge_detail"),
    path("challenges/<int:challenge_id>/edit", challenges.challenge_edit, name="challenge_edit"),
    path("challenges/<int:challenge_id>/step", challenges.challenge_step, name="challenge_step"),
    path("challenges/<int:challenge_id>/needs", challenges.need_put_in, name="need_put_in"),
    path("challenges/<int:challenge_id>/needs/list", challenges.need_list, name="need_list"),
    path("challenges/<int:challenge_id>/needs/choose", challenges.need_choose, name="need_choose"),
    path("challenges/<int:challenge_id>/runs", worksheets.run_ask, name="run_ask"),
    path("challenges/needs/<int:need_id>", challenges.need_detail, name="need_detail"),
    path("challenges/needs/<int:need_id>/confirm", challenges.need_confirm, name="need_confirm"),
    path(
        "challenges/needs/<int:need_id>/leave-out", challenges.need_leave_out, name="need_leave_out"
    ),
    path("challenges/needs/<int:need_id>/offer", challenges.proposal_offer, name="proposal_offer"),
    path(
        "challenges/proposals/<int:proposal_id>",
        challenges.proposal_take_on,
        name="proposal_take_on",
    ),
    path("challenges/runs/<int:run_id>", worksheets.run_detail, name="match_run"),
    path("challenges/runs/<int:run_id>/continue", worksheets.run_continue, name="run_continue"),
    path(
        "challenges/runs/<int:run_id>/worksheet.<slug:suffix>",
        worksheets.run_export,
        name="run_export",
    ),
    path(
        "challenges/rows/<int:candidate_id>/dismiss",
        worksheets.candidate_dismiss,
        name="candidate_dismiss",
    ),
    path(
        "challenges/rows/<int:candidate_id>/<slug:step>",
        worksheets.candidate_step,
        name="candidate_step",
    ),
    path("coaching", coaching.order_list, name="coaching"),
    path("coaching/new", coaching.order_new, name="coaching_new"),
    path("coaching/equity", coaching.equity, name="equity"),
    path("coaching/<int:order_id>", coaching.order_detail, name="coaching_detail"),
    path("coaching/<int:order_id>/plan", coaching.plan, name="coaching_plan"),
    path("coaching/<int:order_id>/plan.pdf", coaching.plan_pdf, name="coaching_plan_pdf"),
    path("coaching/<int:order_id>/equity", coaching.equity, name="coaching_equity"),
    path("coaching/<int:order_id>/steps/<slug:step>", coaching.order_step, name="coaching_step"),
]
