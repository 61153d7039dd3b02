"""Addresses of organisations, people and access."""

from django.urls import path

from pilotharbor.parties.views import access, account, organisations, people, register

urlpatterns = [
    path("register", register.register_organisation, name="register_organisation"),
    path("registered", register.registered, name="registered"),
    path("organisations", organisations.organisation_list, name="organisations"),
    path("organisations/<int:organisation_id>", organisations.organisation_detail, name="organisation_detail"),
    path("organisations/<int:organisation_id>/edit", organisations.organisation_edit, name="organisation_edit"),
    path("organisations/<int:organisation_id>/approve", organisations.organisation_approve, name="organisation_approve"),
    path("organisations/<int:organisation_id>/refuse", organisations.organisation_refuse, name="organisation_refuse"),
    path("organisations/<int:organisation_id>/suspend", organisations.organisation_suspend, name="organisation_suspend"),
    path("organisations/<int:organisation_id>/reinstate", organisations.organisation_reinstate, name="organisation_reinstate"),
    path("people", people.people, name="people"),
    path("people/invite", people.invite, name="invite"),
    path("invitations/<int:invitation_id>/revoke", people.invitation_revoke, name="invitation_revoke"),
    path("invitations/<str:token>", people.invitation_accept, name="invitation_accept"),
    path("members/<int:membership_id>/suspend", people.member_suspend, name="member_suspend"),
    path("members/<int:membership_id>/reinstate", people.member_reinstate, name="member_reinstate"),
    path("members/<int:membership_id>/end", people.member_end, name="member_end"),
    path("members/<int:membership_id>/administrator", people.member_admin, name="member_admin"),
    path("members/<int:membership_id>/person/suspend", people.person_suspend, name="person_suspend"),
    path("members/<int:membership_id>/person/reinstate", people.person_reinstate, name="person_reinstate"),
    path("account", account.account, name="account"),
    path("account/tokens", account.api_tokens, name="api_tokens"),
    path("account/tokens/<int:token_id>/revoke", account.token_revoke, name="token_revoke"),
    path("account/notifications", account.notification_preferences, name="notification_preferences"),
    path("notifications", account.notifications, name="notifications"),
    path("notifications/read", account.notifications_read, name="notifications_read"),
    path("notifications/<int:notification_id>", account.notification_open, name="notification_open"),
    path("ndas", access.ndas, name="ndas"),
    path("ndas/new", access.nda_new, name="nda_new"),
    path("ndas/<int:nda_id>/end", access.nda_end, name="nda_end"),
    path("break-glass", access.break_glass, name="break_glass"),
    path("break-glass/<int:break_glass_id>/decide", access.break_glass_decide, name="break_glass_decide"),
]  # fmt: skip
