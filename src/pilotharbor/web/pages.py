"""Front page, acting-for switch, language switch and error pages."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from pilotharbor.kernel import feeder
from pilotharbor.kernel.errors import Forbidden, NotFound
from pilotharbor.kernel.ids import id_in
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Person
from pilotharbor.web import problems
from pilotharbor.web.home.views import home
from pilotharbor.web.middleware import SESSION_KEY


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The home page of who is signed in, or what PilotHarbor is."""
    if request.user.is_authenticated:
        return home(request)
    return render(request, "landing.html")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process serves and reaches its database, and how far its worker is behind."""
    del request
    clock = "exercise" if settings.EXERCISE_CLOCK else "real"
    return JsonResponse({"status": "ok", "clock": clock, "backlog": feeder.backlog()})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if safe else "/")


@require_POST
def act_for(request: HttpRequest) -> HttpResponse:
    """Act as another of one's memberships from now on."""
    wanted = request.POST.get("membership", "")
    mine = parties.active_memberships(person_id=request.user.pk or 0)
    number = id_in(wanted)
    chosen = mine.filter(pk=number).first() if number is not None else None
    if chosen is None:
        raise NotFound
    request.session[SESSION_KEY] = chosen.pk
    return redirect("front")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie, and with the person for mail."""
    language = request.POST.get("language", "")
    answer = _back(request)
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(locale=language)
    return answer


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for what is too large; also for a host that is not ours."""
    if problems.for_programs(request):
        too_large = isinstance(exception, RequestDataTooBig)
        return problems.refused_by_framework(request, status=413 if too_large else 400)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    del exception
    if problems.for_programs(request):
        return problems.response(request, Forbidden())
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, in the form the caller reads."""
    del exception
    if problems.for_programs(request):
        return problems.response(request, NotFound())
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without asking the database or the session for anything: they may be what broke."""
    if problems.for_programs(request):
        return problems.refused_by_framework(request, status=500)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere."""
    del reason
    if problems.for_programs(request):
        return problems.refused_by_framework(request, status=403)
    return render(request, "errors/csrf.html", status=403)
