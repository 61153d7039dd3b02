"""Papers: which template, from which values, with which bytes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful
from pilotharbor.kernel.time import local_date
from pilotharbor.parties.roles import WATERMARKED, Confidentiality


class Document(Stateful):
    """A paper about something, asked for once and rendered by a worker.

    ``template``      name and version of the typst template (``agreements.tripartite/1``)
    ``payload``       every value the paper shows, frozen when it was asked for
    ``subject``       model label and id of what the paper is about
    ``owner``         the organisation that issues it; ``readers`` lists organisations named in it
    ``people``        memberships let in beside them (stewards, team, investors)
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("Agreement")
        SIGNATURES = "signatures", _("Signature sheet")
        PILOT_REPORT = "pilot_report", _("Pilot report")
        ASSESSMENT_REPORT = "assessment_report", _("Assessment report")
        INVOICE = "invoice", _("Invoice notice")

    class Status(models.TextChoices):
        ASKED = "asked", _("Being printed")
        RENDERED = "rendered", _("Ready")
        FAILED = "failed", _("Printing failed")

    MOVES = {
        Status.ASKED: {Status.RENDERED, Status.FAILED},
        Status.FAILED: {Status.ASKED},
        Status.RENDERED: set(),
    }

    kind = models.CharField(max_length=48, choices=Kind)
    title = models.CharField(max_length=200)
    template = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="zh-hans")
    payload = models.JSONField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    owner = models.ForeignKey("parties.Organisation", models.PROTECT)
    readers = models.ManyToManyField("parties.Organisation", related_name="+")
    people = models.ManyToManyField("parties.Membership", related_name="+")
    confidentiality = models.CharField(
        max_length=12, choices=Confidentiality, default=Confidentiality.PROJECT
    )
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField()
    failure = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "language", "version"],
                name="documents_document_version_once",
            )
        ]
        indexes = [models.Index(fields=["project_id", "id"], name="documents_document_project")]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """What the paper is called in its head: ``PH-2026-000012``."""
        return f"PH-{local_date(self.asked_at).year}-{self.pk:06d}"

    @property
    def is_watermarked(self) -> bool:
        """Whether a reader sees it with their own name and the time across it."""
        return self.confidentiality in WATERMARKED


class Rendering(models.Model):
    """The bytes of a document, once; append-only.

    ``sha256``  of ``content``; what people sign
    """

    document = models.OneToOneField(Document, models.PROTECT)
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    rendered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="documents_rendering_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]
