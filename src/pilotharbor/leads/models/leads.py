"""A lead: two sides that may come to terms, who brings them together, and how far they are."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful

OVER = ("signed", "lost")
LIVE = ~Q(status__in=OVER)


class Lead(Stateful):
    """A result and a need, or one side with the other still open, on the way to a contract.

    ``scenario``          the scenario it began from: its owner is the enterprise when it looks for a
                          product, the supplier when its product looks for a place to be tried
    ``supplier``          owner of the result; ``enterprise`` that of the need; either may be open
    ``…_since_at``        since when that side knows of the lead and sees its shared part
    ``manager``           who carries it; empty while it waits in the pool
    ``active_at``         last thing done by who carries it; protection counts from here
    ``reply_due_date``    last day (Shanghai) on which the first contact is in time
    ``first_contact_at``  when the first contact was logged
    ``next_step``         what comes next, with its last day and who owes it
    ``amount_fen``        what was signed for, in fen, where it is known
    ``reopens``           the lost lead this one takes up again
    ``project_id``        the project it became; ``handed_over_at`` since when
    """

    class Status(models.TextChoices):
        FOUND = "found", pgettext_lazy("lead", "Found")
        CONTACTED = "contacted", pgettext_lazy("lead", "Contacted")
        MET = "met", pgettext_lazy("lead", "Met")
        NDA = "nda", pgettext_lazy("lead", "Confidentiality signed")
        EVALUATED = "evaluated", pgettext_lazy("lead", "Being evaluated")
        NEGOTIATING = "negotiating", pgettext_lazy("lead", "Negotiating")
        SIGNED = "signed", pgettext_lazy("lead", "Contract signed")
        LOST = "lost", pgettext_lazy("lead", "Not concluded")

    # R-LEAD-2: one step on, the confidentiality agreement may be left out; one step back mends a slip.
    MOVES = {
        Status.FOUND: {Status.CONTACTED, Status.LOST},
        Status.CONTACTED: {Status.MET, Status.LOST},
        Status.MET: {Status.CONTACTED, Status.NDA, Status.EVALUATED, Status.LOST},
        Status.NDA: {Status.MET, Status.EVALUATED, Status.LOST},
        Status.EVALUATED: {Status.MET, Status.NEGOTIATING, Status.LOST},
        Status.NEGOTIATING: {Status.EVALUATED, Status.SIGNED, Status.LOST},
        Status.SIGNED: set(),
        Status.LOST: set(),
    }

    class Origin(models.TextChoices):
        MATCH = "match", _("An accepted match")
        ASKED = "asked", _("Asked for by a side")
        SCOUTED = "scouted", _("Found by a manager")

    class LostReason(models.TextChoices):
        PRICE = "price", _("Price")
        MATURITY = "maturity", _("Not mature enough")
        NOT_EXCLUSIVE = "not_exclusive", _("Not available exclusively")
        NO_ANSWER = "no_answer", _("No answer")
        SOLVED_OTHERWISE = "solved_otherwise", _("Solved otherwise")
        NO_MONEY = "no_money", _("No money for it")
        RIGHTS = "rights", _("Rights unclear")
        NOT_WANTED = "not_wanted", _("No longer wanted")
        OTHER = "other", _("Another reason")

    title = models.CharField(max_length=200)
    words = models.TextField(max_length=2000, blank=True)
    origin = models.CharField(max_length=12, choices=Origin)
    achievement = models.ForeignKey("technologies.Achievement", models.PROTECT, null=True)
    demand = models.ForeignKey("technologies.Demand", models.PROTECT, null=True)
    scenario = models.ForeignKey(
        "technologies.Scenario", models.PROTECT, null=True, related_name="+"
    )
    match = models.ForeignKey("matching.Match", models.PROTECT, null=True)
    supplier = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    enterprise = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, related_name="+"
    )
    supplier_contact = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    enterprise_contact = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    supplier_since_at = models.DateTimeField(null=True)
    enterprise_since_at = models.DateTimeField(null=True)
    manager = models.ForeignKey("parties.Membership", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.FOUND)
    opened_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    active_at = models.DateTimeField()
    reply_due_date = models.DateField()
    first_contact_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_due_date = models.DateField(null=True)
    next_owner = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    amount_fen = models.BigIntegerField(null=True)
    lost_reason = models.CharField(max_length=20, choices=LostReason, blank=True)
    lost_words = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    reopens = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    project_asked_at = models.DateTimeField(null=True)
    project_id = models.BigIntegerField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    credits_frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "demand"],
                condition=LIVE & Q(achievement__isnull=False, demand__isnull=False),
                name="leads_lead_once_per_pair",
            ),
            models.UniqueConstraint(
                fields=["achievement", "enterprise"],
                condition=LIVE
                & Q(demand__isnull=True, enterprise__isnull=False, scenario__isnull=True),
                name="leads_lead_once_per_result",
            ),
            models.UniqueConstraint(
                fields=["demand", "supplier"],
                condition=LIVE
                & Q(achievement__isnull=True, supplier__isnull=False, scenario__isnull=True),
                name="leads_lead_once_per_need",
            ),
            models.UniqueConstraint(
                fields=["scenario", "supplier", "enterprise"],
                condition=LIVE
                & Q(scenario__isnull=False, supplier__isnull=False, enterprise__isnull=False),
                name="leads_lead_once_per_scenario",
            ),
            models.CheckConstraint(
                name="leads_lead_has_a_side",
                condition=Q(achievement__isnull=False)
                | Q(demand__isnull=False)
                | Q(scenario__isnull=False, supplier__isnull=False)
                | Q(scenario__isnull=False, enterprise__isnull=False),
            ),
            models.CheckConstraint(
                name="leads_lead_contacted_on_record",
                condition=Q(status__in=["found", "lost"]) | Q(first_contact_at__isnull=False),
            ),
            models.CheckConstraint(
                name="leads_lead_lost_has_reason",
                condition=~Q(status="lost")
                | (~Q(lost_reason="") & ~Q(lost_words="") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="leads_lead_signed_dated",
                condition=~Q(status="signed")
                | Q(
                    signed_at__isnull=False,
                    ended_at__isnull=False,
                    credits_frozen_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="leads_lead_amount_not_negative",
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0),
            ),
            models.CheckConstraint(
                name="leads_lead_step_is_owed",
                condition=Q(next_step="", next_due_date__isnull=True, next_owner__isnull=True)
                | (~Q(next_step="") & Q(next_due_date__isnull=False, next_owner__isnull=False)),
            ),
            models.CheckConstraint(
                name="leads_lead_project_dated",
                condition=Q(project_id__isnull=True, handed_over_at__isnull=True)
                | Q(project_id__isnull=False, handed_over_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="leads_lead_list"),
            models.Index(fields=["manager", "status"], name="leads_lead_manager"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it: signed or lost."""
        return self.status in OVER


