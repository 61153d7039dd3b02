"""What went wrong with a connection, in words of the house?"""

import asyncio
import ssl
from typing import Any

from pilotharbor.telemetry.models import ConnectorHealth

Problem = ConnectorHealth.Problem
State = ConnectorHealth.State
_SAID = (
    ("not known", Problem.NO_SUCH_HOST),
    ("getaddrinfo", Problem.NO_SUCH_HOST),
    ("nodename nor servname", Problem.NO_SUCH_HOST),
    ("No address associated", Problem.NO_SUCH_HOST),
    ("certificate", Problem.TLS),
    ("SSL", Problem.TLS),
    ("TLS", Problem.TLS),
    ("Not authori", Problem.LOGIN),
    ("user name or password", Problem.LOGIN),
    ("username or password", Problem.LOGIN),
    ("BadUserAccessDenied", Problem.LOGIN),
    ("BadIdentityToken", Problem.LOGIN),
    ("timed out", Problem.TIMED_OUT),
    ("Operation timed out", Problem.TIMED_OUT),
    ("refused", Problem.UNREACHABLE),
    ("unreachable", Problem.UNREACHABLE),
    ("disconnect", Problem.UNREACHABLE),
    ("closed", Problem.UNREACHABLE),
    ("reset by peer", Problem.UNREACHABLE),
)


class Refused(Exception):
    """The connection cannot be had as things are configured; trying again soon is of no use."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(detail or problem.value)
        self.problem, self.detail = problem, detail


def told(exc: BaseException) -> tuple[Any, Any, str]:
    """State, problem and detail of a connection that failed."""
    if isinstance(exc, Refused):
        return State.REFUSED, exc.problem, exc.detail
    if isinstance(exc, TimeoutError | asyncio.TimeoutError):
        return State.AWAY, Problem.TIMED_OUT, ""
    if isinstance(exc, ssl.SSLError):
        return State.REFUSED, Problem.TLS, str(exc)
    said = f"{type(exc).__name__}: {exc}"
    problem = next((p for words, p in _SAID if words in said), None)
    if problem is None:
        problem = Problem.UNREACHABLE if isinstance(exc, OSError) else Problem.PROTOCOL
    refused = problem in {Problem.LOGIN, Problem.TLS}
    return State.REFUSED if refused else State.AWAY, problem, str(exc)[:200]
