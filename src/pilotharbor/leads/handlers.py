"""What matches cause here, and who is told of what happens to leads."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.leads import commands, queries
from pilotharbor.leads.models import Claim, Lead, Problem
from pilotharbor.matching import commands as matching
from pilotharbor.matching.engine import grades
from pilotharbor.parties import commands as parties
from pilotharbor.parties import notices
from pilotharbor.parties import queries as people
from pilotharbor.parties.commands.ndas import SIGNATORIES
from pilotharbor.parties.models import Organisation
from pilotharbor.parties.roles import Role

notices.say("leads.lead.opened", _("A lead waits in the pool: “{title}”."))
notices.say("leads.lead.asked", _("A side asks to be brought together: “{title}”."))
notices.say("leads.lead.side_told", _("A technology manager brings you together over “{title}”."))
notices.say("leads.lead.reply_missed", _("The first reply on “{title}” is overdue."))
notices.say("leads.lead.claimed", _("A technology manager has taken up “{title}”."))
notices.say("leads.lead.offered", _("A lead is offered to you: “{title}”."))
notices.say("leads.lead.handed_on", _("The lead “{title}” has passed to another manager."))
notices.say("leads.lead.offer_declined", _("The manager you offered “{title}” to has declined."))
notices.say("leads.lead.assigned", _("An operator has given the lead “{title}” to a manager."))
notices.say("leads.lead.contested", _("A manager contests who carries “{title}”."))
notices.say("leads.lead.decided", _("It is decided who carries “{title}”."))
notices.say("leads.lead.lapsed", _("“{title}” lay idle and has gone back to the pool."))
notices.say("leads.lead.written_to", _("A side of “{title}” has written to you."))
notices.say("leads.lead.nda_asked", _("Please sign the confidentiality agreement for “{title}”."))
notices.say("leads.lead.signed", _("The contract for “{title}” is signed."))
notices.say("leads.lead.lost", _("“{title}” was not concluded."))
notices.say("leads.lead.project_asked", _("A manager asks you to make a project of “{title}”."))
notices.say("leads.lead.handed_over", _("“{title}” has become a project."))
notices.say("leads.problem.offered", _("A problem you told us can become your need: “{title}”."))
notices.say("leads.problem.taken", _("An enterprise has made a need of “{title}”."))
notices.say("leads.problem.answered", _("Your problem “{title}” has an answer."))


def _tell(event: Event, lead: Lead, members: set[int | None], **facts: Fact) -> None:
    parties.notify(
        member_ids={pk for pk in members if pk is not None},
        not_to=event.person_id,
        kind=event.name,
        url=reverse("lead_detail", args=[lead.pk]),
        event=event,
        at=event.at,
        facts={"title": lead.title, **facts},
    )


def _lead(event: Event) -> Lead:
    return Lead.objects.get(pk=event.subject_id)


def _host(*roles: Role) -> set[int | None]:
    host = Organisation.objects.filter(is_host=True).first()
    if host is None:
        return set()
    rows = people.people_of(organisation_id=host.pk, roles=roles)
    return set(rows.values_list("pk", flat=True))


def _sides(lead: Lead) -> set[int | None]:
    """The contacts of the sides that know of the lead."""
    return {
        lead.supplier_contact_id if lead.supplier_since_at else None,
        lead.enterprise_contact_id if lead.enterprise_since_at else None,
    }


@handles("matching.match.accepted")
def open_a_lead(event: Event) -> None:
    """An accepted match is carried on as a lead."""
    if event.actor_id is not None:
        commands.open_from_match(match_id=event.subject_id, actor_id=event.actor_id, at=event.at)


@handles("leads.lead.opened")
def tell_of_the_pool(event: Event) -> None:
    """What nobody carries yet is told to the host's operators and managers."""
    lead = _lead(event)
    if lead.manager_id is None:
        _tell(event, lead, _host(Role.PLATFORM_OPERATOR, Role.TECHNOLOGY_MANAGER))


@handles("leads.lead.asked", "leads.lead.written_to")
def tell_who_carries(event: Event) -> None:
    """Whoever carries it, or else the operators."""
    lead = _lead(event)
    _tell(event, lead, {lead.manager_id} if lead.manager_id else _host(Role.PLATFORM_OPERATOR))


@handles("leads.lead.side_told")
def tell_the_side(event: Event) -> None:
    """The side that was spoken to finds the lead here from now on."""
    lead = _lead(event)
    supplier = event.facts["side"] == "supplier"
    _tell(event, lead, {lead.supplier_contact_id if supplier else lead.enterprise_contact_id})


