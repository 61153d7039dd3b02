"""What the region recognises: a platform files, the bureau answers."""

from datetime import datetime

from pilotharbor.governance import queries
from pilotharbor.governance.models import Accreditation
from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Forbidden, Invalid
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries as parties
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import OrganisationKind


class NotAPlatform(Forbidden):
    """Only a pilot-plant platform files for accreditation."""

    code = "governance.not_a_platform"


class StatementMissing(Invalid):
    """State on what the application rests: site, equipment, people, services."""

    code = "governance.statement_missing"


class UnknownKind(Invalid):
    """There is no such kind of accreditation."""

    code = "governance.unknown_kind"


class FiledAlready(Conflict):
    """This platform has filed for this accreditation already, or holds it."""

    code = "governance.filed_already"


class ReasonMissing(Invalid):
    """Say why the application is refused."""

    code = "governance.reason_missing"


@command
def file(*, kind: str, statement: str, actor_id: int, at: datetime) -> Accreditation:
    """File for the accreditation of one's own platform.

    Raises: NotFound, NotYourRole, NotAPlatform, UnknownKind, StatementMissing, FiledAlready.
    Source: R-GOV-1.
    """
    actor = parties.actor(actor_id=actor_id)
    reach = rights.require(actor, Verb.WRITE, Kind.ACCREDITATION)
    if Scope.OWN not in reach or actor.organisation.kind != OrganisationKind.PILOT_PLATFORM:
        raise NotAPlatform
    if kind not in Accreditation.Kind.values:
        raise UnknownKind(problems={"kind": str(UnknownKind())})
    if not statement.strip():
        raise StatementMissing(problems={"statement": str(StatementMissing())})

    with refusing(governance_accreditation_once=FiledAlready()):
        filed = Accreditation.objects.create(
            platform_id=actor.organisation_id,
            kind=kind,
            statement=statement.strip(),
            filed_by=actor,
            filed_at=at,
        )
    events.record("governance.accreditation.filed", filed, actor=actor, at=at, kind=kind)
    return filed


@command
def grant(*, accreditation_id: int, actor_id: int, at: datetime) -> Accreditation:
    """Recognise the platform.

    Raises: NotFound, NotYourRole, MoveNotAllowed.
    Source: R-GOV-2.
    """
    return _decide(accreditation_id, Accreditation.Status.GRANTED, "", actor_id, at)


@command
def refuse(*, accreditation_id: int, reason: str, actor_id: int, at: datetime) -> Accreditation:
    """Refuse the application, saying why.

    Raises: NotFound, NotYourRole, ReasonMissing, MoveNotAllowed.
    Source: R-GOV-2.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    return _decide(accreditation_id, Accreditation.Status.REFUSED, reason, actor_id, at)


@command
def withdraw(*, accreditation_id: int, reason: str, actor_id: int, at: datetime) -> Accreditation:
    """Take a granted accreditation back, saying why (摘牌).

    Raises: NotFound, NotYourRole, ReasonMissing, MoveNotAllowed.
    Source: R-GOV-2.
    """
    if not reason.strip():
        raise ReasonMissing(problems={"reason": str(ReasonMissing())})
    return _decide(accreditation_id, Accreditation.Status.WITHDRAWN, reason, actor_id, at)


def _decide(
    accreditation_id: int, to: Accreditation.Status, reason: str, actor_id: int, at: datetime
) -> Accreditation:
    actor = parties.actor(actor_id=actor_id)
    _refuse_without_seal(actor)
    queries.accreditation(actor=actor, accreditation_id=accreditation_id)
    row = Accreditation.objects.select_for_update(no_key=True).get(pk=accreditation_id)
    advance(row, to, decided_by=actor, decided_at=at, reason=reason.strip())
    events.record(f"governance.accreditation.{to}", row, actor=actor, at=at)
    return row


def _refuse_without_seal(actor: Membership) -> None:
    rights.require(actor, Verb.APPROVE, Kind.ACCREDITATION)
