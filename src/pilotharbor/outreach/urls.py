"""Addresses of roadshows, challenges and coaching."""

from django.urls import path

from pilotharbor.outreach.views import calendars, live, roadshows, visitors

urlpatterns = [
    path("roadshows", roadshows.roadshow_list, name="roadshows"),
    path("roadshows/new", roadshows.roadshow_new, name="roadshow_new"),
    path("roadshows/series/new", roadshows.series_new, name="series_new"),
    path("roadshows/series/<int:series_id>", roadshows.series_detail, name="series_detail"),
    path("roadshows/intents", visitors.intent_list, name="intents"),
    path("roadshows/intents/<int:intent_id>", visitors.intent_follow, name="intent_follow"),
    path("roadshows/pitches/<int:pitch_id>/intent", visitors.intent_new, name="intent_new"),
    path("roadshows/<int:roadshow_id>", roadshows.roadshow_detail, name="roadshow_detail"),
    path("roadshows/<int:roadshow_id>/edit", roadshows.roadshow_edit, name="roadshow_edit"),
    path("roadshows/<int:roadshow_id>/step/<slug:step>", roadshows.roadshow_step, name="roadshow_step"),
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
    path("roadshows/<int:roadshow_id>/live/<str:ticket>/results", live.results, name="guest_results"),
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
]  # fmt: skip
