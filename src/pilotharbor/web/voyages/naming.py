"""Which of the things a timeline speaks of are open to this reader, and what are they called?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse

from pilotharbor.agreements import queries as agreements
from pilotharbor.agreements.wording import term
from pilotharbor.assessment import queries as assessment
from pilotharbor.booking import queries as booking
from pilotharbor.booking.models import Booking, Charge
from pilotharbor.campaigns import queries as campaigns
from pilotharbor.documents import queries as documents
from pilotharbor.facilities.models import Line
from pilotharbor.finance import queries as finance
from pilotharbor.kernel.models import Event
from pilotharbor.ledger.models import JournalEntry
from pilotharbor.parties import queries as parties
from pilotharbor.parties.models import Membership
from pilotharbor.projects import timeline
from pilotharbor.projects.models import Project, Task
from pilotharbor.projects.timeline import Known, Named, Told
from pilotharbor.web import words

type Found = Iterator[tuple[int, Known]]
CLOSED = Known(url="")
PEOPLE = ("membership_id", "technology_manager_id", "industry_advisor_id")


def told(events: Iterable[Event], *, actor: Membership, project: Project) -> list[Told]:
    """The sentences of these events, with every name, number and amount that is open to the actor."""
    rows = list(events)
    bodies = _Bodies(actor, project, rows)
    known: dict[int, Known] = {}
    for name in (_invoices, _books, _bookings, _agreements, _papers, _own, _others):
        known |= dict(name(rows, actor, project, bodies))
    pages = {row.pk: bodies.page(row.organisation_id) for row in rows}
    return timeline.told(rows, actor=actor, known=known, people=pages)


class _Bodies:
    """Organisations by name; only those with a page for the reader open one."""

    def __init__(self, actor: Membership, project: Project, rows: list[Event]) -> None:
        ids = {row.facts.get(fact) for row in rows for fact in ("party_id", "payer_id", "owner_id")}
        ids |= {project.owner_id, project.enterprise_id, project.platform_id}
        ids |= {row.organisation_id for row in rows}
        people = {row.facts.get(fact) for row in rows for fact in PEOPLE} - {None}
        self.members = Membership.objects.select_related("person").in_bulk(people)
        ids |= {member.organisation_id for member in self.members.values()}
        visible = parties.visible_organisations(actor=actor).filter(pk__in=ids - {None})
        self.names: dict[int, str] = dict(visible.values_list("pk", "name"))

    def page(self, pk: int | None) -> str:
        """The page of an organisation, where the reader may open it."""
        return reverse("organisation_detail", args=[pk]) if pk in self.names else ""

    def named(self, pk: Any, name: str = "—") -> Named:
        """An organisation in a sentence; ``name`` where it has no page for the reader."""
        return Named(self.names.get(pk, name), self.page(pk))

    def person(self, pk: int | None) -> Named:
        """A member in a sentence, who opens the own organisation."""
        found = self.members.get(pk or 0)
        if found is None:
            return Named("—")
        return Named(found.person.name, self.page(found.organisation_id))


def _of(rows: list[Event], label: str) -> list[Event]:
    return [row for row in rows if row.subject_type == label]


type Name = Callable[[list[Event], Membership, Project, _Bodies], Found]


def _invoices(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Number, amount and both sides of an invoice, and what a revenue report came to."""
    visible = finance.visible_invoices(actor=actor).filter(project=project)
    open_ones = {invoice.pk: invoice for invoice in visible}
    reported = {invoice.revenue_report_id for invoice in open_ones.values()}
    for row in _of(rows, "finance.invoice"):
        invoice = open_ones.get(row.subject_id)
        yield row.pk, CLOSED if invoice is None else Known({
            "number": invoice.number, "gross_fen": invoice.gross_fen,
            "payer": bodies.named(invoice.payer_id, invoice.payer.name),
            "payee": bodies.named(invoice.payee_id, invoice.payee.name),
        })  # fmt: skip
    for row in _of(rows, "finance.revenuereport"):
        yield row.pk, Known(row.facts) if row.subject_id in reported else CLOSED


