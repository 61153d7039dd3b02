"""Addresses of bookings."""

from django.urls import path
from django.views.generic import RedirectView

from pilotharbor.booking.views import (
    arriving,
    asking,
    away,
    bookings,
    finding,
    quotes,
    series,
    workbench,
)

urlpatterns = [
    path("bookings", bookings.booking_list, name="bookings"),
    path("bookings/to-decide", bookings.booking_queue, name="booking_queue"),
    path("bookings/today", workbench.workbench, name="workbench"),
    path("bookings/<int:booking_id>", bookings.booking_detail, name="booking_detail"),
    path("bookings/<int:booking_id>/approve", bookings.booking_approve, name="booking_approve"),
    path("bookings/<int:booking_id>/reject", bookings.booking_reject, name="booking_reject"),
    path("bookings/<int:booking_id>/cancel", bookings.booking_cancel, name="booking_cancel"),
    path("bookings/<int:booking_id>/start", workbench.booking_start, name="booking_start"),
    path("bookings/<int:booking_id>/usage", workbench.booking_usage, name="booking_usage"),
    path("bookings/<int:booking_id>/missed", workbench.booking_missed, name="booking_missed"),
    path("bookings/<int:booking_id>/move", bookings.booking_move, name="booking_move"),
    path(
        "bookings/<int:booking_id>/hand-over", bookings.booking_hand_over, name="booking_hand_over"
    ),
    path("bookings/<int:booking_id>/check-in", arriving.booking_check_in, name="booking_check_in"),
    path("bookings/<int:booking_id>/take-over", away.booking_take_over, name="booking_take_over"),
    path("bookings/in-leave/<int:leave_id>", away.leave_bookings, name="leave_bookings"),
    path("bookings/series", series.series_list, name="series"),
    path("bookings/series/<int:series_id>", series.series_detail, name="booking_series_detail"),
    path("bookings/series/<int:series_id>/approve", series.series_approve, name="series_approve"),
    path("bookings/series/<int:series_id>/reject", series.series_reject, name="series_reject"),
    path("bookings/series/<int:series_id>/end", series.series_end, name="series_end"),
    path("bookings/quotes", quotes.quote_list, name="quotes"),
    path("bookings/quotes/<int:quote_id>", quotes.quote_detail, name="quote_detail"),
    path("bookings/free", finding.free_search, name="free_search"),
    path("bookings/waiting", finding.waiting_list, name="waiting_list"),
    path(
        "bookings/waiting/<int:waiting_id>/<slug:answer>",
        finding.waiting_answer,
        name="waiting_answer",
    ),
    path("check-in/slot/<str:ticket>", arriving.slot_code, name="slot_code"),
    path("check-in/line/<str:ticket>", arriving.line_code, name="line_code"),
    path("lines/<int:line_id>/request", asking.line_request, name="line_request"),
    path("lines/<int:line_id>/request/check", asking.line_request_check, name="line_request_check"),
    # Where a line's calendar was before the board of all lines could be narrowed to one.
    path(
        "lines/<int:line_id>/calendar",
        RedirectView.as_view(pattern_name="line_board", query_string=True),
        name="line_calendar",
    ),
]
