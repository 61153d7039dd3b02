"""Which secrets open a calendar or a kiosk, with which PIN does one act there, what do visitors see?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FeedAddress(models.Model):
    """A secret address at which a calendar program reads what its holder may see.

    ``membership``     by whose rights it is read, each time anew
    ``secret_sha256``  of the secret in the address, which is shown once and kept nowhere
    ``last_used_at``   to the minute
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("My own bookings")
        LINE = "line", _("A line")
        PROJECT = "project", _("A project")

    kind = models.CharField(max_length=8, choices=Kind)
    membership = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    line = models.ForeignKey(
        "facilities.Line", models.PROTECT, null=True, blank=True, related_name="+"
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="+"
    )
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendars_feed_of_one_thing",
                condition=Q(kind="person", line__isnull=True, project__isnull=True)
                | Q(kind="line", line__isnull=False, project__isnull=True)
                | Q(kind="project", line__isnull=True, project__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["membership", "id"], name="calendars_feed_membership")]


class Kiosk(models.Model):
    """A tablet at a line, known by a secret that was shown once.

    ``failures``         wrong PINs in a row, of whomever; ``locked_until_at`` no PIN is taken till then
    """

    line = models.ForeignKey("facilities.Line", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="calendars_kiosk_named", condition=~Q(name=""))]
        indexes = [models.Index(fields=["line", "id"], name="calendars_kiosk_line")]

    def __str__(self) -> str:
        return self.name


class KioskPin(models.Model):
    """The PIN by which a person is known at kiosks, and how often it was wrong in a row.

    ``pin_hash``         by the hasher of passwords; empty once the PIN was taken away
    ``locked_until_at``  it is not taken till then
    """

    person = models.OneToOneField("parties.Person", models.PROTECT, related_name="+")
    pin_hash = models.CharField(max_length=256, blank=True)
    set_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until_at = models.DateTimeField(null=True)


class Showing(models.Model):
    """What a platform tells visitors of one of its lines, beside the facts of the line.

    ``industries``  for which it is meant: divisions of GB/T 4754 with their section, such as C26
    """

    line = models.OneToOneField("facilities.Line", models.CASCADE, related_name="+")
    industries = ArrayField(models.CharField(max_length=3), default=list)
    told_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendars_showing_few_industries",
                condition=Q(industries__len__lte=8),
            )
        ]
