"""One lead: both sides, the clock, the log, what comes next, and who did what."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from pilotharbor.documents import queries as documents
from pilotharbor.kernel import clock
from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.time import local_date
from pilotharbor.leads import commands, queries
from pilotharbor.leads.forms import MessageForm
from pilotharbor.leads.models import Claim, Credit, Lead
from pilotharbor.leads.queries import Standing
from pilotharbor.leads.sentences import FOR_SIDES, SENTENCES
from pilotharbor.leads.views.lists import REPLY_TONES, reply_word
from pilotharbor.leads.views.shared import crumbs_to, seen
from pilotharbor.matching import queries as matching
from pilotharbor.matching.findable import CARRIERS
from pilotharbor.parties import commands as parties
from pilotharbor.parties import rights
from pilotharbor.parties.auth import ActorRequest, acting
from pilotharbor.parties.models import Membership, Person
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.technologies import queries as technologies
from pilotharbor.technologies.models import Status as Entry
from pilotharbor.technologies.scenarios import queries as scenarios

TOLD = 60
LOGGED = 100


@acting
@require_GET
def lead_detail(request: ActorRequest, lead_id: int) -> HttpResponse:
    """The whole lead, as far as the reader may read it."""
    lead, actor, at = seen(request, lead_id), request.actor, clock.now(request)
    here = queries.standing(lead, actor)
    reply = queries.clock(lead, today=local_date(at))
    writes = here in {Standing.MANAGER, Standing.OPERATOR} and not lead.is_over
    context = {
        "lead": lead,
        "here": here.value,
        "reads_all": here in queries.READS_ALL,
        "at_the_table": here in queries.AT_THE_TABLE,
        "carries": here is Standing.MANAGER,
        "operates": here is Standing.OPERATOR,
        "writes": writes,
        "moves": _moves(lead) if writes else [],
        "reply": (reply.value, reply_word(reply), REPLY_TONES[reply]),
        "rule": queries.rule_on(local_date(lead.opened_at)),
        "log": list(queries.log_of(lead, actor=actor)[:LOGGED]),
        "step_open": bool(lead.next_step) and _sees_step(lead, actor, here),
        "settles": not lead.is_over and (writes or lead.next_owner_id == actor.pk),
        "message_form": MessageForm(),
        "next_stage": next((one for one in _moves(lead)), None) if writes else None,
        "crumbs": crumbs_to((lead.title, "")),
        "achievement_seen": technologies.visible_achievements(actor=actor)
        .filter(pk=lead.achievement_id or 0)
        .exists(),
        "demand_seen": technologies.visible_demands(actor=actor)
        .filter(pk=lead.demand_id or 0)
        .exists(),
        "scenario_seen": scenarios.visible_scenarios(actor=actor)
        .filter(pk=lead.scenario_id or 0)
        .exists(),
        **_match(lead, actor),
        **_people(lead, actor, here, at),
        **_room(lead, actor),
        "timeline": _timeline(lead, here),
        "credits": _credits(lead),
        **_project(lead, actor),
    }
    return render(request, "leads/lead_detail.html", context)


def _moves(lead: Lead) -> list[tuple[str, Any]]:
    labels, order = dict(Lead.Status.choices), list(Lead.Status.values)
    here = order.index(lead.status)
    return [
        (to, labels[to])
        for to in sorted(
            lead.MOVES[lead.status],
            key=lambda to: (to == Lead.Status.LOST, order.index(to) < here, order.index(to)),
        )
    ]


def _sees_step(lead: Lead, actor: Membership, here: Standing) -> bool:
    return here in queries.READS_ALL or lead.next_owner_id == actor.pk


def _match(lead: Lead, actor: Membership) -> dict[str, Any]:
    match = lead.match
    if match is None and lead.achievement_id and lead.demand_id:
        match = queries.match_of_pair(achievement_id=lead.achievement_id, demand_id=lead.demand_id)
    if match is None:
        return {"match": None, "proposes": bool(lead.achievement_id and lead.demand_id)}
    return {
        "match": match,
        "match_seen": matching.visible_matches(actor=actor).filter(pk=match.pk).exists(),
        "figures": [r for r in match.reasons if r["kind"] == "figure"],
        "phrases": [r["text"] for r in match.reasons if r["kind"] == "phrase"],
    }


def _people(lead: Lead, actor: Membership, here: Standing, at: datetime) -> dict[str, Any]:
    """Who carries it, who did or would, and whether they belong to a side."""
    claims = list(queries.claims_of(lead)) if here in queries.READS_ALL else []
    mine = lead.claims.filter(manager=actor, status=Claim.Status.OFFERED).first()
    interested = lead.manager is not None and queries.interest_of(
        lead.manager, supplier_id=lead.supplier_id, enterprise_id=lead.enterprise_id
    )
    return {
        "claims": claims,
        "offered": mine,
        "interested": interested,
        "claimable": here is Standing.POOL
        and not lead.is_over
        and queries.may_carry(lead, actor, at=at),
        "rivals": list(queries.rivals(lead)[:10]) if here is Standing.OPERATOR else [],
        **_confidence(lead, actor, here),
    }


def _confidence(lead: Lead, actor: Membership, here: Standing) -> dict[str, Any]:
    """How the agreement stands, and what the reader can do for it: sign it, or ask for it."""
    stands = queries.confidence(lead)
    there, signed = {
        Standing.SUPPLIER: (lead.enterprise_id, stands.supplier_may_read),
        Standing.ENTERPRISE: (lead.supplier_id, stands.enterprise_may_read),
    }.get(here, (None, False))
    signs = there is not None and not signed and parties.may_sign(actor)
    named = lead.supplier_id is not None and lead.enterprise_id is not None
    known = lead.supplier_since_at is not None or lead.enterprise_since_at is not None
    asks = here in {Standing.MANAGER, Standing.OPERATOR} and not lead.is_over and not stands.any
    return {
        "confidence": stands,
        "sign_url": queries.signing_address(lead, owner_id=there) if signs and there else "",
        "asks_nda": asks and named and known,
        "asks_nda_later": asks and not (named and known),
    }


def _room(lead: Lead, actor: Membership) -> dict[str, Any]:
    papers = list(queries.papers_of(lead, actor=actor))
    ids = [paper.document_id for paper in papers if paper.document_id]
    open_to = set(
        documents.visible_documents(actor=actor).filter(pk__in=ids).values_list("pk", flat=True)
    )
    return {
        "room": queries.opens_room(lead, actor),
        "fills": queries.fills_room(lead, actor),
        "papers": [(paper, paper.document_id in open_to) for paper in papers],
    }


def _credits(lead: Lead) -> list[tuple[Any, list[queries.Part]]]:
    parts = queries.credits(lead)
    return [(step, [p for p in parts if p.step == step]) for step in Credit.Step]


def _project(lead: Lead, actor: Membership) -> dict[str, Any]:
    ready = commands.ready(lead)
    opens = ready and Scope.OWN in rights.scopes(actor, Verb.WRITE, Kind.PROJECT)
    return {
        "ready": ready,
        "opens_project": opens and rights.acts_as(actor, *CARRIERS),
    }


def _timeline(lead: Lead, here: Standing) -> list[dict[str, Any]]:
    rows = Event.objects.filter(subject_type="leads.lead", subject_id=lead.pk)
    if here not in queries.READS_ALL:
        rows = rows.filter(name__in=[f"leads.lead.{verb}" for verb in FOR_SIDES])
    found = list(rows.order_by("-id")[:TOLD])
    known = {row.person_id for row in found if row.person_id}
    names = Person.objects.in_bulk(known) if here in queries.READS_ALL else {}
    return [
        {
            "at": row.at,
            "title": _told(row),
            "who": names[row.person_id].name if row.person_id in names else "",
            "tone": "stop" if row.name.endswith(("reply_missed", "lapsed", ".lost")) else "",
        }
        for row in found
    ]


def _told(event: Event) -> str:
    verb = event.name.rsplit(".", 1)[-1]
    said = str(SENTENCES.get(verb, _("Something happened")))
    if verb == "moved":
        labels = dict(Lead.Status.choices)
        return said.format(
            left=labels.get(str(event.facts["left"]), ""), to=labels.get(str(event.facts["to"]), "")
        )
    return said


@acting
@require_GET
def leads_of(request: ActorRequest, noun: str, pk: int) -> HttpResponse:
    """The panel of an entry's page: leads of it that the reader sees, and asking for contact."""
    actor = request.actor
    entries: Any = {
        "achievement": technologies.visible_achievements,
        "demand": technologies.visible_demands,
        "scenario": scenarios.visible_scenarios,
    }[noun](actor=actor)
    entry = entries.filter(pk=pk).first()
    if entry is None:
        raise NotFound
    rows = queries.visible_leads(actor=actor).filter(**{noun: pk}).order_by("-id")
    mine = [row for row in rows[:20] if not row.is_over]
    begins = entry.status in (commands.OPEN_SCENARIO if noun == "scenario" else (Entry.PUBLISHED,))
    own = entry.owner_id == actor.organisation_id
    context = {
        "rows": rows[:20],
        "noun": noun,
        "pk": pk,
        "asks": begins
        and not own
        and not (mine and queries.standing(mine[0], actor) in queries.AT_THE_TABLE)
        and queries.may_ask(actor, noun),
        "answers": _answers(entry, actor) if begins and noun == "scenario" else [],
        "opens": begins and (queries.manages(actor) or queries.operates(actor)),
    }
    return render(request, "leads/_leads_of.html", context)


def _answers(entry: Any, actor: Membership) -> list[Any]:
    """The answers to the actor's scenario with which no live lead of it has begun yet."""
    if entry.owner_id != actor.organisation_id or not queries.may_ask(actor, "scenario"):
        return []
    standing = scenarios.visible_answers(entry=entry, actor=actor).filter(
        status__in=commands.FROM_SCENARIOS
    )
    met = {
        pk
        for sides in queries.live_of_scenario(scenario_id=entry.pk)
        for pk in (sides.supplier_id, sides.enterprise_id)
    }
    return [one for one in standing if one.organisation_id not in met]
