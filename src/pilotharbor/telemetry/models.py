"""Which signals a machine has, where they come from, and what they said about it.

The series themselves (samples, minutes, hours, the latest value of each tag) stand in partitioned
tables that ``migrations/sql/series.sql`` makes; ``commands/series.py`` writes and ``queries`` reads them.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful


class Connector(Stateful):
    """Where signals are fetched from: an MQTT broker or an OPC UA server of one platform.

    ``address``        ``mqtt://host:1883``, ``mqtts://host:8883`` or ``opc.tcp://host:4840/path``
    ``topics``         what is subscribed to (MQTT only; of OPC UA it is the nodes of the tags)
    ``client_name``    the name by which the other side keeps our session; made once, never changed
    ``secret_env``     the environment variable that holds the password; or else
    ``secret_sealed``  the password, encrypted under the harbour's key; never shown again
    """

    class Kind(models.TextChoices):
        MQTT = "mqtt", "MQTT"
        OPCUA = "opcua", "OPC UA"

    class Status(models.TextChoices):
        RUNNING = "running", pgettext_lazy("connector", "Running")
        PAUSED = "paused", pgettext_lazy("connector", "Paused")
        REMOVED = "removed", _("Removed")

    MOVES = {
        Status.RUNNING: {Status.PAUSED, Status.REMOVED},
        Status.PAUSED: {Status.RUNNING, Status.REMOVED},
        Status.REMOVED: set(),
    }

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind)
    address = models.CharField(max_length=300)
    topics = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    username = models.CharField(max_length=120, blank=True)
    client_name = models.CharField(max_length=40, unique=True)
    secret_env = models.CharField(max_length=80, blank=True)
    secret_sealed = models.BinaryField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="telemetry_connector_one_secret",
                condition=Q(secret_env="") | Q(secret_sealed__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectorHealth(models.Model):
    """How a connector does, as the process that runs it says every few seconds.

    ``detail``          what the other side said, for people who know it
    ``holder``          the folder whose process runs it until ``held_until_at``; one at a time
    ``waiting``         messages in the spool on that process's disk, ``waiting_bytes`` of them
    ``taken``           samples stored through it; ``repeated`` came again and were stored before
    """

    class State(models.TextChoices):
        STARTING = "starting", _("Starting")
        CONNECTED = "connected", _("Connected")
        AWAY = "away", _("Not reachable, tries again")
        REFUSED = "refused", _("Refused by the other side")
        STOPPED = "stopped", pgettext_lazy("connector", "Stopped")

    class Problem(models.TextChoices):
        UNREACHABLE = "unreachable", _("Nobody answers at this address")
        NO_SUCH_HOST = "no_such_host", _("This host name is not known")
        TIMED_OUT = "timed_out", _("No answer in time")
        LOGIN = "login", _("User name or password is refused")
        TLS = "tls", _("No encrypted connection: the certificate is not trusted or does not fit")
        SUBSCRIPTION = "subscription", _("The broker refuses the subscription")
        SECRET_MISSING = (
            "secret_missing",
            _("The variable that should hold the password is not set"),
        )
        SECRET_UNREADABLE = (
            "secret_unreadable",
            _("The password cannot be read any more; give it again"),
        )
        SPOOL_FULL = (
            "spool_full",
            _("The spool is full; nothing more is taken until the database has it"),
        )
        DISK = "disk", _("The spool cannot be written to the disk")
        PROTOCOL = "protocol", _("The other side does not speak as expected")

    connector = models.OneToOneField(Connector, models.CASCADE, related_name="health")
    state = models.CharField(max_length=10, choices=State, default=State.STARTING)
    state_since_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=20, choices=Problem, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=80, blank=True)
    held_until_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0)
    waiting_bytes = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)


class Tag(Stateful):
    """One signal of one machine.

    ``key``           its name in files and for gateways, unique within the platform
    ``address``       where its connector finds it: topic, ``topic#field`` or node id
    ``lowest`` …      beyond these limits a value is impossible: flagged and kept
    ``gap_after_s``   no sample for longer than this is a gap
    ``stuck_after_s`` the very same value for longer than this is a stuck sensor
    ``run_level``        from this value on the machine runs; at ``idle_level`` or below it is idle
    ``turn_delay_s``  how long it must hold before running or idle is believed
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("tag", "In use")
        RETIRED = "retired", pgettext_lazy("tag", "Retired")

    MOVES = {Status.ACTIVE: {Status.RETIRED}, Status.RETIRED: {Status.ACTIVE}}

    equipment = models.ForeignKey("facilities.Equipment", models.PROTECT, related_name="tags")
    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    connector = models.ForeignKey(
        Connector, models.PROTECT, null=True, blank=True, related_name="tags"
    )
    address = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    unit = models.CharField(max_length=24, blank=True)
    lowest = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    highest = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    gap_after_s = models.PositiveIntegerField(null=True, blank=True)
    stuck_after_s = models.PositiveIntegerField(null=True, blank=True)
    run_level = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    idle_level = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    turn_delay_s = models.PositiveIntegerField(default=60)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "key"], name="telemetry_tag_key"),
            models.UniqueConstraint(
                fields=["connector", "address"],
                name="telemetry_tag_address",
                condition=Q(connector__isnull=False),
            ),
            models.CheckConstraint(
                name="telemetry_tag_address_with_connector",
                condition=Q(connector__isnull=True, address="")
                | Q(connector__isnull=False) & ~Q(address=""),
            ),
            models.CheckConstraint(
                name="telemetry_tag_limits_ordered",
                condition=Q(lowest__isnull=True)
                | Q(highest__isnull=True)
                | Q(lowest__lt=F("highest")),
            ),
            models.CheckConstraint(
                name="telemetry_tag_run_ordered",
                condition=Q(run_level__isnull=True, idle_level__isnull=True)
                | Q(
                    run_level__isnull=False, idle_level__isnull=False, idle_level__lt=F("run_level")
                ),
            ),
            # One signal says whether a machine runs.
            models.UniqueConstraint(
                fields=["equipment"],
                name="telemetry_tag_one_run_signal",
                condition=Q(run_level__isnull=False, status="active"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Refusal(models.Model):
    """What came and was not taken: one row for each place and reason, with how often.

    ``connector`` is empty for what programs sent; ``place`` is the tag or topic as it was named.
    """

    class Reason(models.TextChoices):
        UNREGISTERED = "unregistered", _("No tag is registered for this")
        RETIRED = "retired", _("The tag is retired")
        NOT_A_NUMBER = "not_a_number", _("The value is not a number")
        NOT_FINITE = "not_finite", _("The value is not a finite number (NaN or infinity)")
        TOO_LARGE = "too_large", _("The value is beyond what a sensor can say")
        NO_TIME = "no_time", _("The time cannot be read, or lacks its zone")
        AHEAD = "ahead", _("The time lies in the future")
        TOO_OLD = "too_old", _("The time is older than what is kept")
        TOO_LONG = "too_long", _("The message is longer than allowed")
        UNREADABLE = "unreadable", _("The message cannot be read")
        BAD_QUALITY = "bad_quality", _("The source itself says that the value is bad")
        NO_SUCH_NODE = "no_such_node", _("The server has no such node")

    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    connector = models.ForeignKey(Connector, models.CASCADE, null=True, blank=True)
    place = models.CharField(max_length=300)
    reason = models.CharField(max_length=16, choices=Reason)
    example = models.CharField(max_length=120, blank=True)
    count = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "connector", "place", "reason"],
                name="telemetry_refusal_once",
                nulls_distinct=False,
            )
        ]


