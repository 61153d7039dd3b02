"""Addresses of calendars."""

from django.urls import path

from pilotharbor.calendars.views import board, feeds, moving, use

urlpatterns = [
    path("calendar", board.board, name="calendar"),
    path("calendar/bookings/<int:booking_id>/move", moving.move, name="booking_move_form"),
    path("calendar/use", use.use_page, name="line_use"),
    path("calendar/use/<slug:table>.<slug:suffix>", use.use_table, name="use_table"),
    path("calendar/feeds", feeds.feed_list, name="feeds"),
    path("calendar/feeds/<int:address_id>/revoke", feeds.feed_revoke, name="feed_revoke"),
    path("calendar/feeds/<str:secret>.ics", feeds.feed, name="booking_feed"),
]
