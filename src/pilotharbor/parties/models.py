"""Organisations, people, and who acts for whom."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.parties.roles import OrganisationKind, Role


class Organisation(Stateful):
    """A legal body that takes part.

    ``uscc``          unified social credit code (GB 32100), checked, unique
    ``region``        six digits of GB/T 2260; may be empty
    ``jurisdiction``  whose rules apply, ``CN`` or ISO 3166-2 (``CN-ZJ``)
    ``is_host``       the operator of this harbour itself; exactly one
    ``parent``        the platform a member platform (1+N) belongs to
    """

    class Status(models.TextChoices):
        APPLIED = "applied", _("Awaiting approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")

    MOVES = {
        Status.APPLIED: {Status.APPROVED, Status.REFUSED},
        Status.APPROVED: {Status.SUSPENDED},
        Status.SUSPENDED: {Status.APPROVED},
        Status.REFUSED: {Status.APPLIED},
    }

    kind = models.CharField(max_length=24, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    uscc = models.CharField(max_length=18)
    region = models.CharField(max_length=6, blank=True)
    jurisdiction = models.CharField(max_length=6, default="CN")
    state_funded = models.BooleanField(default=False)
    sme = models.BooleanField(default=False)
    is_host = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    address = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.APPLIED)
    decision_reason = models.CharField(max_length=500, blank=True)
    registered_at = models.DateTimeField()
    import_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], name="parties_organisation_uscc"),
            models.UniqueConstraint(
                fields=["is_host"], condition=Q(is_host=True), name="parties_organisation_one_host"
            ),
            models.CheckConstraint(
                name="parties_organisation_uscc_form",
                condition=Q(uscc__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Finds people by their e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person who signs in with this e-mail."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """A human being who can sign in.

    ``is_active``  false once suspended: every session and token dies with the next request
    ``locale``     ``zh-hans`` or ``en``, for mail and first page
    """

    email = models.EmailField()
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=32, blank=True)
    locale = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    suspension_reason = models.CharField(max_length=500, blank=True)
    joined_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[People] = People()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="parties_person_email")]

    def __str__(self) -> str:
        return self.name


class Membership(Stateful):
    """One person in one role for one organisation: the actor of every command."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.ACTIVE: {Status.SUSPENDED, Status.ENDED},
        Status.SUSPENDED: {Status.ACTIVE, Status.ENDED},
        Status.ENDED: set(),
    }

    person = models.ForeignKey(Person, models.PROTECT)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    role = models.CharField(max_length=24, choices=Role)
    is_admin = models.BooleanField(default=False)
    field = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=~Q(status="ended"),
                name="parties_membership_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Invitation(Stateful):
    """An offer to join an organisation in a role, taken up through a secret link.

    ``nonce``  with the harbour's own key it makes the secret again, for the mail; alone it is nothing
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("invitation", "Open")
        ACCEPTED = "accepted", _("Accepted")
        REVOKED = "revoked", _("Revoked")

    MOVES = {
        Status.OPEN: {Status.ACCEPTED, Status.REVOKED},
        Status.ACCEPTED: set(),
        Status.REVOKED: set(),
    }

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=24, choices=Role)
    is_admin = models.BooleanField(default=False)
    field = models.CharField(max_length=80, blank=True)
    nonce = models.CharField(max_length=64, default="", blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    invited_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="parties_invitation_accepted_has_membership",
                condition=~Q(status="accepted") | Q(membership__isnull=False),
            ),
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                "role",
                condition=Q(status="open"),
                name="parties_invitation_open_once",
            ),
        ]


class NonDisclosure(Stateful):
    """A confidentiality agreement: ``signatory`` may read what ``owner`` shows under NDA.

    ``text_version``  which text was accepted; signed once per counterparty while in force
    """

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("In force")
        ENDED = "ended", _("Ended")

    MOVES: ClassVar[dict[str, set[str]]] = {Status.IN_FORCE: {Status.ENDED}, Status.ENDED: set()}

    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="ndas_received")
    signatory = models.ForeignKey(Organisation, models.PROTECT, related_name="ndas_given")
    signed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    text_version = models.CharField(max_length=16)
    text_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_FORCE)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "signatory"],
                condition=Q(status="in_force"),
                name="parties_nda_once_per_counterparty",
            )
        ]


class ApiToken(models.Model):
    """A key for programs: acts as one membership, within scopes, until it expires or is revoked.

    ``prefix``  the first characters, so that a person recognises it; the rest is only kept hashed
    """

    membership = models.ForeignKey(Membership, models.PROTECT)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class BreakGlass(Stateful):
    """Emergency reading of one confidential thing: asked by one, granted by another, on record."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    MOVES = {
        Status.ASKED: {Status.GRANTED, Status.REFUSED},
        Status.GRANTED: set(),
        Status.REFUSED: set(),
    }

    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="parties_break_glass_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="parties_break_glass_granted_expires",
                condition=~Q(status="granted")
                | Q(decided_by__isnull=False, expires_at__isnull=False),
            ),
        ]


class Notification(models.Model):
    """Something a person should know, with the page to open.

    ``kind``   the event's name; ``facts`` fill the translated sentence of that kind
    """

    person = models.ForeignKey(Person, models.CASCADE)
    membership = models.ForeignKey(Membership, models.CASCADE, null=True)
    kind = models.CharField(max_length=96)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    event_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "event_id", "kind"], name="parties_notification_once"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="parties_notification_person"),
        ]


class NotificationPreference(models.Model):
    """What a person wants to hear of a domain's events and how."""

    person = models.ForeignKey(Person, models.CASCADE)
    domain = models.CharField(max_length=24)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "domain"], name="parties_preference_once")
        ]
