"""What is at risk of what this person answers for: late, failed, unpaid, or standing still."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotharbor.campaigns import queries as campaigns
from pilotharbor.campaigns.models import Campaign
from pilotharbor.finance import queries as finance
from pilotharbor.finance.models import Invoice
from pilotharbor.kernel import feeder, money
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Task
from pilotharbor.web.home.waiting import due_of, on_the_way
from pilotharbor.web.voyages import gate

MOST = 5
# Only what the page calls long: no rule asks for it, and the page says how many days it really is.
LONG = timedelta(days=30)
FAILED_LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that went wrong or is about to: what, of what, where one sees it."""

    what: str
    title: str
    url: str
    tone: str = "stop"


def risks_for(actor: Membership, at: datetime) -> list[Risk]:
    """Everything at risk that the actor answers for, the certain before the possible."""
    if not rights.trusted(actor):
        return []
    asked = (late_tasks, failed_pilots, unpaid_invoices, undelivered, standing_still)
    return [risk for ask in asked for risk in ask(actor, at)]


def late_tasks(actor: Membership, at: datetime) -> Iterator[Risk]:
    """Open tasks past their day: the own ones, and those of the voyages one carries."""
    today = local_date(at)
    rows = projects.visible_tasks(actor=actor).filter(status=Task.Status.OPEN, due_date__lt=today)
    for row in rows.order_by("due_date", "id")[:MOST]:
        carries = projects.is_party(actor, row.project) or projects.assigned(actor, row.project)
        if row.due_date is not None and (carries or row.owner_id == actor.organisation_id):
            n = (today - row.due_date).days
            said = ngettext("Task {n} day late", "Task {n} days late", n).format(n=n)
            page = reverse("project_detail", args=[row.project_id]) + "#after"
            yield Risk(said, f"{row} · {row.owner.name} · {row.project.title}", page)


def failed_pilots(actor: Membership, at: datetime) -> Iterator[Risk]:
    """Pilots that lately did not meet their acceptance."""
    failed = campaigns.visible_campaigns(actor=actor).filter(
        status=Campaign.Status.FAILED, judged_at__gt=at - FAILED_LATELY
    )
    for row in failed.order_by("-judged_at")[:MOST]:
        page = reverse("campaign_detail", args=[row.pk])
        if projects.is_party(actor, row.project) or projects.assigned(actor, row.project):
            yield Risk(_("Acceptance not met"), row.project.title, page)


def unpaid_invoices(actor: Membership, at: datetime) -> Iterator[Risk]:
    """Invoices past their day of payment, or unpaid for long where they name none."""
    mine = actor.organisation_id
    unpaid = finance.visible_invoices(actor=actor).filter(status=Invoice.Status.ISSUED)
    for row in unpaid.order_by("issued_at")[: 4 * MOST]:
        if mine in {row.payer_id, row.payee_id} and _is_late(due_of(row), row.issued_at, at):
            n = (at - row.issued_at).days
            said = ngettext("Unpaid for {n} day", "Unpaid for {n} days", n).format(n=n)
            title = f"{row.number} · {money.format_cny(row.gross_fen)} · {row.payer.name}"
            yield Risk(said, title, reverse("project_money", args=[row.project_id]))


def _is_late(due: date | None, issued_at: datetime, at: datetime) -> bool:
    return issued_at < at - LONG if due is None else due < local_date(at)


def undelivered(actor: Membership, at: datetime) -> Iterator[Risk]:
    """What could not be handed out, for those who look after the harbour."""
    del at
    if parties.oversees(actor) and (n := len(feeder.dead_letters())):
        said = ngettext("{n} event was not delivered", "{n} events were not delivered", n)
        yield Risk(said.format(n=n), _("Dead letters"), reverse("dead_letters"))


def standing_still(actor: Membership, at: datetime) -> Iterator[Risk]:
    """Voyages whose next gate has been missing something for long, and what that is."""
    found = on_the_way(actor)
    gates = Event.objects.filter(project_id__in=[p.pk for p in found], name="projects.gate.passed")
    moved = dict(gates.values("project_id").annotate(at=Max("at")).values_list("project_id", "at"))
    for project in found:
        since = moved.get(project.pk) or project.started_at or project.proposed_at
        missing = gate.owed(actor, project) if since < at - LONG else []
        if missing:
            n = (at - since).days
            said = ngettext("At the same step for {n} day", "At the same step for {n} days", n)
            title = _("{project}: {what} is missing, owed by {who}").format(
                project=project.title, what=missing[0].what, who=missing[0].by
            )
            yield Risk(
                said.format(n=n), title, reverse("project_detail", args=[project.pk]), "watch"
            )
