"""Theme and density without JavaScript, and the page that shows every component."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.web.look import samples
from pilotharbor.web.shell import DENSITIES, THEMES

YEAR = 365 * 24 * 3600


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember theme and density in cookies the server reads, so that no page flashes."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    answer = redirect(wanted if safe else "/")
    for name, allowed in (("theme", (*THEMES, "auto")), ("density", DENSITIES)):
        value = request.POST.get(name, "")
        if value in allowed:
            answer.set_cookie(f"harbor_{name}", value, max_age=YEAR, samesite="Lax")
    return answer


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    """Every component with sample data, for those who build or administer the harbour."""
    actor = getattr(request, "actor", None)
    if not settings.DEBUG and not rights.administers_system(actor):
        raise NotFound
    return render(request, "look/style.html", samples.everything())
