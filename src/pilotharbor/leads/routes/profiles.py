"""Technology managers, the rules they keep and what came of it, for programs."""

from datetime import date, timedelta
from typing import Annotated, Any

from ninja import Query, Status

from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.http import NamedRouter
from pilotharbor.kernel.time import EmptyPeriod
from pilotharbor.leads import commands, queries, schemas
from pilotharbor.leads import field_schemas as fields
from pilotharbor.leads.field_schemas import (
    manager_out,
    policy_out,
    qualification_out,
)
from pilotharbor.leads.routes import shown
from pilotharbor.parties.auth import ActorRequest

router = NamedRouter("pilotharbor.leads.api")


@router.get("/lead-policy", response=fields.PolicyOut)
def get_policy(request: ActorRequest) -> dict[str, Any]:
    """The times and rules of today."""
    if not queries.sees_leads(request.auth):
        raise NotFound
    rule = queries.rule_on(shown.today(request))
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
    return Status(201, policy_out(commands.set_policy(**body.dict(), **shown.who(request))))


@router.get("/lead-statistics", response=fields.StatisticsOut)
def statistics(request: ActorRequest, first: date, last: date) -> dict[str, Any]:
    """Replies and results of the leads opened from ``first`` up to and including ``last``."""
    if not queries.sees_figures(request.auth):
        raise NotFound
    if last < first or last == date.max:
        raise EmptyPeriod
    found = list(queries.opened_in(first=first, after=last + timedelta(days=1)))
    told, came = queries.replies(found, today=shown.today(request)), queries.conversion(found)
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
    commands.describe(**body.dict(), **shown.who(request))
    return shown.manager(request.auth.pk)


@router.post("/managers/me/qualifications", response={201: fields.QualificationOut})
def add_qualification(request: ActorRequest, body: fields.QualificationIn) -> Status[Any]:
    """Add a training or credential of one's own."""
    row = commands.add_qualification(**body.dict(), **shown.who(request))
    return Status(201, qualification_out(row))


@router.get("/managers/{membership_id}", response=fields.OneManagerOut)
def get_manager(request: ActorRequest, membership_id: int) -> dict[str, Any]:
    """One manager."""
    del request
    return shown.manager(membership_id)


@router.put("/managers/{membership_id}/level", response=fields.OneManagerOut)
def set_level(request: ActorRequest, membership_id: int, body: fields.LevelIn) -> dict[str, Any]:
    """Enter a manager's level and what it rests on, for operators."""
    commands.set_level(membership_id=membership_id, **body.dict(), **shown.who(request))
    return shown.manager(membership_id)


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
        commands.confirm_qualification(qualification_id=qualification_id, **shown.who(request))
    )
