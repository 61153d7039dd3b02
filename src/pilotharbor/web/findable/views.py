"""The list of what is public, and what search engines are asked to leave alone."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from pilotharbor.calendars import queries as calendars
from pilotharbor.kernel.errors import NotFound
from pilotharbor.technologies.findable import queries

# A sitemap holds 50,000 addresses; pages of this size are made and read in no time.
PAGE = 10_000
# What an index may name.
MOST_PAGES = 50_000
SECTIONS = {
    "achievements": "achievement",
    "demands": "demand",
    "scenarios": "scenario",
    "notices": "price_notice",
}
STATIC = ("front", "achievements", "demands", "scenarios", "price_notices", "service_list")
# Open lines: what they cost and when they are free says more than when they were changed.
SERVICES = "services"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Nothing here is for a search engine: forms, one's own pages, the API, endless filters.
ASIDE = ("/accounts/", "/api/", "/language", "/acting-for", "/*?*q=", "/*?*cursor=")


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """What to leave alone, and where the list is; an exercise harbour is left alone as a whole."""
    del request
    if settings.EXERCISE_CLOCK:
        return _plain("User-agent: *\nDisallow: /\n")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ASIDE), "Allow: /", ""]
    lines.append(f"Sitemap: {queries.address(reverse('sitemap'))}")
    return _plain("\n".join(lines) + "\n")


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages of the list, each with how many addresses fit into it."""
    del request
    pages = [("pages", 1)]
    for section, noun in SECTIONS.items():
        count = queries.public_entries(noun).order_by().count()
        pages += [(section, number + 1) for number in range(-(-count // PAGE))]
    count = calendars.open_lines().count()
    pages += [(SERVICES, number + 1) for number in range(-(-count // PAGE))]
    found = (
        _element("sitemap", queries.address(reverse("sitemap_page", args=[section, number])))
        for section, number in pages
    )
    return _xml("sitemapindex", found)


@require_GET
def sitemap_page(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """Up to 10,000 public addresses in the order they were made, with when each changed last."""
    del request
    if section == "pages" and number == 1:
        found = (_element("url", queries.address(reverse(name))) for name in STATIC)
        return _xml("urlset", found)
    if section not in {*SECTIONS, SERVICES} or not 1 <= number <= MOST_PAGES:
        raise NotFound
    chosen = _chosen(section, (number - 1) * PAGE)
    if not chosen:
        raise NotFound
    return _xml("urlset", (_element("url", queries.address(path), at) for path, at in chosen))


def _chosen(section: str, first: int) -> list[tuple[str, datetime | None]]:
    """The paths of one page of a section, with when each changed last where that is known."""
    if section == SERVICES:
        lines = calendars.open_lines().order_by("pk").values_list("pk", flat=True)
        return [(reverse("service_detail", args=[pk]), None) for pk in lines[first : first + PAGE]]
    noun = SECTIONS[section]
    rows = queries.public_entries(noun).order_by("pk").values_list("pk", "changed_at")
    return [(queries.path_of(noun, pk), at) for pk, at in rows[first : first + PAGE]]


def _element(name: str, address: str, at: datetime | None = None) -> str:
    when = f"<lastmod>{at.isoformat(timespec='seconds')}</lastmod>" if at else ""
    return f"<{name}><loc>{escape(address)}</loc>{when}</{name}>"


def _xml(root: str, elements: Iterable[str]) -> HttpResponse:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n'
    body = "\n".join(elements)
    answer = HttpResponse(
        f"{head}{body}\n</{root}>\n", content_type="application/xml; charset=utf-8"
    )
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