class Side(models.TextChoices):
    """Which of the two sides something concerns."""

    NOBODY = "", pgettext_lazy("side of a lead", "Neither side")
    SUPPLIER = "supplier", pgettext_lazy("side of a lead", "The side of the result")
    ENTERPRISE = "enterprise", pgettext_lazy("side of a lead", "The side of the need")
    BOTH = "both", pgettext_lazy("side of a lead", "Both sides")


class LogEntry(models.Model):
    """Something that happened with a lead, as whoever took part wrote it down.

    ``side``     with whom; ``shared`` which side may read it besides who carries the lead
    ``minutes``  what was said and agreed, for meetings and visits
    """

    class Kind(models.TextChoices):
        CALL = "call", pgettext_lazy("contact", "Call")
        VISIT = "visit", pgettext_lazy("contact", "Visit")
        MAIL = "mail", pgettext_lazy("contact", "E-mail")
        MESSAGE = "message", pgettext_lazy("contact", "Message")
        MEETING = "meeting", pgettext_lazy("contact", "Meeting")
        NOTE = "note", pgettext_lazy("contact", "Note")
        STEP = "step", pgettext_lazy("contact", "Step done")

    Side = Side

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="log")
    kind = models.CharField(max_length=12, choices=Kind)
    side = models.CharField(max_length=12, choices=Side, blank=True, default=Side.NOBODY)
    shared = models.CharField(max_length=12, choices=Side, blank=True, default=Side.NOBODY)
    happened_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    participants = models.CharField(max_length=300, blank=True)
    words = models.TextField(max_length=4000)
    minutes = models.TextField(max_length=10000, blank=True)
    written_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="leads_log_entry_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="leads_log_entry_contact_has_side",
                condition=Q(kind__in=["note", "step"]) | ~Q(side=""),
            ),
        ]
        indexes = [models.Index(fields=["lead", "-happened_at"], name="leads_log_entry_lead")]


class Paper(models.Model):
    """Something in the papers' room of a lead: a paper of the harbour, a link, or a note.

    ``removed_at``  since when it is out of the room; it stays on record
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="papers")
    document = models.ForeignKey("documents.Document", models.PROTECT, null=True)
    title = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    added_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="leads_paper_is_something",
                condition=Q(document__isnull=False) | ~Q(title=""),
            ),
            models.UniqueConstraint(
                fields=["lead", "document"],
                condition=Q(document__isnull=False, removed_at__isnull=True),
                name="leads_paper_once",
            ),
        ]
