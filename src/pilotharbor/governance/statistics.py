"""What does the harbour add up to? Counts and sums, each ratio with its denominator and source."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from pilotharbor.agreements.models import Agreement
from pilotharbor.booking.models import Booking, Usage
from pilotharbor.campaigns.models import Batch, Campaign
from pilotharbor.finance.models import Decision, Invoice
from pilotharbor.governance.benchmarks import BENCHMARKS, Benchmark
from pilotharbor.governance.models import Accreditation
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind
from pilotharbor.projects.models import Project
from pilotharbor.technologies.models import Achievement, Demand

OWN_BOOKS = _("This harbour's own records")


@dataclass(frozen=True, slots=True)
class Figure:
    """One count or sum; ``unit`` is ``count``, ``fen`` or ``hours``."""

    key: str
    label: object
    value: int
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole with both named; nothing is said where the whole is empty."""

    key: str
    label: object
    part: int
    whole: int
    of: object
    source: object = OWN_BOOKS


@dataclass(frozen=True, slots=True)
class Statistics:
    """What one reader may know in figures.

    ``reach``  ``all``, ``own`` or ``public``: over which rows the figures go
    """

    reach: str
    at: datetime
    figures: list[Figure]
    ratios: list[Ratio]
    by_status: list[Figure]
    benchmarks: tuple[Benchmark, ...] = field(default=BENCHMARKS)


def statistics(*, actor: Membership | None, at: datetime) -> Statistics:
    """Figures of the whole harbour, of one's own organisation, or what is public.

    Source: R-GOV-4 (reach), R-GOV-5 (denominators).
    """
    scopes = rights.scopes(actor, Verb.READ, Kind.STATISTICS)
    if actor is not None and Scope.ALL in scopes:
        return _of("all", Project.objects.all(), None, at)
    if actor is not None and Scope.OWN in scopes:
        mine = actor.organisation_id
        parts = Q(owner=mine) | Q(enterprise=mine) | Q(platform=mine)
        return _of("own", Project.objects.filter(parts), actor, at)
    return Statistics("public", at, _offers(None), [], [])


def _of(
    reach: str, projects: QuerySet[Project], actor: Membership | None, at: datetime
) -> Statistics:
    figures = [*_offers(actor), *_work(projects), *_money(projects)]
    return Statistics(reach, at, figures, _ratios(projects), _by_status(projects))


def _offers(actor: Membership | None) -> list[Figure]:
    mine = Q(owner=actor.organisation_id) if actor else Q()
    achievements = Achievement.objects.filter(mine, status=Achievement.Status.PUBLISHED)
    demands = Demand.objects.filter(mine, status=Demand.Status.PUBLISHED)
    found = [
        Figure("achievements", _("Published results"), achievements.count()),
        Figure("demands", _("Published needs"), demands.count()),
    ]
    if actor is None:
        found += _harbour()
    return found


def _harbour() -> list[Figure]:
    approved = Organisation.objects.filter(status=Organisation.Status.APPROVED)
    granted = Accreditation.objects.filter(status=Accreditation.Status.GRANTED)
    platforms = approved.filter(kind=OrganisationKind.PILOT_PLATFORM)
    return [
        Figure("organisations", _("Organisations"), approved.count()),
        Figure("smes", _("Small and medium enterprises"), approved.filter(sme=True).count()),
        Figure("platforms", _("Pilot-plant platforms"), platforms.count()),
        Figure("accreditations", _("Accreditations in force"), granted.count()),
    ]


def _work(projects: QuerySet[Project]) -> list[Figure]:
    used = Usage.objects.filter(booking__project__in=projects)
    seconds = used.aggregate(sum=Sum("seconds"))["sum"] or 0
    batches = Batch.objects.filter(campaign__project__in=projects)
    return [
        Figure("projects", _("Projects"), projects.count()),
        Figure("agreements", _("Agreements signed"), _signed(projects).count()),
        Figure("bookings", _("Bookings allotted"), _allotted(projects).count()),
        Figure("hours", _("Hours of equipment used"), seconds // 3600, "hours"),
        Figure("batches", _("Batches judged"), batches.exclude(status="recorded").count()),
        Figure("spin_offs", _("Companies founded"), _founded(projects).count()),
    ]


def _money(projects: QuerySet[Project]) -> list[Figure]:
    invoices = Invoice.objects.filter(project__in=projects)
    sums = invoices.aggregate(
        gross=Sum("gross_fen"), paid=Sum("gross_fen", filter=Q(status=Invoice.Status.PAID))
    )
    fees = _signed(projects).aggregate(sum=Sum("fee_fen"))["sum"]
    invested = _founded(projects).aggregate(sum=Sum("investment_fen"))["sum"]
    return [
        Figure("fees", _("Pilot fees agreed"), fees or 0, "fen"),
        Figure("invoiced", _("Invoiced, VAT included"), sums["gross"] or 0, "fen"),
        Figure("paid", _("Paid, VAT included"), sums["paid"] or 0, "fen"),
        Figure("invested", _("Invested in new companies"), invested or 0, "fen"),
    ]


def _signed(projects: QuerySet[Project]) -> QuerySet[Agreement]:
    return Agreement.objects.filter(project__in=projects, status=Agreement.Status.SIGNED)


def _allotted(projects: QuerySet[Project]) -> QuerySet[Booking]:
    return Booking.objects.filter(project__in=projects, status__in=Booking.LIVE)


def _founded(projects: QuerySet[Project]) -> QuerySet[Decision]:
    return Decision.objects.filter(project__in=projects, outcome=Decision.Outcome.SPIN_OFF)


def _ratios(projects: QuerySet[Project]) -> list[Ratio]:
    judged = Campaign.objects.filter(project__in=projects).exclude(status=Campaign.Status.RUNNING)
    met = judged.filter(status=Campaign.Status.ACCEPTED).count()
    decided = Decision.objects.filter(project__in=projects)
    onwards = decided.filter(outcome__in=["spin_off", "licence"]).count()
    over = projects.filter(status__in=["closed", "ended"])
    return [
        Ratio(
            "acceptance", _("Acceptance met"), met, judged.count(),
            _("of pilot campaigns judged"),
        ),
        Ratio(
            "industrialised", _("Went on to industry"), onwards, decided.count(),
            _("of industrialisation decisions made"),
        ),
        Ratio(
            "ended", _("Ended at a gate"), over.filter(status="ended").count(), over.count(),
            _("of projects that are over"),
        ),
    ]  # fmt: skip


def _by_status(projects: QuerySet[Project]) -> list[Figure]:
    counts = dict(projects.values_list("status").annotate(n=Count("pk")))
    return [
        Figure(str(status.value), status.label, counts.get(status.value, 0))
        for status in Project.Status
    ]
