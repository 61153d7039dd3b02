"""Every address of the site."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from pilotharbor.web import accounts, pages
from pilotharbor.web.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.front, name="front"),
    path("healthz", pages.healthz, name="healthz"),
    path("acting-for", pages.act_for, name="act_for"),
    path("language", pages.set_language, name="set_language"),
    path("api/v1/", api.urls),
    # An address finds its person (invitations, campus sign-in), so it changes only when proved.
    re_path(r"^accounts/(?:email|confirm-email)/", accounts.closed),
    path("accounts/", include("allauth.urls")),
]
for _module in [f"pilotharbor.{name}.urls" for name in settings.DOMAINS]:
    if find_spec(_module):
        urlpatterns += [path("", include(import_module(_module)))]
for _part in ("look", "transfer", "search", "home", "operator", "voyages", "findable"):
    if find_spec(f"pilotharbor.web.{_part}") and find_spec(f"pilotharbor.web.{_part}.urls"):
        urlpatterns += [path("", include(f"pilotharbor.web.{_part}.urls"))]

handler400 = "pilotharbor.web.pages.bad_request"
handler403 = "pilotharbor.web.pages.forbidden"
handler404 = "pilotharbor.web.pages.not_found"
handler500 = "pilotharbor.web.pages.server_error"
