"""What waits for this person: one question per kind of work, each asked only where it may be done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from pilotharbor.agreements import queries as agreements
from pilotharbor.assessment.models import Panel, Seat
from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Booking
from pilotharbor.facilities import queries as facilities
from pilotharbor.finance import queries as finance
from pilotharbor.finance.models import Invoice
from pilotharbor.governance import queries as governance
from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel import money
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import queries as leads
from pilotharbor.matching import queries as matching
from pilotharbor.matching.models import Match
from pilotharbor.outreach.queries import challenges
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import BreakGlass, Membership, Organisation
from pilotharbor.parties.rights import Kind, Verb
from pilotharbor.parties.roles import Role
from pilotharbor.projects import queries as projects
from pilotharbor.projects.models import Project
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Achievement, Demand
from pilotharbor.web.voyages import gate

MOST = 8
# Answering is asked row by row, so a few more are looked at than are shown.
LOOKED_AT = 40
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what, where, by when if there is a day, else since when it waits.

    ``step``  a gate wants it; left out where the same page is named for its own reason already
    """

    what: str
    title: str
    url: str
    due: date | datetime | None = None
    since: datetime | None = None
    step: bool = False


type Ask = Callable[[Membership, datetime], Iterator[Waiting]]


def waiting_for(actor: Membership, at: datetime) -> list[Waiting]:
    """Everything that waits for the acting membership: what is due first, then what waits longest."""
    if not rights.trusted(actor):
        return []
    found = [item for ask in ASKED[Role(actor.role)] for item in ask(actor, at)]
    named = {item.url for item in found if not item.step}
    once = [item for item in found if not item.step or item.url not in named]
    return sorted(once, key=lambda w: (w.due is None, _day(w.due), _day(w.since)))


def _day(due: date | datetime | None) -> date:
    if due is None:
        return date.max
    return local_date(due) if isinstance(due, datetime) else due