def _books(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Text and amount of an entry, for those who may read the journal."""
    del bodies
    posted = _of(rows, "ledger.journalentry")
    reads = posted and finance.may_read_money(actor=actor, project_id=project.pk)
    entries = {
        entry.pk: entry
        for entry in JournalEntry.objects.filter(
            pk__in=[row.subject_id for row in posted] if reads else []
        ).prefetch_related("postings")
    }
    for row in posted:
        entry = entries.get(row.subject_id)
        if entry is None:
            yield row.pk, CLOSED
        else:
            debit = sum(max(posting.amount_fen, 0) for posting in entry.postings.all())
            yield row.pk, Known({"text": entry.text, "amount_fen": debit})


def _bookings(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Line, time and price of a slot, hours and amount of its use; the line of what is not one slot."""
    del bodies
    about = [row for row in rows if row.name.startswith("booking.")]
    if not about:
        return
    slots = booking.visible_bookings(actor=actor).filter(project=project).select_related("line")
    open_ones = {slot.pk: slot for slot in slots}
    lines: dict[tuple[str, int], Line] = {
        ("booking.series", slot.series_id): slot.line for slot in slots if slot.series_id
    }
    for kind, seen in (
        ("booking.quote", booking.visible_quotes(actor=actor)),
        ("booking.waiting", booking.visible_waiting(actor=actor)),
    ):
        if _of(about, kind):
            of_project = seen.filter(project=project).select_related("line")
            lines |= {(kind, one.pk): one.line for one in of_project}
    for row in about:
        own = row.subject_id if row.subject_type == "booking.booking" else None
        slot = open_ones.get(own or row.facts.get("booking_id") or 0)
        line = lines.get((row.subject_type, row.subject_id))
        if line is not None:
            yield row.pk, Known({"line": _line(line)})
        else:
            yield row.pk, CLOSED if slot is None else Known(_slot(row, slot))


def _line(line: Line) -> Named:
    return Named(line.name, reverse("line_board", args=[line.pk]))


def _slot(row: Event, slot: Booking) -> dict[str, Any]:
    # A slot that was moved is told by where it went then, whatever became of it later.
    start, end = (row.facts.get(name) for name in ("start", "end"))
    when = slot.period.lower, slot.period.upper
    if start and end:
        when = datetime.fromisoformat(start), datetime.fromisoformat(end)
    said: dict[str, Any] = {"line": _line(slot.line), "when": words.stretch(*when)}
    if row.facts.get("seconds"):
        said["hours"] = f"{row.facts['seconds'] / 3600:.2f}".rstrip("0").rstrip(".")
    if row.subject_type == "booking.charge":
        said["charge"] = Charge.Kind(row.facts["kind"]).label
    return said


def _agreements(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Title of an agreement, who signed for whom, which milestone and its part of the fee."""
    papers = agreements.visible_agreements(actor=actor).filter(project=project)
    open_ones = {paper.pk: paper for paper in papers.prefetch_related("milestones")}
    shares = {
        one.pk: one.share_bp for paper in open_ones.values() for one in paper.milestones.all()
    }
    for row in rows:
        if not row.name.startswith("agreements."):
            continue
        paper = open_ones.get(row.facts.get("agreement_id") or row.subject_id)
        if paper is None:
            yield row.pk, CLOSED
            continue
        share = shares.get(row.facts.get("milestone_id") or 0, 0)
        yield row.pk, Known({
            "title": paper.title or project.title, "party": bodies.named(row.facts.get("party_id")),
            "milestone": term(str(row.facts.get("key", ""))), "share": words.percent(share),
        })  # fmt: skip


def _papers(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Title of a paper."""
    del bodies
    about = _of(rows, "documents.document")
    visible = documents.visible_documents(actor=actor).filter(project_id=project.pk)
    titles = dict(visible.values_list("pk", "title")) if about else {}
    for row in about:
        title = titles.get(row.subject_id)
        yield row.pk, CLOSED if title is None else Known({"title": title})


def _own(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """The project's own tasks, people and plan, which whoever sees the project may know."""
    del actor
    tasks = {task.pk: task for task in Task.objects.filter(project=project)}
    for row in rows:
        task = tasks.get(row.subject_id) if row.subject_type == "projects.task" else None
        if task is not None:
            yield row.pk, Known({"task": str(task), "owner": bodies.named(task.owner_id)})
        elif row.name.startswith("projects.member."):
            page = reverse("project_team", args=[project.pk])
            yield row.pk, Known({"person": bodies.person(row.facts.get("membership_id"))}, page)
        elif row.name == "projects.stewards.named":
            manager = bodies.person(row.facts.get("technology_manager_id"))
            advisor = bodies.person(row.facts.get("industry_advisor_id"))
            yield row.pk, Known({"manager": manager, "advisor": advisor})
        elif row.name == "projects.plan.written":
            yield row.pk, Known(row.facts)


def _others(rows: list[Event], actor: Membership, project: Project, bodies: _Bodies) -> Found:
    """Panels and campaigns: whether their pages open; their sentences say enough by themselves."""
    del bodies
    panels = set(
        assessment.visible_panels(actor=actor).filter(project=project).values_list("pk", flat=True)
    )
    runs = campaigns.visible_campaigns(actor=actor).filter(project=project).exists()
    for row in rows:
        if row.name.startswith(("assessment.panel.", "assessment.seat.")):
            if (row.facts.get("panel_id") or row.subject_id) not in panels:
                yield row.pk, CLOSED
        elif row.name.startswith("campaigns.") and not runs:
            yield row.pk, CLOSED
