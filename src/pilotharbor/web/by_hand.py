"""What does an address answer that somebody opens by hand, though it only takes forms?"""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve

from pilotharbor.web import problems

type Respond = Callable[[HttpRequest], HttpResponse]


def opened(respond: Respond) -> Respond:
    """Answer HEAD as GET is answered, and lead from where a form was sent to the page it is about.

    After a refused form the address bar shows where it was sent; opening that again must not end on
    an empty 405. Programs keep the plain rules.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.method
        if asked not in {"GET", "HEAD"} or problems.for_programs(request):
            return respond(request)
        request.method = "GET"
        answer = respond(request)
        request.method = asked
        only_forms = answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        return _page_of(request) if only_forms else answer

    return middleware


def _page_of(request: HttpRequest) -> HttpResponse:
    """The page of the thing an address acts on: ``/agreements/3`` for ``/agreements/3/sign``."""
    path = request.path.rstrip("/")
    while path := path.rsplit("/", 1)[0]:
        try:
            resolve(path)
        except Resolver404:
            continue
        return redirect(path)
    answer = render(request, "errors/405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
    answer["Allow"] = "POST"
    return answer
