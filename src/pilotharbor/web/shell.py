"""What stands around every page: where one may go, for whom one acts, what is unread."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pilotharbor.calendars import queries as calendars
from pilotharbor.crew import queries as crew
from pilotharbor.leads import queries as leads
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.views.access import sees_emergencies
from pilotharbor.telemetry import queries as telemetry
from pilotharbor.web.operator.views import reads_trail

THEMES = ("light", "dark")
DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation: an URL name, its word, the letter after ``g``, who sees it.

    ``kind``  shown to those whose role may read this kind of object
    ``when``  the very test its page makes; with neither, shown to everyone who is signed in
    """

    name: str
    label: object
    icon: str
    letter: str = ""
    kind: Kind | None = None
    when: Callable[[Membership], bool] | None = None

    def open_to(self, actor: Membership | None) -> bool:
        """Whether the page opens for the acting membership, and has something for it."""
        if self.when is not None:
            return actor is not None and self.when(actor)
        return self.kind is None or rights.may(actor, Verb.READ, self.kind)


@dataclass(frozen=True, slots=True)
class Item:
    """A place as one person sees it on one page."""

    label: object
    url: str
    icon: str
    letter: str
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A task and the places where it is done."""

    label: object
    items: list[Item]


HOME = Place("front", _("Home"), "home", "h")
PLACES: tuple[tuple[object, tuple[Place, ...]], ...] = (
    (
        pgettext_lazy("navigation", "Find"),
        (
            Place(
                "achievements",
                pgettext_lazy("navigation", "Results"),
                "bulb",
                "a",
                Kind.ACHIEVEMENT,
            ),
            Place("demands", pgettext_lazy("navigation", "Needs"), "target", "d", Kind.DEMAND),
            Place("scenarios", pgettext_lazy("navigation", "Scenarios"), "flask", "y", Kind.DEMAND),
            Place("matches", pgettext_lazy("navigation", "Matches"), "link", "m", Kind.DEMAND),
            Place("leads", _("Leads"), "anchor", when=leads.sees_leads),
            Place("rights", _("Patents and rights"), "paper", kind=Kind.ACHIEVEMENT),
            Place("price_notices", _("Price notices"), "scale"),
        ),
    ),
    (
        pgettext_lazy("navigation", "Meet"),
        (
            Place("visits", _("Visits"), "building", when=leads.sees_visits),
            Place("managers", _("Technology managers"), "people"),
            Place("challenges", _("Innovation challenges"), "target"),
            Place("roadshows", _("Roadshows and events"), "calendar"),
            Place("coaching", _("Coaching"), "people"),
        ),
    ),
    (
        pgettext_lazy("navigation", "Judge"),
        (Place("assessments", _("Assessments"), "scale", "r", Kind.REVIEW),),
    ),
    (
        pgettext_lazy("navigation", "Plan"),
        (
            Place("projects", _("Projects"), "ship", "p", Kind.PROJECT),
            Place("tasks", _("Tasks"), "check", "w", Kind.PROJECT),
            Place("agreements", _("Agreements"), "paper", "c", Kind.AGREEMENT),
            Place("documents", _("Papers"), "copy", "f", Kind.PROJECT),
        ),
    ),
    (
        pgettext_lazy("navigation", "Try"),
        (
            Place("service_list", _("Open services"), "anchor", "v"),
            Place("equipment", _("Lines and equipment"), "factory", "e"),
            Place("calendar", _("Calendar"), "calendar", "j", Kind.BOOKING),
            Place("signals", _("Signals and alarms"), "eye", when=telemetry.reads_signals),
            Place("bookings", _("Bookings"), "calendar", "b", Kind.BOOKING),
            Place("my_shifts", _("My shifts and leave"), "calendar", when=crew.is_engineer),
            Place("roster", _("Roster"), "people", when=crew.sees_roster),
            Place("qualifications", _("My qualifications"), "check", kind=Kind.BOOKING),
            Place("campaigns", _("Campaigns and batches"), "flask", "t", Kind.PROJECT),
            Place("line_use", _("Utilisation"), "eye", when=calendars.counts_lines),
        ),
    ),
    (
        pgettext_lazy("navigation", "Earn"),
        (
            Place("invoices", _("Invoices"), "receipt", "i", Kind.FINANCE),
            Place("shares", _("Shares and rewards"), "coins", "s", Kind.FINANCE),
        ),
    ),
    (
        pgettext_lazy("navigation", "Run"),
        (
            Place("organisations", _("Organisations"), "building", "o", Kind.ORGANISATION),
            Place("people", pgettext_lazy("navigation", "People"), "people", "u"),
            Place("ndas", _("Confidentiality agreements"), "lock", "k"),
            Place("accreditations", _("Accreditations"), "check"),
            Place("statistics", _("Statistics"), "eye", "q"),
            Place("imports", _("Import and export"), "upload", "x"),
            Place("harvest_sources", _("Sources of results"), "download", when=parties.oversees),
            Place("break_glass", _("Emergency reading"), "alert", when=sees_emergencies),
            Place("audit", _("Audit trail"), "eye", "l", when=reads_trail),
            Place("dead_letters", _("Dead letters"), "alert", "z", when=parties.oversees),
            Place("search_index", _("Search index"), "eye", when=parties.oversees),
        ),
    ),
)
# What fits at a thumb's reach on a phone; the menu has the rest.
BOTTOM = ("front", "achievements", "projects", "bookings")


def url_or_none(name: str) -> str | None:
    """The address of a page, or ``None`` while its domain does not serve one."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _item(place: Place, path: str) -> Item | None:
    url = url_or_none(place.name)
    if url is None:
        return None
    here = path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
    return Item(place.label, url, place.icon, place.letter, current=here)


