"""Errors for programs: RFC 9457 ``application/problem+json`` with stable codes."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from pilotharbor.kernel.errors import DomainError

API_PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
# What the framework refuses by itself, in our words; the code is ``web.http_<status>``.
_SAID = {
    400: later("This request could not be read. Nothing was changed."),
    403: later(
        "A change from a browser session needs its CSRF token in X-CSRFToken; programs send an API token."
    ),
    404: later("There is nothing at this address."),
    405: later("This address does not take this method; the header Allow names those it takes."),
    413: later("This request is too large."),
    415: later("This body is of a kind that this address does not take; send JSON."),
    429: later("Too many requests; wait a moment and try again."),
}
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


def for_programs(request: HttpRequest) -> bool:
    """Whether the caller reads problem documents and not pages."""
    return request.path.startswith(API_PREFIX)


def told(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal in the form its caller reads: a problem document, or a page with its sentence."""
    if for_programs(request):
        return response(request, error)
    return render(request, "errors/refused.html", {"error": error}, status=error.status)


def response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The problem document of a refusal."""
    errors = [{"field": field, "detail": text} for field, text in error.problems.items()]
    facts = {
        k: v if isinstance(v, (str, int, list, dict)) else str(v) for k, v in error.facts.items()
    }
    return problem(
        request, status=error.status, code=error.code, title=str(error), errors=errors, facts=facts
    )


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    title: str,
    errors: list[dict[str, str]] | None = None,
    facts: dict[str, Any] | None = None,
) -> HttpResponse:
    """A problem document; ``errors`` names the fields, ``facts`` the values that matter."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "code": code,
        "title": title,
        "status": status,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    if facts:
        body["facts"] = facts
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE
    )


def not_signed_in(request: HttpRequest) -> HttpResponse:
    """401: no usable token or session."""
    answer = problem(
        request,
        status=401,
        code="web.not_signed_in",
        title=_("Sign in, or send an API token that is valid and not expired."),
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def refused_by_framework(request: HttpRequest, *, status: int) -> HttpResponse:
    """What no line of ours refused, in the caller's language even where no middleware set it."""
    with override(get_language_from_request(request)):
        said = _SAID.get(status) or (server_error(request) if status >= 500 else None)
        if isinstance(said, HttpResponse):
            return said
        title = str(said or _SAID[400])
        return problem(request, status=status, code=f"web.http_{status}", title=title)


def from_plain(request: HttpRequest, plain: HttpResponseBase) -> HttpResponseBase:
    """The problem document in place of an error that is a page or a bare word."""
    if plain.status_code < 400 or plain.get("Content-Type", "").startswith(CONTENT_TYPE):
        return plain
    answer = refused_by_framework(request, status=plain.status_code)
    for name in _KEPT_HEADERS:
        if name in plain:
            answer[name] = plain[name]
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing was changed."""
    return problem(
        request,
        status=500,
        code="web.server_error",
        title=_("Something failed on our side. Nothing was changed; try again shortly."),
    )