@handles("leads.lead.reply_missed", "leads.lead.lapsed")
def tell_of_the_delay(event: Event) -> None:
    """The manager and the operators learn that time has run out."""
    lead = _lead(event)
    late = event.facts.get("manager_id")
    manager = late if isinstance(late, int) else None
    _tell(event, lead, {manager} | _host(Role.PLATFORM_OPERATOR))


@handles("leads.lead.claimed", "leads.lead.lost", "leads.lead.signed", "leads.lead.handed_over")
def tell_both_sides(event: Event) -> None:
    """The sides that know of it, and who carries it."""
    lead = _lead(event)
    _tell(event, lead, _sides(lead) | {lead.manager_id})


@handles("leads.lead.offered")
def tell_to_whom_it_is_offered(event: Event) -> None:
    """The other manager, who answers."""
    claim = Claim.objects.get(pk=event.facts["claim_id"])
    _tell(event, _lead(event), {claim.manager_id})


@handles(
    "leads.lead.handed_on", "leads.lead.offer_declined", "leads.lead.assigned", "leads.lead.decided"
)
def tell_the_managers(event: Event) -> None:
    """Both managers learn who carries it now."""
    lead = _lead(event)
    named = {event.facts.get("from_id"), event.facts.get("manager_id"), lead.manager_id}
    _tell(event, lead, {pk for pk in named if isinstance(pk, int)})


@handles("leads.lead.nda_asked")
def ask_for_signatures(event: Event) -> None:
    """Each side that knows of the lead is led to the paper it would sign towards the other."""
    lead = _lead(event)
    for mine, since, theirs in (
        (lead.supplier_id, lead.supplier_since_at, lead.enterprise_id),
        (lead.enterprise_id, lead.enterprise_since_at, lead.supplier_id),
    ):
        if mine is None or since is None or theirs is None:
            continue
        signers = people.people_of(organisation_id=mine, roles=SIGNATORIES)
        parties.notify(
            member_ids=set(signers.values_list("pk", flat=True)),
            not_to=event.person_id,
            kind=event.name,
            url=queries.signing_address(lead, owner_id=theirs),
            event=event,
            at=event.at,
            facts={"title": lead.title},
        )


@handles("leads.lead.contested")
def tell_who_decides(event: Event) -> None:
    """The operators, who decide, and who carries it now."""
    lead = _lead(event)
    _tell(event, lead, {lead.manager_id} | _host(Role.PLATFORM_OPERATOR))


@handles("leads.lead.project_asked")
def tell_who_makes_projects(event: Event) -> None:
    """The host's operators."""
    _tell(event, _lead(event), _host(Role.PLATFORM_OPERATOR))


@handles("leads.problem.offered", "leads.problem.answered", "leads.problem.taken")
def tell_of_a_problem(event: Event) -> None:
    """The enterprise of what it may do or read; who went there of what became of it."""
    problem = Problem.objects.select_related("visit").get(pk=event.subject_id)
    visit = problem.visit
    if event.name.endswith(".taken"):
        told = {visit.led_by_id}
    else:
        rows = people.people_of(organisation_id=visit.enterprise_id, roles=[Role.ENTERPRISE_MEMBER])
        told = set(rows.values_list("pk", flat=True))
    parties.notify(
        member_ids=told,
        not_to=event.person_id,
        kind=event.name,
        url=reverse("visit_detail", args=[visit.pk]),
        event=event,
        at=event.at,
        facts={"title": problem.title},
    )


# How far a stage is, for what is learnt about ranking (R-MATCH-10).
_GRADES = {
    Lead.Status.FOUND: grades.OPENED,
    Lead.Status.CONTACTED: grades.CONTACTED,
    Lead.Status.MET: grades.MET,
    Lead.Status.NDA: grades.MET,
    Lead.Status.EVALUATED: grades.MET,
    Lead.Status.NEGOTIATING: grades.MET,
    Lead.Status.SIGNED: grades.SIGNED,
}
# A loss that tells something of how the two fit; of the others nothing is learnt.
_TELLING = {
    Lead.LostReason.PRICE,
    Lead.LostReason.MATURITY,
    Lead.LostReason.NOT_EXCLUSIVE,
    Lead.LostReason.RIGHTS,
    Lead.LostReason.OTHER,
}


@handles("leads.lead.opened", "leads.lead.moved", "leads.lead.signed", "leads.lead.lost")
def teach_the_ranking(event: Event) -> None:
    """What becomes of a lead is kept as an outcome of its pair, in numbers alone."""
    lead = _lead(event)
    if lead.achievement_id is None or lead.demand_id is None:
        return
    grade = _GRADES.get(Lead.Status(lead.status))
    if lead.status == Lead.Status.LOST and lead.lost_reason in _TELLING:
        grade = grades.REFUSED
    matching.note_outcome(
        achievement_id=lead.achievement_id, demand_id=lead.demand_id, grade=grade, at=event.at
    )
