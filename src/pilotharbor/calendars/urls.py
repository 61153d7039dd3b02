"""Addresses of calendars."""

from django.urls import path

from pilotharbor.calendars.views import board, feeds, keeping, kiosk, moving, showcase, use

urlpatterns = [
    path("services", showcase.service_list, name="service_list"),
    path("services/<int:line_id>", showcase.service_detail, name="service_detail"),
    path(
        "services/<int:line_id>/industries", showcase.service_industries, name="service_industries"
    ),
    path("calendar", board.board, name="calendar"),
    path("calendar/bookings/<int:booking_id>/move", moving.move, name="booking_move_form"),
    path("utilisation", use.use_page, name="line_use"),
    path("utilisation/<slug:table>.<slug:suffix>", use.use_table, name="use_table"),
    path("calendar/feeds", feeds.feed_list, name="feeds"),
    path("calendar/feeds/<int:address_id>/renew", feeds.feed_renew, name="feed_renew"),
    path("calendar/feeds/<int:address_id>/revoke", feeds.feed_revoke, name="feed_revoke"),
    path("calendar/feeds/<str:secret>.ics", feeds.feed, name="booking_feed"),
    path("calendar/lines/<int:line_id>", board.line_board, name="line_board"),
    path("kiosks", keeping.kiosk_list, name="kiosks"),
    path("kiosks/pin", keeping.pin, name="kiosk_pin"),
    path("kiosks/<int:kiosk_id>/revoke", keeping.kiosk_revoke, name="kiosk_revoke"),
    path("kiosk", kiosk.kiosk, name="kiosk"),
    path("kiosk/open/<str:secret>", kiosk.kiosk_open, name="kiosk_open"),
    path("kiosk/slots/<int:booking_id>/<slug:verb>", kiosk.kiosk_act, name="kiosk_act"),
    path("kiosk/phone/<str:code>", kiosk.kiosk_phone, name="kiosk_phone"),
]
