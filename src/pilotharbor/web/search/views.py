"""The search page and the suggestions under the search box."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pilotharbor.parties.views.pages import frame
from pilotharbor.web.search.find import asked, find

ON_PAGE, SUGGESTED = 10, 3
LONGEST = 2000


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:LONGEST].strip()


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Everything one may see that answers the words, by kind."""
    text = _text(request)
    groups, found = asked(text, getattr(request, "actor", None), each=ON_PAGE)
    total = sum(len(group.items) for group in groups)
    context = {"layout": frame(request), "text": text, "groups": groups, "total": total}
    context |= {"found": found, "meant": found.meant if found else ""}
    return render(request, "search/search.html", context)


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """The best few of each kind while one types; nothing for less than two characters."""
    text = _text(request)
    actor = getattr(request, "actor", None)
    groups = find(text, actor, each=SUGGESTED, meaning=False) if len(text) > 1 else []
    return render(request, "search/_suggest.html", {"text": text, "groups": groups})
