"""How does one organisation come to read what another shows in confidence?"""

from datetime import datetime

from pilotharbor.kernel import events
from pilotharbor.kernel.errors import Conflict, Invalid, NotFound
from pilotharbor.kernel.states import advance
from pilotharbor.kernel.transactions import command, refusing
from pilotharbor.parties import queries, rights, texts
from pilotharbor.parties.models import Membership, NonDisclosure, Organisation
from pilotharbor.parties.roles import Role

# Who speaks for an organisation outwards; administrators do too.
SIGNATORIES = frozenset({
    Role.TTO_OFFICER, Role.ENTERPRISE_MEMBER, Role.INVESTOR, Role.PLATFORM_OPERATOR,
    Role.MEMBER_PLATFORM, Role.TECHNOLOGY_MANAGER,
})  # fmt: skip


class SignedAlready(Conflict):
    """Your organisation has signed with this one already; nothing more is needed."""

    code = "parties.nda_signed_already"


class NotWithOneself(Invalid):
    """An organisation needs no confidentiality agreement with itself."""

    code = "parties.nda_with_oneself"


class ApprovalPending(Conflict):
    """Your organisation must be approved before it can sign."""

    code = "parties.approval_pending"


class OtherText(Conflict):
    """The text has changed since you opened it; read the present one and sign that."""

    code = "parties.nda_other_text"


def may_sign(actor: Membership) -> bool:
    """Whether the actor speaks for the organisation in a confidentiality agreement."""
    speaks = actor.is_admin and not rights.only_configures(actor) and not rights.audits(actor)
    return speaks or rights.acts_as(actor, *SIGNATORIES)


@command
def sign_nda(*, owner_id: int, actor_id: int, at: datetime, text_sha256: str = "") -> NonDisclosure:
    """Sign the present text for the actor's organisation towards ``owner``, once.

    ``text_sha256`` is the digest of the text that was read; empty means the present one.

    Raises: NotYourRole, NotFound, NotWithOneself, ApprovalPending, OtherText, SignedAlready.
    Source: R-PARTY-10.
    """
    actor = queries.actor(actor_id=actor_id)
    if not may_sign(actor):
        raise rights.NotYourRole(role=actor.role)
    if actor.organisation.status != Organisation.Status.APPROVED:
        raise ApprovalPending
    if actor.organisation_id == owner_id:
        raise NotWithOneself
    if not queries.visible_organisations(actor=actor).filter(pk=owner_id).exists():
        raise NotFound
    text = texts.nda()
    if text_sha256 and text_sha256 != text.sha256:
        raise OtherText
    with refusing(parties_nda_once_per_counterparty=SignedAlready(owner_id=owner_id)):
        nda = NonDisclosure.objects.create(
            owner_id=owner_id, signatory_id=actor.organisation_id, signed_by=actor, signed_at=at,
            text_version=text.version, text_sha256=text.sha256,
        )  # fmt: skip
    events.record(
        "parties.nda.signed", nda, actor=actor, at=at, owner_id=owner_id,
        text_version=text.version, text_sha256=text.sha256,
    )  # fmt: skip
    return nda


@command
def end_nda(*, nda_id: int, actor_id: int, at: datetime) -> NonDisclosure:
    """End an agreement; from then on nothing more is shown under it. What was read stays bound.

    Raises: NotYourRole, NotFound, MoveNotAllowed.
    """
    actor = queries.actor(actor_id=actor_id)
    if not may_sign(actor):
        raise rights.NotYourRole(role=actor.role)
    nda = (
        NonDisclosure.objects.select_for_update(no_key=True)
        .filter(pk=nda_id, owner_id=actor.organisation_id)
        .first()
    )
    if nda is None:
        raise NotFound
    advance(nda, NonDisclosure.Status.ENDED, ended_at=at)
    events.record(
        "parties.nda.ended", nda, actor=actor, at=at, owner_id=nda.owner_id,
        signatory_id=nda.signatory_id,
    )  # fmt: skip
    return nda
