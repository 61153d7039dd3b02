"""Who people are and for whom they may act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.parties import invitations, rights
from pilotharbor.parties.models import (
    ApiToken,
    BreakGlass,
    Invitation,
    Membership,
    NonDisclosure,
    Notification,
    NotificationPreference,
    Organisation,
)
from pilotharbor.parties.rights import Kind, Scope, Verb
from pilotharbor.parties.roles import Role

# People of such organisations may act at all.
ACTING = frozenset({Organisation.Status.APPROVED, Organisation.Status.APPLIED})
# Who looks after the people of other organisations, too.
OVERSEERS = frozenset({Role.PLATFORM_OPERATOR, Role.SYSTEM_ADMINISTRATOR})


def active_memberships(*, person_id: int) -> QuerySet[Membership]:
    """What a person may act as: active, in an approved or still applying organisation."""
    rows = standing().filter(person_id=person_id)
    return rows.select_related("person", "organisation").order_by("id")


def standing() -> QuerySet[Membership]:
    """Every membership that may act: itself, its person and its organisation stand."""
    return Membership.objects.filter(
        person__is_active=True, status=Membership.Status.ACTIVE, organisation__status__in=ACTING
    )


def actor(*, actor_id: int) -> Membership:
    """The acting membership of a command, if it may still act at all.

    Raises: NotFound when it has been suspended, ended, or its person or organisation has.
    """
    found = (
        Membership.objects.filter(
            pk=actor_id, person__is_active=True, status=Membership.Status.ACTIVE
        )
        .exclude(organisation__status__in=["suspended", "refused"])
        .select_related("person", "organisation")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def nda_owners(actor: Membership | None) -> QuerySet[NonDisclosure, int]:
    """Ids of the organisations whose NDA-level detail the actor's organisation may read."""
    signatory = actor.organisation_id if actor else None
    return NonDisclosure.objects.filter(
        signatory_id=signatory, status=NonDisclosure.Status.IN_FORCE
    ).values_list("owner_id", flat=True)


def visible_organisations(*, actor: Membership | None) -> QuerySet[Organisation]:
    """Approved organisations for everyone; all of them for the host's people and auditors."""
    if Scope.ALL in rights.scopes(actor, Verb.READ, Kind.ORGANISATION):
        return Organisation.objects.all()
    shown = Q(status=Organisation.Status.APPROVED)
    if actor is not None:
        shown |= Q(pk=actor.organisation_id)
    return Organisation.objects.filter(shown)


def host() -> Organisation:
    """The organisation that operates this harbour.

    Raises: NotFound before the harbour was founded.
    """
    found = Organisation.objects.filter(is_host=True).first()
    if found is None:
        raise NotFound
    return found


def oversees(actor: Membership) -> bool:
    """Whether the actor looks after all organisations and their people."""
    return actor.organisation.is_host and rights.acts_as(actor, *OVERSEERS)


def administers(actor: Membership, *, organisation_id: int) -> bool:
    """Whether the actor looks after the people of this organisation as its administrator.

    A system administrator configures and supervises; handing out roles would open the business
    secrets that this role must not read.
    """
    own = actor.is_admin and actor.organisation_id == organisation_id
    return own and not rights.only_configures(actor)


def has_administrator(*, organisation: Organisation, at: datetime) -> bool:
    """Whether somebody administers the organisation now or is invited to."""
    if administrators_of(organisation_id=organisation.pk).exists():
        return True
    invited = Invitation.objects.filter(
        organisation=organisation, is_admin=True, status=Invitation.Status.OPEN
    ).select_related("organisation", "invited_by__person", "invited_by__organisation")
    return any(invitation_is_open(one, at=at) for one in invited)


def visible_members(*, actor: Membership | None) -> QuerySet[Membership]:
    """The people of one's own organisation; of all for the host's people and auditors."""
    rows = Membership.objects.select_related("person", "organisation")
    if actor is None:
        return rows.none()
    if oversees(actor) or rights.audits(actor):
        return rows
    return rows.filter(organisation_id=actor.organisation_id)


