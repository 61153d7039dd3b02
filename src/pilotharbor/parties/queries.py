"""Who people are and for whom they may act."""

from django.db.models import Q, QuerySet

from pilotharbor.kernel.errors import NotFound
from pilotharbor.parties import rights
from pilotharbor.parties.models import Membership, NonDisclosure, Organisation
from pilotharbor.parties.rights import Kind, Verb


def active_memberships(*, person_id: int) -> QuerySet[Membership]:
    """What a person may act as: active, in an approved or still applying organisation."""
    return (
        Membership.objects.filter(
            person_id=person_id,
            person__is_active=True,
            status=Membership.Status.ACTIVE,
            organisation__status__in=[Organisation.Status.APPROVED, Organisation.Status.APPLIED],
        )
        .select_related("person", "organisation")
        .order_by("id")
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
    """Approved organisations for everyone; applicants for the host's operators and themselves."""
    shown = Q(status=Organisation.Status.APPROVED)
    if actor is not None:
        shown |= Q(pk=actor.organisation_id)
        if rights.may(actor, Verb.APPROVE, Kind.ORGANISATION):
            shown |= Q()
            return Organisation.objects.all()
    return Organisation.objects.filter(shown)


def host() -> Organisation:
    """The organisation that operates this harbour.

    Raises: NotFound before the harbour was founded.
    """
    found = Organisation.objects.filter(is_host=True).first()
    if found is None:
        raise NotFound
    return found
