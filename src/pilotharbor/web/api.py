"""The HTTP API: every domain's router under one root, one way to refuse."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.parties.auth import SIGNED_IN
from pilotharbor.web import problems
from pilotharbor.web.inputs import StorableParser

api = NinjaAPI(
    title="PilotHarbor",
    version="1",
    description="中试港 PilotHarbor HTTP API. Errors are application/problem+json with stable codes.",
    openapi_url="/openapi.json",
    docs_url=None,
    auth=SIGNED_IN,
    urls_namespace="api",
    parser=StorableParser(),
)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, exc: DomainError) -> HttpResponse:
    """A domain error becomes its problem document."""
    return problems.response(request, exc)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
    """No token, a bad one, or no session."""
    del exc
    return problems.not_signed_in(request)


@api.exception_handler(Http404)
def missing(request: HttpRequest, exc: Http404) -> HttpResponse:
    """Whatever was not found."""
    del exc
    return problems.response(request, NotFound())


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """What the framework refuses by itself; it wraps what the parser of the body refuses."""
    if isinstance(exc.__cause__, DomainError):
        return problems.response(request, exc.__cause__)
    return problems.refused_by_framework(request, status=exc.status_code)


@api.exception_handler(RawPostDataException)
def wrong_kind_of_body(request: HttpRequest, exc: RawPostDataException) -> HttpResponse:
    """A form, already read as one, where JSON is expected."""
    del exc
    return problems.refused_by_framework(request, status=415)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    """A body or parameter of the wrong shape: every field at once."""
    errors = [{"field": _path(e), "detail": str(e.get("msg", ""))} for e in exc.errors]
    return problems.problem(
        request,
        status=422,
        code="web.malformed",
        title=_("Some fields are missing or of the wrong form."),
        errors=errors,
    )


def _path(error: dict[str, Any]) -> str:
    where = [str(part) for part in error.get("loc", ()) if part not in {"body", "data", "payload"}]
    return ".".join(where[1:] if where and where[0] in {"query", "path", "header"} else where)


for _domain in settings.DOMAINS:
    if find_spec(f"pilotharbor.{_domain}.api"):
        api.add_router("", import_module(f"pilotharbor.{_domain}.api").router, tags=[_domain])
for _part in ("transfer",):
    if find_spec(f"pilotharbor.web.{_part}.api"):
        api.add_router("", import_module(f"pilotharbor.web.{_part}.api").router, tags=[_part])
