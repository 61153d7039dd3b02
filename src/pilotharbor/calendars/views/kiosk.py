"""The tablet at a line: what is on, and who acts by PIN or by their own phone (R-CAL-30, R-CAL-31)."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from pilotharbor.booking import commands as booking
from pilotharbor.booking import queries as bookings
from pilotharbor.calendars import commands, queries, secrets
from pilotharbor.calendars.forms import PinForm
from pilotharbor.calendars.models import Kiosk
from pilotharbor.calendars.queries import Turn
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import DomainError, NotFound
from pilotharbor.kernel.later import later
from pilotharbor.parties.auth import ActorRequest, acting

if TYPE_CHECKING:
    import segno
else:
    segno = later("segno")

COOKIE, PATH, YEAR = "harbor_kiosk", "/kiosk", 365 * 24 * 3600
# How long a code on the screen holds: long enough to take one's phone out, too short to take it home.
HOLDS_S = 120
SALT = "calendars.kiosk"


@never_cache
@require_GET
def kiosk_open(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address and into a cookie that only this page sees."""
    if secrets.kiosk_of(secret=secret, at=clock.now(request)) is None:
        raise NotFound
    answer = redirect("kiosk")
    answer.set_cookie(
        COOKIE, secret, max_age=YEAR, path=PATH, httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return answer


@never_cache
@require_GET
def kiosk(request: HttpRequest) -> HttpResponse:
    """What is on at this line now, and what comes next?"""
    at = clock.now(request)
    here = _here(request, at)
    context = {"kiosk": here, "turns": queries.turns(line_id=here.line_id, at=at), "now": at}
    return render(request, "calendars/kiosk.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def kiosk_act(request: HttpRequest, booking_id: int, verb: str) -> HttpResponse:
    """Who are you? By a code for one's own phone, or by a PIN."""
    at = clock.now(request)
    here = _here(request, at)
    turn = _turn(here, booking_id, verb, at)
    staff = [(m.pk, m.person.name) for m in queries.staff_of(line_id=here.line_id)]
    form = PinForm(request.POST or None, staff=staff)
    if request.method == "POST" and form.is_valid():
        who, pin = form.cleaned_data["membership_id"], form.cleaned_data["pin"]
        tried = commands.try_pin(
            kiosk_id=here.pk, pin=pin, actor_id=who, booking_id=booking_id, at=at
        )
        if tried is not commands.Tried.ACCEPTED:
            form.add_error("pin", _said(tried))
        elif _done(request, form, lambda: _do(verb, booking_id, actor_id=who, at=at)):
            return redirect("kiosk")
    context = {
        "kiosk": here, "turn": turn, "verb": verb, "form": form,
        "picture": _picture(request, here, booking_id, verb),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "calendars/kiosk_act.html", context, status=status)


@never_cache
@acting
@require_http_methods(["GET", "POST"])
def kiosk_phone(request: ActorRequest, code: str) -> HttpResponse:
    """The same, on one's own phone: whoever opens the code stands before the tablet."""
    at = clock.now(request)
    try:
        told = signing.TimestampSigner(salt=SALT).unsign(code, max_age=HOLDS_S)
    except signing.BadSignature:
        return render(request, "calendars/kiosk_late.html", status=410)
    kiosk_id, booking_text, verb = told.split("-")
    here = Kiosk.objects.filter(pk=int(kiosk_id), revoked_at=None).first()
    found = bookings.visible_bookings(actor=request.actor).filter(pk=int(booking_text)).first()
    if here is None or found is None or found.line_id != here.line_id:
        raise NotFound
    if request.method == "POST":
        if _done(request, None, lambda: _do(verb, found.pk, actor_id=request.actor.pk, at=at)):
            return redirect("booking_detail", found.pk)
        return redirect("kiosk_phone", code)
    return render(request, "calendars/kiosk_phone.html", {"booking": found, "verb": verb})


def _here(request: HttpRequest, at: datetime) -> Kiosk:
    found = secrets.kiosk_of(secret=request.COOKIES.get(COOKIE, ""), at=at)
    if found is None:
        raise NotFound
    return found


def _turn(here: Kiosk, booking_id: int, verb: str, at: datetime) -> Turn:
    """A slot on the screen that this may be done with.

    Raises: NotFound.
    """
    for turn in queries.turns(line_id=here.line_id, at=at):
        if turn.id == booking_id and verb in turn.verbs:
            return turn
    raise NotFound


def _do(verb: str, booking_id: int, *, actor_id: int, at: datetime) -> None:
    """Carry out what was chosen, as the one who was recognised."""
    if verb == "check_in":
        booking.check_in(booking_id=booking_id, actor_id=actor_id, at=at)
    elif verb == "start":
        booking.start(booking_id=booking_id, actor_id=actor_id, at=at)
    else:
        began = _began(booking_id, at)
        booking.record_usage(booking_id=booking_id, start=began, end=at, actor_id=actor_id, at=at)


def _began(booking_id: int, at: datetime) -> datetime:
    """When a running slot was started; what is not running is refused by the command."""
    started = queries.started_at(booking_id=booking_id)
    return at if started is None else started


def _done(request: HttpRequest, form: PinForm | None, do: Callable[[], Any]) -> bool:
    """Whether it could be done; else it is said why."""
    try:
        do()
    except DomainError as exc:
        if form is None:
            messages.error(request, str(exc))
        else:
            form.add_error(None, str(exc))
        return False
    messages.success(request, _("Done."))
    return True


def _said(tried: commands.Tried) -> str:
    return {
        commands.Tried.WRONG: _("That is not the PIN of this person."),
        commands.Tried.LOCKED: _("This PIN is locked for a quarter of an hour; use your phone."),
        commands.Tried.KIOSK_LOCKED: _(
            "Too many wrong PINs at this tablet; use your phone for a quarter of an hour."
        ),
        commands.Tried.TAKEN_AWAY: _(
            "This person has no PIN, or it was taken away; set a new one in your own account."
        ),
    }[tried]


def _picture(request: HttpRequest, here: Kiosk, booking_id: int, verb: str) -> str:
    code = signing.TimestampSigner(salt=SALT).sign(f"{here.pk}-{booking_id}-{verb}")
    url = request.build_absolute_uri(reverse("kiosk_phone", args=[code]))
    drawn = segno.make(url, error="m", micro=False)
    svg = drawn.svg_inline(scale=1, border=2, omitsize=True, svgclass="kiosk-code", lineclass=None)
    return mark_safe(svg)  # noqa: S308 - drawn here, from our own address