def visible_invitations(*, actor: Membership | None) -> QuerySet[Invitation]:
    """Invitations to one's own organisation for its administrators; all for the host's people."""
    rows = Invitation.objects.select_related("organisation", "invited_by__person")
    if actor is not None and oversees(actor):
        return rows
    if actor is None or not actor.is_admin:
        return rows.none()
    return rows.filter(organisation_id=actor.organisation_id)


def invitation_is_open(invitation: Invitation, *, at: datetime) -> bool:
    """Whether it can still be taken up: fresh, and who sent it and for whom may still act.

    Source: R-PARTY-6.
    """
    fresh = invitation.status == Invitation.Status.OPEN and invitation.expires_at > at
    inviter = invitation.invited_by
    standing = {invitation.organisation.status, inviter.organisation.status} <= ACTING
    acting = inviter.status == Membership.Status.ACTIVE and inviter.person.is_active
    return fresh and standing and acting


def visible_ndas(*, actor: Membership | None) -> QuerySet[NonDisclosure]:
    """Agreements one's own organisation gave or received; all for auditors."""
    rows = NonDisclosure.objects.select_related("owner", "signatory", "signed_by__person")
    if actor is None:
        return rows.none()
    if rights.audits(actor):
        return rows
    own = actor.organisation_id
    return rows.filter(Q(owner_id=own) | Q(signatory_id=own))


def nda_in_force(*, owner_id: int, signatory_id: int) -> bool:
    """Whether this organisation may read what the owner shows under NDA."""
    return NonDisclosure.objects.filter(
        owner_id=owner_id, signatory_id=signatory_id, status=NonDisclosure.Status.IN_FORCE
    ).exists()


def visible_tokens(*, actor: Membership | None) -> QuerySet[ApiToken]:
    """The person's own keys, of whichever membership."""
    rows = ApiToken.objects.select_related("membership__organisation")
    return rows.filter(membership__person_id=actor.person_id) if actor else rows.none()


def visible_break_glass(*, actor: Membership | None) -> QuerySet[BreakGlass]:
    """Emergency readings, for auditors and the host's administrators."""
    rows = BreakGlass.objects.select_related("asked_by__person", "decided_by__person")
    seen = rights.administers_system(actor) or rights.audits(actor)
    return rows if seen else rows.none()


def break_glass_open(
    *, actor: Membership | None, subject_type: str, subject_id: int, at: datetime
) -> BreakGlass | None:
    """The granted and unexpired emergency reading of the actor for this thing, if any.

    Whoever shows something through it calls ``commands.use_break_glass`` first, for the record.
    """
    if actor is None:
        return None
    return BreakGlass.objects.filter(
        asked_by_id=actor.pk, subject_type=subject_type, subject_id=subject_id,
        status=BreakGlass.Status.GRANTED, expires_at__gt=at,
    ).first()  # fmt: skip


def independent(*, decider: Membership, asker: Membership) -> bool:
    """Whether an auditor may decide about this person's emergency reading.

    They share no organisation, whichever membership one looks at; and neither the auditor nor
    whoever let the auditor's organisation in was brought to the harbour by the asker.

    Source: R-PARTY-11.
    """
    theirs = Membership.objects.filter(person_id=asker.person_id).values("organisation_id")
    shared = Membership.objects.filter(person_id=decider.person_id, organisation_id__in=theirs)
    if shared.exists():
        return False
    let_in = Event.objects.filter(
        subject_type="parties.organisation", subject_id=decider.organisation_id,
        name__in=LETS_IN, person_id__isnull=False,
    ).values_list("person_id", flat=True)  # fmt: skip
    vouching = {decider.person_id, *(person for person in let_in if person is not None)}
    return asker.person_id not in _brought_in_by(vouching)


# What makes an organisation count, and who did it vouches for its people.
LETS_IN = (
    "parties.organisation.registered",
    "parties.organisation.approved",
    "parties.organisation.reinstated",
)


def _brought_in_by(people: set[int]) -> set[int]:
    """These people and everybody in the chain of invitations that led to them."""
    found, fresh = set(people), set(people)
    while fresh:
        rows = Invitation.objects.filter(membership__person_id__in=fresh)
        fresh = set(rows.values_list("invited_by__person_id", flat=True)) - found
        found |= fresh
    return found