def _items(places: tuple[Place, ...], actor: Membership | None, path: str) -> list[Item]:
    return [item for p in places if p.open_to(actor) and (item := _item(p, path))]


def navigation(actor: Membership | None, path: str) -> list[Section]:
    """The sections of the side navigation that have something for the actor."""
    sections = [Section(label, _items(places, actor, path)) for label, places in PLACES]
    return [section for section in sections if section.items]


def bottom_bar(actor: Membership | None, path: str) -> list[Item]:
    """The few places of the bar at the foot of a phone."""
    by_name = {place.name: place for _label, places in PLACES for place in places} | {"front": HOME}
    return _items(tuple(by_name[name] for name in BOTTOM), actor, path)


def _here(actor: Membership | None, path: str) -> str:
    """The word of the place whose own page this is; a list needs no other breadcrumb."""
    for section in navigation(actor, path):
        for item in section.items:
            if item.url == path:
                return str(item.label)
    return ""


def _host() -> Organisation | None:
    return Organisation.objects.filter(is_host=True).first()


def _unread(person_id: int | None) -> int:
    if person_id is None:
        return 0
    return parties.notifications_of(person_id=person_id).filter(read_at=None).count()


def _look(request: HttpRequest) -> dict[str, str]:
    theme = request.COOKIES.get("harbor_theme", "")
    density = request.COOKIES.get("harbor_density", "")
    return {
        "theme": theme if theme in THEMES else "",
        "density": density if density in DENSITIES else "comfortable",
    }


def context(request: HttpRequest) -> dict[str, object]:
    """Everything the shell shows; what needs the database is asked only when it is shown."""
    actor: Membership | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    person_id = user.pk if user and user.is_authenticated else None
    return {
        "actor": actor,
        "shell_base": "base.html" if person_id else "public.html",
        "memberships": SimpleLazyObject(
            lambda: list(parties.active_memberships(person_id=person_id)) if person_id else []
        ),
        "nav_home": _item(HOME, request.path),
        "here": SimpleLazyObject(lambda: _here(actor, request.path)),
        "host": SimpleLazyObject(_host),
        "nav": SimpleLazyObject(lambda: navigation(actor, request.path)),
        "nav_bottom": SimpleLazyObject(lambda: bottom_bar(actor, request.path)),
        "unread_count": SimpleLazyObject(lambda: _unread(person_id)),
        "look": _look(request),
        "page_csrf": SimpleLazyObject(lambda: get_token(request)),
        "page_path": request.get_full_path(),
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "page_languages": settings.LANGUAGES,
        "page_zh": (get_language() or "").startswith("zh"),
    }
