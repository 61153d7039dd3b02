"""Who is told of what happens to organisations and people, and which mail goes out."""

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as translate

from pilotharbor.kernel.events import Fact
from pilotharbor.kernel.handling import handles
from pilotharbor.kernel.models import Event
from pilotharbor.parties import commands, invitations, notices, queries
from pilotharbor.parties.models import (
    BreakGlass,
    Invitation,
    Membership,
    NonDisclosure,
    Notification,
    Organisation,
    Person,
)
from pilotharbor.parties.roles import Role


def _tell(event: Event, members: set[int], url: str, **facts: Fact) -> None:
    commands.notify(
        member_ids=members, kind=event.name, url=url, event=event, at=event.at, facts=facts
    )


def _tell_themselves(event: Event, people: set[int], url: str, **facts: Fact) -> None:
    """Of their own standing people hear also when it is gone."""
    commands.notify(
        person_ids=people, kind=event.name, url=url, event=event, at=event.at, facts=facts
    )


def _overseers() -> set[int]:
    rows = queries.people_of(
        organisation_id=queries.host().pk, roles=[Role.PLATFORM_OPERATOR]
    ).values_list("pk", flat=True)
    return set(rows)


@handles("parties.organisation.registered")
def tell_the_host_of_an_applicant(event: Event) -> None:
    """The operators see who waits for approval."""
    if not Organisation.objects.filter(is_host=True).exists():
        return
    organisation = Organisation.objects.get(pk=event.subject_id)
    url = reverse("organisation_detail", args=[organisation.pk])
    _tell(event, _overseers(), url, organisation=organisation.name)


@handles(
    "parties.organisation.approved",
    "parties.organisation.refused",
    "parties.organisation.suspended",
    "parties.organisation.reinstated",
)
def tell_an_organisation_of_its_standing(event: Event) -> None:
    """Its administrators hear what became of it."""
    organisation = Organisation.objects.get(pk=event.subject_id)
    people = queries.administrators_of(organisation_id=organisation.pk)
    _tell_themselves(
        event, set(people.values_list("person_id", flat=True)),
        reverse("organisation_detail", args=[organisation.pk]), organisation=organisation.name,
    )  # fmt: skip


@handles("parties.invitation.accepted")
def tell_who_invited(event: Event) -> None:
    """Whoever sent the invitation hears that it was taken up."""
    one = Invitation.objects.select_related("organisation", "invited_by", "membership__person").get(
        pk=event.subject_id
    )
    joined = one.membership.person.name if one.membership else one.name
    _tell(
        event, {one.invited_by_id}, reverse("people"), person=joined,
        organisation=one.organisation.name,
    )  # fmt: skip


@handles(
    "parties.membership.suspended", "parties.membership.reinstated", "parties.membership.ended"
)
def tell_a_member(event: Event) -> None:
    """The person hears what changed for them."""
    member = Membership.objects.select_related("organisation").get(pk=event.subject_id)
    url = reverse("organisation_detail", args=[member.organisation_id])
    _tell_themselves(event, {member.person_id}, url, organisation=member.organisation.name)


@handles("parties.nda.signed")
def tell_the_owner_of_a_signature(event: Event) -> None:
    """The disclosing organisation's administrators hear who may read from now on."""
    nda = NonDisclosure.objects.select_related("signatory").get(pk=event.subject_id)
    people = queries.administrators_of(organisation_id=nda.owner_id)
    _tell(
        event, set(people.values_list("pk", flat=True)), reverse("ndas"),
        organisation=nda.signatory.name,
    )  # fmt: skip


@handles("parties.nda.ended")
def tell_the_signatory_of_the_end(event: Event) -> None:
    """The other organisation's administrators hear that nothing more is shown."""
    nda = NonDisclosure.objects.select_related("owner").get(pk=event.subject_id)
    people = queries.administrators_of(organisation_id=nda.signatory_id)
    _tell(
        event, set(people.values_list("pk", flat=True)), reverse("ndas"),
        organisation=nda.owner.name,
    )  # fmt: skip


@handles("parties.break_glass.asked", "parties.break_glass.used")
def tell_the_auditors(event: Event) -> None:
    """Those who may decide, or should know, hear of it at once."""
    one = BreakGlass.objects.select_related("asked_by__person").get(pk=event.subject_id)
    watching = Membership.objects.filter(
        role=Role.AUDITOR,
        status=Membership.Status.ACTIVE,
        organisation__status=Organisation.Status.APPROVED,
    ).exclude(person_id=one.asked_by.person_id)
    _tell(
        event, set(watching.values_list("pk", flat=True)), reverse("break_glass"),
        person=one.asked_by.person.name,
    )  # fmt: skip


@handles("parties.break_glass.granted", "parties.break_glass.refused")
def tell_who_asked(event: Event) -> None:
    """Whoever asked hears the decision."""
    one = BreakGlass.objects.select_related("asked_by").get(pk=event.subject_id)
    _tell(event, {one.asked_by_id}, reverse("break_glass"))


@handles("parties.invitation.sent")
def mail_an_invitation(event: Event) -> None:
    """The link goes out in the invited person's language, or else in the inviter's."""
    rows = Invitation.objects.select_related(
        "organisation", "invited_by__person", "invited_by__organisation"
    )
    one = rows.get(pk=event.subject_id)
    if not queries.invitation_is_open(one, at=event.at):
        return
    known = Person.objects.filter(email__iexact=one.email).first()
    inviter = one.invited_by.person
    with translation.override(known.locale if known else inviter.locale):
        send_mail(
            translate("{organisation} invites you to PilotHarbor").format(
                organisation=one.organisation.name
            ),
            translate(
                "Hello {name},\n\n{inviter} invites you to act for {organisation} as: {role}.\n\n"
                "Open this link within 14 days to accept:\n{link}\n\n"
                "If you did not expect this, simply do nothing."
            ).format(
                name=one.name or one.email, inviter=inviter.name, role=one.get_role_display(),
                organisation=one.organisation.name,
                link=invitations.link(invitations.secret_of(one.nonce)),
            ),
            None,
            [one.email],
        )  # fmt: skip


@handles("parties.notification.created")
def mail_a_notification(event: Event) -> None:
    """The notification goes out by mail, unless the person does not want that."""
    one = Notification.objects.select_related("person").filter(pk=event.subject_id).first()
    if one is None or one.mailed_at is not None or not one.person.is_active:
        return
    if not queries.notifications_of(person_id=one.person_id).filter(pk=one.pk).exists():
        return
    domain = one.kind.split(".", 1)[0]
    if one.person_id in queries.silenced(person_ids=[one.person_id], domain=domain).by_mail:
        return
    with translation.override(one.person.locale):
        said = notices.sentence(one)
        send_mail(
            f"[{translate('PilotHarbor')}] {said}",
            translate(
                "Hello {name},\n\n{sentence}\n\n{link}\n\n"
                "What you hear about by mail can be changed here:\n{preferences}"
            ).format(
                name=one.person.name, sentence=said, link=f"{settings.PUBLIC_URL}{one.url}",
                preferences=f"{settings.PUBLIC_URL}{reverse('notification_preferences')}",
            ),
            None,
            [one.person.email],
        )  # fmt: skip
    commands.mark_mailed(notification_id=one.pk, at=timezone.now())
