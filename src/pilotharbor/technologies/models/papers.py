"""Files that belong to an entry, and what a published entry said at each point of its life."""

from django.db import models
from django.db.models import Q

from pilotharbor.kernel.files.kinds import FileKind
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies.models.achievements import Achievement
from pilotharbor.technologies.models.demands import Demand
from pilotharbor.technologies.models.scenarios import Scenario


def _of_one_thing(*names: str) -> Q:
    """Exactly one of the keys is set."""
    found = Q(pk__in=[])
    for name in names:
        found |= Q(**{f"{other}__isnull": other != name for other in names})
    return found


class Attachment(models.Model):
    """A file that belongs to one result, need or scenario; its bytes lie under their SHA-256.

    ``kind``          what its content is, whatever its name says
    ``confidential``  read by who reads the detail; otherwise by who sees the entry
    ``size``          in bytes; ``removed_at`` when it was taken off the entry
    """

    Kind = FileKind

    achievement = models.ForeignKey(
        Achievement, models.CASCADE, null=True, related_name="attachments"
    )
    demand = models.ForeignKey(Demand, models.CASCADE, null=True, related_name="attachments")
    scenario = models.ForeignKey(Scenario, models.CASCADE, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    about = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=FileKind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    confidential = models.BooleanField()
    added_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_attachment_of_one_thing",
                condition=_of_one_thing("achievement", "demand", "scenario"),
            ),
            models.CheckConstraint(
                name="technologies_attachment_sha256_form",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="technologies_attachment_size", condition=Q(size__range=(1, 20_000_000))
            ),
            models.CheckConstraint(
                name="technologies_attachment_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=[noun, "sha256"],
                    condition=Q(removed_at__isnull=True),
                    name=f"technologies_attachment_once_per_{noun}",
                )
                for noun in ("achievement", "demand", "scenario")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EntryVersion(models.Model):
    """What a published entry said from one instant on; append-only.

    ``number``   from 1 within its entry; ``content`` every field by name, with rights, inventors
                 and files; ``level`` its confidentiality then, which still closes its detail
    """

    achievement = models.ForeignKey(Achievement, models.PROTECT, null=True, related_name="versions")
    demand = models.ForeignKey(Demand, models.PROTECT, null=True, related_name="versions")
    scenario = models.ForeignKey(Scenario, models.PROTECT, null=True, related_name="versions")
    number = models.PositiveIntegerField()
    level = models.CharField(max_length=12, choices=Confidentiality)
    content = models.JSONField()
    made_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_entryversion_of_one_thing",
                condition=_of_one_thing("achievement", "demand", "scenario"),
            ),
            *(
                models.UniqueConstraint(
                    fields=[noun, "number"], name=f"technologies_entryversion_number_once_{noun}"
                )
                for noun in ("achievement", "demand", "scenario")
            ),
        ]
