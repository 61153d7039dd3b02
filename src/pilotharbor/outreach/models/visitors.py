"""Who comes, what points they give, and what they want afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.outreach.models.roadshows import Pitch, Roadshow


class Registration(Stateful):
    """A seat at a roadshow: of a member, or of a guest with name and organisation alone.

    ``part``        the audience, or the jury (which takes no seat of the audience)
    ``nonce``       with the harbour's key it makes the ticket; alone it is nothing
    ``form_key``    makes one sending of a form one registration; of guests only
    ``consent``     which text on the use of their data a guest agreed to
    """

    class Part(models.TextChoices):
        AUDIENCE = "audience", _("Audience")
        JURY = "jury", _("Jury")

    class Status(models.TextChoices):
        REGISTERED = "registered", pgettext_lazy("registration", "Has a seat")
        WAITLISTED = "waitlisted", pgettext_lazy("registration", "On the waiting list")
        ATTENDED = "attended", pgettext_lazy("registration", "Checked in")
        CANCELLED = "cancelled", pgettext_lazy("registration", "Withdrawn")

    MOVES = {
        Status.REGISTERED: {Status.ATTENDED, Status.CANCELLED},
        Status.WAITLISTED: {Status.REGISTERED, Status.CANCELLED},
        Status.ATTENDED: set(),
        Status.CANCELLED: set(),
    }

    roadshow = models.ForeignKey(Roadshow, models.PROTECT, related_name="registrations")
    part = models.CharField(max_length=8, choices=Part, default=Part.AUDIENCE)
    membership = models.ForeignKey("parties.Membership", models.PROTECT, null=True)
    guest_name = models.CharField(max_length=80, blank=True)
    guest_organisation = models.CharField(max_length=120, blank=True)
    consent = models.CharField(max_length=16, blank=True)
    form_key = models.CharField(max_length=64, blank=True)
    nonce = models.CharField(max_length=32)
    status = models.CharField(max_length=12, choices=Status, default=Status.REGISTERED)
    registered_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roadshow", "membership"],
                condition=~Q(status="cancelled"),
                name="outreach_registration_once",
            ),
            models.UniqueConstraint(
                fields=["roadshow", "form_key"],
                condition=~Q(form_key=""),
                name="outreach_registration_form_once",
            ),
            models.CheckConstraint(
                name="outreach_registration_member_or_guest",
                condition=Q(membership__isnull=False, guest_name="", guest_organisation="")
                | (Q(membership__isnull=True) & ~Q(guest_name="") & ~Q(consent="")),
            ),
            models.CheckConstraint(
                name="outreach_registration_jury_is_member",
                condition=~Q(part="jury") | Q(membership__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_registration_attended_dated",
                condition=~Q(status="attended")
                | Q(checked_in_at__isnull=False, checked_in_by__isnull=False),
            ),
        ]


class Score(models.Model):
    """Points of one person for one pitch, sealed until the pitch is over.

    ``points``  criterion → whole points 0–100; the audience has the one criterion ``overall``
    ``total``   hundredths of a point: the points weighed by the criteria, half up
    """

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="scores")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="scores")
    points = models.JSONField()
    total = models.PositiveIntegerField()
    comment = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pitch", "registration"], name="outreach_score_once"),
            models.CheckConstraint(
                name="outreach_score_range", condition=Q(total__range=(0, 10_000))
            ),
        ]


class Intent(Stateful):
    """意向: what an investor or an enterprise wants of a pitch, and what came of it.

    ``approachable``  whether a technology manager may approach who declared it
    ``signed_fen``  what was signed in the end, in fen
    ``lead_id``     the lead it was made into
    """

    class Kind(models.TextChoices):
        INVEST = "invest", pgettext_lazy("intent", "Invest")
        ACQUIRE = "acquire", pgettext_lazy("intent", "Licence or acquire")
        DEVELOP = "develop", pgettext_lazy("intent", "Develop together")
        PILOT = "pilot", pgettext_lazy("intent", "Pilot it")
        TALK = "talk", pgettext_lazy("intent", "Learn more")

    class Status(models.TextChoices):
        DECLARED = "declared", pgettext_lazy("intent", "Declared")
        IN_TALKS = "in_talks", pgettext_lazy("intent", "In talks")
        SIGNED = "signed", pgettext_lazy("intent", "Signed")
        DROPPED = "dropped", pgettext_lazy("intent", "Came to nothing")

    MOVES = {
        Status.DECLARED: {Status.IN_TALKS, Status.SIGNED, Status.DROPPED},
        Status.IN_TALKS: {Status.SIGNED, Status.DROPPED},
        Status.SIGNED: set(),
        Status.DROPPED: set(),
    }

    pitch = models.ForeignKey(Pitch, models.PROTECT, related_name="intents")
    declared_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    words = models.CharField(max_length=1000)
    approachable = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.DECLARED)
    note = models.CharField(max_length=500, blank=True)
    signed_fen = models.BigIntegerField(null=True)
    lead_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pitch", "declared_by", "kind"],
                condition=Q(status__in=["declared", "in_talks"]),
                name="outreach_intent_open_once",
            ),
            models.CheckConstraint(
                name="outreach_intent_signed_has_amount",
                condition=~Q(status="signed") | Q(signed_fen__gte=0),
            ),
        ]
