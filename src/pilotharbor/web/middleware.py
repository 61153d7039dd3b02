"""What happens around every request: who acts, how a refusal looks, retries answered once."""

from collections.abc import Callable
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pilotharbor.kernel import idempotency
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.transactions import with_last_write
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.web import problems

type Respond = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/"
SESSION_KEY = "acting_for"


def acting_for(respond: Respond) -> Respond:
    """Set ``request.actor``: the membership a signed-in person acts as now, or ``None``."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.actor = _session_actor(request)  # type: ignore[attr-defined]
        return respond(request)

    return middleware


def _session_actor(request: HttpRequest) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    mine = list(parties.active_memberships(person_id=request.user.pk))
    chosen = request.session.get(SESSION_KEY)
    return next((m for m in mine if m.pk == chosen), mine[0] if mine else None)


def refusals(respond: Respond) -> Respond:
    """Show a domain error that reached the edge as a page with its sentence and status."""

    def process_exception(request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not isinstance(exc, DomainError):
            return None
        if request.path.startswith(API_PREFIX):
            return problems.response(request, exc)
        return render(request, "errors/refused.html", {"error": exc}, status=exc.status)

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def idempotency_key_of(request: HttpRequest) -> str | None:
    """The key of a request that wants at most one effect."""
    if request.method not in {"POST", "PUT", "PATCH"} or not request.path.startswith(API_PREFIX):
        return None
    return request.headers.get("Idempotency-Key")


def idempotency_of(respond: Respond) -> Respond:
    """Answer a retried API request as the first time, without doing it again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = idempotency_key_of(request)
        if not key:
            return respond(request)
        try:
            claim = idempotency.begin(
                caller=_caller(request),
                key=key[:128],
                body_sha256=idempotency.fingerprint(
                    request.method or "", request.get_full_path(), request.body
                ),
                at=timezone.now(),
            )
        except DomainError as exc:
            return problems.response(request, exc)
        if isinstance(claim, idempotency.Answer):
            replay = HttpResponse(
                claim.content, status=claim.status_code, content_type=claim.content_type
            )
            replay["Idempotent-Replay"] = "true"
            return replay
        with with_last_write(lambda: idempotency.mark_carried_out(claim)):
            response = respond(request)
        idempotency.answer(
            claim,
            idempotency.Answer(
                response.status_code, response.get("Content-Type", ""), response.content
            ),
            at=timezone.now(),
            secret="no-store" in response.get("Cache-Control", ""),
        )
        return response

    return middleware


def _caller(request: HttpRequest) -> str:
    bearer = request.headers.get("Authorization", "")
    if bearer:
        return "t" + sha256(bearer.encode()).hexdigest()[:40]
    actor: Membership | None = getattr(request, "actor", None)
    return f"m{actor.pk}" if actor else "anonymous"