def organisations_to_approve(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Applicants, for the host's operators."""
    del at
    if not parties.oversees(actor) or not rights.may(actor, Verb.APPROVE, Kind.ORGANISATION):
        return
    applied = Organisation.objects.filter(status=Organisation.Status.APPLIED)
    for row in applied.order_by("id")[:MOST]:
        page = reverse("organisation_detail", args=[row.pk])
        yield Waiting(_("Approve this organisation"), row.name, page, since=row.registered_at)


def entries_to_review(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Results of the own organisation and needs under review, for whoever approves them."""
    del at
    for row in technologies.to_review(actor=actor, kind=Kind.ACHIEVEMENT)[:MOST]:
        page = reverse("achievement_detail", args=[row.pk])
        yield Waiting(_("Review this result"), row.title, page)
    for row in technologies.to_review(actor=actor, kind=Kind.DEMAND)[:MOST]:
        yield Waiting(_("Review this need"), row.title, reverse("demand_detail", args=[row.pk]))


def returned_entries(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """One's own entries that came back with a note."""
    del at
    results = Achievement.objects.filter(disclosed_by=actor, status="returned")
    for result in results.order_by("id")[:MOST]:
        page = reverse("achievement_detail", args=[result.pk])
        yield Waiting(_("Revise this result"), result.title, page)
    for need in Demand.objects.filter(posted_by=actor, status="returned").order_by("id")[:MOST]:
        yield Waiting(_("Revise this need"), need.title, reverse("demand_detail", args=[need.pk]))


def matches_to_answer(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Proposed matches that the actor may accept for the side of the result or of the need."""
    del at
    proposed = matching.visible_matches(actor=actor).filter(status=Match.Status.PROPOSED)
    mine = [
        row
        for row in proposed.order_by("id")[:LOOKED_AT]
        if matching.may_answer(match=row, actor=actor)
    ]
    for row in mine[:MOST]:
        ours = row.demand if row.achievement.owner_id == actor.organisation_id else row.achievement
        page = reverse("match_detail", args=[row.pk])
        yield Waiting(_("Answer this match"), ours.title, page, since=row.proposed_at)


def matches_to_carry(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Accepted matches of which no platform has made a project yet."""
    del at
    live = Project.objects.exclude(status=Project.Status.ENDED).filter(match__isnull=False)
    ready = matching.visible_matches(actor=actor).filter(status=Match.Status.ACCEPTED)
    for row in ready.exclude(pk__in=live.values("match")).order_by("id")[:MOST]:
        page = f"{reverse('project_new')}?match={row.pk}"
        yield Waiting(_("Make a project of this match"), row.achievement.title, page)


def agreements_to_sign(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Agreements offered that the own organisation has not signed."""
    del at
    for row in agreements.awaiting(actor=actor)[:MOST]:
        page = reverse("agreement_detail", args=[row.pk])
        title = row.title or row.project.title
        yield Waiting(_("Sign this agreement"), title, page, since=row.offered_at)


def invoices_to_settle(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Unpaid invoices: to be paid by the one side, to be collected by the other."""
    del at
    unpaid = finance.visible_invoices(actor=actor).filter(status=Invoice.Status.ISSUED)
    for row in unpaid.order_by("issued_at", "id")[:MOST]:
        pays = row.payer_id == actor.organisation_id
        what = _("Pay this invoice") if pays else _("Note the payment of this invoice")
        title = f"{row.number} · {money.format_cny(row.gross_fen)} · {row.project.title}"
        page = f"{reverse('project_money', args=[row.project_id])}"
        yield Waiting(what, title, page, due=due_of(row), since=row.issued_at)


def due_of(invoice: Invoice) -> date | None:
    """The last day of payment, where the invoice names one."""
    day: date | None = getattr(invoice, "due_date", None)
    return day


def seats_to_score(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Panels that wait for this expert's scores."""
    del at
    seats = Seat.objects.filter(expert=actor, submitted_at=None, panel__status=Panel.Status.OPEN)
    for row in seats.select_related("panel").order_by("id")[:MOST]:
        title = _("Panel no. {n}").format(n=row.panel_id)
        page = reverse("panel_detail", args=[row.panel_id])
        yield Waiting(_("Score independently"), title, page, since=row.panel.convened_at)


def bookings_to_review(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Requests for the lines of one's platform; they want an answer before the slot begins."""
    del at
    for row in booking.review_queue(actor=actor).select_related("line")[:MOST]:
        page = reverse("booking_detail", args=[row.pk])
        yield Waiting(_("Review this booking"), row.line.name, page, due=row.period.lower)


def bookings_to_run(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Slots on the engineer's lines that are running, late, or begin soon."""
    late = booking.overdue(actor=actor, start=at)
    soon = booking.to_run(actor=actor, start=at, end=at + SOON)
    ahead = soon.exclude(status=Booking.Status.COMPLETED)
    rows = {row.pk: row for row in [*late[:MOST], *ahead[:MOST]]}
    for row in rows.values():
        page = reverse("booking_detail", args=[row.pk])
        running = row.status == Booking.Status.IN_USE
        what = _("Record the use of this slot") if running else _("Run this booking")
        due = row.period.upper if running else row.period.lower
        yield Waiting(what, row.line.name, page, due=due)


def proofs_running_out(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Qualifications of one's platform's machines, and permits of its lines, that run out."""
    today = local_date(at)
    for row in facilities.running_out(actor=actor, today=today)[:MOST]:
        page = reverse("machine_detail", args=[row.equipment_id])
        title = f"{row} · {row.equipment.name}"
        yield Waiting(_("Renew this qualification"), title, page, due=row.last_day)
    for item in facilities.permits_running_out(actor=actor, today=today)[:MOST]:
        page = reverse("line_safety", args=[item.line_id])
        title = f"{item.reference or item.text} · {item.line.name}"
        yield Waiting(_("Renew this permit"), title, page, due=item.last_day)


def steps_to_take(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Of each project the one thing its next gate wants from the actor's side first."""
    del at
    for project in on_the_way(actor):
        manages = project.technology_manager_id == actor.pk
        wanted = (one for one in gate.owed(actor, project) if manages or _is_mine(one, actor))
        step = next(wanted, None)
        if step is not None:
            page = step.url
            if step.press or not page:
                page = reverse("project_detail", args=[project.pk])
            yield Waiting(
                _("Next step “{step}”").format(step=step.what), project.title, page, step=True
            )


def _is_mine(one: gate.Owed, actor: Membership) -> bool:
    return bool(one.url) and one.organisation_id == actor.organisation_id


def on_the_way(actor: Membership) -> list[Project]:
    """The projects under way that the actor carries or is a side of, the oldest first."""
    rows = projects.visible_projects(actor=actor).exclude(status__in=projects.OVER)
    concerned = [
        row
        for row in rows.order_by("id")[:LOOKED_AT]
        if projects.is_party(actor, row) or projects.assigned(actor, row)
    ]
    return concerned[:MOST]


def projects_to_follow(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Open projects one advises or was let into, with the step each stands on."""
    del at
    for row in on_the_way(actor):
        page = reverse("project_detail", args=[row.pk])
        yield Waiting(str(row.get_status_display()), row.title, page)


def tasks_to_do(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Open tasks that wait for the actor or the organisation."""
    del at
    for row in projects.my_tasks(actor=actor)[:MOST]:
        page = reverse("project_detail", args=[row.project_id])
        if projects.may_settle(actor=actor, task=row):
            page = reverse("task_done", args=[row.pk])
        title = f"{row} · {row.project.title}"
        yield Waiting(_("Settle this task"), title, page, row.due_date, row.created_at)


def accreditations_to_decide(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Applications for accreditation, for the bureau."""
    del at
    if not governance.may_decide(actor):
        return
    filed = governance.visible_accreditations(actor=actor)
    for row in filed.filter(status=Accreditation.Status.FILED).order_by("id")[:MOST]:
        page = reverse("accreditations")
        yield Waiting(_("Decide this accreditation"), row.platform.name, page, since=row.filed_at)


def emergencies_to_decide(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Emergency readings that somebody asks for, for the auditors."""
    del at
    if not rights.audits(actor):
        return
    asked = parties.visible_break_glass(actor=actor).filter(status=BreakGlass.Status.ASKED)
    for row in asked.order_by("asked_at")[:MOST]:
        who = row.asked_by.person.name
        page = reverse("break_glass")
        yield Waiting(_("Decide this emergency reading"), who, page, since=row.asked_at)


def leads_to_carry(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Leads offered to the manager, replies that are due, and next steps the actor owes."""
    today = local_date(at)
    rows = leads.visible_leads(actor=actor).exclude(status__in=["signed", "lost"])
    for row in rows.filter(next_owner=actor).order_by("next_due_date")[:MOST]:
        page = reverse("lead_detail", args=[row.pk])
        yield Waiting(row.next_step, row.title, page, due=row.next_due_date)
    if not leads.manages(actor):
        return
    mine = rows.filter(manager=actor, first_contact_at=None)
    for row in mine.order_by("reply_due_date")[:MOST]:
        page = reverse("lead_log", args=[row.pk])
        yield Waiting(_("Make the first contact"), row.title, page, due=row.reply_due_date)
    for row in rows.exclude(manager=actor).exclude(manager=None).order_by("id")[:MOST]:
        page = reverse("lead_detail", args=[row.pk])
        yield Waiting(_("Answer whether you take this lead over"), row.title, page)
    pool = rows.filter(manager=None).order_by("reply_due_date", "id")
    for row in pool[:MOST]:
        if leads.may_carry(row, actor, at=at):
            page = reverse("lead_detail", args=[row.pk])
            late = row.reply_due_date if row.reply_due_date < today else None
            yield Waiting(_("Take up this lead"), row.title, page, late, row.opened_at)


def leads_to_decide(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Contested leads, replies that are overdue, and leads of which a project is asked for."""
    today = local_date(at)
    for claim in leads.disputes()[:MOST]:
        page = reverse("claim_decide", args=[claim.pk])
        yield Waiting(
            _("Decide who carries this lead"), claim.lead.title, page, since=claim.made_at
        )
    rows = leads.visible_leads(actor=actor)
    for row in leads.unanswered(rows, today=today).order_by("reply_due_date", "id")[:MOST]:
        page = reverse("lead_detail", args=[row.pk])
        yield Waiting(_("First reply overdue"), row.title, page, due=row.reply_due_date)


def problems_to_take(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Problems told on a visit that can become needs of the enterprise."""
    del at
    for row in leads.waiting_problems(actor=actor)[:MOST]:
        page = reverse("visit_detail", args=[row.visit_id])
        yield Waiting(_("Make a need of this problem"), row.title, page)


def challenges_to_serve(actor: Membership, at: datetime) -> Iterator[Waiting]:
    """Needs to confirm, proposals one is asked for, and proposals at one's own challenges."""
    del at
    for need in challenges.needs_to_confirm(actor=actor)[:MOST]:
        page = reverse("need_detail", args=[need.pk])
        yield Waiting(_("Confirm this need of a list"), need.title, page, since=need.put_in_at)
    for row in challenges.proposals_asked_for(actor=actor)[:MOST]:
        page = reverse("need_detail", args=[row.need_id])
        yield Waiting(_("Propose a result to this need"), row.need.title, page,
                      since=row.decided_at)  # fmt: skip
    for one in challenges.proposals_to_take_on(actor=actor)[:MOST]:
        page = reverse("need_detail", args=[one.need_id])
        yield Waiting(_("Take this proposal further"), one.need.title, page, since=one.offered_at)


ASKED: dict[Role, tuple[Ask, ...]] = {
    Role.RESEARCHER: (returned_entries, challenges_to_serve, matches_to_answer, steps_to_take, tasks_to_do),
    Role.TTO_OFFICER: (
        entries_to_review, matches_to_answer, agreements_to_sign, invoices_to_settle, tasks_to_do,
        challenges_to_serve,
    ),
    Role.ENTERPRISE_MEMBER: (
        returned_entries, challenges_to_serve, matches_to_answer, problems_to_take, leads_to_carry, agreements_to_sign,
        invoices_to_settle, steps_to_take, tasks_to_do,
    ),
    Role.INVESTOR: (agreements_to_sign, invoices_to_settle, projects_to_follow, tasks_to_do),
    Role.TECHNOLOGY_MANAGER: (leads_to_carry, steps_to_take, tasks_to_do),
    Role.INDUSTRY_ADVISOR: (projects_to_follow, tasks_to_do),
    Role.EXPERT: (seats_to_score,),
    Role.EQUIPMENT_ENGINEER: (bookings_to_run, proofs_running_out, tasks_to_do),
    Role.PLATFORM_OPERATOR: (
        organisations_to_approve, entries_to_review, leads_to_decide, matches_to_carry,
        bookings_to_review, proofs_running_out, steps_to_take, agreements_to_sign,
        invoices_to_settle, tasks_to_do,
    ),
    Role.MEMBER_PLATFORM: (
        matches_to_carry, bookings_to_review, proofs_running_out, steps_to_take,
        agreements_to_sign, invoices_to_settle, tasks_to_do,
    ),
    Role.GOVERNMENT_OFFICER: (accreditations_to_decide, challenges_to_serve),
    Role.AUDITOR: (emergencies_to_decide,),
    Role.SYSTEM_ADMINISTRATOR: (organisations_to_approve,),
}  # fmt: skip
