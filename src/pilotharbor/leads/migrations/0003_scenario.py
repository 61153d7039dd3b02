"""A lead may begin from a scenario, once for its two organisations."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

LIVE = ~Q(status__in=("signed", "lost"))


class Migration(migrations.Migration):
    """A lead may begin from a scenario, once for its two organisations."""

    dependencies: ClassVar = [
        ("leads", "0002_credits_sum"),
        ("parties", "0001_initial"),
        ("technologies", "0006_scenarios"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "lead",
            "scenario",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="technologies.scenario",
            ),
        ),
        migrations.RemoveConstraint("lead", "leads_lead_once_per_result"),
        migrations.RemoveConstraint("lead", "leads_lead_once_per_need"),
        migrations.RemoveConstraint("lead", "leads_lead_has_a_side"),
        migrations.AddConstraint(
            "lead",
            models.UniqueConstraint(
                fields=["achievement", "enterprise"],
                condition=LIVE
                & Q(demand__isnull=True, enterprise__isnull=False, scenario__isnull=True),
                name="leads_lead_once_per_result",
            ),
        ),
        migrations.AddConstraint(
            "lead",
            models.UniqueConstraint(
                fields=["demand", "supplier"],
                condition=LIVE
                & Q(achievement__isnull=True, supplier__isnull=False, scenario__isnull=True),
                name="leads_lead_once_per_need",
            ),
        ),
        migrations.AddConstraint(
            "lead",
            models.UniqueConstraint(
                fields=["scenario", "supplier", "enterprise"],
                condition=LIVE
                & Q(scenario__isnull=False, supplier__isnull=False, enterprise__isnull=False),
                name="leads_lead_once_per_scenario",
            ),
        ),
        migrations.AddConstraint(
            "lead",
            models.CheckConstraint(
                name="leads_lead_has_a_side",
                condition=Q(achievement__isnull=False)
                | Q(demand__isnull=False)
                | Q(scenario__isnull=False, supplier__isnull=False)
                | Q(scenario__isnull=False, enterprise__isnull=False),
            ),
        ),
    ]
