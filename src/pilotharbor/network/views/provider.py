"""OAI-PMH over HTTP: open to everybody, it only reads."""

from datetime import datetime
from pathlib import Path

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.kernel import clock
from pilotharbor.network import provider

_SCHEMA = Path(__file__).parents[1] / "schemas" / "pilotharbor.xsd"
_XML = "text/xml; charset=utf-8"
_WAIT_SECONDS = "60"


# Nothing changes by it and nobody need be signed in, so that there is no request to forge.
@csrf_exempt
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """Answer one request of the protocol; its own errors are answers with status 200."""
    at = clock.now(request)
    if _too_often(request, at):
        # The protocol's own way to slow a harvester down (its section 3.1.2.2).
        return HttpResponse(status=503, headers={"Retry-After": _WAIT_SECONDS})
    given = [
        (name, value)
        for data in (request.GET, request.POST)
        for name, values in data.lists()
        for value in values
    ]
    return HttpResponse(provider.answer(given, at=at), content_type=_XML)


def _too_often(request: HttpRequest, at: datetime) -> bool:
    """Whether this address has asked more in this minute than one harvester needs."""
    who = get_adapter(request).get_client_ip(request)
    key = f"network.oai:{who}:{at:%Y%m%d%H%M}"
    if cache.add(key, 1, 120):
        return False
    try:
        return bool(cache.incr(key) > settings.OAI_REQUESTS_A_MINUTE)
    except ValueError:
        # It has been dropped in between; the next one counts again.
        return False


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    """The XML schema of our own format."""
    del request
    return HttpResponse(_SCHEMA.read_bytes(), content_type=_XML)
