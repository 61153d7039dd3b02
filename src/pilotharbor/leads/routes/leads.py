"""Leads from the first word to the signature, for programs."""

from typing import Annotated, Any

from ninja import Query, Status

from pilotharbor.documents import queries as documents
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit, NamedRouter
from pilotharbor.leads import commands, queries, schemas
from pilotharbor.leads.routes import shown
from pilotharbor.leads.schemas import entry_out, lead_out, paper_out
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.leads.api")


@router.get("/leads", response=schemas.LeadPage)
def list_leads(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=100)] = "",
    status: str = "",
    origin: str = "",
    reply: str = "",
    mine: bool = False,
    pool: bool = False,
    overdue: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Leads one may see, newest first; ``status=live``, ``reply=late`` and ``reply=due`` narrow too."""
    wanted = queries.Filters(q, status, origin, reply, mine, pool, overdue)
    rows = queries.visible_leads(actor=request.auth)
    rows = queries.filtered(rows, wanted, actor=request.auth, at=clock.now(request))
    page = pages.page(rows, by="-id", cursor=cursor, limit=limit)
    today = shown.today(request)
    items = [lead_out(lead, request.auth, today=today) for lead in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@router.post("/leads", response={201: schemas.LeadOut})
def open_lead(request: ActorRequest, body: schemas.LeadIn) -> Status[Any]:
    """Open a lead from scratch. 409 ``leads.pair_taken``, ``leads.interested``."""
    lead = commands.open_lead(**body.dict(), **shown.who(request))
    return Status(201, shown.lead(request, lead.pk))


@router.post("/leads/ask", response={201: schemas.LeadOut})
def ask(request: ActorRequest, body: schemas.AskIn) -> Status[Any]:
    """Ask to be brought together with the owner of a result or need; joins a live lead that is there."""
    lead = commands.ask(**body.dict(), **shown.who(request))
    return Status(201, shown.lead(request, lead.pk))


@router.get("/leads/{lead_id}", response=schemas.LeadOut)
def get_lead(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """One lead."""
    queries.visible_lead(actor=request.auth, lead_id=lead_id)
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/complete", response=schemas.LeadOut)
def complete(request: ActorRequest, lead_id: int, body: schemas.CompleteIn) -> dict[str, Any]:
    """Name the side that was open."""
    commands.complete(lead_id=lead_id, **body.dict(), **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/move", response=schemas.LeadOut)
def move(request: ActorRequest, lead_id: int, body: schemas.MoveIn) -> dict[str, Any]:
    """Move to another stage. 409 where what the stage rests on is not on record."""
    commands.move(lead_id=lead_id, to=body.to, **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/lose", response=schemas.LeadOut)
def lose(request: ActorRequest, lead_id: int, body: schemas.LostIn) -> dict[str, Any]:
    """Close it without a contract, with a coded reason and words."""
    commands.lose(lead_id=lead_id, **body.dict(), **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/sign", response=schemas.LeadOut)
def sign(request: ActorRequest, lead_id: int, body: schemas.SignIn) -> dict[str, Any]:
    """Note the signature; who did which step is fixed with it."""
    commands.sign(lead_id=lead_id, **body.dict(), **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/reopen", response={201: schemas.LeadOut})
def reopen(request: ActorRequest, lead_id: int) -> Status[Any]:
    """Take a lost lead up again as a new one that points at it."""
    lead = commands.reopen(lead_id=lead_id, **shown.who(request))
    return Status(201, shown.lead(request, lead.pk))


@router.get("/leads/{lead_id}/log", response=schemas.EntriesOut)
def get_log(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """The log as far as one may read it, newest first, at most 200."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    rows = queries.log_of(lead, actor=request.auth)[:200]
    return {"items": [entry_out(row) for row in rows]}


@router.post("/leads/{lead_id}/log", response={201: schemas.EntryOut})
def log(request: ActorRequest, lead_id: int, body: schemas.LogIn) -> Status[Any]:
    """Write down a contact or a note; the first contact stops the reply clock."""
    contact = commands.Contact(**body.dict())
    entry = commands.log(lead_id=lead_id, contact=contact, **shown.who(request))
    return Status(201, entry_out(entry))


@router.post("/leads/{lead_id}/messages", response={201: schemas.EntryOut})
def write(request: ActorRequest, lead_id: int, body: schemas.WordsIn) -> Status[Any]:
    """Write to the manager, for one of the two sides."""
    entry = commands.write(lead_id=lead_id, words=body.words, **shown.who(request))
    return Status(201, entry_out(entry))


@router.post("/leads/{lead_id}/step", response=schemas.LeadOut)
def plan_step(request: ActorRequest, lead_id: int, body: schemas.StepIn) -> dict[str, Any]:
    """Say what comes next, by when, and who owes it."""
    commands.plan_step(lead_id=lead_id, **body.dict(), **shown.who(request))
    return shown.lead(request, lead_id)


@router.post("/leads/{lead_id}/step/settle", response=schemas.LeadOut)
def settle_step(request: ActorRequest, lead_id: int, body: schemas.OutcomeIn) -> dict[str, Any]:
    """Note that the next step is done."""
    commands.settle_step(lead_id=lead_id, outcome=body.outcome, **shown.who(request))
    return shown.lead(request, lead_id)


@router.get("/leads/{lead_id}/papers", response=schemas.PapersOut)
def list_papers(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """The papers' room, for both sides, who carries it, and auditors."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    if not queries.opens_room(lead, request.auth):
        raise NotFound
    rows = list(queries.papers_of(lead, actor=request.auth))
    seen = documents.visible_documents(actor=request.auth)
    open_ids = set(seen.filter(pk__in=[r.document_id for r in rows]).values_list("pk", flat=True))
    return {"items": [paper_out(r, open_to_reader=r.document_id in open_ids) for r in rows]}


@router.post("/leads/{lead_id}/papers", response={201: schemas.PaperOut})
def add_paper(request: ActorRequest, lead_id: int, body: schemas.PaperIn) -> Status[Any]:
    """Put a paper, a link or a note into the room."""
    paper = commands.add_paper(lead_id=lead_id, **body.dict(), **shown.who(request))
    return Status(201, paper_out(paper, open_to_reader=True))


@router.delete("/lead-papers/{paper_id}", response={204: None})
def remove_paper(request: ActorRequest, paper_id: int) -> Status[None]:
    """Take a paper out of the room; it stays on record."""
    commands.remove_paper(paper_id=paper_id, **shown.who(request))
    return Status(204, None)


@router.post("/leads/{lead_id}/project-request", response=schemas.LeadOut)
def ask_for_project(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Ask the operators to make a project of it. 409 ``leads.no_match``."""
    commands.ask_for_project(lead_id=lead_id, **shown.who(request))
    return shown.lead(request, lead_id)
