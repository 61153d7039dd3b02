"""Talking to a harbour as several people at once."""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from django.utils.translation import gettext as _

SETTLE_SECONDS = 60.0


class RefusedError(Exception):
    """The harbour said no: what was asked, with which status, code and sentence."""

    def __init__(self, asked: str, problem: dict[str, Any], status: int) -> None:
        self.asked = asked
        self.problem = problem
        self.status = status
        details = "; ".join(f"{e['field']}: {e['detail']}" for e in problem.get("errors", []))
        text = f"{problem.get('code', status)}: {problem.get('title', '')}"
        super().__init__(f"{asked} → {text}" + (f" ({details})" if details else ""))


class NoHarbourError(Exception):
    """No harbour answers at this address."""


class Harbour:
    """An HTTP client that keeps a token per person and, on an exercise harbour, the time.

    ``settle`` waits until the worker has caught up; in one process it does the worker's work.
    """

    def __init__(
        self, http: httpx.Client, *, settle: Callable[[], None] | None = None, language: str = "zh"
    ) -> None:
        self.http = http
        self.http.headers["Accept-Language"] = language
        self._settle = settle
        self._tokens: dict[str, str] = {}
        self._credentials: dict[str, tuple[str, str, str]] = {}
        # Who administers the organisations that were registered through here: e-mail and password.
        self.administrators: dict[int, tuple[str, str]] = {}
        self.exercise = self._health()["clock"] == "exercise"
        self.at: datetime | None = None

    def _health(self) -> dict[str, Any]:
        """What the harbour says of itself.

        Raises: NoHarbourError when something else answers, or nothing.
        """
        try:
            said = self.http.get("/healthz").json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
            raise NoHarbourError(str(exc)) from exc
        if not isinstance(said, dict) or not {"clock", "backlog"} <= said.keys():
            raise NoHarbourError(str(said)[:80])
        return said

    def knows(self, who: str, email: str, password: str, *, role: str = "") -> None:
        """Remember how a person signs in and, where they have several roles, in which they act."""
        self._credentials[who] = (email, password, role)
        self._tokens.pop(who, None)

    def post(self, who: str | None, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST as someone (``None``: the public); the answer's JSON.

        Raises: RefusedError.
        """
        return self._call(who, "POST", path, json=body or {})

    def get(self, who: str | None, path: str, **params: Any) -> Any:
        """GET as someone; the answer's JSON.

        Raises: RefusedError.
        """
        return self._call(who, "GET", path, params=params)

    def settle(self) -> None:
        """Wait until every event has reached its handlers.

        Raises: TimeoutError after a minute.
        """
        if self._settle:
            self._settle()
            return
        until = time.monotonic() + SETTLE_SECONDS
        while self._health()["backlog"]:
            if time.monotonic() > until:
                raise TimeoutError("the harbour's worker does not catch up")
            time.sleep(0.05)

    def _call(self, who: str | None, method: str, path: str, **what: Any) -> Any:
        key = uuid.uuid4().hex
        answer = self._send(who, method, path, key, **what)
        if answer.status_code == 401 and who in self._tokens:
            del self._tokens[who]
            answer = self._send(who, method, path, uuid.uuid4().hex, **what)
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
        except ValueError:
            problem = {"title": answer.text[:200]}
        raise RefusedError(f"{method} {path}", problem, answer.status_code)

    def _send(
        self, who: str | None, method: str, path: str, key: str, **what: Any
    ) -> httpx.Response:
        headers = self._clock() | ({"Idempotency-Key": key} if method == "POST" else {})
        if who is not None:
            headers["Authorization"] = f"Bearer {self._token(who)}"
        return self.http.request(method, f"/api/v1{path}", headers=headers, **what)

    def _clock(self) -> dict[str, str]:
        return {"X-Harbor-Time": self.at.isoformat()} if self.exercise and self.at else {}

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._sign_in(*self._credentials[who])
        return self._tokens[who]

    def _sign_in(self, email: str, password: str, role: str) -> str:
        body = {"email": email, "password": password, "name": "voyage", "days": 365}
        token: str = self._call(None, "POST", "/tokens", json=body)["token"]
        if role:
            headers = self._clock() | {"Authorization": f"Bearer {token}"}
            me = self.http.get("/api/v1/me", headers=headers).json()
            fitting = next((m["id"] for m in me["memberships"] if m["role"] == role), None)
            if fitting is None:
                title = _("{0} has no active role here that may play ({1}).").format(email, role)
                raise RefusedError("GET /me", {"code": "voyage.no_role", "title": title}, 403)
            body |= {"membership_id": fitting}
            token = self._call(None, "POST", "/tokens", json=body)["token"]
        return token
