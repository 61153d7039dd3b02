"""Who are the technology managers, and what have they done?"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.time import local_date, of_days
from pilotharbor.leads.models import Claim, Credit, ManagerProfile, Qualification, Visit
from pilotharbor.leads.queries.sight import operates
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, Organisation
from pilotharbor.parties.roles import Role


def all_managers() -> QuerySet[Membership]:
    """Every technology manager who may carry a lead, by name."""
    rows = parties.standing().filter(
        role=Role.TECHNOLOGY_MANAGER, organisation__status=Organisation.Status.APPROVED
    )
    return rows.select_related("person", "organisation").order_by("person__name", "id")


def directory(
    *, q: str = "", level: str = "", field: str = "", region: str = ""
) -> QuerySet[Membership]:
    """The managers, with their level and how many live leads they carry."""
    profile = ManagerProfile.objects.filter(membership=OuterRef("pk"))
    rows = all_managers().annotate(level=Subquery(profile.values("level")[:1]))
    for word in q.replace("\x00", " ").split()[:6]:
        rows = rows.filter(Q(person__name__icontains=word) | Q(organisation__name__icontains=word))
    known = ManagerProfile.objects.all()
    if level in ManagerProfile.Level.values and level:
        rows = rows.filter(level=level)
    if field:
        rows = rows.filter(pk__in=_matching(known, "fields", field))
    if region:
        rows = rows.filter(pk__in=_matching(known, "regions", region))
    return rows


def _matching(rows: QuerySet[ManagerProfile], column: str, start: str) -> list[int]:
    """Whose list holds a code that begins like this one, or of which this one is a part."""
    return [
        pk
        for pk, codes in rows.values_list("membership_id", column)
        if any(code.startswith(start) or start.startswith(code) for code in codes)
    ]


def carried(managers: QuerySet[Membership] | list[Membership]) -> dict[int, int]:
    """Manager → how many live leads they carry."""
    rows = Claim.objects.filter(
        manager__in=[one.pk for one in managers], status=Claim.Status.HELD
    ).exclude(lead__status__in=["signed", "lost"])
    return dict(rows.values_list("manager").annotate(n=Count("pk")))


def a_manager(*, membership_id: int) -> Membership:
    """One manager of the directory.

    Raises: NotFound.
    """
    found = all_managers().filter(pk=membership_id).first()
    if found is None:
        raise NotFound
    return found


def profile_of(manager: Membership) -> ManagerProfile | None:
    """What a manager shows of themselves, once they have written it."""
    return ManagerProfile.objects.filter(membership=manager).first()


def profiles_of(managers: list[Membership]) -> QuerySet[ManagerProfile]:
    """The profiles of these managers, as far as they have written one."""
    return ManagerProfile.objects.filter(membership__in=[one.pk for one in managers])


def qualifications_of(manager: Membership) -> QuerySet[Qualification]:
    """Trainings and credentials, the newest first."""
    rows = Qualification.objects.filter(profile__membership=manager)
    return rows.select_related("verified_by__person").order_by("-obtained_date", "-id")


def reads_record(manager: Membership, actor: Membership | None) -> bool:
    """Whether the actor reads what a manager has done: themselves, operators, auditors.

    Source: R-LEAD-12.
    """
    own = rights.acts_as(actor, Role.TECHNOLOGY_MANAGER) and actor.pk == manager.pk
    return own or operates(actor) or rights.audits(actor)


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a manager's record: what, when, with whom, how far, for how much."""

    kind: str
    day: date
    title: str
    parties: str
    state: str
    amount_fen: int | None = None
    share_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a manager did in a period ``[first, after)``, for a promotion (职称业绩证明).

    ``carried`` leads held at any time of it; ``signed`` of them signed in it; ``amount_fen`` their
    sums where known, ``without_amount`` how many are signed without one
    """

    first: date
    after: date
    deeds: list[Deed]
    carried: int
    signed: int
    amount_fen: int
    without_amount: int
    visits: int
    trainings: int
    hours: int


def record_of(manager: Membership, *, first: date, after: date) -> Record:
    """What a manager did in a period, each line from the harbour's own records.

    Source: R-LEAD-12.
    """
    stretch = of_days(first, after)
    since, until = stretch.lower, stretch.upper
    held = (
        Claim.objects.filter(manager=manager, held_at__lt=until)
        .filter(Q(ended_at=None) | Q(ended_at__gte=since))
        .exclude(lead__ended_at__lt=since)
        .select_related("lead__supplier", "lead__enterprise")
        .order_by("held_at", "id")
    )
    shares = dict(
        Credit.objects.filter(manager=manager, step=Credit.Step.SIGN).values_list(
            "lead_id", "share_bp"
        )
    )
    leads = {claim.lead_id: claim for claim in held}
    deeds, signed = [], []
    for claim in leads.values():
        lead = claim.lead
        names = [one.name for one in (lead.supplier, lead.enterprise) if one]
        in_it = bool(lead.signed_at and since <= lead.signed_at < until)
        if in_it:
            signed.append(lead)
        day = lead.signed_at if in_it and lead.signed_at else claim.held_at or claim.made_at
        deeds.append(
            Deed(
                "signed" if in_it else "lead", local_date(day), lead.title, " ⇄ ".join(names),
                str(lead.get_status_display()), lead.amount_fen if in_it else None,
                shares.get(lead.pk),
            )
        )  # fmt: skip
    visits = Visit.objects.filter(
        led_by=manager, visit_date__gte=first, visit_date__lt=after
    ).select_related("enterprise")
    deeds += [
        Deed("visit", one.visit_date, one.summary[:80] or one.people[:80], one.enterprise.name, "")
        for one in visits
    ]
    learnt = list(
        qualifications_of(manager).filter(obtained_date__gte=first, obtained_date__lt=after)
    )
    deeds += [
        Deed(one.kind, one.obtained_date, one.title, one.issuer, one.number) for one in learnt
    ]
    return Record(
        first=first, after=after, deeds=sorted(deeds, key=lambda d: (d.day, d.kind, d.title)),
        carried=len(leads), signed=len(signed),
        amount_fen=sum(lead.amount_fen or 0 for lead in signed),
        without_amount=sum(lead.amount_fen is None for lead in signed), visits=len(visits),
        trainings=sum(one.kind == Qualification.Kind.TRAINING for one in learnt),
        hours=sum(one.hours or 0 for one in learnt),
    )  # fmt: skip
