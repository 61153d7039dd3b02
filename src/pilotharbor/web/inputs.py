"""Can the database hold what was sent? Asked once, at the door, for pages and API alike.

PostgreSQL stores neither NUL nor half of a surrogate pair in a text, no whole number beyond bigint
and no NaN in JSON. Each of them would otherwise fail deep inside, as if it were our fault.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from pilotharbor.kernel.errors import Invalid, NotFound
from pilotharbor.kernel.ids import LARGEST
from pilotharbor.web import problems

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]+")
_SHOWN = 60


class Unstorable(Invalid):
    """What was sent for “{field}” cannot be stored: it holds a broken character or too large a number."""

    code = "web.unstorable"


def refuse_unstorable(sent: Iterator[tuple[str, Any]]) -> None:
    """Refuse the values that no column can hold, naming each field.

    Raises: Unstorable.
    """
    wrong: dict[str, str] = {}
    for name, value in sent:
        if isinstance(value, str) and _UNSTORABLE.search(value):
            wrong[_shown(name)] = _("This holds a character that cannot be stored.")
        elif (isinstance(value, int) and abs(value) > LARGEST) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            wrong[_shown(name)] = _("This number is too large.")
    if wrong:
        raise Unstorable(problems=wrong, field=next(iter(wrong)))


def _shown(name: str) -> str:
    """A name as it may be told: it comes from outside like the value."""
    return _UNSTORABLE.sub("�", name)[:_SHOWN]


def _pairs(data: MultiValueDict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, values in data.lists():
        yield name, name
        for value in values:
            yield name, value


def _leaves(body: object) -> Iterator[tuple[str, Any]]:
    """Every key and value of a JSON document with the path to it, however deep."""
    waiting: list[tuple[str, object]] = [("", body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for name, inner in value.items():
                below = f"{path}.{name}" if path else name
                yield below, name
                waiting.append((below, inner))
        elif isinstance(value, list):
            waiting += [(f"{path}.{n}" if path else str(n), each) for n, each in enumerate(value)]
        else:
            yield path or "body", value


class StorableParser(Parser):
    """Parses what the API is sent and lets through only what can be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON document.

        Raises: Unstorable; ValueError where it is none.
        """
        body = json.loads(request.body, parse_constant=_no_number)
        refuse_unstorable(_leaves(body))
        return body

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> Any:
        """The query or the form.

        Raises: Unstorable.
        """
        refuse_unstorable(_pairs(data))
        return super().parse_querydict(data, list_fields, request)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def storable(respond: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Refuse pages whose address or form no column can hold; the API asks its parser."""

    def process_view(
        request: HttpRequest, view: object, args: object, named: dict[str, Any]
    ) -> HttpResponse | None:
        del view, args
        if any(_names_nothing(value) for value in named.values()):
            return problems.told(request, NotFound())
        if problems.for_programs(request):
            return None
        try:
            refuse_unstorable(_pairs(request.GET))
            refuse_unstorable(_pairs(request.POST))
        except Unstorable as exc:
            return problems.told(request, exc)
        return None

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # A cookie that no session store could hold is none; the stores are asked before any view.
        for name, value in list(request.COOKIES.items()):
            if _UNSTORABLE.search(value):
                del request.COOKIES[name]
        return respond(request)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _names_nothing(value: object) -> bool:
    """Whether this part of an address cannot belong to anything."""
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            return True
        return bool(_NUMBER.fullmatch(value)) and (len(value) > 20 or abs(int(value)) > LARGEST)
    return isinstance(value, int) and abs(value) > LARGEST
