"""Addresses of bookings."""

from django.urls import path

from pilotharbor.booking.views import bookings, calendar, workbench

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
    path("lines/<int:line_id>/calendar", calendar.line_calendar, name="line_calendar"),
]