class Flag(models.Model):
    """A stretch over which a signal cannot be trusted; its raw values are kept.

    ``period``  from the first to the last of it; stretches closer than ten minutes are one
    ``count``   samples (impossible, stuck) or holes (gap); ``seconds`` without any sample
    """

    class Kind(models.TextChoices):
        GAP = "gap", _("Gap")
        STUCK = "stuck", _("Stuck value")
        IMPOSSIBLE = "impossible", _("Impossible value")

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="flags")
    kind = models.CharField(max_length=10, choices=Kind)
    period = DateTimeRangeField()
    count = models.PositiveIntegerField(default=1)
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["tag", "kind", "period"], name="telemetry_flag_of_tag")]
        constraints = [
            models.CheckConstraint(
                name="telemetry_flag_period_bounded",
                condition=Q(period__isempty=False)
                & Q(period__lower_inf=False, period__upper_inf=False),
            ),
        ]


class AlarmRule(models.Model):
    """When a signal is worth waking somebody, and when it is over.

    ``raise_level``  raised once the value is there (above for ``high``, below for ``low``) for ``delay_s``
    ``clear_level``  cleared only when it is back here; between the two nothing changes (hysteresis)
    ``pending_since_at``  since when the value is there, while the delay runs
    """

    class Side(models.TextChoices):
        HIGH = "high", _("Too high")
        LOW = "low", _("Too low")

    class Severity(models.TextChoices):
        WARNING = "warning", _("Warning")
        CRITICAL = "critical", _("Critical")

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="alarm_rules")
    side = models.CharField(max_length=4, choices=Side)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.WARNING)
    raise_level = models.DecimalField(max_digits=20, decimal_places=6)
    clear_level = models.DecimalField(max_digits=20, decimal_places=6)
    delay_s = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    pending_since_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="telemetry_alarm_rule_hysteresis",
                condition=Q(side="high", clear_level__lt=F("raise_level"))
                | Q(side="low", clear_level__gt=F("raise_level")),
            ),
        ]


