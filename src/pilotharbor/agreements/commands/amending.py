"""How is a draft changed before it is offered, so that what it said before can still be read?"""

from dataclasses import asdict, replace
from datetime import datetime

from pilotharbor.agreements.commands.drafting import (
    BadAgreement,
    columns,
    plan_at_scheme_design,
    require_drafter,
    seen_and_locked,
    write_terms,
)
from pilotharbor.agreements.models import Agreement, EarlierTerms, RevenueShareTerm
from pilotharbor.agreements.terms import Terms, differences, problems, terms_of
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict
from pilotharbor.kernel.transactions import command
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.rights import Kind, Verb


class NotADraft(Conflict):
    """Only a draft can be changed; what was offered is made void and drafted anew."""

    code = "agreements.not_a_draft"


class ChangedMeanwhile(Conflict):
    """Somebody else has changed this draft meanwhile; read it again before changing it."""

    code = "agreements.changed_meanwhile"


@command
def amend(
    *, agreement_id: int, terms: Terms, actor_id: int, at: datetime, version: int | None = None
) -> Agreement:
    """Put other terms into a draft; what it said before stays as an earlier version.

    ``version`` is the one that was read, where that is known. Terms that say nothing new change
    nothing.

    Raises: NotFound, NotYourRole, NotYourAgreement, NotADraft, ChangedMeanwhile, WrongStep,
    PlanMissing, BadAgreement.
    Source: R-AGR-9.
    """
    actor = parties.actor(actor_id=actor_id)
    project, agreement = seen_and_locked(agreement_id=agreement_id, actor=actor)
    rights.require(actor, Verb.WRITE, Kind.AGREEMENT)
    require_drafter(actor, project)
    if agreement.status != Agreement.Status.DRAFT:
        raise NotADraft(status=agreement.status)
    if version is not None and version != agreement.version:
        raise ChangedMeanwhile(version=agreement.version)
    wrong = problems(terms, project=project, plan=plan_at_scheme_design(project))
    if wrong:
        raise BadAgreement(problems=wrong)

    before = terms_of(agreement)
    after = replace(terms, title=terms.title.strip() or agreement.title)
    changed = differences(before, after)
    if not changed:
        return agreement
    EarlierTerms.objects.create(
        agreement=agreement,
        version=agreement.version,
        terms=asdict(before),
        changed=changed,
        replaced_by=actor,
        replaced_at=at,
    )
    agreement.parties.all().delete()
    agreement.milestones.all().delete()
    RevenueShareTerm.objects.filter(agreement=agreement).delete()
    for name, value in columns(project, after).items():
        setattr(agreement, name, value)
    agreement.version += 1
    agreement.save(update_fields=[*columns(project, after), "version"])
    write_terms(agreement, after)
    events.record(
        "agreements.agreement.amended",
        agreement,
        actor=actor,
        at=at,
        project_id=project.pk,
        version=agreement.version,
        changed=changed,
    )
    return agreement
