"""The places of a platform."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pilotharbor.facilities import commands, queries
from pilotharbor.facilities.forms import SiteForm
from pilotharbor.facilities.models import Site
from pilotharbor.facilities.views.shared import carry_out, crumbs_to
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.views.pages import act


def _sites_page(request: ActorRequest, form: SiteForm) -> HttpResponse:
    own = request.actor.organisation_id
    rows = queries.sites(platform_id=own).annotate(
        lines_there=Count("lines", distinct=True), machines_there=Count("equipment", distinct=True)
    )
    context = {
        "sites": rows,
        "keeps": queries.keeps_lines(request.actor, platform_id=own),
        "form": form,
        "crumbs": crumbs_to((_("Sites"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "facilities/site_list.html", context, status=status)


@acting
@require_http_methods(["GET", "POST"])
def site_list(request: ActorRequest) -> HttpResponse:
    """The sites of one's own platform; its keeper adds one here."""
    form = SiteForm(request.POST or None)
    if request.method == "GET":
        return _sites_page(request, form)

    def do(given: Any) -> str:
        commands.add_site(fields=given, actor_id=request.actor.pk, at=clock.now(request))
        return _("The site is there. Lines can be put into it now.")

    return carry_out(
        request, form, do, to=reverse("site_list"), again=lambda: _sites_page(request, form)
    )


def _own(request: ActorRequest, site_id: int) -> Site:
    site = queries.sites(platform_id=request.actor.organisation_id).filter(pk=site_id).first()
    if site is None:
        raise NotFound
    return site


@acting
@require_http_methods(["GET", "POST"])
def site_edit(request: ActorRequest, site_id: int) -> HttpResponse:
    """Change what is said about a site."""
    site = _own(request, site_id)
    if not queries.keeps_lines(request.actor, platform_id=site.platform_id):
        raise commands.NotYourLine
    present = {name: getattr(site, name) for name in SiteForm.base_fields}
    form = SiteForm(request.POST or None, initial=present)
    crumbs = crumbs_to((_("Sites"), reverse("site_list")), (site.name, ""))

    def again() -> HttpResponse:
        context = {"form": form, "site": site, "crumbs": crumbs}
        status = 422 if form.errors else 200
        return render(request, "facilities/site_form.html", context, status=status)

    if request.method == "GET":
        return again()

    def do(given: Any) -> str:
        commands.revise_site(
            site_id=site_id, fields=given, actor_id=request.actor.pk, at=clock.now(request)
        )
        return _("Saved.")

    return carry_out(request, form, do, to=reverse("site_list"), again=again)


@acting
@require_POST
def site_remove(request: ActorRequest, site_id: int) -> HttpResponse:
    """Strike a site off at which nothing stands."""
    _own(request, site_id)
    return act(
        request,
        lambda: commands.remove_site(
            site_id=site_id, actor_id=request.actor.pk, at=clock.now(request)
        ),
        done=_("The site is struck off."),
        to=reverse("site_list"),
    )