class Alarm(Stateful):
    """One time a rule was broken, until the value is back and somebody has said they saw it.

    ``extreme``  the worst value meanwhile; ``repeats`` how often it came back within a minute
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("alarm", "Active")
        ACKNOWLEDGED = "acknowledged", _("Active, seen")
        RETURNED = "returned", _("Back to normal, not yet seen")
        CLOSED = "closed", pgettext_lazy("alarm", "Over")

    MOVES = {
        Status.ACTIVE: {Status.ACKNOWLEDGED, Status.RETURNED},
        Status.ACKNOWLEDGED: {Status.CLOSED},
        Status.RETURNED: {Status.CLOSED, Status.ACTIVE},
        Status.CLOSED: set(),
    }
    STANDING = (Status.ACTIVE, Status.ACKNOWLEDGED)
    OPEN = (*STANDING, Status.RETURNED)

    rule = models.ForeignKey(AlarmRule, models.PROTECT, related_name="alarms")
    platform = models.ForeignKey("parties.Organisation", models.PROTECT)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    extreme = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    repeats = models.PositiveIntegerField(default=0)
    acknowledged_by = models.ForeignKey("parties.Membership", models.PROTECT, null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)

    class Meta:
        indexes = [
            models.Index(fields=["platform", "status", "-raised_at"], name="telemetry_alarm_open")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule"],
                name="telemetry_alarm_one_standing",
                condition=Q(status__in=["active", "acknowledged"]),
            ),
            models.CheckConstraint(
                name="telemetry_alarm_seen_by_somebody",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="telemetry_alarm_cleared_once_over",
                condition=Q(status__in=["active", "acknowledged"], cleared_at__isnull=True)
                | Q(status__in=["returned", "closed"], cleared_at__isnull=False),
            ),
        ]


class Run(models.Model):
    """A stretch over which a machine ran, by its own signal; no upper end while it still runs."""

    equipment = models.ForeignKey("facilities.Equipment", models.PROTECT, related_name="runs")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="runs")
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="telemetry_run_one_at_a_time",
                expressions=[
                    ("equipment", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="telemetry_run_has_a_start",
                condition=Q(period__isempty=False, period__lower_inf=False),
            ),
        ]
