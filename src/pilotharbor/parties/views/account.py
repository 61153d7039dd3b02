"""Pages about oneself: profile, keys for programs, what one wants to hear, what one was told."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import DomainError
from pilotharbor.parties import commands, notices, queries
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.forms import PreferenceForm, ProfileForm, TokenForm, refused
from pilotharbor.parties.models import NotificationPreference
from pilotharbor.parties.views.pages import act


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """How one is called and addressed, and for whom one may act."""
    user: Any = request.user
    told = {"name": user.name, "phone": user.phone, "locale": user.locale}
    form = ProfileForm(request.POST or None, initial=told)
    if request.method == "POST" and form.is_valid():
        try:
            commands.revise_profile(person_id=user.pk, **form.cleaned_data, at=clock.now(request))
        except DomainError as exc:
            refused(form, exc)
        else:
            messages.success(request, _("Your details are saved."))
            answer = redirect("account")
            language = form.cleaned_data["locale"]
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite="Lax",
            )  # fmt: skip
            return answer
    context = {
        "form": form, "mine": list(queries.active_memberships(person_id=user.pk)),
        "crumbs": [(_("Home"), "/"), (_("My account"), "")],
    }  # fmt: skip
    return render(request, "parties/account.html", context)


@acting
@require_http_methods(["GET", "POST"])
def api_tokens(request: ActorRequest) -> HttpResponse:
    """One's keys for programs; a new one is shown once."""
    mine = queries.active_memberships(person_id=request.actor.person_id)
    form = TokenForm(
        request.POST or None, memberships=mine, initial={"membership": request.actor.pk}
    )
    issued = None
    at = clock.now(request)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            issued = commands.issue_token(
                name=said["name"], scopes=said["scopes"], days=said["days"],
                actor_id=said["membership"].pk, at=at,
            )  # fmt: skip
        except DomainError as exc:
            refused(form, exc)
        else:
            form = TokenForm(memberships=mine, initial={"membership": request.actor.pk})
    rows = queries.visible_tokens(actor=request.actor)
    context = {
        "form": form, "issued": issued, "at": at,
        "page": pages.page(rows, by="-created_at", cursor=request.GET.get("cursor"), limit=50),
        "crumbs": [(_("Home"), "/"), (_("My account"), reverse("account")), (_("API tokens"), "")],
    }  # fmt: skip
    return render(request, "parties/api_tokens.html", context)


@acting
@require_POST
def token_revoke(request: ActorRequest, token_id: int) -> HttpResponse:
    """Take a key away."""
    return act(
        request,
        lambda: commands.revoke_token(
            token_id=token_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The token is revoked."),
        to=reverse("api_tokens"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def notification_preferences(request: HttpRequest) -> HttpResponse:
    """What one wants to hear of, in the app and by mail."""
    person_id = request.user.pk or 0
    if request.method == "POST":
        form = PreferenceForm(request.POST)
        form.is_valid()
        for topic in notices.TOPICS:
            commands.prefer(
                person_id=person_id, domain=topic, at=clock.now(request),
                in_app=form.cleaned_data[f"{topic}-in_app"],
                by_mail=form.cleaned_data[f"{topic}-by_mail"],
            )  # fmt: skip
        messages.success(request, _("From now on you hear what you chose."))
        return redirect("notification_preferences")
    said = {p.domain: p for p in NotificationPreference.objects.filter(person_id=person_id)}
    rows = [
        {
            "topic": topic,
            "label": label,
            "in_app": said[topic].in_app if topic in said else True,
            "by_mail": said[topic].by_mail if topic in said else True,
        }
        for topic, label in notices.TOPICS.items()
    ]
    crumbs = [
        (_("Home"), "/"), (_("My account"), reverse("account")), (_("What I want to hear"), ""),
    ]  # fmt: skip
    return render(
        request, "parties/notification_preferences.html", {"rows": rows, "crumbs": crumbs}
    )


@login_required
@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first."""
    rows = queries.notifications_of(person_id=request.user.pk or 0)
    unread = request.GET.get("unread") == "1"
    if unread:
        rows = rows.filter(read_at=None)
    page = pages.page(rows, by="-created_at", cursor=request.GET.get("cursor"), limit=30)
    told = [
        {"one": one, "sentence": notices.sentence(one), "topic": notices.topic(one)}
        for one in page.items
    ]
    context = {
        "page": page, "told": told, "unread": unread,
        "crumbs": [(_("Home"), "/"), (_("Notifications"), "")],
    }  # fmt: skip
    return render(request, "parties/notifications.html", context)


@login_required
@require_GET
def notification_open(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Note that it was seen and go to what it is about."""
    one = commands.read_notification(
        notification_id=notification_id, person_id=request.user.pk or 0, at=clock.now(request)
    )
    return redirect(one.url or "notifications")


@login_required
@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Note that everything was seen."""
    commands.read_all_notifications(person_id=request.user.pk or 0, at=clock.now(request))
    return redirect("notifications")
