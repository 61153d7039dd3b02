"""Who calls: a token, a browser session, or the public; what API and pages ask of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja.security import APIKeyCookie, HttpBearer

from pilotharbor.kernel import clock
from pilotharbor.parties import tokens
from pilotharbor.parties.models import Membership


class ActorRequest(HttpRequest):
    """A request of someone: ``auth`` (API) or ``actor`` (pages) is the acting membership."""

    auth: Membership
    actor: Membership


@dataclass(frozen=True)
class Public:
    """Nobody in particular."""


class Token(HttpBearer):
    """``Authorization: Bearer``; reading needs scope ``read``, changing needs ``write``."""

    def authenticate(self, request: HttpRequest, token: str) -> Membership | None:
        """The membership the token acts as, or nothing."""
        needs = "read" if request.method in {"GET", "HEAD", "OPTIONS"} else "write"
        return tokens.membership_of(secret=token, scope=needs, at=clock.now(request))


class Session(APIKeyCookie):
    """A signed-in browser; changes need the CSRF token."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Any | None:
        """Ask for the CSRF token only where a session gives the rights that could be abused."""
        if getattr(request, "actor", None) is None:
            return None
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Membership | None:  # noqa: ARG002
        """The membership the person acts as now, or nothing."""
        return getattr(request, "actor", None)


class Anyone:
    """Lets the public in where a page would be public too, but never behind a bad token."""

    def __call__(self, request: HttpRequest) -> Public | None:
        """Someone, unless a token was sent that did not work."""
        return None if request.headers.get("Authorization") else Public()


def actor_of(request: Any) -> Membership | None:
    """The acting membership of an API request, ``None`` for the public."""
    return request.auth if isinstance(request.auth, Membership) else None


SIGNED_IN: list[Any] = [Token(), Session()]
ANYONE: list[Any] = [Token(), Session(), Anyone()]


type Page = Callable[..., HttpResponse]


def acting(view: Page) -> Page:
    """A page for someone who acts for an organisation: sign in first, else say what is missing."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request, "actor", None) is None:
            return render(request, "parties/no_membership.html", status=403)
        return view(request, *args, **kwargs)

    return wrapped
