"""What these pages share: asking why, doing one thing and coming back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties.forms import ReasonForm, refused

type Words = str | Promise


def frame(request: HttpRequest) -> str:
    """The shell of who is signed in, or of the public."""
    return "base.html" if getattr(request, "actor", None) else "public.html"


def speaks_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def locale() -> str:
    """The language to greet a newcomer in later."""
    return "zh-hans" if speaks_chinese() else "en"


def back(request: HttpRequest, otherwise: str) -> str:
    """Where ``next`` leads, if it stays here."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else otherwise


def act(request: HttpRequest, do: Callable[[], object], *, done: Words, to: str) -> HttpResponse:
    """Do one thing at the press of a button, say what came of it and go on to ``to``."""
    try:
        do()
    except DomainError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, str(done))
    return redirect(to)


def with_reason(
    request: HttpRequest,
    do: Callable[[str], object],
    *,
    question: Words,
    warning: Words,
    button: Words,
    done: Words,
    to: str,
    **context: Any,
) -> HttpResponse:
    """Ask why, then do it; a refusal comes back with every word kept."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data["reason"])
        except DomainError as exc:
            refused(form, exc)
        else:
            messages.success(request, str(done))
            return redirect(to)
    shown = {"form": form, "question": question, "warning": warning, "button": button, "back": to}
    return render(request, "parties/reason.html", shown | context)
