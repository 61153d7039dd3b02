"""What other harbours may fetch from here, and what is fetched from them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotharbor.kernel.states import Stateful


class OaiRecord(models.Model):
    """One entry of the market that is public, or was once: what an OAI-PMH header says of it.

    ``identifier``  as given out for ever, also when the harbour moves
    ``kind``        ``result``, ``need`` or ``scenario``; with ``object_id`` the entry, which is read live
    ``changed_at``  the datestamp, whole seconds: when this row last changed
    ``sets``        every set it belongs to, parents included
    ``deleted``     public once and no longer; such a row tells no more of its entry
    """

    class Kind(models.TextChoices):
        RESULT = "result", _("Result")
        NEED = "need", _("Need")
        SCENARIO = "scenario", _("Scenario")

    identifier = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    changed_at = models.DateTimeField()
    sets = ArrayField(models.CharField(max_length=60), default=list)
    deleted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], name="network_oairecord_once_per_entry"
            )
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="network_oairecord_order"),
            GinIndex(fields=["sets"], name="network_oairecord_sets"),
        ]


class Source(models.Model):
    """A repository whose records arrive here, and in whose name.

    ``base_url``      where it answers; ``repository`` what it calls itself, ``granularity`` its days
                      or seconds, both as it said when the source was last saved
    ``set_spec``      only this set, or empty; ``prefix`` the format asked for
    ``author``        the member who submits what arrives; the office of that organisation reviews it
    ``every_hours``   how often it is fetched by itself; 0 is only when somebody asks
    ``harvested_at``  everything the source changed before this instant has been taken
    """

    class Prefix(models.TextChoices):
        DUBLIN_CORE = "oai_dc", _("Dublin Core")
        PILOTHARBOR = "pilotharbor", _("PilotHarbor")

    class Every(models.IntegerChoices):
        NEVER = 0, _("Only when asked")
        DAY = 24, _("Every day")
        WEEK = 168, _("Every week")

    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=500)
    set_spec = models.CharField(max_length=120, blank=True)
    prefix = models.CharField(max_length=20, choices=Prefix, default=Prefix.DUBLIN_CORE)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    author = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    every_hours = models.PositiveSmallIntegerField(choices=Every, default=Every.NEVER)
    active = models.BooleanField(default=True)
    repository = models.CharField(max_length=200, blank=True)
    granularity = models.CharField(max_length=20)
    harvested_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base_url", "set_spec", "organisation"], name="network_source_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class HarvestRun(Stateful):
    """One going through a source.

    ``since_at``   records changed from here on were asked for; empty: all of them
    ``told_at``    last sign of life; who is silent for long has broken off
    ``pages``      pages read whole; what they brought stays, whatever comes after
    ``reason``     why it failed, ``detail`` what the other side said or did
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Failed")

    MOVES = {
        Status.WAITING: {Status.RUNNING, Status.FAILED},
        Status.RUNNING: {Status.COMPLETED, Status.FAILED},
        Status.COMPLETED: set(),
        Status.FAILED: set(),
    }

    source = models.ForeignKey(Source, models.PROTECT, related_name="runs")
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    requested_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    told_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    since_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(status__in=["waiting", "running"]),
                name="network_harvestrun_one_at_a_time",
            ),
            models.CheckConstraint(
                name="network_harvestrun_ended",
                condition=Q(status__in=["waiting", "running"], ended_at__isnull=True)
                | Q(status__in=["completed", "failed"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="network_harvestrun_failed_with_reason",
                condition=~Q(status="failed") | ~Q(reason=""),
            ),
        ]


class HarvestFault(models.Model):
    """A record that could not be taken, and why.

    ``kind``  code of the refusal, ``said`` what is wrong with it in words, by language; empty where
              the kind says everything
    """

    run = models.ForeignKey(HarvestRun, models.CASCADE, related_name="faults")
    page = models.PositiveIntegerField()
    identifier = models.CharField(max_length=500)
    kind = models.CharField(max_length=60)
    said = models.JSONField(default=dict)


class HarvestedRecord(models.Model):
    """What a source last said of one of its records, so that only news changes anything here.

    ``import_key``  by which the result is known at its owner
    ``digest``      SHA-256 of what was taken; ``deleted`` the source has taken it back
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="records")
    identifier_sha256 = models.CharField(max_length=64)
    import_key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    deleted = models.BooleanField(default=False)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "identifier_sha256"], name="network_harvestedrecord_once"
            )
        ]