def notifications_of(*, person_id: int) -> QuerySet[Notification]:
    """What a person was told, as themselves or as a membership that may still act.

    Source: R-PARTY-12.
    """
    as_member = Q(membership__in=standing().filter(person_id=person_id))
    return Notification.objects.filter(Q(membership=None) | as_member, person_id=person_id)


@dataclass(frozen=True, slots=True)
class Silence:
    """Who of some people does not want to hear: in the app, by mail, at all."""

    in_app: frozenset[int]
    by_mail: frozenset[int]

    @property
    def everything(self) -> frozenset[int]:
        """Those who want to hear in neither way."""
        return self.in_app & self.by_mail


def silenced(*, person_ids: Iterable[int], domain: str) -> Silence:
    """Who does not want to hear of a domain; without a word, people hear everything."""
    said = list(NotificationPreference.objects.filter(person_id__in=person_ids, domain=domain))
    return Silence(
        in_app=frozenset(p.person_id for p in said if not p.in_app),
        by_mail=frozenset(p.person_id for p in said if not p.by_mail),
    )


def people_of(*, organisation_id: int, roles: Iterable[str] = ()) -> QuerySet[Membership]:
    """Who acts for an organisation now, in any of these roles (none given: in any role)."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id, status=Membership.Status.ACTIVE, person__is_active=True
    )
    return (rows.filter(role__in=list(roles)) if roles else rows).select_related("person")


def administrators_of(*, organisation_id: int) -> QuerySet[Membership]:
    """Who administers an organisation."""
    return people_of(organisation_id=organisation_id).filter(is_admin=True)


def search_organisations(
    *, actor: Membership | None, q: str = "", uscc: str = "", kind: str = "", status: str = ""
) -> QuerySet[Organisation]:
    """Visible organisations whose name or code holds the words, of a kind and standing."""
    rows = visible_organisations(actor=actor)
    for word in q.split()[:8]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(name_en__icontains=word) | Q(uscc__istartswith=word)
        )
    exact = {"uscc": uscc.strip().upper(), "kind": kind, "status": status}
    return rows.filter(**{name: value for name, value in exact.items() if value})


def invited_email(*, token: str) -> str:
    """Whom an invitation's secret is for; empty when there is no such invitation."""
    found = Invitation.objects.filter(token_sha256=invitations.digest(token))
    return found.values_list("email", flat=True).first() or ""


def invitation_of(*, token: str) -> Invitation | None:
    """The invitation a secret belongs to."""
    rows = Invitation.objects.select_related(
        "organisation", "invited_by__person", "invited_by__organisation"
    )
    return rows.filter(token_sha256=invitations.digest(token)).first()


def is_registered(*, uscc: str) -> bool:
    """Whether any organisation has this code, seen or unseen."""
    return Organisation.objects.filter(uscc=uscc).exists()


def history_of(organisation: Organisation, *, actor: Membership | None) -> list[Event]:
    """What happened to an organisation, newest first, for itself, the host's people and auditors."""
    if actor is None:
        return []
    if (
        actor.organisation_id != organisation.pk
        and not oversees(actor)
        and not rights.audits(actor)
    ):
        return []
    rows = Event.objects.filter(subject_type="parties.organisation", subject_id=organisation.pk)
    return list(rows.order_by("-id")[:20])


def memberships_of_email(*, email: str) -> QuerySet[Membership]:
    """What the person with this e-mail may act as."""
    rows = Membership.objects.filter(person__email__iexact=email.strip())
    person_id = rows.values_list("person_id", flat=True).first()
    return active_memberships(person_id=person_id or 0)


# What was looked at when the organisation was let in, and money depends on since.
VOUCHED_FOR = ("jurisdiction", "state_funded", "sme")


def vouches(actor: Membership, organisation: Organisation) -> bool:
    """Whether the actor may change what the organisation was let in for.

    Source: R-PARTY-2.
    """
    if organisation.status == Organisation.Status.APPLIED:
        return True
    return Scope.ALL in rights.scopes(actor, Verb.APPROVE, Kind.ORGANISATION)
