"""Brands, the events held under them, and what stands on the agenda."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Series(models.Model):
    """A brand under which an organisation holds roadshows again and again."""

    organiser = models.ForeignKey("parties.Organisation", models.PROTECT)
    name = models.CharField(max_length=120)
    words = models.TextField(max_length=2000, blank=True)
    founded_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    founded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organiser", "name"], name="outreach_series_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Roadshow(Stateful):
    """A day on which results, industry and capital meet; also talks and presentations.

    ``period``       when, half-open
    ``place``        where; ``online_url`` where it is seen from afar, told only to who has a seat
    ``capacity``     seats of the audience; ``seats_taken`` of them, kept under the row's lock
    ``criteria``     list of {"key", "weight_bp"} the jury scores by, together 10000; may be empty
    ``opened_at``    when it was first announced; before that only its organiser knows of it
    """

    class Kind(models.TextChoices):
        ROADSHOW = "roadshow", _("Roadshow")
        PRESENTATION = "presentation", _("Presentation of results")
        IP_LECTURE = "ip_lecture", _("Lecture on intellectual property")
        INNOVATION_MONTH = "innovation_month", _("Innovation month")

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        MEMBERS = "members", _("Members of the platform")

    class Language(models.TextChoices):
        CHINESE = "zh", _("Chinese")
        ENGLISH = "en", _("English")
        BOTH = "zh-en", _("Chinese and English")

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("roadshow", "Being planned")
        OPEN = "open", pgettext_lazy("roadshow", "Open for registration")
        RUNNING = "running", pgettext_lazy("roadshow", "Under way")
        CLOSED = "closed", pgettext_lazy("roadshow", "Over")
        CANCELLED = "cancelled", pgettext_lazy("roadshow", "Called off")

    MOVES = {
        Status.PLANNED: {Status.OPEN, Status.CANCELLED},
        Status.OPEN: {Status.RUNNING, Status.CANCELLED},
        Status.RUNNING: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.CANCELLED: set(),
    }

    organiser = models.ForeignKey("parties.Organisation", models.PROTECT)
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="roadshows")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.ROADSHOW)
    title = models.CharField(max_length=200)
    words = models.TextField(max_length=4000, blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.CHINESE)
    period = DateTimeRangeField()
    place = models.CharField(max_length=200, blank=True)
    online_url = models.URLField(max_length=300, blank=True)
    capacity = models.PositiveIntegerField()
    seats_taken = models.PositiveIntegerField(default=0)
    register_until_at = models.DateTimeField()
    audience = models.CharField(max_length=8, choices=Audience, default=Audience.PUBLIC)
    criteria = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.PLANNED)
    planned_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    revised_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outreach_roadshow_seats",
                condition=Q(capacity__gte=1, seats_taken__lte=F("capacity")),
            ),
            models.CheckConstraint(
                name="outreach_roadshow_somewhere", condition=~Q(place="") | ~Q(online_url="")
            ),
            models.CheckConstraint(
                name="outreach_roadshow_open_dated",
                condition=~Q(status__in=["open", "running", "closed"]) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outreach_roadshow_cancelled_has_reason",
                condition=~Q(status="cancelled") | ~Q(cancelled_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Pitch(Stateful):
    """One item of an agenda: who presents what for how many minutes.

    ``achievement``  the result presented, published and of a level this audience may see; or none
    """

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("pitch", "To come")
        LIVE = "live", pgettext_lazy("pitch", "On now")
        ENDED = "ended", pgettext_lazy("pitch", "Over")

    MOVES = {
        Status.PLANNED: {Status.LIVE},
        Status.LIVE: {Status.ENDED},
        Status.ENDED: set(),
    }

    roadshow = models.ForeignKey(Roadshow, models.PROTECT, related_name="pitches")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    team = models.CharField(max_length=200)
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT, null=True)
    minutes = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PLANNED)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["roadshow"], condition=Q(status="live"), name="outreach_pitch_one_live"
            ),
            models.CheckConstraint(
                name="outreach_pitch_minutes", condition=Q(minutes__range=(1, 480))
            ),
            models.CheckConstraint(
                name="outreach_pitch_ended_dated",
                condition=~Q(status="ended") | Q(begun_at__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title
