"""Scenarios: a place where a product is wanted and may be tried, or a product that wants one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotharbor.kernel.states import Stateful
from pilotharbor.parties.roles import Confidentiality
from pilotharbor.technologies.models.achievements import Achievement, IpAsset
from pilotharbor.technologies.models.market import Cooperation


class Direction(models.TextChoices):
    """Who looks for whom."""

    SEEKS_PRODUCT = "scenario_seeks_product", _("A scenario looks for a product")
    SEEKS_SCENARIO = "product_seeks_scenario", _("A product looks for a scenario")


class Frontier(models.TextChoices):
    """The strategic field a scenario belongs to (domain.md S1-04)."""

    SEMICONDUCTORS = "semiconductors", _("Semiconductors and integrated circuits")
    DISPLAYS = "displays", _("New displays")
    MANUFACTURING = "future_manufacturing", _("Future manufacturing")
    INFORMATION = "future_information", _("Future information")
    MATERIALS = "future_materials", _("Future materials")
    ENERGY = "future_energy", _("Future energy")
    SPACE = "future_space", _("Future space")
    HEALTH = "future_health", _("Future health")


class Scenario(Stateful):
    """A scenario that looks for a product, or a product that looks for a scenario.

    ``conditions``          place, equipment and people that are offered for the trial
    ``answers_until_date``  last Shanghai day on which it may be answered, or empty
    ``budget_fen``          what may be spent on the trial and the first order, in fen, or empty
    ``domestic_substitution``  whether it is to take the place of something imported (国产替代)
    ``chosen``              the answer that was chosen last; ``trial_passed`` what became of its
                            trial; ``order_fen/order_date`` the first order
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("scenario", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("scenario", "Under review")
        RETURNED = "returned", pgettext_lazy("scenario", "Returned")
        PUBLISHED = "published", pgettext_lazy("scenario", "Open for answers")
        UNVEILED = "unveiled", pgettext_lazy("scenario", "Answer chosen")
        TRIED = "tried", pgettext_lazy("scenario", "Tried")
        FIRST_ORDER = "first_order", pgettext_lazy("scenario", "First order placed")
        CLOSED = "closed", pgettext_lazy("scenario", "Closed without an order")
        WITHDRAWN = "withdrawn", pgettext_lazy("scenario", "Withdrawn")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED},
        Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.PUBLISHED: {Status.UNVEILED, Status.CLOSED, Status.WITHDRAWN},
        Status.UNVEILED: {Status.TRIED, Status.CLOSED},
        # A failed trial lets the owner choose again; only a passed one leads to an order.
        Status.TRIED: {Status.FIRST_ORDER, Status.UNVEILED, Status.CLOSED},
        Status.FIRST_ORDER: set(),
        Status.CLOSED: set(),
        Status.WITHDRAWN: set(),
    }

    owner = models.ForeignKey("parties.Organisation", models.PROTECT)
    direction = models.CharField(max_length=24, choices=Direction)
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000)
    conditions = models.TextField(max_length=4000, blank=True)
    detail = models.TextField(blank=True, max_length=20000)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    industry = models.CharField(max_length=5, blank=True)
    region = models.CharField(max_length=6, blank=True)
    frontier = models.CharField(max_length=24, choices=Frontier, blank=True)
    domestic_substitution = models.BooleanField(default=False)
    budget_fen = models.BigIntegerField(null=True, blank=True)
    cooperation = ArrayField(
        models.CharField(max_length=32, choices=Cooperation), default=list, blank=True
    )
    answers_until_date = models.DateField(null=True, blank=True)
    confidentiality = models.CharField(
        max_length=12, choices=Confidentiality, default=Confidentiality.PUBLIC
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    review_note = models.CharField(max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        "parties.Membership", models.PROTECT, null=True, related_name="+"
    )
    posted_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    import_key = models.CharField(max_length=64, blank=True)
    chosen = models.ForeignKey("ScenarioAnswer", models.PROTECT, null=True, related_name="+")
    unveiled_at = models.DateTimeField(null=True)
    trial_passed = models.BooleanField(null=True)
    order_fen = models.BigIntegerField(null=True)
    order_date = models.DateField(null=True)
    closing_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="technologies_scenario_budget_not_negative",
                condition=Q(budget_fen__isnull=True) | Q(budget_fen__gte=0),
            ),
            models.CheckConstraint(
                name="technologies_scenario_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="technologies_scenario_published_dated",
                condition=~Q(status__in=["published", "unveiled", "tried", "first_order"])
                | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="technologies_scenario_unveiled_has_a_chosen_one",
                condition=~Q(status__in=["unveiled", "tried", "first_order"])
                | Q(chosen__isnull=False, unveiled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="technologies_scenario_not_chosen_early",
                condition=Q(chosen__isnull=True)
                | Q(status__in=["unveiled", "tried", "first_order", "closed"]),
            ),
            models.CheckConstraint(
                name="technologies_scenario_tried_has_a_result",
                condition=~Q(status="tried") | Q(trial_passed__isnull=False),
            ),
            models.CheckConstraint(
                name="technologies_scenario_order_after_a_passed_trial",
                condition=Q(order_fen__isnull=True, order_date__isnull=True)
                & ~Q(status="first_order")
                | Q(
                    order_fen__gt=0,
                    order_date__isnull=False,
                    status="first_order",
                    trial_passed=True,
                ),
            ),
            models.CheckConstraint(
                name="technologies_scenario_closed_with_a_reason",
                condition=Q(status="closed") & ~Q(closing_reason="")
                | ~Q(status="closed") & Q(closing_reason=""),
            ),
            models.UniqueConstraint(
                fields=["owner", "import_key"],
                condition=~Q(import_key=""),
                name="technologies_scenario_import_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="technologies_scenario_list")]

    def __str__(self) -> str:
        return self.title


class ScenarioAnswer(Stateful):
    """What an organisation offers in answer to a published scenario.

    ``achievement/ip_asset``  one of its published results or rights the offer rests on, or empty
    ``decline_reason``        why it was not chosen; ``trial_note/trial_date`` how its trial went
    """

    class Status(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("answer", "Offered")
        CHOSEN = "chosen", pgettext_lazy("answer", "Chosen")
        NOT_CHOSEN = "not_chosen", pgettext_lazy("answer", "Not chosen")
        PASSED = "passed", pgettext_lazy("answer", "Trial passed")
        FAILED = "failed", pgettext_lazy("answer", "Trial not passed")
        WITHDRAWN = "withdrawn", pgettext_lazy("answer", "Withdrawn")

    MOVES = {
        Status.OFFERED: {Status.CHOSEN, Status.NOT_CHOSEN, Status.WITHDRAWN},
        # When the chosen one fails its trial, another may be chosen after all.
        Status.NOT_CHOSEN: {Status.CHOSEN, Status.WITHDRAWN},
        Status.CHOSEN: {Status.PASSED, Status.FAILED},
        Status.PASSED: set(),
        Status.FAILED: set(),
        Status.WITHDRAWN: set(),
    }

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="answers")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT)
    offer = models.TextField(max_length=4000)
    achievement = models.ForeignKey(Achievement, models.PROTECT, null=True, related_name="+")
    ip_asset = models.ForeignKey(IpAsset, models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.OFFERED)
    offered_by = models.ForeignKey("parties.Membership", models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    decline_reason = models.CharField(max_length=500, blank=True)
    trial_note = models.TextField(max_length=4000, blank=True)
    trial_date = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "organisation"],
                condition=~Q(status="withdrawn"),
                name="technologies_scenarioanswer_one_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["scenario"],
                condition=Q(status__in=["chosen", "passed"]),
                name="technologies_scenarioanswer_one_chosen",
            ),
            models.CheckConstraint(
                name="technologies_scenarioanswer_declined_with_a_reason",
                condition=~Q(status="not_chosen") | ~Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="technologies_scenarioanswer_trial_has_words",
                condition=Q(status__in=["passed", "failed"], trial_date__isnull=False)
                & ~Q(trial_note="")
                | ~Q(status__in=["passed", "failed"]) & Q(trial_date__isnull=True, trial_note=""),
            ),
        ]
