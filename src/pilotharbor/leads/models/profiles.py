"""Technology managers: what they know, what they have learnt, and on whose word."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class ManagerProfile(models.Model):
    """What a technology manager shows of themselves.

    ``level``     junior, intermediate or senior; an operator enters it, with what it rests on
    ``fields``    GB/T 4754 codes; ``regions`` digits of GB/T 2260; ``languages`` in words
    ``registered_date``  since when they are on the register
    """

    class Level(models.TextChoices):
        NONE = "", pgettext_lazy("technology manager", "No level yet")
        JUNIOR = "junior", pgettext_lazy("technology manager", "Junior")
        INTERMEDIATE = "intermediate", pgettext_lazy("technology manager", "Intermediate")
        SENIOR = "senior", pgettext_lazy("technology manager", "Senior")

    membership = models.OneToOneField("parties.Membership", models.PROTECT, related_name="+")
    level = models.CharField(max_length=16, choices=Level, blank=True, default=Level.NONE)
    level_basis = models.CharField(max_length=200, blank=True)
    fields = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    about = models.TextField(max_length=2000, blank=True)
    registered_date = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_profile_level_has_basis",
                condition=Q(level="") | ~Q(level_basis=""),
            )
        ]


class Qualification(models.Model):
    """A training or a credential of a manager.

    ``hours``         of a training; ``obtained_date`` its last day, or the credential's first
    ``expires_date``  last day on which a credential holds; empty: without end
    ``verified_by``   the operator who has seen the paper
    """

    class Kind(models.TextChoices):
        TRAINING = "training", pgettext_lazy("qualification", "Training")
        CREDENTIAL = "credential", pgettext_lazy("qualification", "Credential")

    profile = models.ForeignKey(ManagerProfile, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    number = models.CharField(max_length=80, blank=True)
    hours = models.PositiveSmallIntegerField(null=True)
    obtained_date = models.DateField()
    expires_date = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    verified_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_qualification_expires_after",
                condition=Q(expires_date__isnull=True) | Q(expires_date__gte=F("obtained_date")),
            ),
            models.CheckConstraint(
                name="leads_qualification_verified_dated",
                condition=Q(verified_by__isnull=True, verified_at__isnull=True)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
            ),
        ]
