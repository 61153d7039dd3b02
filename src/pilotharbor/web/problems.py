"""Errors for programs: RFC 9457 ``application/problem+json`` with stable codes."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pilotharbor.kernel.errors import DomainError

CONTENT_TYPE = "application/problem+json"


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


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; nothing was changed."""
    return problem(
        request,
        status=500,
        code="web.server_error",
        title=_("Something failed on our side. Nothing was changed; try again shortly."),
    )
