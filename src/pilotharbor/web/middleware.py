"""What happens around every request: who acts, how a refusal looks, retries answered once."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from pilotharbor.kernel import idempotency
from pilotharbor.kernel.errors import DomainError
from pilotharbor.kernel.transactions import with_last_write
from pilotharbor.parties import queries as parties
from pilotharbor.parties.auth import Token
from pilotharbor.parties.models import Membership
from pilotharbor.web import problems

type Respond = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "acting_for"
_token = Token()


def problems_for_programs(respond: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Let every error under the API's root be a problem document, whoever refused."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = respond(request)
        return problems.from_plain(request, answer) if problems.for_programs(request) else answer

    return middleware


def language_of_address(respond: Respond) -> Respond:
    """Let ``?lang=en`` speak English whatever the cookie says: each language has its address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        if asked in dict(settings.LANGUAGES):
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        return respond(request)

    return middleware


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
        return problems.told(request, exc) if isinstance(exc, DomainError) else None

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def idempotency_key_of(request: HttpRequest) -> str | None:
    """The key of a request that wants at most one effect."""
    if request.method not in {"POST", "PUT", "PATCH"} or not problems.for_programs(request):
        return None
    return request.headers.get("Idempotency-Key")


def idempotency_of(respond: Respond) -> Respond:
    """Answer a retried API request as the first time, without doing it again.

    Only to a caller who may still ask: a token that no longer works gets no stored answer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        key = idempotency_key_of(request)
        if not key:
            return respond(request)
        try:
            caller = _caller(request)
            if caller is None:
                return respond(request)
            claim = idempotency.begin(
                caller=caller,
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


def _caller(request: HttpRequest) -> str | None:
    """Whose key it is, as the API will recognise them; ``None`` for whom it will turn away.

    Raises: RealClock, BadClockHeader.
    """
    bearer = request.headers.get("Authorization", "")
    if bearer and _token(request):
        return "t" + sha256(bearer.encode()).hexdigest()[:40]
    actor: Membership | None = getattr(request, "actor", None)
    if actor:
        return f"m{actor.pk}"
    return None if bearer else "anonymous"
