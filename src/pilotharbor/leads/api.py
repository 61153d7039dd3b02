"""Leads, visits, teams and managers over HTTP."""

from datetime import date, timedelta
from typing import Annotated, Any

from ninja import Query, Router, Status

from pilotharbor.documents import queries as documents
from pilotharbor.kernel import clock, pages
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import Cursor, Limit
from pilotharbor.kernel.time import EmptyPeriod, local_date
from pilotharbor.leads import commands, queries, schemas
from pilotharbor.leads import field_schemas as fields
from pilotharbor.leads.field_schemas import (
    manager_out,
    one_visit_out,
    policy_out,
    problem_out,
    qualification_out,
    team_out,
    visit_out,
)
from pilotharbor.leads.models import Lead
from pilotharbor.leads.schemas import claim_out, entry_out, lead_out, paper_out
from pilotharbor.parties.auth import ActorRequest

router = Router()


def _who(request: ActorRequest) -> dict[str, Any]:
    return {"actor_id": request.auth.pk, "at": clock.now(request)}


def _today(request: ActorRequest) -> date:
    return local_date(clock.now(request))


def _shown(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """The lead as it is now; what the actor has given out of the hand is told by its id alone."""
    lead = queries.visible_leads(actor=request.auth).filter(pk=lead_id).first()
    if lead is None:
        lead = Lead.objects.get(pk=lead_id)
    return lead_out(lead, request.auth, today=_today(request))


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
    today = _today(request)
    items = [lead_out(lead, request.auth, today=today) for lead in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


@router.post("/leads", response={201: schemas.LeadOut})
def open_lead(request: ActorRequest, body: schemas.LeadIn) -> Status[Any]:
    """Open a lead from scratch. 409 ``leads.pair_taken``, ``leads.interested``."""
    lead = commands.open_lead(**body.dict(), **_who(request))
    return Status(201, _shown(request, lead.pk))


@router.post("/leads/ask", response={201: schemas.LeadOut})
def ask(request: ActorRequest, body: schemas.AskIn) -> Status[Any]:
    """Ask to be brought together with the owner of a result or need; joins a live lead that is there."""
    lead = commands.ask(**body.dict(), **_who(request))
    return Status(201, _shown(request, lead.pk))


@router.post("/leads/contest", response={201: schemas.ClaimOut})
def contest(request: ActorRequest, body: schemas.ContestIn) -> Status[Any]:
    """Say that a pair another manager carries is yours. 409 ``leads.nothing_to_contest``."""
    return Status(201, claim_out(commands.contest(**body.dict(), **_who(request))))


@router.get("/leads/{lead_id}", response=schemas.LeadOut)
def get_lead(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """One lead."""
    queries.visible_lead(actor=request.auth, lead_id=lead_id)
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/complete", response=schemas.LeadOut)
def complete(request: ActorRequest, lead_id: int, body: schemas.CompleteIn) -> dict[str, Any]:
    """Name the side that was open."""
    commands.complete(lead_id=lead_id, **body.dict(), **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/move", response=schemas.LeadOut)
def move(request: ActorRequest, lead_id: int, body: schemas.MoveIn) -> dict[str, Any]:
    """Move to another stage. 409 where what the stage rests on is not on record."""
    commands.move(lead_id=lead_id, to=body.to, **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/lose", response=schemas.LeadOut)
def lose(request: ActorRequest, lead_id: int, body: schemas.LostIn) -> dict[str, Any]:
    """Close it without a contract, with a coded reason and words."""
    commands.lose(lead_id=lead_id, **body.dict(), **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/sign", response=schemas.LeadOut)
def sign(request: ActorRequest, lead_id: int, body: schemas.SignIn) -> dict[str, Any]:
    """Note the signature; who did which step is fixed with it."""
    commands.sign(lead_id=lead_id, **body.dict(), **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/reopen", response={201: schemas.LeadOut})
def reopen(request: ActorRequest, lead_id: int) -> Status[Any]:
    """Take a lost lead up again as a new one that points at it."""
    lead = commands.reopen(lead_id=lead_id, **_who(request))
    return Status(201, _shown(request, lead.pk))


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
    entry = commands.log(lead_id=lead_id, contact=contact, **_who(request))
    return Status(201, entry_out(entry))


@router.post("/leads/{lead_id}/messages", response={201: schemas.EntryOut})
def write(request: ActorRequest, lead_id: int, body: schemas.WordsIn) -> Status[Any]:
    """Write to the manager, for one of the two sides."""
    entry = commands.write(lead_id=lead_id, words=body.words, **_who(request))
    return Status(201, entry_out(entry))


@router.post("/leads/{lead_id}/step", response=schemas.LeadOut)
def plan_step(request: ActorRequest, lead_id: int, body: schemas.StepIn) -> dict[str, Any]:
    """Say what comes next, by when, and who owes it."""
    commands.plan_step(lead_id=lead_id, **body.dict(), **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/step/settle", response=schemas.LeadOut)
def settle_step(request: ActorRequest, lead_id: int, body: schemas.OutcomeIn) -> dict[str, Any]:
    """Note that the next step is done."""
    commands.settle_step(lead_id=lead_id, outcome=body.outcome, **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/claim", response=schemas.LeadOut)
def claim(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Take it out of the pool. 409 ``leads.taken`` when another was quicker."""
    commands.claim(lead_id=lead_id, **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/release", response=schemas.LeadOut)
def release(request: ActorRequest, lead_id: int, body: schemas.ReasonIn) -> dict[str, Any]:
    """Give it back to the pool, with the reason."""
    commands.release(lead_id=lead_id, reason=body.reason, **_who(request))
    return _shown(request, lead_id)


@router.post("/leads/{lead_id}/offer", response={201: schemas.ClaimOut})
def offer(request: ActorRequest, lead_id: int, body: schemas.OfferIn) -> Status[Any]:
    """Offer it to another manager, who accepts or declines."""
    return Status(201, claim_out(commands.offer(lead_id=lead_id, **body.dict(), **_who(request))))


@router.post("/leads/{lead_id}/assign", response=schemas.LeadOut)
def assign(request: ActorRequest, lead_id: int, body: schemas.GiveIn) -> dict[str, Any]:
    """Give it to a manager, for operators."""
    commands.assign(lead_id=lead_id, **body.dict(), **_who(request))
    return _shown(request, lead_id)


@router.get("/leads/{lead_id}/claims", response=schemas.ClaimsOut)
def list_claims(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Who held, was offered or contested it; for who carries it, operators and auditors."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    if queries.standing(lead, request.auth) not in queries.READS_ALL:
        raise NotFound
    return {"items": [claim_out(row) for row in queries.claims_of(lead)]}


@router.post("/claims/{claim_id}/accept", response=schemas.LeadOut)
def accept_offer(request: ActorRequest, claim_id: int) -> dict[str, Any]:
    """Take over a lead that was offered."""
    return _shown(request, commands.accept_offer(claim_id=claim_id, **_who(request)).pk)


@router.post("/claims/{claim_id}/decline", response=schemas.ClaimOut)
def decline_offer(request: ActorRequest, claim_id: int, body: schemas.OutcomeIn) -> dict[str, Any]:
    """Leave an offered lead where it is."""
    return claim_out(commands.decline_offer(claim_id=claim_id, words=body.outcome, **_who(request)))


@router.post("/claims/{claim_id}/withdraw", response=schemas.ClaimOut)
def withdraw(request: ActorRequest, claim_id: int) -> dict[str, Any]:
    """Take back an offer or a contest of one's own."""
    return claim_out(commands.withdraw(claim_id=claim_id, **_who(request)))


@router.post("/claims/{claim_id}/decide", response=schemas.LeadOut)
def decide(request: ActorRequest, claim_id: int, body: schemas.DecisionIn) -> dict[str, Any]:
    """Decide a contest, for operators, with the reason."""
    return _shown(request, commands.decide(claim_id=claim_id, **body.dict(), **_who(request)).pk)


@router.get("/leads/{lead_id}/credits", response=schemas.PartsOut)
def get_credits(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Who did which step, in basis points; for who carries it, operators and auditors."""
    lead = queries.visible_lead(actor=request.auth, lead_id=lead_id)
    if queries.standing(lead, request.auth) not in queries.READS_ALL:
        raise NotFound
    return {"frozen_at": lead.credits_frozen_at, "items": queries.credits(lead)}


@router.put("/leads/{lead_id}/credits/{step}", response=schemas.PartsOut)
def set_credits(
    request: ActorRequest, lead_id: int, step: str, body: schemas.CreditsIn
) -> dict[str, Any]:
    """Say who did a step; the parts sum to 10,000. 409 ``leads.credits_frozen`` once signed."""
    lead = commands.set_credits(lead_id=lead_id, step=step, shares=body.shares, **_who(request))
    return {"frozen_at": lead.credits_frozen_at, "items": queries.credits(lead)}


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
    paper = commands.add_paper(lead_id=lead_id, **body.dict(), **_who(request))
    return Status(201, paper_out(paper, open_to_reader=True))


@router.delete("/lead-papers/{paper_id}", response={204: None})
def remove_paper(request: ActorRequest, paper_id: int) -> Status[None]:
    """Take a paper out of the room; it stays on record."""
    commands.remove_paper(paper_id=paper_id, **_who(request))
    return Status(204, None)


@router.post("/leads/{lead_id}/project-request", response=schemas.LeadOut)
def ask_for_project(request: ActorRequest, lead_id: int) -> dict[str, Any]:
    """Ask the operators to make a project of it. 409 ``leads.no_match``."""
    commands.ask_for_project(lead_id=lead_id, **_who(request))
    return _shown(request, lead_id)


@router.get("/lead-policy", response=fields.PolicyOut)
def get_policy(request: ActorRequest) -> dict[str, Any]:
    """The times and rules of today."""
    if not queries.sees_leads(request.auth):
        raise NotFound
    rule = queries.rule_on(_today(request))
    if rule.policy is not None:
        return policy_out(rule.policy)
    return {
        "valid_from_date": None, "reply_working_days": rule.reply_working_days,
        "protection_days": rule.protection_days,
        "interested_may_carry": rule.interested_may_carry, "words": "", "source": "R-LEAD",
    }  # fmt: skip


@router.post("/lead-policy", response={201: fields.PolicyOut})
def set_policy(request: ActorRequest, body: schemas.PolicyIn) -> Status[Any]:
    """Set the times and rules from a day on, for operators."""
    return Status(201, policy_out(commands.set_policy(**body.dict(), **_who(request))))


@router.get("/lead-statistics", response=fields.StatisticsOut)
def statistics(request: ActorRequest, first: date, last: date) -> dict[str, Any]:
    """Replies and results of the leads opened from ``first`` up to and including ``last``."""
    if not queries.sees_figures(request.auth):
        raise NotFound
    if last < first or last == date.max:
        raise EmptyPeriod
    found = list(queries.opened_in(first=first, after=last + timedelta(days=1)))
    told, came = queries.replies(found, today=_today(request)), queries.conversion(found)
    return {
        "first": first, "last": last, "replies": told, "contacted": came.contacted,
        "signed": came.signed, "lost": came.lost,
        "reasons": [{"reason": why, "count": n} for why, n in came.reasons],
        "need_days": came.need_days, "needs": came.needs,
    }  # fmt: skip


@router.get("/managers", response=fields.ManagersOut)
def list_managers(
    request: ActorRequest,
    q: Annotated[str, Query(max_length=60)] = "",
    level: str = "",
    field: str = "",
    region: str = "",
) -> dict[str, Any]:
    """The directory of technology managers, by name, at most 200."""
    del request
    rows = list(queries.directory(q=q, level=level, field=field, region=region)[:200])
    carried = queries.carried(rows)
    shown = {p.membership_id: p for p in queries.profiles_of(rows)}
    return {"items": [manager_out(r, shown.get(r.pk), carried.get(r.pk, 0)) for r in rows]}


@router.get("/managers/coverage", response=fields.CoverageOut)
def coverage(request: ActorRequest) -> queries.Coverage:
    """Which enterprises have a manager, by province and trade."""
    if not queries.sees_figures(request.auth):
        raise NotFound
    return queries.coverage(at=clock.now(request))


@router.put("/managers/me", response=fields.OneManagerOut)
def describe(request: ActorRequest, body: fields.ProfileIn) -> dict[str, Any]:
    """Say what one knows, where one works and in which languages."""
    commands.describe(**body.dict(), **_who(request))
    return _manager(request.auth.pk)


@router.post("/managers/me/qualifications", response={201: fields.QualificationOut})
def add_qualification(request: ActorRequest, body: fields.QualificationIn) -> Status[Any]:
    """Add a training or credential of one's own."""
    row = commands.add_qualification(**body.dict(), **_who(request))
    return Status(201, qualification_out(row))


def _manager(membership_id: int) -> dict[str, Any]:
    manager = queries.a_manager(membership_id=membership_id)
    leads = queries.carried([manager]).get(manager.pk, 0)
    rows = queries.qualifications_of(manager)
    shown = manager_out(manager, queries.profile_of(manager), leads)
    return shown | {"qualifications": [qualification_out(row) for row in rows]}


@router.get("/managers/{membership_id}", response=fields.OneManagerOut)
def get_manager(request: ActorRequest, membership_id: int) -> dict[str, Any]:
    """One manager."""
    del request
    return _manager(membership_id)


@router.put("/managers/{membership_id}/level", response=fields.OneManagerOut)
def set_level(request: ActorRequest, membership_id: int, body: fields.LevelIn) -> dict[str, Any]:
    """Enter a manager's level and what it rests on, for operators."""
    commands.set_level(membership_id=membership_id, **body.dict(), **_who(request))
    return _manager(membership_id)


@router.get("/managers/{membership_id}/record", response=fields.RecordOut)
def record(request: ActorRequest, membership_id: int, first: date, last: date) -> queries.Record:
    """What a manager did from ``first`` up to and including ``last``."""
    manager = queries.a_manager(membership_id=membership_id)
    if not queries.reads_record(manager, request.auth):
        raise NotFound
    if last < first or last == date.max:
        raise EmptyPeriod
    return queries.record_of(manager, first=first, after=last + timedelta(days=1))


@router.post("/qualifications/{qualification_id}/confirm", response=fields.QualificationOut)
def confirm_qualification(request: ActorRequest, qualification_id: int) -> dict[str, Any]:
    """Confirm to have seen the paper, for operators."""
    return qualification_out(
        commands.confirm_qualification(qualification_id=qualification_id, **_who(request))
    )


@router.get("/visits", response=fields.VisitPage)
def list_visits(request: ActorRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Visits one may see, newest first."""
    rows = queries.visible_visits(actor=request.auth)
    page = pages.page(rows, by="-visit_date", cursor=cursor, limit=limit)
    return {"items": [visit_out(row) for row in page.items], "next_cursor": page.next_cursor}


@router.post("/visits", response={201: fields.OneVisitOut})
def record_visit(request: ActorRequest, body: fields.VisitIn) -> Status[Any]:
    """Write a visit down, with the problems met there."""
    given = body.dict()
    problems = [commands.Difficulty(**one) for one in given.pop("problems")]
    visit = commands.record_visit(**given, problems=problems, **_who(request))
    return Status(201, one_visit_out(visit, request.auth))


@router.get("/visits/{visit_id}", response=fields.OneVisitOut)
def get_visit(request: ActorRequest, visit_id: int) -> dict[str, Any]:
    """One visit and its problem list."""
    visit = queries.visible_visit(actor=request.auth, visit_id=visit_id)
    return one_visit_out(visit, request.auth)


@router.post("/visits/{visit_id}/problems", response={201: fields.ProblemOut})
def note_problem(request: ActorRequest, visit_id: int, body: fields.ProblemIn) -> Status[Any]:
    """Add a line to the problem list."""
    problem = commands.Difficulty(**body.dict())
    row = commands.note_problem(visit_id=visit_id, problem=problem, **_who(request))
    return Status(201, problem_out(row))


@router.post("/problems/{problem_id}/offer", response=fields.ProblemOut)
def offer_problem(request: ActorRequest, problem_id: int) -> dict[str, Any]:
    """Show a problem to the enterprise."""
    return problem_out(commands.offer_problem(problem_id=problem_id, **_who(request)))


@router.post("/problems/{problem_id}/take", response=fields.ProblemOut)
def take_problem(request: ActorRequest, problem_id: int) -> dict[str, Any]:
    """Make a draft need of a problem, for members of the visited enterprise."""
    return problem_out(commands.take_problem(problem_id=problem_id, **_who(request)))


@router.post("/problems/{problem_id}/answer", response=fields.ProblemOut)
def answer_problem(request: ActorRequest, problem_id: int, body: fields.AnswerIn) -> dict[str, Any]:
    """Answer a problem; the enterprise reads it."""
    row = commands.answer_problem(problem_id=problem_id, answer=body.words, **_who(request))
    return problem_out(row)


@router.post("/problems/{problem_id}/drop", response=fields.ProblemOut)
def drop_problem(request: ActorRequest, problem_id: int, body: fields.AnswerIn) -> dict[str, Any]:
    """Leave a problem, with the reason."""
    row = commands.drop_problem(problem_id=problem_id, reason=body.words, **_who(request))
    return problem_out(row)


@router.get("/teams", response=fields.TeamsOut)
def list_teams(request: ActorRequest) -> dict[str, Any]:
    """The dedicated teams, by name."""
    rows = queries.visible_teams(actor=request.auth).filter(dissolved_at=None)
    return {"items": [team_out(row) for row in rows.order_by("name")[:200]]}


@router.post("/teams", response={201: fields.TeamOut})
def form_team(request: ActorRequest, body: fields.TeamIn) -> Status[Any]:
    """Form a team, for operators and officials."""
    return Status(201, team_out(commands.form_team(**body.dict(), **_who(request))))


@router.post("/teams/{team_id}/members", response=fields.TeamOut)
def join_team(request: ActorRequest, team_id: int, body: fields.MemberIn) -> dict[str, Any]:
    """Take somebody into a team."""
    return team_out(commands.join_team(team_id=team_id, **body.dict(), **_who(request)))


@router.post("/teams/{team_id}/members/{membership_id}/leave", response=fields.TeamOut)
def leave_team(request: ActorRequest, team_id: int, membership_id: int) -> dict[str, Any]:
    """Let somebody go from a team."""
    return team_out(
        commands.leave_team(team_id=team_id, membership_id=membership_id, **_who(request))
    )


@router.post("/teams/{team_id}/dissolve", response=fields.TeamOut)
def dissolve_team(request: ActorRequest, team_id: int) -> dict[str, Any]:
    """End a team."""
    return team_out(commands.dissolve_team(team_id=team_id, **_who(request)))
