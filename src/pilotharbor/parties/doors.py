"""Is this really them? Passwords and second factors asked for outside allauth's own pages.

The same counters as the sign-in page are used, so that a lock-out holds wherever one tries.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from pilotharbor.kernel.errors import Forbidden
from pilotharbor.parties.commands import ProveItIsYou
from pilotharbor.parties.models import Person


class BadCredentials(Forbidden):
    """E-mail and password do not belong together, or the account is suspended."""

    code = "parties.bad_credentials"


class SecondFactorMissing(Forbidden):
    """This account has a second factor: send the present code of the authenticator app, or a recovery code."""

    code = "parties.second_factor_missing"


class TooManyAttempts(Forbidden):
    """Too many failed attempts; wait a quarter of an hour and try again."""

    status = 429
    code = "parties.too_many_attempts"


class TooManyRequests(Forbidden):
    """Too many requests from here; wait a while and try again."""

    status = 429
    code = "parties.too_many_requests"


def authenticate(request: HttpRequest, *, email: str, password: str, code: str = "") -> Person:
    """The person, by password and, where there is one, second factor.

    Raises: BadCredentials, SecondFactorMissing, TooManyAttempts.
    Source: R-PARTY-8.
    """
    adapter = get_adapter(request)
    try:
        found: Any = adapter.authenticate(request, email=email.strip().lower(), password=password)
    except ValidationError as exc:
        raise TooManyAttempts from exc
    if not isinstance(found, Person) or not found.is_active:
        raise BadCredentials
    _second_factor(request, found, code)
    return found


def _second_factor(request: HttpRequest, person: Person, code: str) -> None:
    factors = list(Authenticator.objects.filter(user=person))
    if not any(f.type in {"totp", "webauthn"} for f in factors):
        return
    if not code:
        raise SecondFactorMissing
    limits = {"action": "login_failed", "key": f"second-factor:{person.pk}"}
    if not ratelimit.consume(request, **limits):
        raise TooManyAttempts
    checks = {"totp": TOTP, "recovery_codes": RecoveryCodes}
    if not any(checks[f.type](f).validate_code(code) for f in factors if f.type in checks):
        raise BadCredentials
    ratelimit.clear(request, **limits)


@contextmanager
def counted(request: HttpRequest, *, email: str) -> Iterator[None]:
    """Count a wrong password inside this block as a failed sign-in of that e-mail.

    Raises: TooManyAttempts.
    """
    if not email:
        yield
        return
    adapter = get_adapter(request)
    try:
        adapter.pre_authenticate(request, email=email.strip().lower())
    except ValidationError as exc:
        raise TooManyAttempts from exc
    try:
        yield
    except ProveItIsYou:
        raise
    except BaseException:
        adapter._rollback_login_failed_rl_usage()  # noqa: SLF001 - allauth has no public name for it
        raise
    adapter._rollback_login_failed_rl_usage()  # noqa: SLF001


def limited(request: HttpRequest, *, action: str) -> None:
    """Refuse who does this too often from one address.

    Raises: TooManyRequests.
    """
    if not ratelimit.consume(request, action=action):
        raise TooManyRequests
