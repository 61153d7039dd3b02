"""Calling the API as somebody."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.test import Client

from pilotharbor.parties import tokens
from pilotharbor.parties.models import ApiToken, Membership

_keys = count(1)


class Caller:
    """The API as one membership sees it; ``None`` is the public."""

    def __init__(self, membership: Membership | None, *, at: datetime | None = None) -> None:
        self.client = Client()
        self.headers: dict[str, str] = {}
        if membership is not None:
            secret = tokens.new_secret()
            ApiToken.objects.create(
                membership=membership,
                prefix=secret[:10],
                secret_sha256=tokens.digest(secret),
                scopes=["read", "write"],
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
                expires_at=datetime(2099, 1, 1, tzinfo=UTC),
            )
            self.headers["Authorization"] = f"Bearer {secret}"
        if at is not None:
            self.headers["X-Harbor-Time"] = at.isoformat()

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/v1{path}", params, headers=self.headers)

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        return self._send("POST", path, body, key)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._send("PATCH", path, body, "")

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._send("PUT", path, body, "")

    def delete(self, path: str) -> Any:
        return self._send("DELETE", path, None, "")

    def _send(self, method: str, path: str, body: dict[str, Any] | None, key: str) -> Any:
        return self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers=self.headers | {"Idempotency-Key": key or f"test-key-{next(_keys)}"},
        )
