"""What the region recognises: accreditation of platforms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class Accreditation(Stateful):
    """A platform's application to be recognised, and the bureau's answer (domain.md §4)."""

    class Kind(models.TextChoices):
        PILOT_BASE = "pilot_base", _("Pilot-plant base")
        PROOF_OF_CONCEPT = "proof_of_concept", _("Proof-of-concept centre")

    class Status(models.TextChoices):
        FILED = "filed", _("Filed")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = {
        Status.FILED: {Status.GRANTED, Status.REFUSED},
        Status.GRANTED: {Status.WITHDRAWN},
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    kind = models.CharField(max_length=24, choices=Kind)
    statement = models.TextField(max_length=4000)
    status = models.CharField(max_length=12, choices=Status, default=Status.FILED)
    filed_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind"],
                condition=Q(status__in=["filed", "granted"]),
                name="governance_accreditation_once",
            ),
            models.CheckConstraint(
                name="governance_accreditation_decided",
                condition=Q(status="filed") | Q(decided_by__isnull=False),
            ),
        ]
